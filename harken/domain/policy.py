"""Promises: how soon what must happen, by severity, queue and network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from harken.domain.case import ClockKind
from harken.domain.hours import BusinessHours
from harken.domain.ids import QueueId
from harken.domain.severity import SeverityClass
from harken.domain.time import Duration, hours, minutes


@dataclass(frozen=True, slots=True)
class Target:
    """The time allowed for one kind of promise. Empty conditions fit everything.

    ``calendar`` names business hours of the policy; "" counts wall time.
    """

    kind: ClockKind
    within: Duration
    severity: tuple[SeverityClass, ...] = ()
    queues: tuple[QueueId, ...] = ()
    networks: tuple[str, ...] = ()
    calendar: str = ""

    def fits(self, kind: ClockKind, severity: SeverityClass, queue: QueueId, network: str) -> bool:
        return (
            self.kind is kind
            and (not self.severity or severity in self.severity)
            and (not self.queues or queue in self.queues)
            and (not self.networks or network in self.networks)
        )


_TARGETS = (
    Target(ClockKind.FIRST_REPLY, minutes(15), (SeverityClass.CRITICAL,)),
    Target(ClockKind.FIRST_REPLY, minutes(60)),
    Target(ClockKind.NEXT_REPLY, minutes(15), (SeverityClass.CRITICAL,)),
    Target(ClockKind.NEXT_REPLY, minutes(60)),
    Target(ClockKind.RESOLUTION, hours(4), (SeverityClass.CRITICAL,)),
    Target(ClockKind.RESOLUTION, hours(24)),
)


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """``targets``: the first that fits rules; where none does, nothing is promised.

    ``warnings`` are percentages of the time allowed; 100 is the breach.
    """

    targets: tuple[Target, ...] = _TARGETS
    warnings: tuple[int, ...] = (50, 75, 100)
    calendars: Mapping[str, BusinessHours] = field(default_factory=lambda: MappingProxyType({}))

    def target(
        self, kind: ClockKind, severity: SeverityClass, queue: QueueId, network: str
    ) -> Target | None:
        for target in self.targets:
            if target.fits(kind, severity, queue, network):
                return target
        return None
