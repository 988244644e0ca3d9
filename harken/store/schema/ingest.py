"""Tables that ingest writes."""

from __future__ import annotations

from sqlalchemy import Index, Table

from harken.store.schema.metadata import METADATA, optional_text, text, whole

CONNECTIONS = Table(
    "connections",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("network"),
    text("name"),
    text("body"),
    whole("created_at"),
    # Webhook calls name the connection only: its id is unique across tenants.
    Index("connections_id", "id", unique=True),
)

SOURCES = Table(
    "sources",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("connection"),
    text("kind"),
    text("cursor"),
    text("body"),
    Index("sources_connection", "tenant", "connection"),
)

SEEN = Table(
    "seen",
    METADATA,
    text("tenant", primary_key=True),
    text("mention", primary_key=True),
    # Advises only: the router's unique mention id decides.
    text("digest"),
    whole("revision"),
    whole("at"),
    Index("seen_age", "at"),
)

TRACKERS = Table(
    "trackers",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    optional_text("query"),
    text("body"),
)
