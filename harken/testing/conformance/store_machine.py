"""Change sets in any order and mixture, against dictionaries."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from harken.domain.ids import TenantId
from harken.domain.time import Instant, after, seconds
from harken.log.port import TopicPartition
from harken.store.changes import (
    AlreadyExists,
    ChangeRefused,
    ChangeSet,
    Fence,
    Fenced,
    Insert,
    InsertOnce,
    Outgoing,
    Position,
    PositionTaken,
    Put,
    PutNewer,
    Remove,
    Replace,
    RevisionConflict,
    Statement,
    Write,
)
from harken.store.port import Store
from harken.store.schema.infrastructure import OUTBOX, POSITIONS
from harken.store.schema.router import SKILLS
from harken.testing.fakes.clock import START, FakeClock

OpenStore = Callable[[FakeClock], AbstractAsyncContextManager[Store]]
Key = tuple[str, str]

_PATIENCE = 30.0
_KEYS = st.tuples(st.sampled_from(["acme", "birch"]), st.sampled_from(["a", "b", "c"]))
_REVISIONS = st.integers(0, 3)
_BODIES = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
_GROUPS = st.sampled_from(["one", "two"])
_PLACES = st.sampled_from([TopicPartition("work", 0), TopicPartition("work", 1)])
_OFFSETS = st.integers(0, 2)
_LEASES = st.sampled_from(["l", "m"])
_HOLDERS = st.sampled_from(["x", "y"])


@dataclass
class Lease:
    holder: str = ""
    epoch: int = 0
    until: Instant = START


@dataclass
class Model:
    """What the store must hold. `apply` raises what `submit` must raise."""

    skills: dict[Key, tuple[int, str]] = field(default_factory=dict)
    positions: dict[tuple[str, TopicPartition], int] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    outbox: list[tuple[str, int]] = field(default_factory=list)

    def apply(self, change: ChangeSet) -> None:
        for position in change.positions:
            at = (position.group, position.place)
            if self.positions.get(at) != position.expected:
                raise PositionTaken
            self.positions[at] = position.next
        if change.fence is not None:
            lease = self.leases.get(change.fence.lease, Lease())
            if not lease.holder or lease.epoch != change.fence.epoch:
                raise Fenced
        for write in change.writes:
            self.write(write)
        self.outbox += [(event.aggregate, event.revision) for event in change.outbox]

    def write(self, write: Write) -> None:
        if isinstance(write, Statement):
            self.skills = {key: (revision, "") for key, (revision, _) in self.skills.items()}
            if write.rows not in (None, len(self.skills)):
                raise RevisionConflict
            return
        values = write.key if isinstance(write, Remove) else write.row
        key = (values["tenant"], values["name"])
        if isinstance(write, Remove):
            self.skills.pop(key, None)
            return
        there = self.skills.get(key)
        if self.allowed(write, None if there is None else there[0]):
            self.skills[key] = (values["revision"], values["body"])

    @staticmethod
    def allowed(write: Write, revision: int | None) -> bool:
        """Whether the row is to be written, given the revision that is there."""
        if isinstance(write, Replace):
            if revision != (write.expected or None):
                raise RevisionConflict
            return True
        if isinstance(write, Insert) and revision is not None:
            raise AlreadyExists("skills", "")
        if isinstance(write, InsertOnce):
            return revision is None
        if isinstance(write, PutNewer):
            return revision is None or write.row["revision"] > revision
        return True

    def claim(self, name: str, holder: str, now: Instant, until: Instant) -> int | None:
        lease = self.leases.setdefault(name, Lease())
        if lease.holder != holder:
            if lease.holder and lease.until > now:
                return None
            lease.epoch += 1
        lease.holder, lease.until = holder, until
        return lease.epoch

    def release(self, name: str, holder: str) -> None:
        lease = self.leases.get(name)
        if lease is not None and lease.holder == holder:
            lease.holder = ""


@st.composite
def write_strategy(draw: st.DrawFn) -> Write:
    kind = draw(
        st.sampled_from([Insert, InsertOnce, Put, PutNewer, Replace, Replace, Remove, Statement])
    )
    tenant, name = draw(_KEYS)
    key = {"tenant": tenant, "name": name}
    if kind is Remove:
        return Remove(SKILLS, key)
    if kind is Statement:
        return Statement(SKILLS.update().values(body=""), draw(st.none() | st.integers(0, 4)))
    row = {**key, "revision": draw(_REVISIONS.filter(bool)), "body": draw(_BODIES)}
    if kind is Replace:
        return Replace(SKILLS, row, draw(_REVISIONS))
    plain: type[Insert | InsertOnce | Put | PutNewer] = kind
    return plain(SKILLS, row)


def event(aggregate: str, revision: int) -> Outgoing:
    return Outgoing("router", TenantId("acme"), "work", b"k", aggregate, revision, b"v")


CHANGE_SETS = st.builds(
    ChangeSet,
    positions=st.lists(
        st.builds(
            Position, group=_GROUPS, place=_PLACES, expected=st.none() | _OFFSETS, next=_OFFSETS
        ),
        max_size=2,
    ),
    fence=st.none() | st.builds(Fence, lease=_LEASES, epoch=st.integers(0, 3)),
    writes=st.lists(write_strategy(), max_size=4),
    outbox=st.lists(st.builds(event, st.sampled_from("pq"), _REVISIONS), max_size=2),
)


def store_machine(open_store: OpenStore, *, in_order: bool) -> type[RuleBasedStateMachine]:
    """``in_order``: whether change sets submitted at once are applied in that order."""

    class StoreMachine(_StoreMachine):
        most_at_once = 4 if in_order else 1

        def open(self, clock: FakeClock) -> AbstractAsyncContextManager[Store]:
            return open_store(clock)

    return StoreMachine


class _StoreMachine(RuleBasedStateMachine):
    most_at_once: int

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.clock = FakeClock(START)
        self.model = Model()

    def open(self, clock: FakeClock) -> AbstractAsyncContextManager[Store]:
        raise NotImplementedError

    def run(self, awaitable: Any) -> Any:
        async def bounded() -> Any:
            async with asyncio.timeout(_PATIENCE):
                return await awaitable

        return self.runner.run(bounded())

    @initialize()
    def start(self) -> None:
        self.store: Store = self.run(self.stack.enter_async_context(self.open(self.clock)))

    @rule(changes=st.lists(CHANGE_SETS, min_size=1, max_size=4))
    def submit_together(self, changes: list[ChangeSet]) -> None:
        """Each is applied whole or not at all, whatever becomes of its neighbours."""
        changes = changes[: self.most_at_once]

        async def submit() -> list[BaseException | None]:
            submissions = (self.store.submit(change) for change in changes)
            return await asyncio.gather(*submissions, return_exceptions=True)

        for change, outcome in zip(changes, self.run(submit()), strict=True):
            before = deepcopy(self.model)
            expected: type[BaseException] | None = None
            try:
                self.model.apply(change)
            except ChangeRefused as refused:
                self.model = before
                expected = type(refused)
            assert (None if outcome is None else type(outcome)) is expected, (change, outcome)

    @rule(change=CHANGE_SETS, lease=_LEASES)
    def submit_what_fits(self, change: ChangeSet, lease: str) -> None:
        """Positions and fences that are right, so that writes are reached often."""
        change.positions = [
            Position(p.group, p.place, self.model.positions.get((p.group, p.place)), p.next)
            for p in change.positions[:1]
        ]
        if change.fence is not None:
            change.fence = Fence(lease, self.model.leases.get(lease, Lease()).epoch)
        self.submit_together([change])

    @rule(lease=_LEASES, holder=_HOLDERS, length=st.integers(1, 20))
    def claim(self, lease: str, holder: str, length: int) -> None:
        now = self.clock.now()
        expected = self.model.claim(lease, holder, now, after(now, seconds(length)))
        assert self.run(self.store.claim(lease, holder, length)) == expected

    @rule(lease=_LEASES, holder=_HOLDERS)
    def release(self, lease: str, holder: str) -> None:
        self.model.release(lease, holder)
        self.run(self.store.release(lease, holder))

    @rule(length=st.integers(0, 15))
    def time_passes(self, length: int) -> None:
        self.clock.advance(seconds(length))

    @invariant()
    def the_store_holds_the_models_rows(self) -> None:
        if hasattr(self, "store"):
            self.run(self.compare())

    async def compare(self) -> None:
        async with self.store.reading() as snapshot:
            rows = snapshot.across_tenants()
            skills = await rows.all(select(SKILLS))
            positions = await rows.all(select(POSITIONS))
            outbox = await rows.all(select(OUTBOX).order_by(OUTBOX.c.txid, OUTBOX.c.id))
            of_acme = await snapshot.for_tenant(TenantId("acme")).all(select(SKILLS.c.name))
        assert {(row.tenant, row.name): (row.revision, row.body) for row in skills} == (
            self.model.skills
        )
        assert {
            (row.consumer_group, TopicPartition(row.topic, row.partition)): row.next
            for row in positions
        } == self.model.positions
        assert [(row.aggregate, row.revision) for row in outbox] == self.model.outbox
        assert sorted(row.name for row in of_acme) == sorted(
            name for tenant, name in self.model.skills if tenant == "acme"
        )

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
