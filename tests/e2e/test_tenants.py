"""Two tenants: whatever one of them asks, with the other's ids, it sees nothing of the other's."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from harken.testing.processes import RunningHarken
from tests.e2e.calling import Caller, eventually
from tests.e2e.serve_null import start_null

MARK = "zephyrine"
"""A word that only the first tenant's things hold."""
STREAMS = {"stream_events"}
SHARED = {"/healthz", "/readyz", "/metrics", "/problems/{kind}"}
"""Belong to the process, not to a tenant."""
OWN = {"/v1/policies/{name}", "/v1/cases/{case}/draft"}
"""Everybody has policies; and forgetting a draft that one never had tells nothing."""


@pytest.fixture(scope="module")
def harken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHarken]:
    running = start_null(tmp_path_factory.mktemp("tenants"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def owner(harken: RunningHarken) -> Iterator[Caller]:
    with Caller(harken.address, harken.key) as caller:
        yield caller


@pytest.fixture(scope="module")
def stranger(harken: RunningHarken) -> str:
    """The admin key of another tenant, made beside the running process."""
    data = harken.process.args[harken.process.args.index("--data") + 1]  # type: ignore[union-attr, index, arg-type]
    made = subprocess.run(
        [sys.executable, "-m", "cli", "tenant", "create", "other", "--data", str(data)],
        check=True,
        capture_output=True,
        text=True,
    )
    return made.stdout.strip()


@pytest.fixture(scope="module")
def belongings(harken: RunningHarken, owner: Caller) -> dict[str, str]:
    """One of everything that has an id, by the name of its path parameter."""
    connection = owner.post(
        "/v1/connections",
        {
            "network": "webhook",
            "name": MARK,
            "settings": {"reply_url": f"http://127.0.0.1:9/{MARK}"},
            "secrets": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        },
    )
    [source] = owner.get("/v1/sources")["items"]
    skills = [{"name": "crisis", "level": 1}]
    owner.post("/v1/agents", {"id": "zoe", "name": MARK, "skills": skills, "capacity": 3})
    key = owner.post("/v1/api-keys", {"name": MARK, "roles": ["agent"], "agent": "zoe"})
    owner.post("/v1/queues", {"id": "zq", "name": MARK})
    owner.post("/v1/skills", {"name": "zskill", "description": MARK})
    receiver = owner.post(
        "/v1/alert-receivers", {"name": MARK, "by": "webhook", "url": f"http://127.0.0.1:9/{MARK}"}
    )
    told = [{"when": "each", "receivers": [receiver["id"]]}]
    tracker = owner.post("/v1/trackers", {"name": MARK, "query": MARK, "alerts": told})
    said = {
        "connection": connection["id"],
        "source_id": "z1",
        "author": {"id": f"{MARK}-author"},
        "text": f"The {MARK} kettle caught fire",
        "created_at": "2026-03-01T09:30:00Z",
    }
    owner.post("/v1/mentions", said)
    found = eventually(lambda: owner.get("/v1/cases")["items"])
    case = owner.get(f"/v1/cases/{found[0]['id']}")
    eventually(lambda: owner.get("/v1/search", q=MARK)["total"])
    alerts = eventually(lambda: owner.get("/v1/alerts")["items"])
    with Caller(harken.address, key["key"]) as zoe:
        zoe.post(f"/v1/cases/{case['id']}/assign", {})
        reply = zoe.post(f"/v1/cases/{case['id']}/replies", {"text": f"{MARK}: unplug it"})
    saved = owner.post("/v1/saved-replies", {"name": MARK, "texts": {"en": f"Dear {MARK}"}})
    return {
        "connection": connection["id"],
        "source": source["id"],
        "agent": "zoe",
        "key": key["id"],
        "queue": "zq",
        "skill": "zskill",
        "case": case["id"],
        "decision": case["decisions"][0],
        "reply": reply["id"],
        "saved": saved["id"],
        "offer": case["id"],
        "receiver": receiver["id"],
        "tracker": tracker["id"],
        "alert": alerts[0]["id"],
        "name": "routing",
    }


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if operation["operationId"] not in STREAMS and path not in SHARED:
                yield method.upper(), path, operation


def example_body(document: dict[str, Any], operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    if "examples" in content:
        return next(iter(content["examples"].values()))["value"]
    if "example" in content:
        return content["example"]
    name = content["schema"]["$ref"].rsplit("/", 1)[1]
    return document["components"]["schemas"][name]["examples"][0]


@pytest.mark.e2e
def test_a_stranger_sees_nothing_and_changes_nothing(
    harken: RunningHarken, owner: Caller, stranger: str, belongings: dict[str, str]
) -> None:
    document = httpx.get(f"{harken.address}/openapi.json", trust_env=False).json()
    before = state_of(owner, belongings)
    probed = 0
    with httpx.Client(
        base_url=harken.address,
        headers={"Authorization": f"Bearer {stranger}"},
        timeout=30,
        trust_env=False,
    ) as client:
        for method, path, operation in operations(document):
            names = re.findall(r"{(\w+)}", path)
            unknown = [name for name in names if name not in belongings]
            assert not unknown, f"{path}: give the probe one of {unknown}"
            target = path.format(**belongings)
            answer = client.request(method, target, json=example_body(document, operation))
            about = f"{method} {target}: {answer.status_code} {answer.text[:300]}"
            assert answer.status_code < 500, about
            assert MARK not in answer.text, about
            if names and path not in OWN:
                assert answer.status_code >= 400, about
            probed += 1
    assert probed > 50
    assert state_of(owner, belongings) == before


@pytest.mark.e2e
def test_search_by_the_others_words_and_ids_finds_nothing(
    harken: RunningHarken, stranger: str, belongings: dict[str, str]
) -> None:
    with Caller(harken.address, stranger) as other:
        for question in ({"q": MARK}, {"filter": [f"case:{belongings['case']}"]}):
            assert other.get("/v1/search", **question)["total"] == 0
        assert other.get("/v1/kpis")["volume"]["posts"] == 0


@pytest.mark.e2e
@pytest.mark.parametrize("key", ["", "hk_0000000000000000_" + "0" * 48, "nonsense", "é"])
def test_without_a_key_of_ours_nothing_is_answered(harken: RunningHarken, key: str) -> None:
    headers = [(b"Authorization", f"Bearer {key}".encode())] if key else []
    answer = httpx.get(f"{harken.address}/v1/cases", headers=headers, trust_env=False)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def state_of(owner: Caller, belongings: dict[str, str]) -> str:
    """What a stranger might have changed, without the moments that pass by themselves."""
    case = owner.get(f"/v1/cases/{belongings['case']}")
    kept = {name: case[name] for name in ("tags", "assignee", "severity", "queue", "merged_into")}
    parts = [
        kept,
        owner.get(f"/v1/connections/{belongings['connection']}"),
        owner.get(f"/v1/agents/{belongings['agent']}")["name"],
        owner.get(f"/v1/queues/{belongings['queue']}"),
        owner.get(f"/v1/skills/{belongings['skill']}"),
        owner.get(f"/v1/saved-replies/{belongings['saved']}"),
        owner.get(f"/v1/trackers/{belongings['tracker']}"),
        owner.get(f"/v1/alert-receivers/{belongings['receiver']}"),
        [key["revoked_at"] for key in owner.get("/v1/api-keys")["items"]],
    ]
    return json.dumps(parts, sort_keys=True)
