"""Indices of a test's own on a real Elasticsearch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.search.elasticsearch import ElasticsearchIndex, ElasticsearchSettings
from harken.search.fields import Fields


@asynccontextmanager
async def own_index(
    settings: ElasticsearchSettings, fields: Fields
) -> AsyncIterator[ElasticsearchIndex]:
    """Under the settings' prefix; nothing of it is left."""
    index = await ElasticsearchIndex.open(settings, fields)
    try:
        yield index
    finally:
        await index.close()
        await remove_indices(settings)


async def remove_indices(settings: ElasticsearchSettings) -> None:
    """All that goes by the prefix, and its templates."""
    everything = f"{settings.prefix}-*"
    async with settings.connect() as client:
        known = await client.indices.get_alias(index=everything)
        if known.body:
            await client.indices.delete(index=list(known.body))
            await client.indices.delete_index_template(name=everything)
