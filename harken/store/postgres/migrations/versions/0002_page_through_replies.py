"""Page through replies."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # One that was broken off leaves an index that is there, and is not used.
        op.drop_index("replies_created", if_exists=True, postgresql_concurrently=True)
        op.create_index(
            "replies_created",
            "replies",
            ["tenant", "created_at", "id"],
            postgresql_concurrently=True,
        )
