"""Index what is looked up with every batch, and with every look at the figures."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

ADDED = {
    "case_facts_updated": ("case_facts", ["tenant", "updated_at"]),
    "mentions_post": ("mentions", ["tenant", "connection", "source_id"]),
    "tracker_matches_mention": ("tracker_matches", ["tenant", "mention"]),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, (table, columns) in ADDED.items():
            op.drop_index(name, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=True)
        op.drop_index("mentions_source_id", if_exists=True, postgresql_concurrently=True)
