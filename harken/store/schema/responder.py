"""Tables that the responder writes."""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from harken.domain.reply import UNRESOLVED
from harken.store.schema.metadata import METADATA, optional_text, text, whole

_UNRESOLVED = sql(
    "state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(UNRESOLVED)))
)

REPLIES = Table(
    "replies",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("case_id"),
    text("connection"),
    text("parent"),
    text("action"),
    text("state"),
    text("network_id"),
    whole("created_at"),
    # When the delivery loop should look at it next.
    whole("due"),
    text("body"),
    Index("replies_case", "tenant", "case_id", "created_at"),
    Index("replies_due", "state", "due"),
    Index("replies_network_id", "tenant", "connection", "network_id"),
    # At most one unresolved reply per place: two could not be told apart when reading back.
    Index("replies_slot", "tenant", "connection", "parent", "action", unique=True,
          sqlite_where=_UNRESOLVED, postgresql_where=_UNRESOLVED),
)  # fmt: skip

DRAFTS = Table(
    "drafts",
    METADATA,
    text("tenant", primary_key=True),
    text("case_id", primary_key=True),
    text("agent", primary_key=True),
    whole("revision"),
    text("body"),
    whole("updated_at"),
)

SAVED_REPLIES = Table(
    "saved_replies",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    optional_text("language"),
    text("body"),
)
