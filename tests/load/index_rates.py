"""Documents/s that each search index takes, analysed by us and stored."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from uuid import uuid4

from cli.embedded import open_embedded
from harken.domain.ids import TenantId
from harken.domain.time import Instant
from harken.runtime.settings import Settings
from harken.search.port import Document, SearchIndex
from harken.testing.elasticsearch import own_index
from services.search.documents import FIELDS, MENTION
from tests.engines import local_elasticsearch, need_elasticsearch
from tests.load.bench import report, texts

BATCH = 256
WRITTEN = Instant(1_772_000_000_000_000)


async def index_rates(count: int) -> None:
    """Prints them: the embedded edition's, then Elasticsearch's."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_embedded(Settings(data=Path(folder), _env_file=None)) as embedded:
            report("index, SQLite", await _rate(embedded.index, count))
    need_elasticsearch()
    own = local_elasticsearch(f"bench{uuid4().hex[:10]}")
    async with own_index(own, FIELDS) as index:
        report("index, Elasticsearch", await _rate(index, count))


async def _rate(index: SearchIndex, count: int) -> str:
    documents = [
        Document(TenantId("main"), MENTION, f"m{n}", 1, WRITTEN, text, "en", {"case": f"c{n}"})
        for n, text in enumerate(texts(count))
    ]
    started = time.perf_counter()
    for at in range(0, count, BATCH):
        await index.upsert(documents[at : at + BATCH])
    return f"{count / (time.perf_counter() - started):,.0f} documents/s"
