"""The distributed edition as processes: every service, any number of replicas of each.

>>> with Fleet.on(engines, folder) as fleet:      # fresh names on engines that run already
...     fleet.start_all({"router": 2, "search": 2})
...     fleet.one("router", 1).kill()
...     fleet.start("router", 1)
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from aiokafka.errors import KafkaError

from harken.events.topics import TOPICS
from harken.http.api_keys import create_tenant
from harken.log.kafka import KafkaTopics
from harken.runtime.distributed import elasticsearch_settings, kafka_settings, opened_store
from harken.runtime.settings import Settings
from harken.store.postgres.upgrade import upgrade
from harken.testing.elasticsearch import remove_indices
from harken.testing.kafka import remove_topics
from harken.testing.postgres import drop_schema
from harken.testing.processes import STOPPING_SECONDS, RunningHarken, spawn, until_it_answers

SERVICES = ("ingest", "sentiment", "router", "responder", "search", "api")
SERVE = ("-m", "cli", "serve")
"""`harken serve`, as arguments of this Python; the service's name and options follow."""
TENANT = "main"

Replica = tuple[str, int]


@dataclass(slots=True)
class Fleet:
    """``settings``, by their names in code, name the engines and what is ours on them.

    ``key`` is the first admin key of `TENANT`. What the processes print and log is in ``folder``,
    below ``<service>-<replica>``.
    """

    folder: Path
    settings: Mapping[str, str]
    key: str = field(repr=False)
    program: Sequence[str] = SERVE
    running: dict[Replica, RunningHarken] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def on(
        cls,
        engines: Mapping[str, str],
        folder: Path,
        *,
        program: Sequence[str] = SERVE,
        **more: str,
    ) -> Iterator[Fleet]:
        """Nothing runs yet. In the end everything is killed, and nothing of it is left on the
        engines. ``engines`` say how to reach them, ``more`` are further settings."""
        with own_names(engines, **more) as settings:
            key = asyncio.run(_first_key(_read(settings)))
            with cls.over(settings, folder, key, program) as fleet:
                yield fleet

    @classmethod
    @contextmanager
    def over(
        cls,
        settings: Mapping[str, str],
        folder: Path,
        key: str = "",
        program: Sequence[str] = SERVE,
    ) -> Iterator[Fleet]:
        """The same on what is there already, which stays."""
        fleet = cls(folder, settings, key, program)
        try:
            yield fleet
        finally:
            fleet.kill_all()

    def start(self, service: str, replica: int = 0, *, port: int = 0) -> RunningHarken:
        """Ready to be called. Raises `DidNotStart`."""
        (started,) = self._start([(service, replica)], port)
        return started

    def start_all(self, replicas: Mapping[str, int] | None = None) -> None:
        """All services, one replica of each where nothing else is said."""
        wanted = {**dict.fromkeys(SERVICES, 1), **(replicas or {})}
        self._start([(name, n) for name, count in wanted.items() for n in range(count)])

    def one(self, service: str, replica: int = 0) -> RunningHarken:
        return self.running[service, replica]

    def address(self, service: str, replica: int = 0) -> str:
        return self.one(service, replica).address

    def stop_all(self) -> dict[Replica, int]:
        """Gracefully, all at once; the exit statuses."""
        for each in self.running.values():
            each.process.terminate()
        statuses = {
            replica: each.process.wait(STOPPING_SECONDS) for replica, each in self.running.items()
        }
        self.running.clear()
        return statuses

    def kill_all(self) -> None:
        for each in self.running.values():
            if each.process.poll() is None:
                each.kill()
        self.running.clear()

    def log(self, service: str, replica: int = 0) -> str:
        return (self._place((service, replica)) / "log.txt").read_text(encoding="utf-8")

    def _start(self, wanted: Sequence[Replica], port: int = 0) -> list[RunningHarken]:
        """Side by side: most of a start is loading."""
        began = time.monotonic()
        spawned = {}
        for service, replica in wanted:
            command = [*self.program, service, "--port", str(port)]
            place = self._place((service, replica))
            spawned[service, replica] = spawn(command, place, self.settings)
        try:
            for replica_, process in spawned.items():
                place = self._place(replica_)
                self.running[replica_] = until_it_answers(process, place, began)
        except BaseException:
            for process in spawned.values():
                process.kill()
                process.wait()
            raise
        return [self.running[each] for each in wanted]

    def _place(self, replica: Replica) -> Path:
        return self.folder / f"{replica[0]}-{replica[1]}"


def fresh_names() -> dict[str, str]:
    """Topics, tables and indices of one's own on shared engines."""
    name = f"fleet{uuid4().hex[:10]}"
    return {
        "kafka_prefix": f"{name}-",
        "kafka_replication": "1",
        "postgres_schema": name,
        "elasticsearch_prefix": name,
        "elasticsearch_replicas": "0",
        "secrets_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


@contextmanager
def own_names(engines: Mapping[str, str], **more: str) -> Iterator[Mapping[str, str]]:
    """Settings with new, empty tables and topics; nothing of them is left in the end."""
    settings = {**engines, **fresh_names(), **more}
    try:
        asyncio.run(_prepare(_read(settings)))
        yield settings
    finally:
        asyncio.run(remove(_read(settings)))


def _read(settings: Mapping[str, str]) -> Settings:
    return Settings(_env_file=None, **settings)  # type: ignore[arg-type]


async def _prepare(settings: Settings) -> None:
    await KafkaTopics(kafka_settings(settings)).apply(TOPICS.values())
    await asyncio.to_thread(upgrade, settings.postgres_url, schema=settings.postgres_schema)


async def _first_key(settings: Settings) -> str:
    async with opened_store(settings) as store:
        return await create_tenant(store, TENANT, TENANT)


async def remove(settings: Settings) -> None:
    """Takes from the engines what goes by these names, as `fresh_names` made them."""
    with suppress(KafkaError):
        await remove_topics(kafka_settings(settings))
    await asyncio.to_thread(drop_schema, settings.postgres_url, settings.postgres_schema)
    await remove_indices(elasticsearch_settings(settings))
