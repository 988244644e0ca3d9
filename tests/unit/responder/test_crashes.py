"""A process is killed at each step of a delivery; what counts is what the network has."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harken.channels.port import Connection
from harken.clock import SystemClock
from harken.domain.ids import ReplyId
from harken.domain.mention import Mention
from harken.domain.reply import DeliveryState as State
from harken.domain.reply import Reply
from harken.domain.time import seconds
from harken.store.body import encode
from harken.store.changes import ChangeSet, Put
from harken.store.schema.ingest import CONNECTIONS
from harken.testing import builders
from harken.testing.fakes.store import store_in
from harken.testing.mastodon.app import create_app
from harken.testing.mastodon.instance import Settings
from harken.testing.rows import row_of
from harken.testing.serving import serving
from services.responder.domain.intent import Writer, plan
from services.responder.replies import Kept, find_reply, planned
from tests.unit.responder.crashing import STEPS, deliver
from tests.unit.responder.desk import case_row, mention_row

TEXT = "We are sorry. Which kettle is it?"


class Network:
    """The local server, seen from outside."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self.address = address
        self._client = client

    async def customer_writes(self) -> str:
        answer = await self._client.post(
            f"{self.address}/api/v1/statuses",
            json={"status": "@northkettle It leaks!"},
            headers={"Authorization": "Bearer mara-token"},
        )
        return str(answer.json()["id"])

    async def fault(self, **fault: Any) -> None:
        await self._client.post(f"{self.address}/harken/faults", json=fault)

    async def our_posts(self) -> list[dict[str, Any]]:
        statuses = (await self._client.get(f"{self.address}/harken/statuses")).json()
        return [status for status in statuses if status["account"] == "northkettle"]


@pytest.fixture
async def network() -> AsyncIterator[Network]:
    async with (
        serving(lambda address: create_app(Settings(address=address, rate_limit=0))) as address,
        httpx.AsyncClient(trust_env=False, timeout=30) as client,
    ):
        yield Network(address, client)


async def accepted(folder: Path, network: Network) -> Reply:
    """A reply that waits in the store, as the API leaves it."""
    clock = SystemClock()
    connection = Connection(
        builders.TENANT,
        builders.CONNECTION,
        "mastodon",
        "Ours",
        {"instance": network.address},
        {"access_token": "northkettle-token"},
    )
    parent: Mention = builders.mention(source_id=await network.customer_writes(), author="mara")
    case = builders.case(parent)
    reply = plan(
        ReplyId("reply-1"), case.id, parent, TEXT, parent.visibility, Writer("key-1"), (),
        clock.now(),
    )  # fmt: skip
    row = row_of(
        CONNECTIONS,
        tenant=connection.tenant,
        id=connection.id,
        network=connection.network,
        body=encode(connection),
    )
    async with store_in(folder, clock) as store:
        rows = [
            Put(CONNECTIONS, row), case_row(case), mention_row(parent, case.id, clock.now()),
        ]  # fmt: skip
        await store.submit(ChangeSet(writes=list(rows)))
        await store.submit(planned(Kept(reply)))
    return reply


async def killed_at(step: int, folder: Path, *, forgetful: bool = False) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.unit.responder.crashing", str(folder), str(step),
        "forgetful" if forgetful else "mindful",
        stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await process.wait() == -signal.SIGKILL


async def settled(folder: Path, reply: Reply, *, forgetful: bool = False) -> Reply:
    """After another process worked on it, until nothing is left to do."""
    for _ in range(50):
        await deliver(folder, 0, seconds(0.6), forgetful=forgetful)
        async with store_in(folder, SystemClock()) as store, store.reading() as snapshot:
            kept = await find_reply(snapshot.for_tenant(reply.tenant), reply.id)
        if kept is not None and kept.reply.state in (State.SENT, State.ABSENT, State.REFUSED):
            return kept.reply
    raise AssertionError("it does not settle")


@pytest.mark.parametrize("step", range(1, STEPS + 1))
async def test_killed_at_any_step_it_is_on_the_network_once(
    step: int, tmp_path: Path, network: Network
) -> None:
    reply = await accepted(tmp_path, network)
    await killed_at(step, tmp_path)
    assert len(await network.our_posts()) <= 1
    ended = await settled(tmp_path, reply)
    [post] = await network.our_posts()
    assert (ended.state, ended.network_id) == (State.SENT, post["id"])
    assert post["idempotency_key"] == reply.key


@pytest.mark.parametrize(("step", "posts"), [(4, 0), (6, 1)])
async def test_where_the_network_knows_no_keys_it_is_there_at_most_once(
    step: int, posts: int, tmp_path: Path, network: Network
) -> None:
    """Killed right before the post, a person decides; right after it, it is found."""
    reply = await accepted(tmp_path, network)
    await killed_at(step, tmp_path, forgetful=True)
    ended = await settled(tmp_path, reply, forgetful=True)
    assert len(await network.our_posts()) == posts
    assert ended.state is (State.SENT if posts else State.ABSENT)


@pytest.mark.parametrize("step", [1, 3])
async def test_killed_again_while_it_reads_back(
    step: int, tmp_path: Path, network: Network
) -> None:
    """The first process dies right after the post; the second at a step of its own."""
    reply = await accepted(tmp_path, network)
    await killed_at(6, tmp_path)
    await killed_at(step, tmp_path)
    assert (await settled(tmp_path, reply)).state is State.SENT
    assert len(await network.our_posts()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop", "when": "after"},
        {"kind": "error", "when": "after", "status": 502},
        {"kind": "delay", "when": "after", "seconds": 4.0},
        {"kind": "drop", "when": "before"},
        {"kind": "error", "when": "before", "status": 503},
        {"kind": "error", "when": "before", "status": 429, "headers": {"Retry-After": "1"}},
    ],
)
async def test_whatever_the_network_does_it_is_there_once(
    fault: dict[str, Any], tmp_path: Path, network: Network
) -> None:
    reply = await accepted(tmp_path, network)
    await network.fault(**fault)
    ended = await settled(tmp_path, reply)
    [post] = await network.our_posts()
    assert (ended.state, ended.network_id) == (State.SENT, post["id"])
