"""A source and its state as the API shows them."""

from __future__ import annotations

from typing import Any

from harken.channels.port import RateLimit
from harken.domain.time import Duration
from harken.http.models import ApiModel, Time, examples
from services.ingest.connections import SourceRow
from services.ingest.sources import Missed, Mode, SourceState

SOURCE: dict[str, Any] = {
    "id": "5b3f8f0e-3a70-5a8e-8f0d-9d2b6a1c7e11",
    "connection": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "kind": "hashtag",
    "settings": {"tag": "brivanta"},
    "only_trackers": False,
    "paused": False,
    "mode": "stream",
    "holder": "0190a8a2-9c11-7f02-8a44-7b0d2f6e9a10",
    "looked_at": "2026-03-01T09:31:00Z",
    "heard_at": "2026-03-01T09:30:56Z",
    "newest_at": "2026-03-01T09:30:55Z",
    "lag_seconds": 1.2,
    "accepted": 12,
    "duplicates": 0,
    "unmatched": 0,
    "failures": 0,
    "failing_since": None,
    "error": "social.example answered 503",
    "error_at": "2026-03-01T08:02:11Z",
    "notice": "",
    "silent_since": None,
    "rate_limit": {"remaining": 287, "limit": 300, "resets_at": "2026-03-01T09:35:00Z"},
    "gaps": [
        {
            "since": "2026-03-01T08:00:00Z",
            "until": "2026-03-01T08:05:30Z",
            "why": "it could not be read: social.example answered 503",
            "bridged_at": "2026-03-01T08:05:31Z",
        }
    ],
}


class RateLimitAnswer(ApiModel):
    """What the network lets us ask still, by its own word."""

    model_config = examples(SOURCE["rate_limit"])

    remaining: int
    limit: int
    """0 where it does not tell."""
    resets_at: Time | None


class GapAnswer(ApiModel):
    """A time in which nobody listened, or of which mentions may be missing."""

    model_config = examples(SOURCE["gaps"][0])

    since: Time
    until: Time
    why: str
    bridged_at: Time | None
    """When all of it had been read after all; null while, or because, it was not."""


class SourceAnswer(ApiModel):
    """A source and how it is doing."""

    model_config = examples(SOURCE)

    id: str
    connection: str
    kind: str
    settings: dict[str, str]
    only_trackers: bool
    paused: bool
    mode: Mode
    """How it was listened to last: told at once, or asked; empty before the first time."""
    holder: str
    """Which process listens to it."""
    looked_at: Time | None
    """When it last answered, or its stream last gave a sign of life; to the minute."""
    heard_at: Time | None
    """When it last brought something."""
    newest_at: Time | None
    """When the newest mention that it brought was written."""
    lag_seconds: float | None
    """From the writing of the newest live mention to its receipt."""
    accepted: int
    duplicates: int
    unmatched: int
    """Not taken in, because no tracker matched (`only_trackers`)."""
    failures: int
    """In a row, up to now."""
    failing_since: Time | None
    error: str
    """The last one, and when it was; over where there are no failures now."""
    error_at: Time | None
    notice: str
    """What is odd although it is read: why it is polled and not streamed, for one."""
    silent_since: Time | None
    """Since when it is silent against its own rhythm."""
    rate_limit: RateLimitAnswer | None
    gaps: list[GapAnswer]
    """The last twenty, oldest first."""


def answer_of(row: SourceRow, state: SourceState) -> SourceAnswer:
    source = row.source
    open_gap = () if state.catching_up is None else (state.catching_up,)
    return SourceAnswer(
        id=source.id,
        connection=source.connection,
        kind=source.kind,
        settings=dict(source.settings),
        only_trackers=source.only_trackers,
        paused=row.paused,
        mode=state.mode,
        holder=state.holder,
        looked_at=state.looked_at,
        heard_at=state.heard_at,
        newest_at=state.newest_at,
        lag_seconds=None if state.lag is None else _seconds(state.lag),
        accepted=state.accepted,
        duplicates=state.duplicates,
        unmatched=state.unmatched,
        failures=state.failures,
        failing_since=state.failing_since,
        error=state.error,
        error_at=state.error_at,
        notice=state.notice,
        silent_since=state.silent_since,
        rate_limit=None if state.limits is None else _rate_limit(state.limits),
        gaps=[_gap(gap) for gap in (*state.gaps, *open_gap)],
    )


def _rate_limit(told: RateLimit) -> RateLimitAnswer:
    return RateLimitAnswer(remaining=told.remaining, limit=told.limit, resets_at=told.resets_at)


def _gap(gap: Missed) -> GapAnswer:
    return GapAnswer(since=gap.since, until=gap.until, why=gap.why, bridged_at=gap.bridged_at)


def _seconds(duration: Duration) -> float:
    return duration / 1_000_000
