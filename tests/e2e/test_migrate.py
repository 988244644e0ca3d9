"""From a data folder to the real engines: nothing lost, nothing doubled, nobody served twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from cli.embedded import open_embedded
from cli.migrate.plan import WHOLE
from harken.channels.vault import Vault, read_keys
from harken.embedded.folder import lock_folder
from harken.embedded.migration import NAME
from harken.events.topics import MENTIONS_TAGGED
from harken.log.kafka import KafkaLog
from harken.log.port import NewRecord
from harken.runtime.distributed import kafka_settings, open_index, open_store
from harken.runtime.settings import Settings
from harken.store.body import decode
from harken.store.changes import Insert, Statement
from harken.store.port import Store
from harken.store.schema.infrastructure import DEAD_LETTERS, OUTBOX
from harken.store.schema.ingest import ALERT_RECEIVERS
from harken.testing.builders import mention, reply, tone
from harken.testing.fleet import Fleet, own_names
from harken.testing.processes import RunningHarken
from harken.testing.rows import row_of
from services.ingest.alerting.receivers import secret_place
from services.ingest.domain.receiver import Receiver
from services.search.documents import FIELDS
from tests.e2e.calling import Caller, eventually, hire
from tests.e2e.conftest import QUICK, Start
from tests.e2e.mentions import forum_mention
from tests.e2e.networks import Mastodon, Network, on_mastodon
from tests.e2e.serve_null import SERVE
from tests.e2e.test_way_of_a_mention import the_case
from tests.engines import local_engines
from tests.unit.search_service.desk import Desk, found, stored

pytestmark = [pytest.mark.engines, pytest.mark.e2e, pytest.mark.timeout(900)]

ANSWER = "We are sorry, Mara. Please tell us the number under the kettle."
FIXED = "And here is the number that you asked for."
FORUM = 150


def harken(*words: str, settings: Mapping[str, str], status: int = 0) -> str:
    """What `harken …` prints."""
    given = {f"HARKEN_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def next_event(caller: Caller, address: str, after: str = "") -> tuple[str, str]:
    """The cursor and the kind of the next event of the stream."""
    headers = {"Authorization": f"Bearer {caller.key}", "Last-Event-ID": after or "0-0"}
    url = f"{address}/v1/events"
    with httpx.stream("GET", url, headers=headers, timeout=60, trust_env=False) as stream:
        seen: dict[str, str] = {}
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            seen[name] = value
            if not line and "id" in seen and "event" in seen:
                return seen["id"], seen["event"]
    raise AssertionError("the stream ended")


def test_an_office_goes_on_where_its_folder_ended(start: Start, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with own_names(local_engines()) as names:
        one = start()
        admin = Caller(one.address, one.key)
        with admin, on_mastodon(admin, one.address) as network:
            before = work_a_day(one, admin, network)
            one.kill()
            settings = {**names, **QUICK}
            refused = harken("migrate", "--data", str(data), settings=settings, status=1)
            assert "still under way" in refused
            assert "has not read" in refused
            assert not (data / NAME).exists()
            assert "Drained" in harken("drain", "--data", str(data), settings={})
            printed = harken("migrate", "--data", str(data), settings=settings)
            assert "mentions" in printed
            assert "Migrated" in printed
            assert_not_served(data, settings)
            with Fleet.over(settings, tmp_path / "fleet", one.key, SERVE) as fleet:
                fleet.start_all()
                goes_on(fleet, before, network)


def work_a_day(one: RunningHarken, admin: Caller, network: Network) -> dict[str, Any]:
    """Some of everything; in the end it is under way as much as can be."""
    admin.post("/v1/trackers", {"name": "Leaks", "query": "leaks"})
    hook = {"name": "Desk", "by": "webhook", "url": "http://127.0.0.1:9/alerts"}
    before: dict[str, Any] = {
        "secret": admin.post("/v1/alert-receivers", hook)["secret"],
        "me": admin.get("/v1/me"),
        "posts": [forum_mention(f"p{n}", f"person-{n}", f"Leak {n}") for n in range(FORUM)],
    }
    with hire(admin, one.address, "eva") as agent:
        before |= answer_twice(one, agent, network)
        admin.post("/v1/mentions", before["posts"])
        eventually(lambda: admin.get("/v1/search", kind="mention")["total"] == FORUM + 2)
        cases = {each["id"]: each for each in admin.get("/v1/cases", limit=200)["items"]}
        hers = {id_ for id_, each in cases.items() if each["assignee"] == "eva"}
        before |= {"agent": agent.key, "cases": set(cases), "waking": min(hers - {before["case"]})}
        until = datetime.now(UTC) + timedelta(seconds=45)
        agent.post(f"/v1/cases/{before['waking']}/snooze", {"until": until.isoformat()})
    edits = [{**post, "text": f"{post['text']} burns by now"} for post in before["posts"][:40]]
    admin.post("/v1/mentions", [*edits, forum_mention("late", "person-5", "A late one")])
    return before


def answer_twice(one: RunningHarken, agent: Caller, network: Network) -> dict[str, Any]:
    """The network has the second answer too, but nobody heard of it yet."""
    agent.put("/v1/me/status", {"status": "available"})
    said = network.say("My kettle leaked all over the floor!")
    case = the_case(agent)["id"]
    agent.post(f"/v1/cases/{case}/assign", {})
    answered = agent.post(f"/v1/cases/{case}/replies", {"text": ANSWER}, once="first")["id"]
    eventually(partial(is_sent, agent, answered))
    agent.post(f"/v1/cases/{case}/notes", {"text": "The same batch as last week."})
    cursor, _ = next_event(agent, one.address)
    again = network.say("Do you read this?", thread=said)
    eventually(lambda: len(agent.get(f"/v1/cases/{case}")["timeline"]) == 4)
    assert isinstance(network, Mastodon)
    network.arm({"kind": "delay", "when": "after", "seconds": 300})
    unsure = agent.post(f"/v1/cases/{case}/replies", {"text": FIXED}, once="second")["id"]
    eventually(lambda: len(network.answers()) == 2)
    return {
        "case": case,
        "answers": {said: ANSWER, again: FIXED},
        "replies": [answered, unsure],
        "thread": said,
        "cursor": cursor,
    }


def assert_not_served(data: Path, settings: Mapping[str, str]) -> None:
    for command in (("up", "--port", "0"), ("drain",), ("dlq", "list")):
        said = harken(*command, "--data", str(data), settings={}, status=1)
        assert "was migrated to" in said
        assert NAME in said
    assert "was migrated to" in harken("migrate", "--data", str(data), settings=settings, status=1)


def goes_on(fleet: Fleet, before: Mapping[str, Any], network: Network) -> None:
    with (
        Caller(fleet.address("api"), fleet.key) as admin,
        Caller(fleet.address("ingest"), fleet.key) as intake,
        Caller(fleet.address("api"), before["agent"]) as agent,
    ):
        assert admin.get("/v1/me") == before["me"]
        assert next_event(agent, fleet.address("api"), before["cursor"])[1] == "reset"
        total = FORUM + 3  # what Mara said twice, and the late one
        assert admin.get("/v1/search", kind="mention")["total"] == total
        assert admin.get("/v1/search", kind="mention", q="burns")["total"] == 40
        cases = {each["id"] for each in admin.get("/v1/cases", limit=200)["items"]}
        assert cases >= before["cases"]
        assert len(cases - before["cases"]) == 1, "edits joined theirs, the late one has its own"
        assert admin.get("/v1/trackers")["items"][0]["name"] == "Leaks"
        shown = agent.get(f"/v1/cases/{before['case']}")
        assert "The same batch as last week." in [entry["text"] for entry in shown["timeline"]]
        # What comes again is known.
        again = intake.post("/v1/mentions", before["posts"][50:90])
        assert (again["accepted"], again["duplicates"]) == (0, 40)
        repeated = agent.post(f"/v1/cases/{before['case']}/replies", {"text": ANSWER}, once="first")
        assert repeated["id"] == before["replies"][0]
        # The secret opens: the network is heard, and its thread is read back.
        network.say("It says NK-204.", thread=before["thread"])
        eventually(lambda: "NK-204" in json.dumps(agent.get(f"/v1/cases/{before['case']}")))
        for one in before["replies"]:
            eventually(partial(is_sent, agent, one))
        assert_answered(network, before["answers"])
        eventually(lambda: agent.get(f"/v1/cases/{before['waking']}")["state"] != "snoozed")
        intake.post("/v1/mentions", forum_mention("new", "somebody-new"))
        eventually(lambda: admin.get("/v1/search", kind="mention")["total"] == total + 2)
        receiver = asyncio.run(the_receiver(fleet.settings))
        vault = Vault(read_keys(fleet.settings["secrets_key"], "HARKEN_SECRETS_KEY"))
        place = secret_place(receiver.tenant, receiver.id)
        assert vault.open(receiver.secret, *place) == before["secret"]


def is_sent(agent: Caller, reply: str) -> bool:
    state: str = agent.get(f"/v1/replies/{reply}")["state"]
    return state == "sent"


def assert_answered(network: Network, answers: Mapping[str, str]) -> None:
    """Each once."""
    shown = network.answers()
    assert sorted(each.parent for each in shown) == sorted(answers)
    assert all(answers[each.parent] in each.text for each in shown)


async def the_receiver(names: Mapping[str, str]) -> Receiver:
    store = await open_store(read(names))
    async with store.reading() as snapshot:
        row = await snapshot.across_tenants().first(select(ALERT_RECEIVERS.c.body))
    await store.close()
    assert row is not None
    return decode(row.body, Receiver)


def read(names: Mapping[str, str]) -> Settings:
    return Settings(_env_file=None, **names)  # type: ignore[arg-type]


# --- without an office


async def fill(folder: Path, count: int = 300) -> None:
    async with open_embedded(Settings(_env_file=None, data=folder)) as embedded:
        desk = Desk(embedded.store, embedded.kit.clock)
        said = [mention(f"Kettle {n}", source_id=str(n), author=f"a{n}") for n in range(count)]
        await desk.take(*((one, tone()) for one in said))
        for one in said[:20]:
            await desk.answer(reply(one))
        await desk.index(embedded.index)
        dead = row_of(DEAD_LETTERS, id="dead-1", reason="unreadable", value=b"\xff")
        # As a relay would.
        await desk.change(Statement(update(OUTBOX).values(sent_at=1)), Insert(DEAD_LETTERS, dead))


async def contents(store: Store) -> dict[str, list[Any]]:
    """The tables that go over whole, but for those whose rows are changed on the way."""
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        changed = ("connections", "alert_receivers", "rates")
        return {
            table.name: sorted(map(repr, await rows.all(select(table))))
            for table in WHOLE
            if table.name not in changed
        }


def test_killed_at_any_moment_it_is_run_again_and_everything_is_there_once(tmp_path: Path) -> None:
    folder, dice = tmp_path / "data", random.Random(5)
    asyncio.run(fill(folder, 900))
    with own_names(local_engines()) as names:
        given = {f"HARKEN_{name.upper()}": value for name, value in names.items()}
        command = [sys.executable, "-m", "cli", "migrate", "--data", str(folder)]
        for _ in range(6):
            process = subprocess.Popen(command, env={**os.environ, **given})
            try:
                process.wait(dice.uniform(2, 14))
            except subprocess.TimeoutExpired:
                process.kill()
            process.wait()
        if not done(folder):
            harken("migrate", "--data", str(folder), settings=names)
        assert done(folder)
        asyncio.run(assert_the_same(folder, names))


def done(folder: Path) -> bool:
    note = folder / NAME
    return note.exists() and bool(json.loads(note.read_bytes())["done"])


async def assert_the_same(folder: Path, names: Mapping[str, str]) -> None:
    (folder / NAME).unlink()  # the way back
    store = await open_store(read(names))
    async with (
        open_embedded(Settings(_env_file=None, data=folder)) as embedded,
        open_index(read(names), FIELDS) as index,
    ):
        assert await contents(embedded.store) == await contents(store)
        assert await found(index) == await stored(embedded.store) == await found(embedded.index)
    await store.close()


def test_what_is_not_ready_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    asyncio.run(fill(folder, 3))
    with own_names(local_engines()) as names:

        def refused(why: str, settings: Mapping[str, str] = names, data: Path = folder) -> None:
            said = harken("migrate", "--data", str(data), settings=settings, status=1)
            assert why in said
            assert not (folder / NAME).exists()

        refused("needs HARKEN_KAFKA_SERVERS", {**names, "kafka_servers": ""})
        refused("is no data folder", data=tmp_path / "other")
        lock = lock_folder(folder)
        refused("is served by another process")
        lock.release()
        asyncio.run(publish_to_folder(folder))
        refused("1 records of mentions.tagged that router has not read")
        harken("drain", "--data", str(folder), settings={})
        asyncio.run(publish(names))
        refused("The topics mentions.tagged hold records")
        with own_names(local_engines()) as others:
            harken("tenant", "create", "somebody", settings=others)
            refused("The schema holds rows already, in api_keys, tenants", others)


async def publish_to_folder(folder: Path) -> None:
    async with open_embedded(Settings(_env_file=None, data=folder)) as embedded:
        await embedded.log.publish([NewRecord(MENTIONS_TAGGED.name, b"k", b"\xff")])


async def publish(names: Mapping[str, str]) -> None:
    log = KafkaLog(kafka_settings(read(names)))
    await log.publish([NewRecord(MENTIONS_TAGGED.name, b"k", b"\xff")])
    await log.close()
