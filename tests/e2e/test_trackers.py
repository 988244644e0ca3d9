"""A tracker hears a mention, search finds it, and whoever asked for it is told, come what may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from harken.testing.mailbox import Mailbox, running_mailbox
from harken.testing.processes import RunningHarken, running_mastodon
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import QUICK
from tests.e2e.hooks import Hook, running_hook
from tests.e2e.mentions import forum_mention
from tests.e2e.networks import connect
from tests.e2e.serve_null import start_null

pytestmark = pytest.mark.e2e

Start = Callable[[], RunningHarken]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with running_mailbox() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as running:
        yield running


@pytest.fixture
def start(tmp_path: Path, box: Mailbox) -> Iterator[Start]:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": str(box.port), "smtp_security": "none"}
    started: list[RunningHarken] = []

    def run() -> RunningHarken:
        started.append(start_null(tmp_path, settings={**QUICK, **mail}))
        return started[-1]

    yield run
    for harken in started:
        if harken.process.poll() is None:
            harken.kill()


def receivers(admin: Caller, hook: Hook) -> tuple[Any, Any]:
    pager = {"name": "Pager", "by": "webhook", "url": hook.address}
    press = {"name": "Press", "by": "email", "to": ["press@brivanta.example"]}
    made = [admin.post("/v1/alert-receivers", one) for one in (pager, press)]
    return made[0], made[1]


def track(admin: Caller, *alerts: Any) -> Any:
    body = {"name": "Leaks", "query": "kettle AND leak", "alerts": alerts}
    return admin.post("/v1/trackers", body)


def alerts_told(admin: Caller) -> list[Any]:
    """Once every delivery of each has arrived."""
    items: list[Any] = admin.get("/v1/alerts")["items"]
    arrived = items and all(
        one["deliveries"] and {each["state"] for each in one["deliveries"]} == {"delivered"}
        for one in items
    )
    return items if arrived else []


def test_a_match_is_found_and_told_by_every_way(start: Start, hook: Hook, box: Mailbox) -> None:
    harken = start()
    with Caller(harken.address, harken.key) as admin:
        pager, press = receivers(admin, hook)
        told = {"when": "each", "receivers": [pager["id"], press["id"]]}
        tracker = track(admin, told)
        taken = admin.post(
            "/v1/mentions", [forum_mention("1", "ola"), forum_mention("2", "ivo", "Thanks!")]
        )

        [alert] = eventually(partial(alerts_told, admin))
        assert alert["mentions"][0]["id"] == taken["ids"][0]
        assert_signed(hook, pager["secret"], tracker)
        [letter] = box.letters
        assert letter["Subject"] == "Leaks: a match"
        assert "My kettle leaks since yesterday." in letter.get_content()
        assert alert["id"] in event_ids(harken)

        asked = {"filter": f"trackers:{tracker['id']}", "facet": "trackers"}
        found = eventually(lambda: hits(admin.get("/v1/search", kind="mention", **asked)))
        assert found == {taken["ids"][0]}
        [case] = eventually(lambda: hits(admin.get("/v1/search", kind="case", **asked)))
        detail = admin.get(f"/v1/cases/{case}")
        assert detail["timeline"][0]["trackers"] == detail["trackers"] == [tracker["id"]]
        tried = admin.post("/v1/trackers/preview", {"query": "kettle", "days": 1})
        assert (tried["count"], tried["complete"]) == (1, True)


def hits(answer: Any) -> set[str]:
    return {hit["id"] for hit in answer["items"]}


def assert_signed(hook: Hook, secret: str, tracker: Any) -> None:
    """By somebody else's code, with the time checked."""
    [call] = hook.calls
    told = Webhook(secret).verify(call.body.decode(), dict(call.headers))
    assert told == json.loads(call.body)
    assert (told["type"], told["data"]["subject"]) == ("tracker.matched", tracker["id"])


def event_ids(harken: RunningHarken) -> set[str]:
    """Of the alerts on the event stream, from its beginning."""
    headers = {"Authorization": f"Bearer {harken.key}", "Last-Event-ID": "0-0"}
    address = f"{harken.address}/v1/events?kind=alert"
    found = set()
    with httpx.stream("GET", address, headers=headers, trust_env=False, timeout=30) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                found.add(json.loads(line.removeprefix("data: "))["payload"]["id"])
            if line.startswith(": heartbeat"):
                break
    return found


def test_killed_while_telling_it_tells_again_under_the_same_id(start: Start, hook: Hook) -> None:
    harken = start()
    hook.silent = True
    with Caller(harken.address, harken.key) as admin:
        pager, _ = receivers(admin, hook)
        track(admin, {"when": "rate", "matches": 2, "minutes": 5, "receivers": [pager["id"]]})
        for number in range(3):
            admin.post("/v1/mentions", forum_mention(str(number), "ola"))
        eventually(lambda: hook.calls)
    harken.kill()
    hook.silent = False
    again = start()
    with Caller(again.address, harken.key) as admin:
        # What was taken in comes once more: it was counted already.
        for number in range(3):
            admin.post("/v1/mentions", forum_mention(str(number), "ola"))
        [alert] = eventually(partial(alerts_told, admin))
    assert alert["kind"] == "tracker.rate"
    assert len({call.headers["webhook-id"] for call in hook.calls}) == 1
    assert len(hook.calls) == 2


def test_a_broad_source_takes_in_only_what_is_tracked(start: Start) -> None:
    harken = start()
    with Caller(harken.address, harken.key) as admin, running_mastodon() as network:
        track(admin)
        access = {"access_token": "northkettle-token"}
        made = connect(admin, "mastodon", {"instance": network}, access)
        broad = {"connection": made["id"], "kind": "hashtag", "settings": {"tag": "tea"}}
        source = admin.post("/v1/sources", {**broad, "only_trackers": True})
        assert source["only_trackers"] is True
        for text in ("Rain all day #tea", "My kettle leaks #tea", "Sun at last #tea"):
            post(network, text)
        state = eventually(lambda: heard(admin, source["id"]))
        assert (state["accepted"], state["unmatched"]) == (1, 2)
        [found] = eventually(lambda: admin.get("/v1/search", kind="mention")["items"])
        assert "My kettle leaks" in found["text"]


def post(network: str, text: str) -> None:
    headers = {"Authorization": "Bearer mara-token"}
    address = f"{network}/api/v1/statuses"
    said = httpx.post(address, json={"status": text}, headers=headers, trust_env=False)
    said.raise_for_status()


def heard(admin: Caller, id_: str) -> Any:
    """The source's state once all three posts went one way or the other."""
    [state] = [one for one in admin.get("/v1/sources")["items"] if one["id"] == id_]
    return state if state["accepted"] + state["unmatched"] >= 3 else None
