"""At most once, against a model of the network: whatever crashes, waits, repeats or restarts.

The model keeps three promises of the world and no other: nothing is written after ``send_by``,
what was written shows within the lag, and a network that says it keeps keys keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from harken.domain.reply import SETTLED, Reply
from harken.domain.reply import DeliveryState as State
from harken.domain.time import NO_TIME, Duration, Instant, after, hours, minutes, seconds
from harken.testing import builders
from services.responder.domain.delivery import advance, may_begin, maybe_posted
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
from services.responder.domain.delivery_terms import Impossible, Terms

TERMS = Terms(
    lease=seconds(30),
    deadline=seconds(15),
    lag=seconds(10),
    between=seconds(2),
    unreadable=minutes(5),
    margin=minutes(1),
    tries=3,
)
WORKERS = st.integers(0, 2)


@dataclass
class Network:
    """``posts`` by id with when they show; ``keys`` with when they were first seen."""

    keys_kept: Duration
    posts: dict[str, Instant] = field(default_factory=dict)
    keys: dict[str, tuple[str, Instant]] = field(default_factory=dict)

    def receive(self, key: str, now: Instant, shows_at: Instant) -> str:
        known = self.keys.get(key)
        if known is not None and now < after(known[1], self.keys_kept):
            return known[0]
        made = f"post-{len(self.posts)}"
        self.posts[made] = shows_at
        self.keys[key] = (made, now)
        return made

    def shown(self, now: Instant) -> str | None:
        return next((post for post, at in self.posts.items() if at <= now), None)


@dataclass
class Worker:
    """What a process remembers, and forgets when it crashes."""

    mine: Reply | None = None
    outcome: Event | None = None


@dataclass
class UnderWay:
    """A request that the network has not handled yet."""

    arrives: Instant
    shows: Instant
    key: str


class DeliveryMachine(RuleBasedStateMachine):
    @initialize(
        keys_kept=st.sampled_from([NO_TIME, hours(1)]),
        approval=st.sampled_from([False, False, True]),
    )
    def begin(self, keys_kept: Duration, approval: bool) -> None:
        self.now = builders.NOW
        state = State.AWAITING_APPROVAL if approval else State.PLANNED
        self.reply = builders.reply(state=state, due=self.now)
        self.network = Network(keys_kept)
        self.workers = [Worker() for _ in range(3)]
        self.under_way: list[UnderWay] = []
        self.looked: tuple[Reply, Event] | None = None

    # --- the store: compare and set on the revision

    def submit(self, seen: Reply, event: Event) -> Reply | None:
        """What was stored; None where it is impossible or somebody was faster."""
        try:
            changed = advance(seen, event, self.now, TERMS)
        except Impossible:
            return None
        if seen.revision != self.reply.revision:
            return None
        self.reply = changed
        return changed

    # --- workers: claim, begin, write, write down; between any two of them all others go on

    @precondition(lambda self: self.busy() or self.reply.state is State.PLANNED)
    @rule(
        n=WORKERS,
        steps=st.sampled_from([1, 2, 3, 3, 4, 4]),
        fate=st.sampled_from(["answered", "unanswered", "slow", "lost", "refused", "busy"]),
        share=st.sampled_from([0.0, 0.3, 0.9, 1.0]),
    )
    def work(self, n: int, steps: int, fate: str, share: float) -> None:
        for _ in range(steps):
            worker = self.workers[n]
            if worker.outcome is not None:
                self.submit(self.reply, worker.outcome)
                self.workers[n] = Worker()
            elif worker.mine is None:
                worker.mine = self.submit(self.reply, Claimed())
            elif worker.mine.state is State.CLAIMED:
                worker.mine = self.start(worker.mine)
            else:
                worker.outcome = self.write(worker.mine, fate, share)
                worker.mine = None

    def busy(self) -> bool:
        return any(worker != Worker() for worker in self.workers)

    def start(self, mine: Reply) -> Reply | None:
        if may_begin(mine, self.now, TERMS):
            return self.submit(mine, Began(mine.fence))
        self.submit(mine, Declined(mine.fence, "too late for the key"))
        return None

    def write(self, mine: Reply, fate: str, share: float) -> Event | None:
        """At any time before ``send_by``, however late; the answer may never come."""
        assert mine.send_by is not None
        if self.now >= mine.send_by:
            return None
        latest = after(mine.send_by, TERMS.lag)
        shows = Instant(self.now + round(share * (latest - self.now)))
        match fate:
            case "answered":
                return Posted(self.network.receive(mine.key, self.now, shows))
            case "unanswered":
                self.network.receive(mine.key, self.now, shows)
            case "slow":
                arrives = Instant(self.now + round(share * (mine.send_by - self.now)))
                self.under_way.append(UnderWay(arrives, latest, mine.key))
            case "refused":
                return Declined(mine.fence, "too long")
            case "busy":
                return Postponed(mine.fence, minutes(1), "busy")
        return Lost(mine.fence, "no answer")

    @precondition(lambda self: self.busy())
    @rule(n=WORKERS)
    def crash(self, n: int) -> None:
        self.workers[n] = Worker()

    @precondition(lambda self: self.reply.state in (State.CLAIMED, State.SENDING))
    @rule()
    def find_lapsed(self) -> None:
        self.submit(self.reply, Lapsed())

    @precondition(lambda self: self.looked is None and self.reply.state is State.UNKNOWN)
    @rule(readable=st.sampled_from([True, True, True, False]), at_once=st.booleans())
    def look(self, readable: bool, at_once: bool) -> None:
        if self.now >= self.reply.due:
            found = self.network.shown(self.now)
            seen: Event = NotFound(self.network.keys_kept) if found is None else Posted(found)
            if not readable:
                seen = Unreadable(seconds(5), "away")
            self.looked = (self.reply, seen)
            if at_once:
                self.write_down_look()

    @precondition(lambda self: self.looked is not None)
    @rule()
    def write_down_look(self) -> None:
        """Only if nothing happened since the look."""
        if self.looked is not None:
            self.submit(*self.looked)
            self.looked = None

    # --- others

    @precondition(lambda self: bool(self.network.posts))
    @rule()
    def echo(self) -> None:
        found = self.network.shown(self.now)
        if found is not None:
            self.submit(self.reply, Posted(found))

    @precondition(lambda self: self.reply.state is State.AWAITING_APPROVAL)
    @rule()
    def approve(self) -> None:
        self.submit(self.reply, Approved("a person"))

    @precondition(lambda self: self.reply.unresolved and self.reply.state is not State.ABSENT)
    @rule(
        event=st.sampled_from([Cancelled("a person"), Withdrawn("edited")]),
        luck=st.integers(0, 9),
    )
    def interfere(self, event: Event, luck: int) -> None:
        if luck == 0 or self.reply.in_doubt:
            self.submit(self.reply, event)

    @precondition(lambda self: self.reply.state is State.ABSENT)
    @rule(again=st.booleans())
    def decide(self, again: bool) -> None:
        """A person looks at the network, and says what is true."""
        found = self.network.shown(self.now)
        if found is not None:
            self.submit(self.reply, Posted(found, by="a person"))
        else:
            self.submit(self.reply, Resent("a person") if again else Cancelled("a person"))

    @rule(span=st.sampled_from([0.1, 1.0, 5.0, 10.0, 20.0, 300.0, 1_800.0, 3_500.0]))
    def wait(self, span: float) -> None:
        self.pass_time(after(self.now, seconds(span)))

    @precondition(lambda self: self.now < self.reply.due)
    @rule(early=st.sampled_from([0, 0, 1, 1_000_000]))
    def wait_until_due(self, early: int) -> None:
        self.pass_time(Instant(max(self.now, self.reply.due - early)))

    def pass_time(self, now: Instant) -> None:
        self.now = now
        arrived = [one for one in self.under_way if one.arrives <= now]
        self.under_way = [one for one in self.under_way if one.arrives > now]
        for one in sorted(arrived, key=lambda request: request.arrives):
            self.network.receive(one.key, one.arrives, one.shows)

    # --- what must hold

    @invariant()
    def at_most_once(self) -> None:
        assert len(self.network.posts) <= 1

    @invariant()
    def what_is_said_is_true(self) -> None:
        state = self.reply.state
        if state is State.SENT:
            assert [self.reply.network_id] == list(self.network.posts)
        elif state in (State.REFUSED, State.WITHDRAWN, State.CANCELLED):
            assert not self.network.posts
            assert not self.under_way
        elif self.network.posts:
            assert maybe_posted(self.reply)

    def teardown(self) -> None:
        """With one healthy worker everything comes to an end, or to a person."""
        if not hasattr(self, "reply") or self.reply.state is State.AWAITING_APPROVAL:
            return
        self.workers = [Worker()]
        for _ in range(200):
            if self.reply.state in SETTLED | {State.ABSENT}:
                break
            self.pass_time(max(after(self.now, seconds(1)), self.reply.due))
            self.find_lapsed()
            self.looked = None
            self.look(readable=True, at_once=True)
            self.work(0, 4, "answered", 0.0)
            self.at_most_once()
            self.what_is_said_is_true()
        assert self.reply.state in SETTLED | {State.ABSENT}


TestDelivery = DeliveryMachine.TestCase
TestDelivery.settings = settings(max_examples=500, stateful_step_count=60, deadline=None)


def test_the_model_notices_a_second_post() -> None:
    """A machine without rule 2 would be caught: its network takes what comes after the lag."""
    network = Network(NO_TIME)
    reply = replace(builders.reply(), due=builders.NOW)
    network.receive(reply.key, builders.NOW, builders.NOW)
    network.receive(reply.key, builders.NOW, builders.NOW)
    assert len(network.posts) == 2
