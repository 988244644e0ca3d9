"""Every service as processes of its own, two of most, on the real engines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.local import engines
from harken.testing.fleet import Fleet
from tests.e2e.calling import Caller, eventually, hire
from tests.e2e.conftest import QUICK
from tests.e2e.mentions import forum_mention
from tests.e2e.networks import on_mastodon
from tests.e2e.serve_null import SERVE
from tests.engines import local_engines

pytestmark = [pytest.mark.engines, pytest.mark.e2e, pytest.mark.timeout(600)]

COMPLAINT = "My kettle leaked all over the floor and nobody answers my letters!"
ANSWER = "We are sorry, Mara. Please tell us the number under the kettle."


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    settings = {**QUICK, "postgres_patience": "2"}
    with Fleet.on(local_engines(), folder, program=SERVE, **settings) as started:
        started.start_all({"ingest": 2, "router": 2, "responder": 2, "search": 2, "api": 2})
        yield started


@pytest.fixture
def apis(fleet: Fleet) -> Iterator[tuple[Caller, Caller]]:
    with (
        Caller(fleet.address("api", 0), fleet.key) as one,
        Caller(fleet.address("api", 1), fleet.key) as other,
    ):
        yield one, other


@pytest.fixture
def intakes(fleet: Fleet) -> Iterator[tuple[Caller, Caller]]:
    with (
        Caller(fleet.address("ingest", 0), fleet.key) as one,
        Caller(fleet.address("ingest", 1), fleet.key) as other,
    ):
        yield one, other


Two = tuple[Caller, Caller]


def test_what_two_intakes_accept_is_tagged_routed_and_found(apis: Two, intakes: Two) -> None:
    for name, intake in zip("ab", intakes, strict=True):
        sent = [forum_mention(f"{name}{n}", f"{name}-{n}") for n in range(50)]
        assert intake.post("/v1/mentions", sent)["accepted"] == 50
    for api in apis:
        eventually(lambda: api.get("/v1/search", kind="mention")["total"] == 100)  # noqa: B023
        eventually(lambda: api.get("/v1/search", kind="case")["total"] == 100)  # noqa: B023
    mention = apis[0].get("/v1/search", kind="mention")["items"][0]
    assert mention["fields"]["polarity"] == "negative"


def test_what_one_intake_took_in_is_a_double_at_the_other(apis: Two, intakes: Two) -> None:
    one, other = intakes
    said = forum_mention("twice", "ola", "It leaks.")
    assert one.post("/v1/mentions", said)["accepted"] == 1
    eventually(lambda: other.post("/v1/mentions", said)["duplicates"] == 1)
    edited = said | {"text": "It leaks, and smells."}
    assert other.post("/v1/mentions", edited)["accepted"] == 1
    # To the first it is news that the text is what it was before.
    eventually(lambda: one.post("/v1/mentions", edited)["duplicates"] == 1)
    assert one.post("/v1/mentions", said)["accepted"] == 1

    def shown() -> bool:
        found = apis[0].get("/v1/search", kind="mention", q="leaks", filter="author:ola")["items"]
        return [item["text"] for item in found] == ["It leaks."]

    eventually(shown)


def test_a_customer_is_answered_once_and_every_replica_tells_of_it(fleet: Fleet, apis: Two) -> None:
    one, other = apis
    elsewhere = fleet.address("api", 1)
    with on_mastodon(one, fleet.address("ingest")) as there, hire(one, elsewhere, "eva") as eva:
        said = there.say(COMPLAINT)
        case = eventually(lambda: the_case(other))
        with told(elsewhere, fleet.key) as events:
            eva.post(f"/v1/cases/{case}/assign", {})
            assert eva.get(f"/v1/cases/{case}")["assignee"] == "eva"
            assert one.get(f"/v1/cases/{case}")["present"] == [{"agent": "eva", "typing": False}]
            reply = one_reply(eva, case)
            eventually(lambda: one.get(f"/v1/replies/{reply}")["state"] == "sent")
            eventually(lambda: reply in {event["aggregate"] for event in events})
        [answered] = there.answers()
        assert (answered.parent, ANSWER in answered.text) == (said, True)


def test_a_tracker_made_in_the_api_is_matched_by_every_intake(apis: Two, intakes: Two) -> None:
    tracker = apis[0].post("/v1/trackers", {"name": "Lids", "query": "lid AND loose"})["id"]
    for author, intake in zip(("lid-1", "lid-2"), intakes, strict=True):
        eventually(partial(matched, intake, apis[1], author, tracker))


def test_history_is_brought_in_through_an_intake(fleet: Fleet, apis: Two, tmp_path: Path) -> None:
    rows = [{"id": f"old-{n}", "author": "ola", "text": f"It dripped, {n}."} for n in range(3)]
    export = tmp_path / "export.jsonl"
    export.write_text(
        "\n".join(json.dumps(row | {"created_at": "2025-03-01T09:30:00Z"}) for row in rows)
    )
    command = [sys.executable, "-m", "cli", "replay", str(export), "--set", "network=forum"]
    environment = {**os.environ, "HARKEN_KEY": fleet.key, "HARKEN_URL": fleet.address("ingest", 1)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
    history = ["author:ola", "historical:true"]
    eventually(lambda: apis[0].get("/v1/search", kind="mention", filter=history)["total"] == 3)


def test_replicas_that_join_and_leave_under_load_leave_nothing_behind(
    fleet: Fleet, apis: Two, intakes: Two
) -> None:
    """A joining one reads positions that the last batches of the others still move."""
    joining = [(service, 2) for service in ("sentiment", "router", "search")]
    for network in ("first", "second"):
        with speaking(intakes[0], network) as said:
            for each in joining:
                fleet.start(*each)
            for service, replica in joining:
                eventually(partial(has_partitions, fleet.address(service, replica)))
        eventually(partial(all_found, apis[0], network, len(said)))
        for each in joining:
            assert fleet.running.pop(each).stop() == 0


def test_a_broker_that_is_away_is_told_and_all_catches_up(
    fleet: Fleet, apis: Two, intakes: Two
) -> None:
    with away("kafka"):
        refuses(intakes[0], "POST", "/v1/mentions", forum_mention("away", "ola"))
        for service in ("ingest", "sentiment", "router", "responder", "search"):
            eventually(partial(waits_for, fleet.address(service), "Kafka"))
            assert httpx.get(f"{fleet.address(service)}/healthz", trust_env=False).is_success
        assert apis[0].get("/v1/cases")["items"]
        assert httpx.get(f"{fleet.address('api')}/readyz", trust_env=False).is_success
    catches_up(fleet, apis, intakes, "It whistles again.", "whistles")


def test_a_database_that_is_away_is_told_and_all_catches_up(
    fleet: Fleet, apis: Two, intakes: Two
) -> None:
    taken = forum_mention("taken", "ola", "It hums at night.")
    assert intakes[0].post("/v1/mentions", taken)["accepted"] == 1
    with away("postgres"):
        refuses(intakes[0], "POST", "/v1/mentions", forum_mention("gone", "ola"))
        refuses(apis[0], "GET", "/v1/cases")
        refuses(apis[0], "POST", "/v1/trackers", {"name": "Handles", "query": "handle"})
        for replica in fleet.running.values():
            eventually(partial(waits_for, replica.address, "PostgreSQL"))
            assert httpx.get(f"{replica.address}/healthz", trust_env=False).is_success
    catches_up(fleet, apis, intakes, "It rattles now.", "rattles")
    eventually(lambda: apis[0].get("/v1/search", kind="mention", q="hums")["total"] == 1)


def test_all_of_them_stop_gracefully(fleet: Fleet) -> None:
    assert set(fleet.stop_all().values()) == {0}


@contextmanager
def away(engine: str) -> Iterator[None]:
    engines.kill(engine)
    try:
        yield
    finally:
        engines.start([engine])


def refuses(caller: Caller, method: str, path: str, body: Any = None) -> None:
    answer = caller.send(method, path, body)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)


def catches_up(fleet: Fleet, apis: Two, intakes: Two, text: str, word: str) -> None:
    said = forum_mention(uuid4().hex, "ola", text)
    eventually(lambda: intakes[0].send("POST", "/v1/mentions", said).status_code == 202)
    eventually(lambda: apis[0].get("/v1/search", kind="mention", q=word)["total"] == 1)
    for replica in fleet.running.values():
        eventually(partial(is_ready, replica.address))


@contextmanager
def speaking(intake: Caller, network: str) -> Iterator[list[str]]:
    """People write there all the while; at the end the list holds each of them."""
    said: list[str] = []
    over = threading.Event()

    def speak() -> None:
        while not over.wait(0.1):
            new = [f"{network}-{len(said) + n}" for n in range(10)]
            posts = [forum_mention(name, name) | {"network": network} for name in new]
            intake.post("/v1/mentions", posts)
            said.extend(new)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        yield said
    finally:
        over.set()
        speaker.join()


def has_partitions(address: str) -> bool:
    """Whoever holds some tells how far behind it is."""
    return "harken_lag_records{" in httpx.get(f"{address}/metrics", trust_env=False).text


def all_found(api: Caller, network: str, count: int) -> bool:
    found = [
        api.get("/v1/search", kind=kind, filter=f"network:{network}")["total"]
        for kind in ("mention", "case")
    ]
    return found == [count, count]


def matched(intake: Caller, api: Caller, author: str, tracker: str) -> bool:
    """What comes before the change is seen matches nothing: it is said until it does."""
    intake.post("/v1/mentions", forum_mention(uuid4().hex, author, "The lid is loose."))
    asked = [f"trackers:{tracker}", f"author:{author}"]
    return bool(api.get("/v1/search", kind="mention", filter=asked)["total"])


def is_ready(address: str) -> bool:
    return httpx.get(f"{address}/readyz", trust_env=False, timeout=30).is_success


def waits_for(address: str, engine: str) -> bool:
    answer = httpx.get(f"{address}/readyz", trust_env=False, timeout=30)
    return answer.status_code == 503 and engine in answer.text


def the_case(api: Caller) -> str | None:
    found = api.get("/v1/search", kind="case", filter="network:mastodon")["items"]
    return str(found[0]["id"]) if found else None


def one_reply(agent: Caller, case: str) -> str:
    """Sent twice, as by somebody whose answer got lost."""
    path = f"/v1/cases/{case}/replies"
    first, again = (agent.post(path, {"text": ANSWER}, once="first") for _ in range(2))
    assert first["id"] == again["id"]
    return str(first["id"])


@contextmanager
def told(address: str, key: str) -> Iterator[list[dict[str, Any]]]:
    """What the event stream tells from now on, as it comes."""
    events: list[dict[str, Any]] = []
    headers = {"Authorization": f"Bearer {key}"}
    opened = threading.Event()
    over = threading.Event()

    def listen() -> None:
        with httpx.stream(
            "GET", f"{address}/v1/events", headers=headers, trust_env=False, timeout=60
        ) as answer:
            opened.set()
            for line in answer.iter_lines():
                if over.is_set():
                    return
                if line.startswith("data: "):
                    events.append(json.loads(line.removeprefix("data: ")))

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    assert opened.wait(60)
    yield events
    over.set()
