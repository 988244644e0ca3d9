"""Builds the search service from the kit."""

from __future__ import annotations

from harken.runtime.runner import StageRunner
from harken.runtime.service import Kit, Service
from services.search.api import search_routes
from services.search.copies_api import copies_routes
from services.search.stage import Indexer


def wire(kit: Kit) -> Service:
    indexer = Indexer(kit.store, kit.index, kit.settings.stage_batch)
    return Service(
        "search",
        routers=[search_routes(kit.index, kit.store), copies_routes(kit.index, kit.store)],
        workers=[StageRunner.of(indexer, kit)],
    )
