"""A tracker: a stored query over mentions, and when to tell whom of its matches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import TenantId, derive
from harken.domain.time import Duration, Instant, minutes

MOST_ALERT_MATCHES = 1_000
LONGEST_ALERT_MINUTES = 24 * 60
USUAL_QUIET_MINUTES = 60


class When(StrEnum):
    EACH = "each"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Of a tracker: at each match, or once ``matches`` came within ``minutes``.

    A rate tells again no sooner than ``quiet_minutes`` later. Who follows the event stream is told
    always, ``receivers`` beside them.
    """

    when: When
    receivers: tuple[str, ...] = ()
    matches: int = 1
    minutes: int = 0
    quiet_minutes: int = 0

    @property
    def id(self) -> str:
        """Equal for equal conditions: who is told may change without forgetting the quiet time."""
        return derive("alert-rule", self.when, self.matches, self.minutes)

    @property
    def window(self) -> Duration:
        return minutes(self.minutes)

    @property
    def quiet(self) -> Duration:
        return minutes(self.quiet_minutes)


@dataclass(frozen=True, slots=True)
class Tracker:
    tenant: TenantId
    id: str
    name: str
    query: str
    created_at: Instant
    alerts: tuple[AlertRule, ...] = ()

    @property
    def rates(self) -> tuple[AlertRule, ...]:
        return tuple(rule for rule in self.alerts if rule.when is When.RATE)
