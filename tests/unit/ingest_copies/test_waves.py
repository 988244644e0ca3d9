"""The waves in memory do what a comparison with everything remembered would do."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from harken.domain.ids import MentionId, TenantId
from harken.domain.time import Duration, Instant
from services.ingest.copies.sketch import sketch_of
from services.ingest.copies.waves import Said, Waves
from services.ingest.domain.copies import words_of

WINDOW = Duration(100)
TENANTS = st.sampled_from([TenantId("tarn-toll"), TenantId("brass-owl")])
TEXTS = st.sampled_from(
    [
        "Win a free kettle today",
        "Win a free lamp only today",
        "The kettle leaks on the kitchen floor and nobody at the shop answers the phone",
        "Parcels of this week are all late because of the storm in the north of the country",
    ]
)


class WavesMachine(RuleBasedStateMachine):
    """Against a list of the first of each kind; texts here are equal or have no word in common."""

    def __init__(self) -> None:
        super().__init__()
        self.waves = Waves(WINDOW, most=1_000)
        self.firsts: list[Said] = []
        self.now = Instant(1_000)
        self.said = 0

    @rule(by=st.integers(0, 60))
    def time_passes(self, by: int) -> None:
        self.now = Instant(self.now + by)

    @rule(tenant=TENANTS, text=TEXTS)
    def somebody_says(self, tenant: TenantId, text: str) -> None:
        self.said += 1
        mention, sketch = MentionId(f"m{self.said}"), sketch_of(words_of(text))
        known = [
            one
            for one in self.firsts
            if one.tenant == tenant and one.sketch == sketch and self.now - one.last <= WINDOW
        ]
        found = self.waves.first(tenant, mention, sketch, self.now)
        assert found == (known[-1].mention if known else None)
        if known:
            known[-1].last = self.now
        else:
            self.firsts.append(Said(tenant, mention, self.now, sketch))
            self.waves.remember(Said(tenant, mention, self.now, sketch))

    @precondition(lambda self: self.firsts)
    @rule(data=st.data())
    def the_first_comes_again(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.firsts))
        assert self.waves.first(one.tenant, one.mention, one.sketch, self.now) == one.mention

    @invariant()
    def copies_take_no_room(self) -> None:
        assert len(self.waves) == len(self.firsts)


TestWaves = WavesMachine.TestCase
TestWaves.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


def test_no_more_is_remembered_than_may_be() -> None:
    waves = Waves(WINDOW, most=3)
    tenant, at = TenantId("tarn-toll"), Instant(0)
    sketches = [sketch_of(("one", "two", "three", "four", str(n))) for n in range(10)]
    for n, sketch in enumerate(sketches):
        assert waves.first(tenant, MentionId(f"new{n}"), sketch, at) is None
        waves.remember(Said(tenant, MentionId(f"m{n}"), at, sketch))
    assert len(waves) == 3
    found = [waves.first(tenant, MentionId("later"), sketch, at) for sketch in sketches]
    assert found == [None] * 7 + ["m7", "m8", "m9"]


def test_nothing_is_remembered_where_copies_are_not_looked_for() -> None:
    waves = Waves(WINDOW, most=0)
    sketch = sketch_of(("one", "two", "three", "four", "five"))
    waves.remember(Said(TenantId("t"), MentionId("m"), Instant(0), sketch))
    assert waves.first(TenantId("t"), MentionId("n"), sketch, Instant(0)) is None
