"""The routing policy as it is stored and read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from harken.domain.hours import BusinessHours, Span
from harken.domain.time import minutes
from harken.store.changes import ChangeSet, Insert
from harken.store.schema.router import POLICIES
from harken.store.sqlite import SqliteStore
from harken.testing.builders import TENANT, mention, tone
from harken.testing.fakes.clock import FakeClock
from services.router.domain.policy import RoutingPolicy
from services.router.policies import ROUTING, read_policy, routing_policy, write_policy
from tests.unit.router.service import Intake, decider, settle, told

CALENDAR = {
    "zone": "Europe/Riga",
    "week": [[{"start": 540, "end": 1020}]] * 5 + [[], []],
    "holidays": ["2026-11-18"],
}


def test_the_default_policy_survives_being_stored() -> None:
    assert read_policy(write_policy(RoutingPolicy())) == RoutingPolicy()


def test_what_is_left_out_takes_its_default() -> None:
    policy = read_policy('{"lease": 60000000}')
    assert policy.lease == minutes(1)
    assert policy.rules == RoutingPolicy().rules


def test_a_calendar_names_its_zone() -> None:
    policy = read_policy(msgspec.json.encode({"sla": {"calendars": {"office": CALENDAR}}}))
    office = policy.sla.calendars["office"]
    assert isinstance(office, BusinessHours)
    assert office.zone == ZoneInfo("Europe/Riga")
    assert office.week[0] == (Span(540, 1020),)
    assert read_policy(write_policy(policy)) == policy


@pytest.mark.parametrize(
    "body",
    [
        '{"lease": "long"}',
        '{"sla": {"calendars": {"x": {"zone": "Mars/Base", "week": []}}}}',
        '{"sla": {"calendars": {"x": {"zone": "UTC", "week": [[], [], [], [], [], [], []]}}}}',
    ],
    ids=["wrong type", "unknown zone", "never open"],
)
def test_a_policy_that_makes_no_sense_is_refused(body: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_policy(body)


async def test_the_latest_version_rules(store: SqliteStore, clock: FakeClock) -> None:
    for version, queue in ((1, "old"), (2, "new")):
        body = msgspec.json.encode({"default": {"name": "default", "queue": queue}}).decode()
        row = {
            "tenant": TENANT, "name": ROUTING, "version": version, "body": body,
            "created_at": clock.now(), "created_by": "key-boss",
        }  # fmt: skip
        await store.submit(ChangeSet(writes=[Insert(POLICIES, row)]))
    async with store.reading() as snapshot:
        assert (await routing_policy(snapshot.for_tenant(TENANT))).version == 2
    await Intake(store, clock).take((mention(), tone()))
    await settle(decider(store, clock))
    assert {getattr(fact, "queue", "new") for fact in await told(store)} == {"new"}
