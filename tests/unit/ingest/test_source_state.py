"""What is kept of a source, and what people are told about it."""

from __future__ import annotations

from dataclasses import replace

from harken.channels.port import Gap, Page, Parsed, RateLimit, Source
from harken.domain.ids import ConnectionId, SourceId
from harken.domain.mention import Mention
from harken.domain.time import Instant, after, minutes, seconds
from harken.store.body import decode, encode
from harken.testing.builders import TENANT
from harken.testing.builders import mention as a_mention
from services.ingest.domain.alert import AlertKind
from services.ingest.domain.rhythm import LEAST_ITEMS, LEAST_SLOTS, Rhythm
from services.ingest.intake import Taken
from services.ingest.source_alerts import to_tell
from services.ingest.sources import (
    GAPS_KEPT,
    Brought,
    Mode,
    SourceState,
    Trouble,
    answered,
    failed,
)

NOW = a_mention().received_at
SOURCE = Source(TENANT, SourceId("s"), ConnectionId("c"), "hashtag", {"tag": "kettle"})
FAILING = minutes(15)


def looked(
    state: SourceState, now: Instant, *mentions: Mention, pause: float = 5.0, **page: object
) -> SourceState:
    shown = replace(Page(Parsed(mentions), "x"), **page)  # type: ignore[arg-type]
    taken = Taken(tuple(range(len(mentions))), ())
    due = after(now, seconds(pause))
    return answered(state, Brought(shown, taken, Mode.POLL, due), now)


def test_lag_is_from_the_writing_to_the_receipt_of_the_newest() -> None:
    old = replace(a_mention(), created_at=Instant(NOW - minutes(9)))
    new = replace(a_mention(), created_at=Instant(NOW - seconds(2)))
    state = looked(SourceState(), NOW, new, old)
    assert (state.lag, state.newest_at, state.heard_at) == (seconds(2), new.created_at, NOW)
    assert looked(state, after(NOW, seconds(5)), old).lag == seconds(2)
    assert (state.accepted, state.looked_at) == (2, NOW)


def test_history_neither_lags_nor_speaks() -> None:
    old = replace(a_mention(), created_at=Instant(NOW - minutes(9_000)), historical=True)
    state = looked(SourceState(), NOW, old)
    assert state.lag is None
    assert state.rhythm.items == 0


def test_a_time_in_which_nobody_listened_is_a_gap_until_all_was_read() -> None:
    state = looked(SourceState(), NOW)
    later = after(NOW, minutes(30))
    state = looked(state, later, more=True)
    assert state.catching_up is not None
    assert (state.catching_up.since, state.catching_up.until) == (NOW, later)
    assert state.gaps == ()
    caught_up = after(later, seconds(1))
    state = looked(state, caught_up)
    [gap] = state.gaps
    assert (gap.since, gap.until, gap.bridged_at) == (NOW, later, caught_up)
    assert state.catching_up is None


def test_a_planned_pause_is_no_gap() -> None:
    state = looked(SourceState(), NOW, pause=3_600.0)
    state = looked(state, after(NOW, minutes(61)))
    assert (state.gaps, state.catching_up) == ((), None)


def test_what_the_channel_cannot_bring_any_more_stays_a_gap() -> None:
    state = looked(SourceState(), NOW)
    later = after(NOW, minutes(30))
    rolled = Gap(NOW, later, "the feed rolled over")
    state = looked(failed(state, "away", later), later, gap=rolled)
    state = looked(state, after(later, seconds(5)))
    [gap] = state.gaps
    assert (gap.why, gap.bridged_at) == ("the feed rolled over", None)


def test_the_latest_gaps_are_kept() -> None:
    state = SourceState()
    for number in range(GAPS_KEPT + 5):
        gap = Gap(Instant(number), NOW, "rolled over")
        state = looked(state, after(NOW, seconds(number)), gap=gap)
    assert [gap.since for gap in state.gaps] == list(range(5, GAPS_KEPT + 5))


def test_the_last_error_stays_when_all_is_well_again() -> None:
    state = failed(failed(SourceState(), "503", NOW), "504", after(NOW, seconds(9)))
    assert (state.failures, state.failing_since) == (2, NOW)
    state = looked(state, after(NOW, seconds(20)), limits=RateLimit(7))
    assert (state.failures, state.failing_since, state.error) == (0, None, "504")
    state = looked(state, after(NOW, seconds(25)))
    assert state.limits == RateLimit(7)


def test_the_state_survives_the_store() -> None:
    state = looked(
        failed(SourceState(), "503", NOW),
        after(NOW, minutes(30)),
        a_mention(),
        gap=Gap(NOW, after(NOW, minutes(30)), "rolled over"),
        limits=RateLimit(7, 300, NOW),
    )
    assert decode(encode(state), SourceState) == state
    assert decode("{}", SourceState) == SourceState()


def told(state: SourceState, now: Instant, *, refused: bool = False) -> list[AlertKind]:
    return [alert.kind for alert in to_tell(SOURCE, state, now, FAILING, refused=refused)[1]]


def test_people_are_told_once_that_it_fails_and_once_that_it_is_over() -> None:
    state = failed(SourceState(), "503", NOW)
    assert told(state, after(NOW, minutes(14))) == []
    late = after(NOW, minutes(15))
    state, [alert] = to_tell(SOURCE, state, late, FAILING, refused=False)
    assert alert.kind is AlertKind.SOURCE_FAILING
    assert "kettle" in alert.title
    assert told(failed(state, "503", late), after(late, minutes(9))) == []
    state = looked(state, after(late, minutes(10)))
    state, [over] = to_tell(SOURCE, state, after(late, minutes(10)), FAILING, refused=False)
    assert over.kind is AlertKind.SOURCE_RECOVERED
    assert state.told == ()


def test_a_refusal_is_told_at_once() -> None:
    state = failed(SourceState(), "the token is no longer accepted", NOW)
    assert told(state, NOW, refused=True) == [AlertKind.SOURCE_REFUSED]


def silent(last_at: Instant) -> SourceState:
    rhythm = Rhythm(
        slot=NOW // minutes(5),
        last_at=last_at,
        items=LEAST_ITEMS,
        slots=LEAST_SLOTS,
        surprise=99.0,
    )
    return replace(looked(SourceState(), NOW), rhythm=rhythm)


def test_a_silence_is_told_once_and_when_it_ends() -> None:
    since = Instant(NOW - minutes(300))
    state, [alert] = to_tell(SOURCE, silent(since), NOW, FAILING, refused=False)
    assert (alert.kind, alert.at, state.silent_since) == (AlertKind.SOURCE_SILENT, since, since)
    assert told(state, after(NOW, minutes(1))) == []
    soon = after(NOW, minutes(2))
    fresh = replace(a_mention(), created_at=soon, received_at=soon)
    state, [over] = to_tell(SOURCE, looked(state, soon, fresh), soon, FAILING, refused=False)
    assert (over.kind, state.silent_since) == (AlertKind.SOURCE_RECOVERED, None)


def test_a_source_that_fails_is_not_said_to_speak_again() -> None:
    state, _ = to_tell(SOURCE, silent(Instant(NOW - minutes(300))), NOW, FAILING, refused=False)
    later = after(NOW, minutes(1))
    state, alerts = to_tell(SOURCE, failed(state, "503", later), later, FAILING, refused=False)
    assert (alerts, state.told) == ([], (Trouble.SILENT,))
