"""Tables that the responder writes."""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from harken.domain.reply import UNRESOLVED
from harken.store.schema.metadata import METADATA, text, whole

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
    text("key"),
    whole("created_at"),
    # When the delivery loop should look at it next.
    whole("due"),
    text("body"),
    # The traceparent of who asked for it.
    text("trace"),
    Index("replies_case", "tenant", "case_id", "created_at"),
    Index("replies_created", "tenant", "created_at", "id"),
    Index("replies_due", "state", "due"),
    Index("replies_parent", "tenant", "connection", "parent"),
    Index("replies_network_id", "tenant", "connection", "network_id"),
    # A key belongs to one text.
    Index("replies_key", "tenant", "key", unique=True),
    # At most one unresolved reply per place: two could not be told apart when reading back.
    Index("replies_slot", "tenant", "connection", "parent", "action", unique=True,
          sqlite_where=_UNRESOLVED, postgresql_where=_UNRESOLVED),
)  # fmt: skip

DRAFTS = Table(
    "drafts",
    METADATA,
    text("tenant", primary_key=True),
    text("case_id", primary_key=True),
    text("writer", primary_key=True),
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
    text("body"),
    Index("saved_replies_name", "tenant", "name", unique=True),
)

OWN_POSTS = Table(
    "own_posts",
    METADATA,
    text("tenant", primary_key=True),
    text("connection", primary_key=True),
    # The network's own ids, of the post and of what it answers.
    text("source_id", primary_key=True),
    text("parent_source_id"),
    whole("created_at"),
    whole("seen_at"),
    Index("own_posts_parent", "tenant", "connection", "parent_source_id"),
)
