"""Simulated agents: they work over Harken's public API alone, each with a key of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from cli.demo.api import Api, Refused
from cli.demo.pace import Pace
from cli.demo.phrases import Situation, situation, wants_answer
from cli.demo.shown import AgentLine, Shown
from cli.demo.team import Member

LOOK_SECONDS = 2.0
"""After which an agent looks at the desk even if no event told of news; in real time."""
WRITING_SECONDS = 1.0
QUIET_SECONDS = 12.0
"""So long after our answer a silent customer counts as content, by the script's time."""
LEAST_QUIET_SECONDS = 2.0
"""The same in real time: a word of the customer needs a moment to be heard, at any speed."""


class Worker:
    """``news`` is set by whoever follows the events."""

    def __init__(
        self, member: Member, api: Api, saved: Mapping[Situation, str], pace: Pace, shown: Shown
    ) -> None:
        self.member = member
        self.news = asyncio.Event()
        self._api = api
        self._saved = saved
        self._pace = pace
        self._shown = shown
        self._line = shown.agents.setdefault(
            member.id, AgentLine(member.name, member.language, member.crisis)
        )
        self._content: set[str] = set()
        self._waiting_since: dict[str, float] = {}

    async def run(self) -> None:
        await self._api.put("/v1/me/status", {"status": "available"})
        while True:
            if not await self._work():
                self._line.doing = ""
                await self._wait()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(
                self._pace.real(LOOK_SECONDS) if self._waiting_since else LOOK_SECONDS
            ):
                await self.news.wait()
        except TimeoutError:
            pass
        self.news.clear()

    async def _work(self) -> bool:
        """One look at the desk; whether anything was done."""
        desk = await self._api.get("/v1/me/assignments")
        self._line.held = len(desk["cases"])
        done = False
        for offer in desk["offers"]:
            done |= await self._accept(offer)
        for case in desk["cases"]:
            if case["state"] == "assigned":
                done |= await self._answer(case["id"])
            elif case["state"] == "waiting" and self._may_close(case):
                done |= await self._resolve(case["id"], case["revision"])
        return done

    async def _accept(self, offer: Mapping[str, Any]) -> bool:
        self._line.doing = "accepts a critical case"
        try:
            case = await self._api.post(f"/v1/offers/{offer['id']}/accept")
        except Refused as refused:
            if refused.status == 409:
                return False  # somebody else has it by now
            raise
        self._shown.accepted += 1
        await self._answer(case["id"])
        return True

    async def _answer(self, case_id: str) -> bool:
        case = await self._api.get(f"/v1/cases/{case_id}")
        mention = wants_answer(case["timeline"])
        if not mention or case["assignee"] != self.member.id:
            return False
        chosen = situation(case)
        self._line.doing = f"writes to @{case['author']['handle'].partition('@')[0]}: {chosen}"
        await self._pace.pass_(WRITING_SECONDS)
        body = {
            "saved_reply": self._saved[chosen],
            "language": case["language"] or self.member.language,
            "parent": mention,
        }
        try:
            await self._api.post(f"/v1/cases/{case_id}/replies", body)
        except Refused as refused:
            if refused.status == 409:
                return True  # the case changed meanwhile: look at it again
            raise
        self._shown.answered += 1
        self._line.answered += 1
        self._waiting_since[case_id] = time.monotonic()
        (self._content.add if chosen is Situation.GLAD else self._content.discard)(case_id)
        return True

    def _may_close(self, case: Mapping[str, Any]) -> bool:
        """The customer said so, or is silent; what is critical stays open till it is over."""
        if case["id"] in self._content:
            return True
        if case["severity"]["severity_class"] == "critical":
            return False
        since = self._waiting_since.setdefault(case["id"], time.monotonic())
        return time.monotonic() - since >= max(self._pace.real(QUIET_SECONDS), LEAST_QUIET_SECONDS)

    async def _resolve(self, case_id: str, seen: int) -> bool:
        """Not where the customer has written since that revision."""
        try:
            await self._api.post(f"/v1/cases/{case_id}/resolve", {"outcome": "solved"}, seen=seen)
        except Refused as refused:
            if refused.status in {409, 412}:
                return True
            raise
        self._content.discard(case_id)
        self._waiting_since.pop(case_id, None)
        self._shown.resolved += 1
        return True
