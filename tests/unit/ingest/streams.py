"""Ingest listening to a local Mastodon over real sockets, with what it publishes written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harken.channels.exchange import Clients
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.mastodon.live import Pace
from harken.channels.port import Connection, Source
from harken.channels.registry import Channels
from harken.clock import SystemClock
from harken.domain.ids import ConnectionId, MentionId, TenantId, mention_id
from harken.domain.time import Instant, minutes
from harken.events.v1.mention_pb2 import Mention
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet
from harken.store.sqlite import SqliteStore
from harken.testing.fakes.store import store_in
from harken.testing.mastodon.app import LocalMastodon
from harken.testing.mastodon.instance import Draft, Settings
from harken.testing.mastodon.model import Status
from harken.testing.mastodon.sockets import Sockets
from harken.testing.mastodon.software import Name
from harken.testing.secrecy import open_vault
from harken.testing.serving import serving
from services.ingest.connections import SourceKey, insert_connection, insert_source, make_source
from services.ingest.intake import Intake
from services.ingest.listener import Listener, Listening, Rhythm
from services.ingest.poller import Poller
from services.ingest.seen import SeenBefore
from services.ingest.source_states import Kept, find_state
from services.ingest.sources import SourceState
from tests.unit.ingest.kit import Notebook

QUICK = Rhythm(quiet=0.05, longest=0.05, again=0.002)
SWIFT = Pace(silent=20.0, again=0.2, beat=0.02, refused=0.1)
PATIENCE = 40.0
TAG = "kettle"


class LeapingClock(SystemClock):
    """``leap`` (microseconds) is how far it has leapt ahead."""

    leap = 0

    def now(self) -> Instant:
        return Instant(super().now() + self.leap)


@dataclass(slots=True)
class Replica:
    """One process of ingest, as far as listening goes."""

    log: Notebook
    poller: Poller
    seen: SeenBefore
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        time = asyncio.get_running_loop().time
        self.tasks = [
            asyncio.create_task(worker.run(Pulse(self.stopping, time)))
            for worker in (self.poller, self.seen)
        ]

    async def stop(self) -> None:
        self.stopping.set()
        await asyncio.gather(*self.tasks)


@dataclass(slots=True)
class Town:
    """A network, a store, and any number of replicas that listen to the one with the other."""

    mastodon: LocalMastodon
    store: SqliteStore
    connection: Connection
    source: Source
    clock: LeapingClock = field(default_factory=LeapingClock)
    channels: list[MastodonChannel] = field(default_factory=list)
    replicas: list[Replica] = field(default_factory=list)
    log: Notebook = field(default_factory=Notebook)
    _heard: dict[str, list[Mention]] = field(default_factory=dict)
    _ids: dict[int, MentionId] = field(default_factory=dict)
    _read: int = 0

    def replica(self, pace: Pace = SWIFT, rhythm: Rhythm = QUICK, name: str = "one") -> Replica:
        """It listens once it is started."""
        channel = MastodonChannel(self.clock, Clients(private_addresses=True), pace)
        self.channels.append(channel)
        seen = SeenBefore(self.store)
        listening = Listening(
            self.store,
            Intake(self.log, seen, 10_000, 20.0),  # type: ignore[arg-type] # all that it needs
            Channels([channel], open_vault()),
            self.clock,
            name,
            rhythm,
            jitter=lambda pause: pause,
            failing_for=minutes(15),
        )
        poller = Poller(self.store, lambda key: Listener(key, listening))
        self.replicas.append(Replica(self.log, poller, seen))
        return self.replicas[-1]

    async def eventually(self, look: Callable[[], Awaitable[bool] | bool]) -> None:
        """Waits for it; a bound, not a promise."""
        until = asyncio.get_running_loop().time() + PATIENCE
        while not (found if isinstance(found := look(), bool) else await found):
            if asyncio.get_running_loop().time() > until:
                state = (await self.kept()).state
                raise AssertionError(f"waited in vain: {state.mode} {state.error} {state.notice}")
            await asyncio.sleep(0.01)

    async def shows(self, check: Callable[[SourceState], object]) -> None:
        """Waits until the stored state is so."""

        async def look() -> bool:
            return bool(check((await self.kept()).state))

        await self.eventually(look)

    async def hears(self, status: Status, *texts: str) -> None:
        """Waits until these were published, in this order; "" for a retraction."""
        await self.eventually(lambda: len(self.published(status)) >= len(texts))
        heard = [mention.text.partition(" #")[0] for mention in self.published(status)]
        assert heard == list(texts)

    async def kept(self) -> Kept:
        async with self.store.reading() as snapshot:
            return await find_state(snapshot.for_tenant(self.source.tenant), self.source.id)

    def say(self, text: str = "it leaks", by: str = "mara") -> Status:
        instance = self.mastodon.instance
        author = instance.register(by)
        return instance.post(author, Draft(f"{text} #{TAG}"))

    def edit(self, status: Status, text: str) -> None:
        instance = self.mastodon.instance
        instance.edit(instance.world.accounts[status.account], status.id, Draft(f"{text} #{TAG}"))

    def delete(self, status: Status) -> None:
        instance = self.mastodon.instance
        instance.delete(instance.world.accounts[status.account], status.id)

    def published(self, status: Status) -> list[Mention]:
        id_ = self._ids.get(status.id)
        if id_ is None:
            host = self.mastodon.instance.settings.domain
            id_ = mention_id(self.source.tenant, "mastodon", host, str(status.id))
            self._ids[status.id] = id_
        return self.heard().get(id_, [])

    def heard(self) -> dict[str, list[Mention]]:
        """What was published so far, by the mention's id."""
        for mention in self.log.since(self._read):
            self._heard.setdefault(mention.id, []).append(mention)
            self._read += 1
        return self._heard

    @property
    def key(self) -> SourceKey:
        return SourceKey(self.source.tenant, self.source.id)


@asynccontextmanager
async def town(
    folder: Path, kind: str = "hashtag", software: Name = "mastodon"
) -> AsyncIterator[Town]:
    made: list[LocalMastodon] = []

    def make(address: str) -> LocalMastodon:
        made.append(LocalMastodon(Settings(address=address, rate_limit=0, software=software)))
        return made[0]

    clock = LeapingClock()
    async with serving(make, Sockets) as address, store_in(folder, clock) as store:
        connection = Connection(
            TenantId("northkettle"),
            ConnectionId("c1"),
            "mastodon",
            "Ours",
            {"instance": address},
            {"access_token": "northkettle-token"},
            clock.now(),
        )
        source = make_source(connection, kind, {"tag": TAG} if kind == "hashtag" else {})
        await store.submit(
            ChangeSet(writes=[insert_connection(connection, open_vault()), insert_source(source)])
        )
        here = Town(made[0], store, connection, source, clock)
        try:
            yield here
        finally:
            for replica in here.replicas:
                await replica.stop()
            for channel in here.channels:
                await channel.close()
