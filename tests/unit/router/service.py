"""The router as a service: its stage, its decider and its API on a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Row, Select, select

from harken.clock import Clock
from harken.domain.facts import Delivery, WorkFact
from harken.domain.ids import AgentId, MentionId
from harken.domain.mention import Mention
from harken.domain.roles import Role
from harken.domain.tone import Tone
from harken.events.codec import decode_work, encode_delivery, encode_mention, tag
from harken.events.topics import DELIVERIES, MENTIONS_TAGGED
from harken.events.v1 import work_pb2
from harken.log.port import Headers, Record
from harken.runtime.service import Service
from harken.runtime.stage import Received
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX
from harken.store.schema.router import MENTIONS
from harken.store.sqlite import SqliteStore
from harken.testing.api import Api, api_in, bearer
from harken.testing.runtime import AT_ONCE, new_pulse, running
from services.router.commands_client import RouterCommands
from services.router.decider import Decider
from services.router.problems import PROBLEMS
from services.router.stage import RouterStage
from services.router.wiring import api


def decider(store: Store, clock: Clock, holder: str = "first") -> Decider:
    return Decider(store, clock, holder, AT_ONCE)


class Intake:
    """Puts tagged mentions and deliveries through the stage, as the runner would."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._stage = RouterStage(store, clock, 256)
        self._offsets = count()

    async def take(self, *mentions: tuple[Mention, Tone | None], headers: Headers = ()) -> None:
        messages = [tag(encode_mention(m), tone, self._clock.now()) for m, tone in mentions]
        await self._handle([self._received(MENTIONS_TAGGED.name, m, headers) for m in messages])

    async def deliver(self, *deliveries: Delivery) -> None:
        messages = [encode_delivery(delivery) for delivery in deliveries]
        await self._handle([self._received(DELIVERIES.name, m) for m in messages])

    def _received(self, topic: str, message: Any, headers: Headers = ()) -> Received:
        value = message.SerializeToString()
        offset = next(self._offsets)
        return Received(Record(topic, 0, offset, b"k", value, headers, self._clock.now()), message)

    async def _handle(self, batch: Sequence[Received]) -> None:
        decided = await self._stage.handle(batch)
        await self._store.submit(decided.change)


async def settle(decider: Decider) -> int:
    """Rounds until there is nothing to do."""
    pulse, total = new_pulse(), 0
    while (done := await decider.round(pulse)) > 0:
        total += done
    return total


async def rows(store: Store, query: Select[Any]) -> Sequence[Row[Any]]:
    async with store.reading() as snapshot:
        return await snapshot.across_tenants().all(query)


async def told(store: Store) -> list[WorkFact]:
    """What the outbox holds, in order."""
    found = await rows(store, select(OUTBOX.c.value).order_by(OUTBOX.c.id))
    facts = [decode_work(work_pb2.Work.FromString(bytes(row.value))) for row in found]
    return [fact for fact in facts if fact is not None]


async def case_of(store: Store, mention: MentionId) -> str:
    found = await rows(store, select(MENTIONS.c.case_id).where(MENTIONS.c.id == mention))
    return str(found[0].case_id)


@dataclass(slots=True)
class RouterApi:
    """`http` answers; the decider runs beside it."""

    api: Api
    intake: Intake
    commands: RouterCommands

    @property
    def client(self) -> httpx.AsyncClient:
        return self.api.client

    async def person(self, name: str | None, *roles: Role) -> dict[str, str]:
        """Headers of a credential."""
        agent = AgentId(name) if name else None
        return bearer(await self.api.key(*(roles or (Role.AGENT,)), agent=agent))

    async def agent(self, name: str, **fields: Any) -> dict[str, str]:
        """An agent on the roster, at work; returns their headers."""
        body = {"id": name, "name": name.title(), **fields}
        created = await self.client.post("/v1/agents", json=body, headers=bearer(self.api.admin))
        assert created.status_code == 201, created.text
        headers = await self.person(name)
        came = await self.client.put("/v1/me/status", json={"status": "available"}, headers=headers)
        assert came.status_code == 200, came.text
        return headers


@asynccontextmanager
async def router_api(folder: Path) -> AsyncIterator[RouterApi]:
    made: list[RouterCommands] = []

    def services(store: SqliteStore) -> Sequence[Service]:
        clock, ids = store._clock, count(1)
        made.append(RouterCommands(store, clock, patience=5.0))
        return [Service("router", api(store, clock, lambda: f"sign-{next(ids)}", made[0]))]

    async with (
        api_in(folder, services, problems=PROBLEMS) as edges,
        running(decider(edges.store, edges.clock)),
    ):
        yield RouterApi(edges, Intake(edges.store, edges.clock), made[0])
