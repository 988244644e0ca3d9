"""Records deliveries: what happened to replies, and what was made of it, step by step.

Run ``python -m tests.golden.responder.record`` after a wanted change of the rules, and read the
difference before committing it: it is what the change does to replies that are under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from harken.domain.reply import DeliveryState, Reply
from harken.domain.time import Duration, after, hours, minutes, seconds
from harken.store.body import encode
from harken.testing import builders
from services.responder.domain.delivery import advance
from services.responder.domain.delivery_events import (
    Approved,
    Began,
    Cancelled,
    Claimed,
    Declined,
    Event,
    Lapsed,
    Lost,
    NotFound,
    Posted,
    Postponed,
    Resent,
    Unreadable,
    Withdrawn,
)
from services.responder.domain.delivery_terms import Impossible

RECORDED = Path(__file__).parent / "histories.jsonl"

Step = tuple[Duration, Event]
"""How long after the one before it, and what."""


def _step(span: float, event: Event) -> Step:
    return seconds(span), event


_ATTEMPT = (_step(0.2, Claimed()), _step(0.1, Began(1)))
_LOST = (*_ATTEMPT, _step(3, Lost(1, "no answer from hearth.example")))
_POSTED = Posted("114012", "https://hearth.example/@tarnandtoll/114012")

HISTORIES: Mapping[str, Sequence[Step]] = {
    "posted at once": (*_ATTEMPT, _step(0.4, _POSTED)),
    "approved, then posted": (_step(600, Approved("key-2")), *_ATTEMPT, _step(0.4, _POSTED)),
    "refused": (*_ATTEMPT, _step(0.4, Declined(1, "our account may not post here"))),
    "the network is busy twice": (
        *_ATTEMPT, _step(0.1, Postponed(1, minutes(5), "too many requests")),
        _step(300, Claimed()), _step(0.1, Began(2)), _step(0.1, Postponed(2, seconds(1), "busy")),
        _step(4, Claimed()), _step(0.1, Began(3)), _step(0.4, _POSTED),
    ),
    "withdrawn before it is sent": (_step(0.2, Claimed()), _step(0.1, Withdrawn("edited"))),
    "cancelled by a person": (_step(0.2, Cancelled("key-1", "answered by phone")),),
    "the claimant dies": (
        _step(0.2, Claimed()), _step(30, Lapsed()),
        _step(0, Claimed()), _step(0.1, Began(2)), _step(0.4, _POSTED),
    ),
    "the sender dies, and it is there": (
        *_ATTEMPT, _step(15, Lapsed()),
        _step(10, replace(_POSTED, at=after(builders.NOW, seconds(1)))),
    ),
    "the answer is lost, and it is there at the second look": (
        *_LOST, _step(22, NotFound(hours(1))), _step(20, _POSTED),
    ),
    "lost where keys are known: sent again": (
        *_LOST, _step(22, NotFound(hours(1))), _step(20, NotFound(hours(1))),
        _step(0, Claimed()), _step(0.1, Began(2)), _step(0.4, _POSTED),
    ),
    "lost where no keys are known: a person sends it again": (
        *_LOST, _step(22, NotFound()), _step(20, NotFound()), _step(600, Resent("key-1")),
        _step(0, Claimed()), _step(0.1, Began(2)), _step(0.4, _POSTED),
    ),
    "sent again and refused: a person has to look": (
        *_LOST, _step(22, NotFound(hours(1))), _step(20, NotFound(hours(1))),
        _step(0, Claimed()), _step(0.1, Began(2)), _step(1, Declined(2, "the text is too long")),
    ),
    "a thread that cannot be read": (
        *_LOST, _step(22, Unreadable(minutes(30), "away")),
        _step(1_800, Unreadable(minutes(30), "away")),
        _step(1_800, Unreadable(minutes(30), "away")),
    ),
    "the answer comes after all was given up": (
        *_LOST, _step(22, NotFound()), _step(20, NotFound()), _step(60, Cancelled("key-1")),
        _step(1, _POSTED),
    ),
    "two workers: the slower one has no say": (
        _step(0.2, Claimed()), _step(30, Lapsed()), _step(0, Claimed()), _step(0.1, Began(1)),
        _step(0.1, Began(2)), _step(0.1, Declined(1, "late")), _step(0.3, _POSTED),
    ),
}  # fmt: skip


def lines() -> Iterator[str]:
    """One line for each step: the history, what happened, what came of it."""
    for name, steps in HISTORIES.items():
        approval = isinstance(steps[0][1], Approved)
        state = DeliveryState.AWAITING_APPROVAL if approval else DeliveryState.PLANNED
        reply, now = replace(builders.reply(), state=state, due=builders.NOW), builders.NOW
        for span, event in steps:
            now = after(now, span)
            try:
                reply = advance(reply, event, now)
                came = _told(reply)
            except Impossible as impossible:
                came = {"impossible": str(impossible)}
            happened = {"after": span, "event": type(event).__name__, **_told_of(event)}
            yield encode({"history": name, **happened, "came": came})


def _told(reply: Reply) -> dict[str, object]:
    told: dict[str, object] = {
        "state": reply.state.value,
        "revision": reply.revision,
        "due": reply.due - builders.NOW,
        "fence": reply.fence,
        "attempts": reply.attempts,
        "lost": reply.lost,
        "read_backs": reply.read_backs,
        "why": reply.why,
        "network_id": reply.network_id,
    }
    if reply.sent_at is not None:
        told["sent"] = reply.sent_at - builders.NOW
    if reply.retry_until is not None:
        told["retry_until"] = reply.retry_until - builders.NOW
    return told


def _told_of(event: Event) -> dict[str, object]:
    names = ("fence", "pause", "why", "by", "network_id", "keys_kept")
    return {name: getattr(event, name) for name in names if getattr(event, name, "") != ""}


if __name__ == "__main__":
    RECORDED.write_text("".join(f"{line}\n" for line in lines()), encoding="utf-8")
