"""Builds the search service from the kit and its index."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from harken.search.port import SearchIndex
from services.search.api import search_routes
from services.search.copies_api import copies_routes
from services.search.documents import FIELDS
from services.search.stage import Indexer

SERVICE = "search"


def routes(kit: Kit, index: SearchIndex) -> Service:
    return Service(SERVICE, [search_routes(index, kit.store), copies_routes(index, kit.store)])


def loops(kit: Kit, index: SearchIndex) -> Service:
    indexer = Indexer(kit.store, index, kit.settings.stage_batch)
    return Service(SERVICE, workers=[StageRunner.of(indexer, kit)])


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What a process of its own runs."""
    from harken.runtime.distributed import open_index

    async with open_index(kit.settings, FIELDS) as index:
        yield loops(kit, index)
