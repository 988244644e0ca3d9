"""The ingest service behind the real edges, over an event log in memory."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harken.channels.registry import build_channels
from harken.domain.roles import Role
from harken.events.codec import MESSAGES
from harken.events.topics import LANES, Payload
from harken.events.v1.mention_pb2 import Mention
from harken.log.port import LogUnavailable, NewRecord
from harken.runtime.service import Service
from harken.store.sqlite import SqliteStore
from harken.testing.api import Api, api_in, bearer
from harken.testing.fakes.clock import FakeClock
from harken.testing.secrecy import open_vault
from services.ingest.alerting.api import alert_routes
from services.ingest.alerting.receivers_api import receiver_routes
from services.ingest.connections_api import connection_routes
from services.ingest.intake import Intake
from services.ingest.mentions_api import mention_routes
from services.ingest.seen import SeenBefore
from services.ingest.sources_api import source_routes
from services.ingest.trackers.api import tracker_routes
from services.ingest.trackers.changes import TrackerChanges
from services.ingest.trackers.matching import TrackerMatching
from services.ingest.trackers.preview import Previews
from services.ingest.webhooks_api import webhook_routes

MOST_TRACKERS = 5
MOST_PREVIEWED = 300


class Notebook:
    """The part of an event log that the intake needs; ``away`` makes it fail."""

    def __init__(self) -> None:
        self.records: list[NewRecord] = []
        self.away = False

    async def publish(self, records: list[NewRecord]) -> None:
        if self.away:
            raise LogUnavailable("the disk is full", retry_after=3)
        self.records.extend(records)

    @property
    def mentions(self) -> list[Mention]:
        return self.since(0)

    def since(self, place: int) -> list[Mention]:
        lanes = {topic.name for topic in LANES.values()}
        found = []
        for record in self.records[place:]:
            assert record.topic in lanes
            message = MESSAGES[Payload.MENTION]()
            message.ParseFromString(record.value)
            assert isinstance(message, Mention)
            found.append(message)
        return found


@dataclass(slots=True)
class Ingest:
    api: Api
    log: Notebook
    seen: SeenBefore
    intake: Intake
    matching: TrackerMatching
    token: str

    def headers(self, **more: str) -> dict[str, str]:
        return bearer(self.token, **more)


@pytest.fixture
async def ingest(tmp_path: Path) -> AsyncIterator[Ingest]:
    log = Notebook()
    made: list[tuple[SeenBefore, Intake, TrackerMatching]] = []

    def services(store: SqliteStore) -> list[Service]:
        clock = FakeClock()
        seen = SeenBefore(store)
        matching = TrackerMatching(store)
        intake = Intake(log, seen, 100, 5.0, [matching])  # type: ignore[arg-type]
        made.append((seen, intake, matching))
        channels = build_channels(clock, open_vault(), private_addresses=True)
        return [
            Service(
                "ingest",
                [
                    mention_routes(intake, store, channels),
                    webhook_routes(intake, store, channels),
                    connection_routes(store, channels.vault),
                    source_routes(store),
                    tracker_routes(
                        store,
                        TrackerChanges(store, matching.changed, MOST_TRACKERS),
                        Previews(store, MOST_PREVIEWED, 5.0, time.monotonic),
                    ),
                    receiver_routes(store, channels.vault, mail=True),
                    alert_routes(store),
                ],
            )
        ]

    async with api_in(tmp_path, services) as api:
        yield Ingest(api, log, *made[0], await api.key(Role.INGEST))
