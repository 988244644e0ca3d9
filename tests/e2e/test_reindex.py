"""`harken search reindex` while everything goes on, killed and run again, on either edition."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cli.embedded import open_embedded
from harken.clock import Clock, SystemClock
from harken.domain.mention import Mention
from harken.domain.reply import DeliveryState
from harken.runtime.distributed import elasticsearch_settings, open_index, open_store
from harken.runtime.settings import Settings
from harken.search.port import Document, SearchIndex
from harken.store.changes import AlreadyExists
from harken.store.port import Store
from harken.testing.builders import (
    OTHER_TENANT,
    TENANT,
    angry,
    edited,
    mention,
    reply,
    retraction,
    tone,
)
from harken.testing.fleet import fresh_names
from harken.testing.postgres import own_schema
from services.search.documents import FIELDS
from tests.engines import local_engines
from tests.unit.search_service.desk import Desk, found, ids, stored

pytestmark = [pytest.mark.engines, pytest.mark.e2e, pytest.mark.timeout(900)]

MENTIONS = 1_200
STRAY = Document(TENANT, "mention", "stray", 1, mention().created_at, "left behind")


@dataclass(frozen=True, slots=True)
class Edition:
    """Opened beside the command, which is told of it by ``environment``."""

    store: Store
    index: SearchIndex
    clock: Clock
    environment: Mapping[str, str]
    generations: Callable[[], Awaitable[int]]
    """How many sets of indices there are."""


async def one_generation() -> int:
    return 1


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Edition]:
    async with open_embedded(Settings(_env_file=None, data=folder)) as one:
        here = {"HARKEN_DATA": str(folder)}
        yield Edition(one.store, one.index, one.kit.clock, here, one_generation)


@asynccontextmanager
async def distributed(_: Path) -> AsyncIterator[Edition]:
    given = {**local_engines(), **fresh_names()}
    settings = Settings(_env_file=None, **given)  # type: ignore[arg-type]
    with own_schema(settings.postgres_url, settings.postgres_schema):
        store = await open_store(settings)
        try:
            async with open_index(settings, FIELDS) as index:
                environment = {f"HARKEN_{name.upper()}": value for name, value in given.items()}

                async def generations() -> int:
                    return len({name.split("-")[1] for name in await indices(settings)} - {"state"})

                yield Edition(store, index, SystemClock(), environment, generations)
        finally:
            await store.close()
            async with elasticsearch_settings(settings).connect() as client:
                await client.indices.delete(index=await indices(settings))
                template = f"{settings.elasticsearch_prefix}-*"
                await client.indices.delete_index_template(name=template)


async def indices(settings: Settings) -> list[str]:
    async with elasticsearch_settings(settings).connect() as client:
        known = await client.indices.get_alias(index=f"{settings.elasticsearch_prefix}-*")
        return list(known.body)


@pytest.fixture(params=[embedded, distributed])
async def edition(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Edition]:
    async with request.param(tmp_path) as edition:
        yield edition


async def begin(edition: Edition) -> Process:
    command = [sys.executable, "-m", "cli", "search", "reindex"]
    environment = {**os.environ, **edition.environment}
    return await create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)


async def complete(edition: Edition) -> str:
    process = await begin(edition)
    out, errors = await process.communicate()
    assert process.returncode == 0, out.decode() + errors.decode()
    return out.decode()


def said(n: int) -> Mention:
    tenant = OTHER_TENANT if n % 5 == 0 else TENANT
    return mention(f"Kettle {n} leaks", source_id=str(n), author=f"a{n}", tenant=tenant)


class Writers:
    """New mentions, edits, deletions and replies, carried into the index as they are told."""

    def __init__(self, edition: Edition) -> None:
        self.said: dict[int, Mention] = {}
        self._desk = Desk(edition.store, edition.clock)
        self._index = edition.index
        self._dice = random.Random(7)
        self._numbers = itertools.count()

    async def say(self, count: int) -> None:
        new = {n: said(n) for n in itertools.islice(self._numbers, count)}
        self.said |= new
        await self._desk.take(*((one, tone()) for one in new.values()))
        await self._desk.index(self._index)

    async def write(self) -> None:
        *changed, gone, answered = self._dice.sample(sorted(self.said), 12)
        for n in changed:
            self.said[n] = edited(self.said[n], f"Kettle {n} burns by now")
            await self._desk.intake.take((self.said[n], angry()))
        await self._desk.intake.take((retraction(self.said.pop(gone)), None))
        one = self.said[answered]
        ours = reply(one, key=f"to {one.id} {one.revision}", id=f"to {one.id} {one.revision}")
        sent = replace(ours, revision=2, state=DeliveryState.SENT, network_id=ours.id)
        with suppress(AlreadyExists):
            await self._desk.answer(ours, sent)
        await self.say(5)

    async def write_until(self, done: asyncio.Future[Any]) -> None:
        while not done.done():
            await self.write()


async def test_a_reindex_that_is_killed_and_run_again_under_writes_loses_and_doubles_nothing(
    edition: Edition,
) -> None:
    writers, dice = Writers(edition), random.Random(3)
    for _ in range(4):
        await writers.say(MENTIONS // 4)
    began = time.monotonic()
    await complete(edition)
    whole = time.monotonic() - began
    statuses = []
    for _ in range(4):
        process = await begin(edition)
        # The first half of it is loading.
        killing = asyncio.ensure_future(asyncio.sleep(whole * dice.uniform(0.4, 0.95)))
        await writers.write_until(killing)
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()
        statuses.append(process.returncode)
        assert await found(edition.index) == await stored(edition.store), "the old index serves"
    assert -signal.SIGKILL in statuses, "some were killed before they had ended"
    await edition.index.upsert([STRAY])
    running = asyncio.ensure_future(complete(edition))
    await writers.write_until(running)
    documents = await found(edition.index)
    assert documents == await stored(edition.store), "STRAY is gone, all else is there"
    assert len(set(ids(documents))) == len(documents)
    texts = {document.text for document in documents if document.kind == "mention"}
    assert texts == {one.text for one in writers.said.values()}
    for line in (await running).splitlines():
        if "mention" in line:
            count = int("".join(filter(str.isdigit, line)))
            assert MENTIONS / 2 < count <= len(writers.said) + MENTIONS
            break
    else:
        raise AssertionError("no counts were printed")
    assert await edition.generations() == 1
