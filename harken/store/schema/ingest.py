"""Tables that ingest writes."""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from harken.store.schema.metadata import METADATA, blob, text, whole

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
    # 1 where an admin wants it left alone for a while.
    whole("paused", server_default="0"),
    text("body"),
    Index("sources_connection", "tenant", "connection"),
)

# Moves with every look at the source, where SOURCES moves with its admins' edits.
SOURCE_STATES = Table(
    "source_states",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("cursor"),
    text("body"),
)

SEEN = Table(
    "seen",
    METADATA,
    text("tenant", primary_key=True),
    text("mention", primary_key=True),
    # Advises only: the router's unique mention id decides.
    text("digest"),
    whole("revision"),
    # 1 where the network gave the revision its number, 0 where we did.
    whole("numbered", server_default="0"),
    whole("at"),
    Index("seen_age", "at"),
)

AUTHOR_LANGUAGES = Table(
    "author_languages",
    METADATA,
    text("tenant", primary_key=True),
    text("network", primary_key=True),
    text("author", primary_key=True),
    # When it was told last: it orders the writes, and old rows go.
    whole("revision"),
    text("language"),
    whole("percent"),
    Index("author_languages_age", "revision"),
)

SKETCHES = Table(
    "copy_sketches",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    # The process that wrote it: others read it.
    text("holder"),
    whole("at"),
    blob("body"),
    Index("copy_sketches_age", "at"),
)

TRACKERS = Table(
    "trackers",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    text("query"),
    # The revision of the tenant's set of trackers that brought this one.
    whole("changed", server_default="0"),
    text("body"),
    Index("trackers_name", "tenant", "name", unique=True),
    Index("trackers_changed", "tenant", "changed"),
)

TRACKER_SETS = Table(
    "tracker_sets",
    METADATA,
    text("tenant", primary_key=True),
    # Grows with every change of one of the tenant's trackers: who matches looks here for news.
    whole("revision"),
    whole("trackers"),
)

TRACKER_MATCHES = Table(
    "tracker_matches",
    METADATA,
    text("tenant", primary_key=True),
    text("tracker", primary_key=True),
    # A mention counts once, however often it comes.
    text("mention", primary_key=True),
    whole("received_at"),
    Index("tracker_matches_mention", "tenant", "mention"),
    Index("tracker_matches_received", "tenant", "tracker", "received_at"),
    Index("tracker_matches_age", "received_at"),
)

TRACKER_RATES = Table(
    "tracker_rates",
    METADATA,
    text("tenant", primary_key=True),
    text("tracker", primary_key=True),
    # Moved by whoever counts a match: two who count at once could both miss the last one.
    whole("revision"),
    text("body"),
)

ALERT_RECEIVERS = Table(
    "alert_receivers",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    whole("revision"),
    text("name"),
    text("body"),
    Index("alert_receivers_name", "tenant", "name", unique=True),
)

ALERTS = Table(
    "alerts",
    METADATA,
    text("tenant", primary_key=True),
    text("id", primary_key=True),
    text("kind"),
    text("subject"),
    whole("at"),
    # 1 once a delivery to each receiver was planned.
    whole("planned"),
    # Holds the beginnings of mentions' texts.
    text("body"),
    Index("alerts_at", "tenant", "at", "id"),
    Index("alerts_age", "at"),
    Index("alerts_unplanned", "at",
          sqlite_where=sql("planned = 0"), postgresql_where=sql("planned = 0")),
)  # fmt: skip

ALERT_DELIVERIES = Table(
    "alert_deliveries",
    METADATA,
    text("tenant", primary_key=True),
    text("alert", primary_key=True),
    text("receiver", primary_key=True),
    whole("revision"),
    whole("at"),
    text("state"),
    # When to try it next.
    whole("due"),
    text("body"),
    Index("alert_deliveries_due", "due",
          sqlite_where=sql("state = 'waiting'"), postgresql_where=sql("state = 'waiting'")),
    Index("alert_deliveries_age", "at"),
)  # fmt: skip
