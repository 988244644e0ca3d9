"""Run by Alembic, within the connection of `harken.store.postgres.upgrade`."""

from __future__ import annotations

from alembic import context

from harken.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    **context.config.attributes["options"],
)
with context.begin_transaction():
    context.run_migrations()
