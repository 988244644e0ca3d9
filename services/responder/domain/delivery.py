"""The delivery state machine: PLANNED → CLAIMED → SENDING → SENT | REFUSED | UNKNOWN.

A reply is on the network at most once because of five rules, all of them here:

1. SENDING is stored before anything is written, under compare-and-set: of two workers one begins.
2. Nothing is written after ``send_by``. A SENDING that nobody ended by then is UNKNOWN.
3. From UNKNOWN the way on leads over reading the thread back, twice, after ``send_by`` and a lag
   by which everything written before shows. Found there, it is SENT.
4. Not found, the same text goes out again by itself only under the same key, and only while the
   network surely still knows that key (`Reply.retry_until`, counted from the first attempt); then
   even a first attempt that shows later is the same post. Else it is ABSENT: a person decides.
5. What may be on the network (`Reply.in_doubt`) never becomes REFUSED or WITHDRAWN, which promise
   that it is not, and becomes SENT whenever it is found, in whatever state.

What remains: a process that is stopped between its last look at the time and the write, or a
network that keeps a request back, for longer than the lag, and after that a person who sends it
again where no key is known; a network that forgets keys sooner than it says; a person who says that
it is not there when it is; a store that was put back to an older state. The other way round, a post
that a person made under the same parent in the network's own app may be taken for the lost reply,
which then is not on the network at all.
"""

from __future__ import annotations

from dataclasses import replace

from harken.domain.reply import DeliveryState as State
from harken.domain.reply import Reply
from harken.domain.time import Duration, Instant, after, minutes, seconds
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
    Rejected,
    Resent,
    Unreadable,
    Withdrawn,
)
from services.responder.domain.delivery_terms import (
    USUAL,
    Impossible,
    PostedTwice,
    Superseded,
    Terms,
)

READ_BACKS = 2
"""Looks at the thread before absence is believed."""
FIRST_PAUSE = seconds(1)
LONGEST_PAUSE = minutes(5)
"""Between attempts while a network takes nothing: the pause doubles from the first to this."""

_OPEN = (State.AWAITING_APPROVAL, State.PLANNED, State.CLAIMED)


def advance(reply: Reply, event: Event, now: Instant, terms: Terms = USUAL) -> Reply:
    """The reply after the event, one revision later; the same where there is nothing new.

    Raises `Impossible`, which leaves everything as it was.
    """
    changed = _next(reply, event, now, terms)
    if changed is reply:
        return reply
    return replace(changed, revision=reply.revision + 1, updated_at=max(now, reply.updated_at))


def may_begin(reply: Reply, now: Instant, terms: Terms = USUAL) -> bool:
    """False where the network could have forgotten the key before the exchange ends."""
    return reply.retry_until is None or after(now, terms.deadline) <= reply.retry_until


def maybe_posted(reply: Reply) -> bool:
    """May it be on the network without our knowing?"""
    return reply.state is not State.SENT and (reply.in_doubt or reply.state is State.SENDING)


def _next(reply: Reply, event: Event, now: Instant, terms: Terms) -> Reply:
    match event:
        case Posted():
            return _posted(reply, event, now)
        case Claimed() | Began() | Lapsed():
            return _step(reply, event, now, terms)
        case Postponed() | Declined() | Lost():
            return _failed(reply, event, now, terms)
        case NotFound() | Unreadable():
            return _read_back(reply, event, now, terms)
        case Withdrawn(why):
            _require(reply, event, *_OPEN)
            return _surely_not(reply, State.WITHDRAWN, why)
        case Approved() | Rejected() | Cancelled() | Resent():
            return _decided(reply, event, now)


def _step(reply: Reply, event: Claimed | Began | Lapsed, now: Instant, terms: Terms) -> Reply:
    match event:
        case Claimed():
            _require(reply, event, State.PLANNED)
            if now < reply.due:
                raise Impossible(reply, event, "it is not due")
            until = after(now, terms.lease)
            return replace(reply, state=State.CLAIMED, fence=reply.fence + 1, due=until)
        case Began(fence):
            _require(reply, event, State.CLAIMED, fence=fence)
            if now >= reply.due:
                raise Impossible(reply, event, "the lease ran out")
            if not may_begin(reply, now, terms):
                raise Impossible(reply, event, "the network may have forgotten the key")
            send_by = after(now, terms.deadline)
            first = now if reply.first_attempt_at is None else reply.first_attempt_at
            return replace(
                reply,
                state=State.SENDING,
                attempts=reply.attempts + 1,
                first_attempt_at=first,
                send_by=send_by,
                due=send_by,
            )
        case Lapsed():
            _require(reply, event, State.CLAIMED, State.SENDING)
            if now < reply.due:
                raise Impossible(reply, event, "there is time left")
            if reply.state is State.CLAIMED:
                return replace(reply, state=State.PLANNED, due=now)
            return _unknown(reply, "no outcome was written down in time", now, terms)


def _failed(reply: Reply, event: Postponed | Declined | Lost, now: Instant, terms: Terms) -> Reply:
    match event:
        case Postponed(fence, pause, why):
            _require(reply, event, State.CLAIMED, State.SENDING, fence=fence)
            due = after(now, max(pause, _growing(reply.attempts)))
            return replace(reply, state=State.PLANNED, due=due, why=why)
        case Declined(fence, why):
            _require(reply, event, State.CLAIMED, State.SENDING, fence=fence)
            return _surely_not(reply, State.REFUSED, why)
        case Lost(fence, why):
            _require(reply, event, State.SENDING, fence=fence)
            return _unknown(reply, why, now, terms)


def _growing(attempts: int) -> Duration:
    return Duration(min(FIRST_PAUSE * 2 ** min(attempts, 30), LONGEST_PAUSE))


def _surely_not(reply: Reply, state: State, why: str) -> Reply:
    """``state`` promises that it is not on the network; in doubt a person has to look."""
    if reply.in_doubt:
        why = f"{why} (an earlier attempt may be on the network)"
        return replace(reply, state=State.ABSENT, why=why, retry_until=None)
    return replace(reply, state=state, why=why)


def _unknown(reply: Reply, why: str, now: Instant, terms: Terms) -> Reply:
    ends = now if reply.send_by is None else max(now, reply.send_by)
    return replace(
        reply,
        state=State.UNKNOWN,
        lost=reply.lost + 1,
        read_backs=0,
        due=after(ends, terms.lag),
        why=why,
    )


def _read_back(reply: Reply, event: NotFound | Unreadable, now: Instant, terms: Terms) -> Reply:
    _require(reply, event, State.UNKNOWN)
    if now < reply.due:
        raise Impossible(reply, event, "it is too early to believe it")
    match event:
        case Unreadable(pause, why):
            began = reply.send_by or reply.updated_at
            if now >= after(began, terms.unreadable):
                return replace(reply, state=State.ABSENT, why=f"could not be read back: {why}")
            return replace(reply, due=after(now, pause), why=why)
        case NotFound(keys_kept):
            looks = reply.read_backs + 1
            if looks < READ_BACKS:
                return replace(reply, read_backs=looks, due=after(now, terms.between))
            return _absent(replace(reply, read_backs=looks), keys_kept, now, terms)


def _absent(reply: Reply, keys_kept: Duration, now: Instant, terms: Terms) -> Reply:
    """Sent again by itself only under a key that the network still knows (rule 4)."""
    if reply.first_attempt_at is not None and reply.lost < terms.tries:
        known_until = Instant(reply.first_attempt_at + keys_kept - terms.margin)
        again = replace(reply, state=State.PLANNED, retry_until=known_until, due=now)
        if may_begin(again, now, terms):
            return again
    why = f"not found after {READ_BACKS} looks at the thread; {reply.why}"
    return replace(reply, state=State.ABSENT, retry_until=None, why=why)


def _posted(reply: Reply, event: Posted, now: Instant) -> Reply:
    if reply.state is State.SENT:
        if event.network_id in ("", reply.network_id):
            return reply
        if not reply.network_id:
            return replace(reply, network_id=event.network_id, network_url=event.url)
        raise PostedTwice(reply, event, f"{event.network_id} beside {reply.network_id}")
    if not maybe_posted(reply):
        raise Impossible(reply, event, "nothing of it was written")
    if event.by:
        _require(reply, event, State.UNKNOWN, State.ABSENT)
    earliest = reply.created_at if reply.first_attempt_at is None else reply.first_attempt_at
    return replace(
        reply,
        state=State.SENT,
        network_id=event.network_id,
        network_url=event.url,
        # The network's clock may go wrong, but not before the attempt or after now.
        sent_at=now if event.at is None else min(max(event.at, earliest), now),
        decided_by=event.by or reply.decided_by,
        retry_until=None,
        why="",
    )


def _decided(reply: Reply, event: Approved | Rejected | Cancelled | Resent, now: Instant) -> Reply:
    match event:
        case Approved(by):
            _require(reply, event, State.AWAITING_APPROVAL)
            return replace(reply, state=State.PLANNED, due=now, decided_by=by)
        case Rejected(by, why):
            _require(reply, event, State.AWAITING_APPROVAL)
            return replace(reply, state=State.CANCELLED, decided_by=by, why=why)
        case Cancelled(by, why):
            _require(reply, event, *_OPEN, State.ABSENT)
            return replace(
                reply, state=State.CANCELLED, decided_by=by, retry_until=None, why=why or reply.why
            )
        case Resent(by):
            _require(reply, event, State.ABSENT)
            return replace(
                reply, state=State.PLANNED, due=now, decided_by=by, retry_until=None, why=""
            )


def _require(reply: Reply, event: Event, *states: State, fence: int | None = None) -> None:
    if fence is not None and fence != reply.fence:
        raise Superseded(reply, event, f"claim {fence}, now {reply.fence}")
    if reply.state not in states:
        raise Impossible(reply, event)
