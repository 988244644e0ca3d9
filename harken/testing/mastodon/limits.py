"""Rate limits as Mastodon keeps them: so many requests in each fixed span, for each account."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.time import Instant, seconds, to_datetime


@dataclass(slots=True)
class _Span:
    begins: Instant
    used: int = 0


@dataclass(frozen=True, slots=True)
class Spent:
    allowed: bool
    headers: dict[str, str]


class RateLimits:
    """``limit`` 0 allows everything and says nothing."""

    def __init__(self, limit: int, span_seconds: int) -> None:
        self._limit = limit
        self._span = seconds(span_seconds)
        self._spans: dict[str, _Span] = {}

    def spend(self, who: str, now: Instant) -> Spent:
        if not self._limit:
            return Spent(allowed=True, headers={})
        begins = Instant(now - now % self._span)
        span = self._spans.get(who)
        if span is None or span.begins != begins:
            span = self._spans[who] = _Span(begins)
        span.used += 1
        ends = to_datetime(Instant(begins + self._span))
        return Spent(
            span.used <= self._limit,
            {
                "X-RateLimit-Limit": str(self._limit),
                "X-RateLimit-Remaining": str(max(self._limit - span.used, 0)),
                "X-RateLimit-Reset": ends.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            },
        )
