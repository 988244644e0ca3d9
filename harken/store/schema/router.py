"""Tables that the router writes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from harken.store.schema.metadata import (
    METADATA,
    blob,
    optional_text,
    optional_whole,
    text,
    whole,
)

COMMANDS = Table(
    "router_commands",
    METADATA,
    Column(
        "seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    text("tenant"),
    text("origin"),
    text("kind"),
    text("body"),
    whole("appended_at"),
    # The order and instant in which the decider applied it: the recorded history.
    optional_whole("applied_seq"),
    optional_whole("applied_at"),
    optional_whole("status"),
    optional_text("result"),
    Index("router_commands_origin", "tenant", "origin", unique=True),
    Index("router_commands_pending", "tenant", "applied_seq", "seq"),
    sqlite_autoincrement=True,
)

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
    # The received protobuf TaggedMention, forwarded as it came; holds the personal text.
    blob("tagged"),
    Index("mentions_case", "tenant", "case_id", "created_at"),
    Index("mentions_source_id", "tenant", "network", "source_id"),
    Index("mentions_author", "tenant", "network", "author", "created_at"),
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
