"""Answering over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from harken.channels.port import OutcomeUnknown
from harken.channels.registry import Channels
from harken.domain.case import CaseState, Post, PostSide
from harken.domain.ids import AgentId, CaseId
from harken.domain.mention import ReplyCapability, Visibility
from harken.domain.roles import Role
from harken.domain.time import minutes, seconds
from harken.runtime.service import Service
from harken.store.changes import ChangeSet, Put
from harken.store.schema.router import AGENTS
from harken.testing import builders
from harken.testing.api import TENANT, Api, api_in, bearer
from harken.testing.fakes.clock import FakeClock
from harken.testing.openapi import check_openapi
from harken.testing.rows import row_of
from harken.testing.secrecy import open_vault
from services.responder.problems import PROBLEMS
from services.responder.wiring import api as routers
from tests.unit.responder.desk import SORRY, Desk, GatedChannel, a_mention, open_desk
from tests.unit.responder.test_responder_stage import echo, hear

IDA = AgentId("agent-ida")


@dataclass
class Office:
    """The API over the desk; ``ida`` has the case, ``jon`` has not, ``lea`` leads."""

    api: Api
    desk: Desk
    ida: str
    jon: str
    lea: str
    approver: str

    async def call(
        self, method: str, path: str, body: Any = None, token: str = "", **headers: str
    ) -> httpx.Response:
        if body is None:
            body = {} if method == "POST" else None
        return await self.api.client.request(
            method, path, json=body, headers=bearer(token or self.ida, **headers)
        )

    async def answer(self, token: str = "", once: str = "", **body: Any) -> httpx.Response:
        headers = {"Idempotency_Key": once} if once else {}
        path = f"/v1/cases/{self.desk.case.id}/replies"
        return await self.call("POST", path, {"text": SORRY, **body}, token, **headers)

    async def decide(self, reply: str, what: str, token: str = "", **body: Any) -> httpx.Response:
        return await self.call("POST", f"/v1/replies/{reply}/{what}", body, token)

    async def state(self, reply: str) -> str:
        return str((await self.call("GET", f"/v1/replies/{reply}")).json()["state"])

    async def absent(self) -> str:
        """A reply that nobody could find on the network."""
        self.desk.channel.failures = [OutcomeUnknown("the connection broke")]
        self.desk.channel.posted_unknown = False
        reply = str((await self.answer()).json()["id"])
        await self.desk.work()
        await self.desk.pass_time(minutes(2))
        assert await self.state(reply) == "absent"
        return reply


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    channel = GatedChannel(FakeClock())

    async with api_in(
        tmp_path,
        lambda store: [Service("responder", routers(store, Channels([channel], open_vault())))],
        problems=PROBLEMS,
    ) as api:
        desk = await open_desk(api.store, api.clock, channel, TENANT)
        agent = row_of(AGENTS, tenant=TENANT, id=IDA, name="Ida")
        await api.store.submit(ChangeSet(writes=[Put(AGENTS, agent)]))
        yield Office(
            api,
            desk,
            ida=await api.key(Role.AGENT, agent=IDA),
            jon=await api.key(Role.AGENT, agent=AgentId("agent-jon")),
            lea=await api.key(Role.SUPERVISOR, agent=AgentId("agent-lea")),
            approver=await api.key(Role.APPROVER),
        )


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_the_document_says_enough(office: Office) -> None:
    assert check_openapi(office.api.app) == []


async def test_an_answer_is_accepted_delivered_and_shown(office: Office) -> None:
    accepted = await office.answer(language="en")
    assert (accepted.status_code, accepted.headers["etag"]) == (202, '"1"')
    made = accepted.json()
    assert (made["state"], made["agent"], made["action"]) == ("planned", IDA, "reply")
    assert (made["parent"], made["parent_revision"]) == (office.desk.mention.id, 1)
    await office.desk.work()
    shown = (await office.call("GET", f"/v1/replies/{made['id']}")).json()
    assert (shown["state"], shown["network_id"]) == ("sent", office.desk.channel.posts[0].id)


async def test_repeated_with_its_key_it_is_one_reply(office: Office) -> None:
    first = await office.answer(once="k-1")
    await office.desk.work()
    second = await office.answer(once="k-1")
    assert second.json() == first.json()
    await office.desk.work()
    assert len(office.desk.channel.posts) == 1


async def test_repeated_without_a_key_it_is_in_its_own_way(office: Office) -> None:
    first = await office.answer()
    again = await office.answer()
    assert problem(again) == (409, "reply-under-way")
    assert again.json()["reply"] == first.json()["id"]
    await office.desk.work()
    assert problem(await office.answer()) == (409, "already-answered")
    office.api.clock.advance(seconds(1))
    assert (await office.answer(acknowledge=["already-answered"])).status_code == 202
    await office.desk.work()
    assert len(office.desk.channel.posts) == 2


async def test_an_edit_is_shown_to_who_did_not_see_it(office: Office) -> None:
    edited = builders.edited(office.desk.mention, "It leaks and hisses.")
    await office.desk.hear(edited)
    refused = await office.answer(expected_revision=1)
    assert problem(refused) == (409, "edited")
    assert (refused.json()["text"], refused.json()["revision"]) == ("It leaks and hisses.", 2)
    assert (await office.answer(expected_revision=2)).status_code == 202


async def test_who_wrote_again_is_answered_on_that_or_knowingly(office: Office) -> None:
    desk = office.desk
    later = a_mention(desk.channel, desk.clock, "Hello?", tenant=TENANT)
    posts = tuple(
        Post(one.id, PostSide.CUSTOMER, one.created_at, Visibility.PUBLIC)
        for one in (desk.mention, later)
    )
    await desk.hear(later)
    await desk.put_case(replace(desk.case, latest_mention=later.id, posts=posts))
    desk.clock.advance(seconds(1))
    assert problem(await office.answer(parent=desk.mention.id)) == (409, "wrote-again")
    knowingly = await office.answer(parent=desk.mention.id, acknowledge=["wrote-again"])
    assert knowingly.status_code == 202
    assert (await office.answer()).json()["parent"] == later.id


async def test_answered_in_the_networks_app(office: Office) -> None:
    await hear(office.desk, echo(office.desk, "Send it back.", source_id="9", tenant=TENANT))
    office.api.clock.advance(seconds(1))
    assert problem(await office.answer()) == (409, "answered-elsewhere")
    assert (await office.answer(acknowledge=["answered-elsewhere"])).status_code == 202
    await office.desk.work()
    assert len(office.desk.channel.posts) == 1


async def test_the_case_of_another(office: Office) -> None:
    assert problem(await office.answer(office.jon)) == (409, "assigned-to-another")
    assert (await office.answer(office.lea)).status_code == 202


@pytest.mark.parametrize(
    ("changes", "body", "expected"),
    [
        ({"historical": True}, {}, (409, "historical")),
        ({"echo": True}, {}, (409, "own-post")),
        ({"capability": ReplyCapability(why_not="Not here.")}, {}, (409, "not-answerable")),
        ({}, {"text": "x" * 501}, (422, "too-long")),
        ({}, {"text": " \n "}, (422, "empty-text")),
        ({}, {"text": None}, (422, "invalid")),
        ({}, {"saved_reply": "s"}, (422, "invalid")),
        ({}, {"text": "a\0b"}, (422, "invalid")),
        ({}, {"text": 7}, (422, "invalid")),
        ({}, {"parent": "nothing"}, (404, "not-found")),
        ({}, {"acknowledge": ["too-long"]}, (422, "invalid")),
    ],
)
async def test_what_cannot_be_sent(
    office: Office, changes: dict[str, Any], body: dict[str, Any], expected: tuple[int, str]
) -> None:
    await office.desk.hear(replace(office.desk.mention, **changes))
    assert problem(await office.answer(**body)) == expected


async def test_too_long_tells_both_lengths(office: Office) -> None:
    refused = (await office.answer(text="x" * 501)).json()
    assert (refused["length"], refused["limit"]) == (501, 500)


async def test_a_merged_case_names_where_it_went(office: Office) -> None:
    merged = replace(office.desk.case, state=CaseState.MERGED, merged_into=CaseId("c2"))
    await office.desk.put_case(merged)
    answer = await office.answer()
    assert (problem(answer), answer.json()["into"]) == ((409, "merged"), "c2")


async def test_nobody_sees_or_answers_for_another_tenant(office: Office) -> None:
    reply = (await office.answer()).json()["id"]
    other = office.api.other_admin
    for method, path in [
        ("GET", f"/v1/replies/{reply}"),
        ("POST", f"/v1/replies/{reply}/cancel"),
        ("GET", f"/v1/cases/{office.desk.case.id}/draft"),
    ]:
        assert problem(await office.call(method, path, token=other)) == (404, "not-found")
    assert problem(await office.answer(other)) == (404, "not-found")
    assert (await office.call("GET", "/v1/replies", token=other)).json()["items"] == []


async def test_auditors_read_and_write_nothing(office: Office) -> None:
    auditor = await office.api.key(Role.AUDITOR)
    reply = (await office.answer()).json()["id"]
    assert (await office.call("GET", f"/v1/replies/{reply}", token=auditor)).status_code == 200
    assert problem(await office.answer(auditor)) == (403, "forbidden")
    assert problem(await office.decide(reply, "cancel", auditor)) == (403, "forbidden")


async def test_lists_are_by_state_and_case(office: Office) -> None:
    reply = (await office.answer(needs_approval=True)).json()["id"]
    waiting = await office.call("GET", "/v1/replies?state=awaiting_approval", token=office.approver)
    assert [one["id"] for one in waiting.json()["items"]] == [reply]
    for query in ("state=absent", "case=another"):
        assert (await office.call("GET", f"/v1/replies?{query}")).json()["items"] == []


async def test_a_dry_run_tells_what_a_wet_one_would(office: Office) -> None:
    body = {"case": office.desk.case.id, "text": SORRY}
    fine = (await office.call("POST", "/v1/replies/check", body)).json()
    assert (fine["acceptable"], fine["objections"], fine["asks"]) == (True, [], True)
    assert (fine["length"], fine["limit"], fine["counting"]) == (len(SORRY), 500, "mastodon")
    await office.answer()
    against = (await office.call("POST", "/v1/replies/check", body)).json()
    assert [one["kind"] for one in against["objections"]] == ["reply-under-way"]
    assert not against["acceptable"]


# --- approvals


async def test_somebody_else_lets_it_out(office: Office) -> None:
    reply = (await office.answer(needs_approval=True)).json()["id"]
    await office.desk.work()
    assert office.desk.channel.posts == []
    assert problem(await office.decide(reply, "approve")) == (403, "forbidden")
    approved = await office.decide(reply, "approve", office.approver)
    assert approved.json()["state"] == "planned"
    await office.desk.work()
    assert await office.state(reply) == "sent"


async def test_nobody_approves_their_own(office: Office) -> None:
    reply = (await office.answer(office.lea, needs_approval=True)).json()["id"]
    assert problem(await office.decide(reply, "approve", office.lea)) == (409, "own-reply")
    assert problem(await office.decide(reply, "reject", office.lea)) == (409, "own-reply")


async def test_an_approval_is_void_where_the_customer_has_edited(office: Office) -> None:
    reply = (await office.answer(needs_approval=True)).json()["id"]
    await office.desk.hear(builders.edited(office.desk.mention, "Never mind."))
    assert problem(await office.decide(reply, "approve", office.approver)) == (409, "edited")


async def test_a_rejection_says_why(office: Office) -> None:
    reply = (await office.answer(needs_approval=True)).json()["id"]
    rejected = await office.decide(reply, "reject", office.approver, why="No dates, please.")
    assert (rejected.json()["state"], rejected.json()["why"]) == ("cancelled", "No dates, please.")
    again = await office.decide(reply, "approve", office.approver)
    assert (problem(again), again.json()["state"]) == ((409, "wrong-state"), "cancelled")


# --- taking back, and saying what is so


async def test_it_is_taken_back_until_it_goes_out(office: Office) -> None:
    reply = (await office.answer()).json()["id"]
    assert problem(await office.decide(reply, "cancel", office.jon)) == (403, "forbidden")
    assert (await office.decide(reply, "cancel")).json()["state"] == "cancelled"
    await office.desk.work()
    assert office.desk.channel.posts == []
    sent = (await office.answer()).json()["id"]
    await office.desk.work()
    assert problem(await office.decide(sent, "cancel")) == (409, "wrong-state")


async def test_after_it_was_taken_back_another_takes_its_place_with_another_key(
    office: Office,
) -> None:
    first = (await office.answer()).json()["id"]
    await office.decide(first, "cancel")
    second = (await office.answer(text="Other words.")).json()["id"]
    await office.desk.work()
    [post] = office.desk.channel.posts
    assert (await office.state(second), post.request.text) == ("sent", "Other words.")


async def test_an_old_view_decides_nothing(office: Office) -> None:
    reply = (await office.answer()).json()["id"]
    await office.desk.work()
    path = f"/v1/replies/{reply}/cancel"
    stale = await office.call("POST", path, {}, If_Match='"1"')
    assert problem(stale) == (412, "changed-meanwhile")


async def test_a_person_found_it(office: Office) -> None:
    reply = await office.absent()
    found = await office.decide(reply, "confirm", on_network=True, network_id="p-7")
    assert (found.json()["state"], found.json()["network_id"]) == ("sent", "p-7")


async def test_a_person_did_not_find_it_and_sends_it_again(office: Office) -> None:
    reply = await office.absent()
    again = await office.decide(reply, "confirm", on_network=False, resend=True)
    assert again.json()["state"] == "planned"
    await office.desk.work()
    assert (await office.state(reply), len(office.desk.channel.posts)) == ("sent", 1)


async def test_a_person_did_not_find_it_and_lets_it_be(office: Office) -> None:
    reply = await office.absent()
    assert (await office.decide(reply, "confirm", on_network=False)).json()["state"] == "cancelled"
    assert (await office.answer()).status_code == 202


async def test_what_is_known_cannot_be_said_otherwise(office: Office) -> None:
    sent = (await office.answer()).json()["id"]
    await office.desk.work()
    assert problem(await office.decide(sent, "confirm", on_network=False)) == (409, "wrong-state")
    taken = office.desk.channel.posts[0].id
    office.desk.mention = a_mention(office.desk.channel, office.desk.clock, "And?", tenant=TENANT)
    await office.desk.hear(office.desk.mention)
    office.desk.case = replace(office.desk.case, latest_mention=office.desk.mention.id)
    await office.desk.put_case(office.desk.case)
    reply = await office.absent()
    claimed = await office.decide(reply, "confirm", on_network=True, network_id=taken)
    assert problem(claimed) == (409, "id-of-another")
    both = await office.decide(reply, "confirm", on_network=True, resend=True)
    assert problem(both) == (422, "invalid")


# --- drafts


async def test_a_draft_is_ones_own_and_warns(office: Office) -> None:
    path = f"/v1/cases/{office.desk.case.id}/draft"
    assert problem(await office.call("GET", path)) == (404, "not-found")
    kept = await office.call("PUT", path, {"text": ""})
    assert (kept.status_code, kept.headers["etag"], kept.json()["warnings"]) == (200, '"1"', [])
    assert problem(await office.call("GET", path, token=office.jon)) == (404, "not-found")
    await office.desk.hear(builders.retraction(office.desk.mention))
    warned = (await office.call("GET", path)).json()["warnings"]
    assert [one["kind"] for one in warned] == ["retracted", "edited"]
    assert (await office.call("DELETE", path)).status_code == 204
    assert problem(await office.call("GET", path)) == (404, "not-found")


async def test_two_windows_do_not_overwrite_each_other(office: Office) -> None:
    path = f"/v1/cases/{office.desk.case.id}/draft"
    await office.call("PUT", path, {"text": "one"})
    await office.call("PUT", path, {"text": "two"}, If_Match='"1"')
    stale = await office.call("PUT", path, {"text": "three"}, If_Match='"1"')
    assert problem(stale) == (412, "changed-meanwhile")


async def test_a_draft_is_gone_once_it_is_sent(office: Office) -> None:
    path = f"/v1/cases/{office.desk.case.id}/draft"
    await office.call("PUT", path, {"text": "Sorry!"})
    await office.answer()
    assert problem(await office.call("GET", path)) == (404, "not-found")


# --- saved replies

PARCEL = {
    "name": "Parcel",
    "texts": {
        "en": "Hello {{customer_name}}, parcel {{parcel}} is coming. {{agent_name}}",
        "pl": "Paczka {{parcel}} jest w drodze.",
    },
    "fallback": ["en"],
    "variables": ["parcel"],
}


async def saved(office: Office, **changes: Any) -> httpx.Response:
    return await office.call("POST", "/v1/saved-replies", {**PARCEL, **changes}, office.lea)


async def test_a_saved_reply_is_kept_changed_and_removed(office: Office) -> None:
    made = await saved(office)
    assert (made.status_code, made.json()["revision"]) == (201, 1)
    path = f"/v1/saved-replies/{made.json()['id']}"
    listed = (await office.call("GET", "/v1/saved-replies")).json()
    assert [one["name"] for one in listed["items"]] == ["Parcel"]
    changed = await office.call("PUT", path, {**PARCEL, "name": "Box"}, office.lea)
    assert (changed.json()["name"], changed.headers["etag"]) == ("Box", '"2"')
    stale = await office.call("PUT", path, PARCEL, office.lea, If_Match='"1"')
    assert problem(stale) == (412, "changed-meanwhile")
    assert (await office.call("DELETE", path, token=office.lea)).status_code == 204
    assert problem(await office.call("GET", path)) == (404, "not-found")


async def test_what_a_saved_reply_may_not_be(office: Office) -> None:
    unknown = await saved(office, texts={"en": "Hi {{nobody}}"}, fallback=[])
    assert problem(unknown) == (422, "invalid")
    assert "nobody" in unknown.json()["detail"]
    await saved(office)
    assert problem(await saved(office)) == (409, "already-exists")
    as_agent = await office.call("POST", "/v1/saved-replies", PARCEL)
    assert problem(as_agent) == (403, "forbidden")


async def test_it_is_sent_filled_in(office: Office) -> None:
    id_ = (await saved(office)).json()["id"]
    lacking = await office.answer(text=None, saved_reply=id_)
    assert (problem(lacking), lacking.json()["missing"]) == ((422, "missing-variables"), ["parcel"])
    unknown = await office.answer(text=None, saved_reply=id_, variables={"box": "1"})
    assert problem(unknown) == (422, "invalid")
    sent = await office.answer(text=None, saved_reply=id_, variables={"parcel": "TT-7"})
    assert sent.json()["text"] == "Hello ola, parcel TT-7 is coming. Ida"
    assert problem(await office.answer(text=None, saved_reply="none")) == (404, "not-found")


async def test_a_preview_shows_it_in_a_language(office: Office) -> None:
    id_ = (await saved(office)).json()["id"]
    path = f"/v1/saved-replies/{id_}/preview"
    polish = await office.call("POST", path, {"language": "pl", "variables": {"parcel": "7"}})
    assert polish.json() == {
        "text": "Paczka 7 jest w drodze.", "language": "pl", "missing": [],
    }  # fmt: skip
    czech = (
        await office.call("POST", path, {"case": office.desk.case.id, "language": "cs"})
    ).json()
    assert (czech["language"], czech["missing"]) == ("en", ["parcel"])


async def test_of_two_answers_at_once_one_is_taken(office: Office) -> None:
    answers = await asyncio.gather(office.answer(text="One."), office.answer(text="Two."))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert problem(max(answers, key=lambda one: one.status_code)) == (409, "reply-under-way")
