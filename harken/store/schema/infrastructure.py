"""Tables of the kit itself: positions, outbox, leases, timers, dead letters, credentials."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table
from sqlalchemy import text as sql

from harken.store.schema.metadata import (
    METADATA,
    blob,
    optional_text,
    optional_whole,
    text,
    whole,
)

POSITIONS = Table(
    "positions",
    METADATA,
    text("consumer_group", primary_key=True),
    text("topic", primary_key=True),
    whole("partition", primary_key=True),
    whole("next"),
)

LOG_IDENTITY = Table(
    "log_identity",
    METADATA,
    # Of which log the positions are: there is one.
    text("log", primary_key=True),
    text("identity"),
)

OUTBOX = Table(
    "outbox",
    METADATA,
    # SQLite counts rowids in an INTEGER primary key only.
    Column(
        "id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    whole("txid"),
    text("service"),
    text("tenant"),
    text("topic"),
    blob("key"),
    text("aggregate"),
    whole("revision"),
    text("kind"),
    text("audience"),
    blob("value"),
    blob("headers"),
    whole("created_at"),
    optional_whole("sent_at"),
    Index("outbox_unsent", "service", "id", sqlite_where=sql("sent_at IS NULL"),
          postgresql_where=sql("sent_at IS NULL")),
    Index("outbox_feed", "txid", "id"),
    Index("outbox_tenant_feed", "tenant", "txid", "id"),
    sqlite_autoincrement=True,
)  # fmt: skip

TOMBSTONES = Table(
    "tombstones",
    METADATA,
    text("tenant", primary_key=True),
    text("kind", primary_key=True),
    text("id", primary_key=True),
    whole("at"),
)

LEASES = Table(
    "leases",
    METADATA,
    text("lease", primary_key=True),
    text("holder"),
    whole("epoch"),
    whole("until"),
)

TIMERS = Table(
    "timers",
    METADATA,
    text("tenant", primary_key=True),
    text("service", primary_key=True),
    text("aggregate", primary_key=True),
    text("kind", primary_key=True),
    # A timer whose generation is not the aggregate's own fires into nothing.
    whole("generation"),
    whole("due"),
    text("body"),
    Index("timers_due", "service", "due"),
)

DEAD_LETTERS = Table(
    "dead_letters",
    METADATA,
    text("id", primary_key=True),
    text("consumer_group"),
    text("topic"),
    whole("partition"),
    whole("record_offset"),
    blob("key"),
    blob("value"),
    blob("headers"),
    text("reason"),
    whole("at"),
    optional_whole("retried_at"),
    Index("dead_letters_rate", "consumer_group", "at"),
    Index("dead_letters_age", "at"),
)

TENANTS = Table(
    "tenants",
    METADATA,
    text("id", primary_key=True),
    text("name"),
    whole("created_at"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    text("name"),
    text("digest", unique=True),
    text("roles"),
    optional_text("agent"),
    whole("created_at"),
    optional_whole("revoked_at"),
)

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    text("tenant", primary_key=True),
    text("principal", primary_key=True),
    text("route", primary_key=True),
    text("key", primary_key=True),
    text("body_digest"),
    # Names the command or effect whose stored outcome is the answer.
    text("origin"),
    optional_whole("status"),
    optional_text("response"),
    whole("created_at"),
    Index("idempotency_age", "created_at"),
)
