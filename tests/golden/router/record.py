"""Records a day at the desk: the commands as applied, and all that was decided.

Run ``python -m tests.golden.router.record`` after a wanted change of the rules, and read the
difference before committing it: it is what the change does to a tenant's decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from harken.domain.ids import AgentId, MentionId
from harken.domain.mention import Visibility
from harken.domain.time import Instant, days, hours, minutes, seconds
from harken.store.body import encode
from services.router.command_log import kind_of
from services.router.domain.apply import apply
from services.router.domain.commands import (
    AcceptOffer,
    AgentActive,
    Appended,
    Command,
    DeclineOffer,
    OverrideSeverity,
    Resolve,
    RetractMention,
    Tag,
    TimerFired,
    Transfer,
)
from services.router.domain.offer import OfferState
from services.router.domain.outcome import Outcome
from services.router.domain.people import Status
from services.router.domain.policy import RoutingPolicy
from services.router.domain.state import TenantState
from tests.unit.router.making import (
    ANGRY,
    BOSS,
    DANGEROUS,
    START,
    TENANT,
    agent,
    by,
    case_of,
    delivered,
    mention,
    status,
)

FOLDER = Path(__file__).parent
HISTORY = FOLDER / "history.jsonl"
DECIDED = FOLDER / "decided.jsonl"


def lines_of(outcome: Outcome, now: Instant) -> Iterator[str]:
    """What one command brought, in words that say what changed when they change."""
    for decision in outcome.decisions:
        yield encode({"decision": decision})
    for notice in outcome.notices:
        yield encode({"notice": notice})
    if outcome.result.status != 200:
        yield encode({"refused": outcome.result.kind, "at": now})


def final_lines(state: TenantState) -> Iterator[str]:
    for case in state.cases.values():
        yield encode({"case": case})


class Recorder:
    def __init__(self) -> None:
        self.state = TenantState(TENANT, RoutingPolicy())
        self.now = START
        self.history: list[str] = []
        self.decided: list[str] = []

    def do(self, *commands: Command) -> None:
        for command in commands:
            appended = Appended(f"golden-{len(self.history)}", self.now, command)
            entry: dict[str, Any] = {
                "origin": appended.origin,
                "appended_at": appended.at,
                "applied_at": self.now,
                "kind": kind_of(command),
                "body": msgspec.Raw(encode(command).encode()),
            }
            self.history.append(encode(entry))
            outcome = apply(self.state, appended, self.now)
            self.decided += lines_of(outcome, self.now)

    def wait(self, duration: int) -> None:
        end = Instant(self.now + duration)
        while (timer := self.state.next_timer()) is not None and timer.due <= end:
            self.now = max(self.now, timer.due)
            self.do(TimerFired(*timer.key, timer.generation))
        self.now = end

    def place(self, name: str, author: str, **given: Any) -> None:
        times = {"created_at": self.now, "received_at": self.now}
        self.do(mention(name, author, **{**times, **given}))

    def offer(self) -> Any:
        return next(o for o in self.state.offers.values() if o.state is OfferState.OPEN)


def a_day(desk: Recorder) -> None:
    desk.do(
        agent("ada", ("crisis", 3), ("language:en", 3)),
        agent("bob", ("crisis", 2), ("language:cs", 4), ("language:en", 1)),
        agent("cyd", ("language:pl", 5), ("language:en", 4), capacity=2),
        status("ada"),
        status("cyd"),
    )
    desk.place("m1", "ana", language="en", facts=ANGRY)
    desk.place("m2", "ben", language="pl")
    desk.place("m3", "cyr", language="cs", facts=ANGRY)
    desk.wait(minutes(2))
    desk.do(status("bob"), AgentActive(AgentId("cyd"), (case_of("m2"),)))
    desk.place("m4", "ben", language="pl", parent="s-m2")
    desk.place("m5", "dan", language="lv", visibility=Visibility.PRIVATE)
    desk.do(delivered(case_of("m1"), "r1", "cyd", at=desk.now, asks=True))
    desk.wait(minutes(5))
    desk.place("m6", "eli", language="en", facts=DANGEROUS)
    desk.do(DeclineOffer(by("ada"), desk.offer().id))
    desk.do(AcceptOffer(by("bob"), desk.offer().id))
    desk.place("m7", "fay", language="en", facts=DANGEROUS)
    desk.wait(seconds(40))
    desk.do(AcceptOffer(by(desk.offer().agent), desk.offer().id))
    desk.do(OverrideSeverity(by("ada"), case_of("m7"), 15))
    desk.place("m8", "ana", language="en", parent="n-r1")
    desk.do(mention("m2", "ben", revision=2, language="pl", facts=ANGRY))
    desk.do(Transfer(by("cyd"), case_of("m2")), Tag(BOSS, case_of("m2"), ("parts",)))
    desk.wait(minutes(20))
    for name in ("ada", "bob", "cyd"):
        desk.do(AgentActive(AgentId(name)))
    desk.do(RetractMention(MentionId("m5"), 2))
    desk.do(Resolve(BOSS, case_of("m3")), Resolve(by("cyd"), case_of("m6")))
    desk.wait(hours(1))
    desk.do(status("ada"), status("bob"), status("cyd", Status.BUSY))
    desk.place("old", "gus", language="en", historical=True, facts=DANGEROUS)
    desk.do(Resolve(BOSS, case_of("m1")))
    desk.wait(days(2))
    desk.place("m9", "cyr", language="cs", thread_root="s-m3")
    desk.wait(days(8))
    desk.place("m10", "ana", language="en", parent="s-m8")


def record() -> Recorder:
    desk = Recorder()
    a_day(desk)
    desk.decided += final_lines(desk.state)
    return desk


if __name__ == "__main__":
    recorded = record()
    HISTORY.write_text("\n".join(recorded.history) + "\n", encoding="utf-8")
    DECIDED.write_text("\n".join(recorded.decided) + "\n", encoding="utf-8")
