"""What is counted, and that counts stay right whatever comes again, in whatever order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from harken.domain.ids import TenantId
from harken.domain.mention import Mention
from harken.domain.rates import ALL, Bucket, PartialCounts, Series, Tally
from harken.domain.time import BEGINNING, Instant, after, before, minutes, seconds
from harken.domain.tone import Polarity
from harken.testing.builders import NOW, TENANT, edited, mention, retraction, tagged, tone
from services.router.domain.rates import (
    LATE,
    MINUTE,
    Heard,
    counted,
    heard,
    larger,
    minute_of,
    open_until,
    summed,
)

TRACKERS = ("tracker-brand", "tracker-kettles")
FIRE = "fire_safety"


def said(one: Mention, polarity: Polarity = Polarity.NEGATIVE) -> Heard | None:
    return heard(tagged(one, tone(polarity)))


# --- what is counted


def test_a_mention_counts_for_its_tenant_each_tracker_and_each_risk_topic() -> None:
    one = said(mention("Your kettle caught fire!", trackers=TRACKERS))
    assert one is not None
    wanted = {Series(tracker, topic) for tracker in (ALL, *TRACKERS) for topic in (ALL, FIRE)}
    assert set(one.series) == wanted
    assert len(one.series) == len(wanted)
    assert one.negative
    assert one.tenant == TENANT


def test_a_mention_that_no_tracker_matched_counts_for_the_tenant() -> None:
    one = said(mention("Lovely night train."), Polarity.POSITIVE)
    assert one is not None
    assert one.series == (Series(ALL, ALL),)
    assert not one.negative


@pytest.mark.parametrize(
    "silent",
    [
        mention(historical=True),
        mention(echo=True),
        edited(mention(), "Another wording."),
        retraction(mention()),
        mention(tenant=TenantId("")),
        mention(created_at=BEGINNING),
    ],
    ids=["history", "echo", "edit", "retraction", "nobody's", "undated"],
)
def test_what_is_no_news_is_not_counted(silent: Mention) -> None:
    assert said(silent) is None


def test_the_minute_is_that_of_the_writing() -> None:
    one = said(mention(created_at=before(NOW, seconds(61)), received_at=NOW))
    assert one is not None
    assert one.minute == before(NOW, minutes(2))


def test_who_claims_to_write_in_the_future_wrote_when_it_was_received() -> None:
    one = said(mention(created_at=after(NOW, minutes(90)), received_at=NOW))
    assert one is not None
    assert one.minute == NOW


@given(st.integers(0, 2 * LATE))
def test_what_may_be_counted_is_heard_while_its_minute_is_open(delay: int) -> None:
    written = before(NOW, seconds(30))
    received = Instant(written + delay)
    one = said(mention(created_at=written, received_at=received))
    assert (one is None) == (delay > LATE)
    assert one is None or received < open_until(one.minute)


@given(st.integers(-(10**18), 10**18).map(Instant))
def test_a_minute_begins_at_most_a_minute_before(at: Instant) -> None:
    minute = minute_of(at)
    assert minute <= at < minute + MINUTE
    assert minute % MINUTE == 0


# --- partial counts are maxima

BUCKET = Bucket(TENANT, NOW, 3)
TALLIES = st.dictionaries(
    st.sampled_from([Series(), Series(TRACKERS[0]), Series(ALL, FIRE)]),
    st.builds(Tally, st.integers(0, 50), st.integers(0, 50)),
)
PARTIALS = st.builds(PartialCounts, st.just(BUCKET), st.integers(-1, 99), TALLIES)


@given(PARTIALS, PARTIALS, PARTIALS)
def test_neither_order_nor_repetition_matters(
    a: PartialCounts, b: PartialCounts, c: PartialCounts
) -> None:
    assert larger(a, b) == larger(b, a)
    assert larger(a, larger(b, c)) == larger(larger(a, b), c)
    assert larger(a, a) == a
    assert larger(larger(a, b), b) == larger(a, b)


# --- a counter that crashes, and an intake that hears it again and again

PARTITIONS = 3
MINUTES = [after(NOW, minutes(n)) for n in range(2)]
HEARD = st.builds(
    Heard,
    st.sampled_from([TENANT, TenantId("brass-owl")]),
    st.sampled_from(MINUTES),
    st.sampled_from([(Series(),), (Series(), Series(TRACKERS[0]))]),
    st.booleans(),
)

Known = dict[Bucket, PartialCounts]


def expected(logs: Iterable[list[Heard]]) -> Counter[tuple[TenantId, Instant, Series, bool]]:
    """The simple model: every record once."""
    return Counter(
        (one.tenant, one.minute, series, one.negative)
        for log in logs
        for one in log
        for series in one.series
    )


class CountingThatCrashes(RuleBasedStateMachine):
    """Each partition has a log, and a counter that writes partial counts into a changelog, some of
    which is not durable yet. It commits only positions whose counts are. A crash leaves what was
    durable; then it goes on from the committed position. The intake gets anything durable, again
    and in any order."""

    def __init__(self) -> None:
        super().__init__()
        places = range(PARTITIONS)
        self.logs: list[list[Heard]] = [[] for _ in places]
        self.changes: list[list[PartialCounts]] = [[] for _ in places]
        self.durable = [0 for _ in places]
        self.next = [0 for _ in places]
        self.committed = [0 for _ in places]
        self.tables: list[Known] = [{} for _ in places]
        self.taken_in: Known = {}

    partitions = st.integers(0, PARTITIONS - 1)

    @rule(partition=partitions, new=st.lists(HEARD, min_size=1, max_size=5))
    def hear(self, partition: int, new: list[Heard]) -> None:
        self.logs[partition] += new

    @rule(partition=partitions, most=st.integers(1, 6))
    def count(self, partition: int, most: int) -> None:
        table, log = self.tables[partition], self.logs[partition]
        for offset in range(self.next[partition], min(self.next[partition] + most, len(log))):
            one = log[offset]
            bucket = Bucket(one.tenant, one.minute, partition)
            known = table.get(bucket, PartialCounts(bucket))
            table[bucket] = counted(known, one, offset)
            if table[bucket] is not known:
                self.changes[partition].append(table[bucket])
            self.next[partition] = offset + 1

    @rule(partition=partitions, most=st.integers(1, 6))
    def some_becomes_durable(self, partition: int, most: int) -> None:
        all_ = len(self.changes[partition])
        self.durable[partition] = min(self.durable[partition] + most, all_)

    @rule(partition=partitions)
    def commit(self, partition: int) -> None:
        self.durable[partition] = len(self.changes[partition])
        self.committed[partition] = self.next[partition]

    @rule(partition=partitions, back=st.integers(0, 4))
    def crash(self, partition: int, back: int) -> None:
        """Even an older commit than the last may be what is found."""
        del self.changes[partition][self.durable[partition] :]
        self.tables[partition] = {counts.bucket: counts for counts in self.changes[partition]}
        self.next[partition] = max(self.committed[partition] - back, 0)

    @rule(partition=partitions, data=st.data())
    def take_in(self, partition: int, data: st.DataObject) -> None:
        durable = self.changes[partition][: self.durable[partition]]
        if durable:
            self.take(data.draw(st.sampled_from(durable)))

    def take(self, counts: PartialCounts) -> None:
        known = self.taken_in.get(counts.bucket, PartialCounts(counts.bucket))
        self.taken_in[counts.bucket] = larger(known, counts)

    def teardown(self) -> None:
        for partition in range(PARTITIONS):
            self.count(partition, len(self.logs[partition]))
            for counts in self.changes[partition][::-1]:
                self.take(counts)
        sums: Counter[tuple[TenantId, Instant, Series, bool]] = Counter()
        minutes_ = {(bucket.tenant, bucket.minute) for bucket in self.taken_in}
        for tenant, minute in minutes_:
            partials = [c for b, c in self.taken_in.items() if b[:2] == (tenant, minute)]
            for series, tally in summed(partials).items():
                sums[tenant, minute, series, True] = tally.negative
                sums[tenant, minute, series, False] = tally.mentions - tally.negative
        assert +sums == expected(self.logs)


TestCountingThatCrashes = CountingThatCrashes.TestCase
