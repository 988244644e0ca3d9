"""The API as one service: all that people and their programs call, but the intake."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harken.http.feed import Feed
from harken.http.keys_api import keys_routes
from harken.http.sse import event_routes
from harken.runtime.service import Kit, Service, joined
from harken.runtime.starting import patiently
from harken.search.port import SearchIndex
from harken.store.port import Store
from harken.telemetry.logs import Log
from services.ingest import wiring as ingest
from services.ingest.sealing import seal_anew
from services.ingest.trackers.changes import Changed
from services.responder import wiring as responder
from services.router import wiring as router
from services.search import wiring as search
from services.search.documents import FIELDS
from services.sentiment import wiring as sentiment
from services.sentiment.tagger import Tagger

_log = Log(__name__)


def front(kit: Kit, index: SearchIndex, tagger: Tagger, changed: Changed) -> Service:
    """``changed`` is awaited after a tracker has changed."""
    services = [
        keys_and_events(kit.store),
        ingest.routes(kit, changed),
        sentiment.routes(tagger),
        router.routes(kit),
        responder.routes(kit),
        search.routes(kit, index),
    ]
    return joined("api", services)


@asynccontextmanager
async def process(kit: Kit) -> AsyncIterator[Service]:
    """What the `api` process runs."""
    from harken.runtime.distributed import open_index

    settings = kit.settings
    for lost in await patiently(
        lambda: seal_anew(kit.store, kit.channels.vault), settings.start_patience
    ):
        _log.error("a secret does not open", why=lost)
    tagger = await sentiment.load_tagger(settings)
    async with open_index(settings, FIELDS) as index:
        yield front(kit, index, tagger, ingest.matched_elsewhere)


def keys_and_events(store: Store) -> Service:
    feed = Feed(store)
    routers = [keys_routes(store), event_routes(feed)]
    return Service("front", routers, [feed], on_stop=[feed.close])
