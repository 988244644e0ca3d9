"""Tables that the search service writes (the index has its own)."""

from __future__ import annotations

from sqlalchemy import Index, Table

from harken.store.schema.metadata import METADATA, text, whole

CASE_FACTS = Table(
    "case_facts",
    METADATA,
    text("tenant", primary_key=True),
    text("case_id", primary_key=True),
    whole("revision"),
    whole("opened_at"),
    whole("updated_at"),
    text("body"),
    Index("case_facts_opened", "tenant", "opened_at"),
    Index("case_facts_updated", "tenant", "updated_at"),
)
