"""Tables that the router writes."""

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

_PENDING = sql("applied_seq IS NULL")

COMMANDS = Table(
    "router_commands",
    METADATA,
    Column(
        "seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    text("tenant"),
    text("origin"),
    text("kind"),
    # The smallest is applied first: nothing critical waits behind an import.
    whole("priority"),
    text("body"),
    # The W3C traceparent of what caused it, "" for none.
    text("trace"),
    whole("appended_at"),
    # The order and instant in which the decider applied it: the recorded history.
    optional_whole("applied_seq"),
    optional_whole("applied_at"),
    optional_whole("status"),
    optional_text("result"),
    Index("router_commands_origin", "tenant", "origin", unique=True),
    Index("router_commands_pending", "tenant", "priority", "seq",
          sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("router_commands_applied", "tenant", "applied_seq", unique=True),
    sqlite_autoincrement=True,
)  # fmt: skip

MENTIONS = Table(
    "mentions",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("network"),
    text("connection"),
    text("author"),
    text("case_id"),
    text("source_id"),
    text("thread_root"),
    whole("created_at"),
    # The greatest revision that the decider has placed; 0 until then. It also sets case_id.
    whole("placed_revision"),
    # The received protobuf TaggedMention, forwarded as it came; holds the personal text.
    blob("tagged"),
    # JSON of the severity that the decider found and told; "" where it was placed before this
    # was kept.
    text("severity", server_default=""),
    Index("mentions_case", "tenant", "case_id", "created_at"),
    Index("mentions_post", "tenant", "connection", "source_id"),
    Index("mentions_author", "tenant", "network", "author", "created_at"),
    Index("mentions_created", "tenant", "created_at", "id"),
)

CASES = Table(
    "cases",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("network"),
    text("connection"),
    text("author"),
    text("thread_root"),
    text("state"),
    text("severity_class"),
    text("queue"),
    optional_text("assignee"),
    whole("opened_at"),
    whole("updated_at"),
    whole("deadline"),
    text("body"),
    Index("cases_author", "tenant", "connection", "author", "updated_at"),
    Index("cases_state", "tenant", "state", "deadline"),
    Index("cases_assignee", "tenant", "assignee", "state"),
    Index("cases_updated", "tenant", "updated_at", "id"),
)

AGENTS = Table(
    "agents",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    text("status"),
    text("body"),
)

QUEUES = Table(
    "queues",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    text("body"),
)

SKILLS = Table(
    "skills",
    METADATA,
    text("tenant", primary_key=True),
    text("name", primary_key=True),
    whole("revision"),
    text("body"),
)

OFFERS = Table(
    "offers",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("case_id"),
    text("agent"),
    text("state"),
    whole("until"),
    text("body"),
    Index("offers_agent", "tenant", "agent", "state"),
)

DECISIONS = Table(
    "decisions",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    text("case_id"),
    whole("at"),
    text("body"),
    Index("decisions_case", "tenant", "case_id", "at"),
    Index("decisions_age", "at"),
)

NOTES = Table(
    "notes",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    text("case_id"),
    text("author"),
    text("text"),
    whole("at"),
    Index("notes_case", "tenant", "case_id", "at"),
)

PRESENCE = Table(
    "presence",
    METADATA,
    text("tenant", primary_key=True),
    text("case_id", primary_key=True),
    text("agent", primary_key=True),
    # "viewing" or "typing".
    text("what", primary_key=True),
    whole("until"),
    Index("presence_age", "until"),
)

TONE_CORRECTIONS = Table(
    "tone_corrections",
    METADATA,
    text("tenant", primary_key=True),
    text("mention", primary_key=True),
    text("case_id"),
    text("label"),
    text("corrected_by"),
    whole("at"),
    Index("tone_corrections_at", "tenant", "at", "mention"),
)

POLICIES = Table(
    "policies",
    METADATA,
    text("tenant", primary_key=True),
    text("name", primary_key=True),
    whole("version", primary_key=True),
    text("body"),
    whole("created_at"),
    text("created_by"),
)

RATES = Table(
    "rates",
    METADATA,
    text("tenant", primary_key=True),
    # "" for every mention of the tenant; likewise any topic.
    text("tracker", primary_key=True),
    text("topic", primary_key=True),
    whole("minute", primary_key=True),
    # Of the tagged mentions: their sum is the minute's count.
    whole("partition", primary_key=True),
    whole("mentions"),
    whole("negative"),
    whole("highest_offset"),
    Index("rates_minute", "minute", "tenant", "partition"),
)
