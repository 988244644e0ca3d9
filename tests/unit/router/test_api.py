"""Cases and people over HTTP, with the decider beside the API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from harken.domain.ids import TenantId
from harken.domain.mention import Mention
from harken.domain.roles import Role
from harken.domain.time import minutes, seconds
from harken.domain.tone import Tone
from harken.http.problem import Problem
from harken.store.sqlite import SqliteStore
from harken.testing.api import OTHER, TENANT, bearer
from harken.testing.builders import angry, mention, tone
from harken.testing.fakes.clock import FakeClock
from harken.testing.openapi import check_openapi
from harken.testing.runtime import until
from services.router.commands_client import RouterCommands
from tests.unit.router.making import agent
from tests.unit.router.service import RouterApi, case_of, decider, settle

Headers = dict[str, str]


async def taken_in(router: RouterApi, one: Mention, heard: Tone | None = None) -> str:
    """The id of the mention's case."""
    now = router.api.clock.now()
    fresh = mention(
        one.text, tenant=one.tenant, source_id=one.source_id, thread_root=one.thread_root,
        author=one.author.name, created_at=now, received_at=now,
    )  # fmt: skip
    await router.intake.take((fresh, heard or tone()))

    async def placed() -> bool:
        return await case_of(router.api.store, fresh.id) != ""

    await until(placed)
    return await case_of(router.api.store, fresh.id)


async def a_case(router: RouterApi, number: int = 1, **given: Any) -> str:
    source_id = str(1000 + number)
    given = {"author": f"author{number}", "tenant": TENANT, **given}
    return await taken_in(router, mention(source_id=source_id, **given))


def said(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert (answer.status_code, answer.json().get("type")) == (status, f"/problems/{kind}")


async def post(router: RouterApi, path: str, headers: Headers, body: Any = None) -> httpx.Response:
    return await router.client.post(path, json=body, headers=headers)


def test_the_document_says_enough(router: RouterApi) -> None:
    assert check_openapi(router.api.app) == []


async def test_a_case_shows_all_that_is_needed_to_answer_it(router: RouterApi) -> None:
    eva = await router.agent("eva", skills=[{"name": "language:en", "level": 3}])
    case = await a_case(router)
    answer = await router.client.get(f"/v1/cases/{case}", headers=eva)
    shown = said(answer)
    assert answer.headers["ETag"] == f'"{shown["revision"]}"'
    assert (shown["state"], shown["assignee"], shown["fence"]) == ("assigned", "eva", 1)
    (entry,) = shown["timeline"]
    assert entry["text"].startswith("My kettle")
    assert entry["tone"]["polarity"] == "negative"
    assert shown["capability"]["public"]
    assert [clock["kind"] for clock in shown["clocks"]] == ["first_reply", "resolution"]
    assert shown["severity"]["reasons"][0]["factor"] == "polarity"
    assert shown["present"] == [{"agent": "eva", "typing": False}]
    decision = said(await router.client.get(f"/v1/decisions/{shown['decisions'][0]}", headers=eva))
    assert (decision["kind"], decision["agent"], decision["why"]) == (
        "assigned", "eva", "a new case",
    )  # fmt: skip


async def test_the_inbox_has_views_filters_and_pages(router: RouterApi) -> None:
    boss = bearer(router.api.admin)
    cases = [await a_case(router, n) for n in range(5)]
    critical = await a_case(router, 9, text="My kettle caught fire")
    eva = await router.person("eva")
    said(await post(router, "/v1/agents", boss, {"id": "eva", "name": "Eva"}), 201)
    said(await post(router, f"/v1/cases/{cases[2]}/assign", eva, {}))

    async def ids(query: str, headers: Headers = boss) -> list[str]:
        found: list[str] = []
        cursor = ""
        while True:
            answer = said(
                await router.client.get(f"/v1/cases?limit=2&{query}{cursor}", headers=headers)
            )
            found += [item["id"] for item in answer["items"]]
            if answer["next_cursor"] is None:
                return found
            cursor = f"&cursor={answer['next_cursor']}"

    assert set(await ids("")) == {*cases, critical}
    waiting = await ids("view=unassigned&order=urgent")
    assert waiting[0] == critical
    assert set(waiting) == {*cases, critical} - {cases[2]}
    assert await ids("view=mine", eva) == [cases[2]]
    assert await ids("severity=critical&queue=crisis") == [critical]
    assert await ids("state=resolved") == []
    problem(await router.client.get("/v1/cases?view=mine", headers=boss), 409, "no-agent")


async def test_a_case_is_worked_from_taking_to_resolving(router: RouterApi) -> None:
    case = await a_case(router)
    boss = bearer(router.api.admin)
    said(await post(router, "/v1/agents", boss, {"id": "eva", "name": "Eva"}), 201)
    eva = await router.person("eva")
    path = f"/v1/cases/{case}"
    taken = said(await post(router, f"{path}/assign", eva, {}))
    assert taken["assignee"] == "eva"
    noted = said(await post(router, f"{path}/notes", eva, {"text": "The same batch"}))
    assert [entry["type"] for entry in noted["timeline"]] == ["mention", "note"]
    tagged = said(
        await post(router, f"{path}/tags", eva, {"add": ["kettles"], "contact_reason": "defect"})
    )
    assert (tagged["tags"], tagged["contact_reason"]) == (["kettles"], "defect")
    until_then = "2026-02-26T06:13:20Z"
    snoozed = said(await post(router, f"{path}/snooze", eva, {"until": until_then}))
    assert (snoozed["state"], snoozed["snoozed_until"]) == ("snoozed", until_then)
    unread = await post(router, f"{path}/resolve", eva, {"outcome": "no_reply_needed"})
    problem(unread, 428, "precondition-required")
    older = {**eva, "If-Match": f'"{snoozed["revision"] - 1}"'}
    problem(await post(router, f"{path}/resolve", older, {}), 412, "changed-meanwhile")
    seen = {**eva, "If-Match": f'"{snoozed["revision"]}"'}
    resolved = said(await post(router, f"{path}/resolve", seen, {"outcome": "no_reply_needed"}))
    assert (resolved["state"], resolved["no_reply_needed"]) == ("resolved", True)
    assert all(clock["met"] for clock in resolved["clocks"])
    again = {**eva, "If-Match": f'"{resolved["revision"]}"'}
    problem(await post(router, f"{path}/resolve", again, {}), 409, "closed")
    reopened = said(await post(router, f"{path}/reopen", eva))
    assert (reopened["state"], reopened["reopened"]) == ("queued", 1)


async def test_edits_are_based_on_what_one_saw(router: RouterApi) -> None:
    case = await a_case(router)
    boss = bearer(router.api.admin, If_Match='"1"')
    path = f"/v1/cases/{case}/tags"
    answer = await post(router, path, boss, {"add": ["a"]})
    assert said(answer)["revision"] == 2
    stale = await post(router, path, boss, {"add": ["b"]})
    problem(stale, 412, "changed-meanwhile")
    assert stale.json()["current"] == '"2"'


async def test_a_repeat_has_its_effect_once(router: RouterApi) -> None:
    case = await a_case(router)
    boss = bearer(router.api.admin, Idempotency_Key="note-1")
    path = f"/v1/cases/{case}/notes"
    for _ in range(3):
        shown = said(await post(router, path, boss, {"text": "Once"}))
    assert [entry["type"] for entry in shown["timeline"]].count("note") == 1
    problem(await post(router, path, boss, {"text": "Twice"}), 422, "idempotency-key-reused")


async def test_a_refusal_is_repeated_too(router: RouterApi) -> None:
    case = await a_case(router)
    boss = bearer(router.api.admin, Idempotency_Key="merge-1")
    for _ in range(2):
        problem(
            await post(router, f"/v1/cases/{case}/merge", boss, {"into": case}), 409, "same-case"
        )


async def test_severity_and_tone_can_be_corrected_and_learnt_from(router: RouterApi) -> None:
    eva = await router.agent("eva")
    case = await taken_in(router, mention("Tak to je skvělé", tenant=TENANT), angry())
    shown = said(await router.client.get(f"/v1/cases/{case}", headers=eva))
    body = {"mention": shown["timeline"][0]["id"], "polarity": "positive"}
    corrected = said(await post(router, f"/v1/cases/{case}/tone", eva, body))
    assert corrected["timeline"][0]["tone"]["polarity"] == "positive"
    assert corrected["timeline"][0]["tone"]["corrected"]
    judged = said(await post(router, f"/v1/cases/{case}/severity", eva, {"score": 5}))
    assert (judged["severity"]["score"], judged["severity"]["overridden_by"]) == (5, "eva")
    export = await router.client.get("/v1/tone-corrections", headers=bearer(router.api.admin))
    assert export.headers["content-type"] == "application/jsonl"
    assert [json.loads(line) for line in export.text.splitlines()] == [
        {
            "text": "Tak to je skvělé",
            "label": "positive",
            "lang": "en",
            "split": "train",
            "source": "tone-corrections",
        }
    ]
    denied = await router.client.get("/v1/tone-corrections", headers=eva)
    problem(denied, 403, "forbidden")


async def test_two_cases_become_one_for_supervisors_only(router: RouterApi) -> None:
    one, two = await a_case(router, 1), await a_case(router, 2)
    eva = await router.agent("eva")
    problem(await post(router, f"/v1/cases/{one}/merge", eva, {"into": two}), 403, "forbidden")
    merged = said(
        await post(router, f"/v1/cases/{one}/merge", bearer(router.api.admin), {"into": two})
    )
    assert merged["id"] == two
    assert len(merged["timeline"]) == 2
    gone = said(await router.client.get(f"/v1/cases/{one}", headers=eva))
    assert (gone["state"], gone["merged_into"]) == ("merged", two)


async def test_others_see_who_looks_and_writes(router: RouterApi) -> None:
    case = await a_case(router)
    eva, jan = await router.agent("eva"), await router.agent("jan")
    await router.client.get(f"/v1/cases/{case}", headers=eva)
    here = said(await post(router, f"/v1/cases/{case}/typing", jan, {"typing": True}))
    assert here["present"] == [
        {"agent": "eva", "typing": False},
        {"agent": "jan", "typing": True},
    ]
    router.api.clock.advance(seconds(11))
    here = said(await post(router, f"/v1/cases/{case}/typing", eva, {"typing": False}))
    assert here["present"][1] == {"agent": "jan", "typing": False}
    router.api.clock.advance(minutes(2))
    here = said(await post(router, f"/v1/cases/{case}/typing", eva, {"typing": False}))
    assert [one["agent"] for one in here["present"]] == ["eva"]


async def test_critical_work_is_offered_and_a_late_accept_gets_409(router: RouterApi) -> None:
    eva = await router.agent("eva", skills=[{"name": "crisis", "level": 5}])
    jan = await router.agent("jan", skills=[{"name": "crisis", "level": 1}])
    case = await a_case(router, text="My kettle caught fire")

    async def offer_of(headers: Headers) -> str:
        async def offered() -> bool:
            answer = await router.client.get("/v1/me/assignments", headers=headers)
            return bool(said(answer)["offers"])

        await until(offered)
        mine = said(await router.client.get("/v1/me/assignments", headers=headers))
        assert mine["offers"][0]["case"] == case
        return str(mine["offers"][0]["id"])

    first = await offer_of(eva)
    problem(await post(router, f"/v1/offers/{first}/accept", jan), 404, "not-found")
    declined = said(await post(router, f"/v1/offers/{first}/decline", eva))
    assert declined["state"] == "declined"
    second = await offer_of(jan)
    problem(await post(router, f"/v1/offers/{first}/accept", eva), 409, "offer-over")
    accepted = said(await post(router, f"/v1/offers/{second}/accept", jan))
    assert (accepted["id"], accepted["assignee"]) == (case, "jan")
    mine = said(await router.client.get("/v1/me/assignments", headers=jan))
    assert [one["id"] for one in mine["cases"]] == [case]


async def test_looking_at_a_case_keeps_the_assignment(router: RouterApi) -> None:
    eva = await router.agent("eva")
    case = await a_case(router)
    for _ in range(6):
        router.api.clock.advance(minutes(8))
        shown = said(await router.client.get(f"/v1/cases/{case}", headers=eva))
    assert (shown["assignee"], shown["fence"]) == ("eva", 1)


async def test_me_says_whose_credential_it_is(router: RouterApi) -> None:
    eva = await router.agent("eva")
    me = said(await router.client.get("/v1/me", headers=eva))
    assert (me["tenant"], me["roles"], me["agent"]["status"]) == (TENANT, ["agent"], "available")
    admin = said(await router.client.get("/v1/me", headers=bearer(router.api.admin)))
    assert admin["agent"] is None
    nobody = bearer(router.api.admin)
    answer = await router.client.put("/v1/me/status", json={"status": "busy"}, headers=nobody)
    problem(answer, 409, "no-agent")


@pytest.mark.parametrize(
    ("path", "new", "key", "edit"),
    [
        ("/v1/agents", {"id": "eva", "name": "Eva"}, "id", {"name": "Eva N.", "capacity": 3}),
        ("/v1/queues", {"id": "billing", "name": "Billing"}, "id", {"name": "Bills"}),
        ("/v1/skills", {"name": "crisis"}, "name", {"description": "May act in a crisis"}),
    ],
)
async def test_the_roster_is_kept(
    router: RouterApi, path: str, new: dict[str, Any], key: str, edit: dict[str, Any]
) -> None:
    boss, eva = bearer(router.api.admin), await router.person("x")
    problem(await post(router, path, eva, new), 403, "forbidden")
    made = await post(router, path, boss, new)
    assert said(made, 201)["revision"] == 1
    problem(await post(router, path, boss, new), 409, "already-exists")
    one = f"{path}/{new[key]}"
    changed = await router.client.put(
        one, json=edit, headers={**boss, "If-Match": made.headers["ETag"]}
    )
    assert edit.items() <= said(changed).items()
    stale = await router.client.put(
        one, json=edit, headers={**boss, "If-Match": made.headers["ETag"]}
    )
    problem(stale, 412, "changed-meanwhile")
    listed = said(await router.client.get(path, headers=eva))
    assert [item[key] for item in listed["items"]] == [new[key]]
    said(await router.client.delete(one, headers=boss), 204)
    problem(await router.client.get(one, headers=boss), 404, "not-found")
    assert said(await router.client.get(path, headers=eva))["items"] == []


async def test_the_rules_in_force_can_be_read(router: RouterApi) -> None:
    policy = said(await router.client.get("/v1/policies/routing", headers=bearer(router.api.admin)))
    assert policy["version"] == 0
    assert policy["body"]["rules"][0]["queue"] == "crisis"


async def test_another_tenant_sees_and_changes_nothing(router: RouterApi) -> None:
    eva = await router.agent("eva")
    case = await a_case(router)
    shown = said(await router.client.get(f"/v1/cases/{case}", headers=eva))
    agent_key = await router.api.key(*Role, tenant=OTHER)
    foreign = bearer(agent_key, if_match='"1"')
    for path in (
        f"/v1/cases/{case}",
        f"/v1/decisions/{shown['decisions'][0]}",
        "/v1/agents/eva",
    ):
        problem(await router.client.get(path, headers=foreign), 404, "not-found")
    for path, body in (
        ("notes", {"text": "x"}),
        ("tags", {"add": ["x"]}),
        ("assign", {"agent": "eva"}),
        ("transfer", {}),
        ("snooze", {"until": "2030-01-01T00:00:00Z"}),
        ("resolve", {}),
        ("reopen", None),
        ("severity", {"score": 1}),
        ("tone", {"mention": shown["timeline"][0]["id"], "polarity": "neutral"}),
        ("merge", {"into": case}),
    ):
        answer = await post(router, f"/v1/cases/{case}/{path}", foreign, body)
        problem(answer, 404, "not-found")
    for path in ("/v1/cases", "/v1/agents", "/v1/queues", "/v1/skills"):
        assert said(await router.client.get(path, headers=foreign))["items"] == []
    assert said(await router.client.get(f"/v1/cases/{case}", headers=eva))["revision"] == 1


async def test_nobody_waits_forever_and_the_same_origin_tells_later(tmp_path: Path) -> None:
    from harken.testing.fakes.store import store_in

    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        await _ask_without_a_decider(store, clock)


async def _ask_without_a_decider(store: SqliteStore, clock: FakeClock) -> None:
    commands = RouterCommands(store, clock, patience=0.05)
    tenant = TenantId("riverbend")
    with pytest.raises(Problem) as refused:
        await commands.ask(tenant, "origin-1", agent("eva"))
    assert (refused.value.status, refused.value.retryable) == (503, True)
    await settle(decider(store, clock))
    result = await commands.ask(tenant, "origin-1", agent("eva"), again=True)
    assert (result.ref, result.revision) == ("eva", 1)
    # Appending it a second time is the same command still.
    assert await commands.ask(tenant, "origin-1", agent("eva")) == result
