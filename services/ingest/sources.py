"""How a source is doing, as the store keeps it: what it brought, what failed, what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from harken.channels.port import Gap, Page, RateLimit
from harken.domain.mention import Change, Mention
from harken.domain.time import Duration, Instant, after, elapsed, minutes
from services.ingest.domain import rhythm as rhythms
from services.ingest.domain.rhythm import Rhythm
from services.ingest.intake import Taken

OUTAGE = minutes(3)
"""Later than planned by more than this, and it is a gap until it is caught up."""
GAPS_KEPT = 20
LONGEST_ERROR = 500


class Mode(StrEnum):
    NOT_YET = ""
    POLL = "poll"
    STREAM = "stream"


class Trouble(StrEnum):
    """What people were told of, once each."""

    SILENT = "silent"
    FAILING = "failing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Missed:
    """A time in which nobody listened; ``bridged_at`` is when all of it had been read after all."""

    since: Instant
    until: Instant
    why: str
    bridged_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """``looked_at`` is when it last answered, ``due_at`` when the next look was planned.
    ``heard_at`` is when it last brought something, ``newest_at`` when the newest of that was
    written, ``lag`` what lay between. ``failures`` are in a row, since ``failing_since``; the last
    error stays. ``catching_up`` is a gap that may still be bridged. ``told`` is what people were
    told of and is not over.
    """

    mode: Mode = Mode.NOT_YET
    holder: str = ""
    looked_at: Instant | None = None
    due_at: Instant | None = None
    heard_at: Instant | None = None
    newest_at: Instant | None = None
    lag: Duration | None = None
    accepted: int = 0
    duplicates: int = 0
    unmatched: int = 0
    failures: int = 0
    failing_since: Instant | None = None
    error: str = ""
    error_at: Instant | None = None
    notice: str = ""
    limits: RateLimit | None = None
    gaps: tuple[Missed, ...] = ()
    catching_up: Missed | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    told: tuple[Trouble, ...] = ()

    @property
    def silent_since(self) -> Instant | None:
        return self.rhythm.last_at if Trouble.SILENT in self.told else None


@dataclass(frozen=True, slots=True)
class Brought:
    """A page, what became of its mentions, and when the next look is due."""

    page: Page
    taken: Taken
    mode: Mode
    due_at: Instant


def answered(state: SourceState, brought: Brought, now: Instant) -> SourceState:
    """It was read, and what it brought is durable."""
    page = brought.page
    late = state.due_at is not None and elapsed(state.due_at, now) > OUTAGE
    rhythm = rhythms.absent(state.rhythm, now) if late else rhythms.listened(state.rhythm, now)
    if items := len(_news(state, page.parsed.mentions)):
        rhythm = rhythms.spoken(rhythm, now, items)
    state = _heard(state, page.parsed.mentions)
    return replace(
        _bridging(state, page, now, late=late),
        mode=brought.mode,
        looked_at=now,
        due_at=brought.due_at,
        accepted=state.accepted + len(brought.taken.new),
        duplicates=state.duplicates + len(brought.taken.doubles),
        unmatched=state.unmatched + len(brought.taken.unmatched),
        failures=0,
        failing_since=None,
        notice=page.notice,
        limits=page.limits or state.limits,
        rhythm=rhythm,
    )


def failed(state: SourceState, why: str, now: Instant) -> SourceState:
    return replace(
        state,
        failures=state.failures + 1,
        failing_since=state.failing_since or now,
        error=why[:LONGEST_ERROR],
        error_at=now,
    )


def _news(state: SourceState, mentions: Sequence[Mention]) -> list[Mention]:
    """What shows that the source speaks: live, and newer than all that it brought before."""
    newest = state.newest_at or 0
    return [
        mention
        for mention in mentions
        if mention.change is Change.CONTENT
        and not mention.historical
        and mention.created_at > newest
    ]


def _heard(state: SourceState, mentions: Sequence[Mention]) -> SourceState:
    said = [mention for mention in mentions if mention.change is Change.CONTENT]
    if not said:
        return state
    newest = max(said, key=lambda mention: mention.created_at)
    state = replace(state, heard_at=max(mention.received_at for mention in said))
    if state.newest_at is not None and newest.created_at <= state.newest_at:
        return state
    lag = state.lag if newest.historical else elapsed(newest.created_at, newest.received_at)
    return replace(state, newest_at=newest.created_at, lag=lag)


def _bridging(state: SourceState, page: Page, now: Instant, *, late: bool) -> SourceState:
    """Opens a gap where it was not read for too long; ends it as far as the page tells."""
    open_gap = state.catching_up
    if late and open_gap is None:
        why = f"it could not be read: {state.error}" if state.failures else "nobody listened"
        open_gap = Missed(state.looked_at or now, now, why)
    gaps = state.gaps
    if page.gap is not None:
        # The channel knows better than we what cannot come any more.
        gaps, open_gap = (*gaps, _missed(page.gap)), None
    elif open_gap is not None and not page.more:
        gaps, open_gap = (*gaps, replace(open_gap, bridged_at=now)), None
    return replace(state, gaps=gaps[-GAPS_KEPT:], catching_up=open_gap)


def _missed(gap: Gap) -> Missed:
    return Missed(gap.since, gap.until, gap.why)


def planned(now: Instant, pause: float) -> Instant:
    """``pause`` is in seconds."""
    return after(now, Duration(round(pause * 1_000_000)))
