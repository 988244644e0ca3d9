"""One alert on its way to one receiver: tried with growing pauses for a day, then failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from harken.domain.ids import TenantId, derive
from harken.domain.time import Duration, Instant, after, days, hours, minutes, seconds

PAUSES = (
    seconds(5),
    minutes(1),
    minutes(5),
    minutes(15),
    minutes(30),
    hours(1),
    hours(2),
    hours(4),
)
"""After the first failure, the second …; the last one from then on."""
PATIENCE = days(1)
"""How long it is tried."""


class State(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AlertDelivery:
    """``planned_at`` is when it was first to be sent, ``due`` when it is to be tried next.

    ``changed_at`` is when it got its state; ``error`` why the last attempt failed.
    """

    tenant: TenantId
    alert: str
    receiver: str
    planned_at: Instant
    due: Instant
    changed_at: Instant
    state: State = State.WAITING
    attempts: int = 0
    error: str = ""

    @property
    def id(self) -> str:
        """The same for every attempt: receivers know by it what they got before."""
        return derive("alert-delivery", self.tenant, self.alert, self.receiver)


def plan(tenant: TenantId, alert: str, receiver: str, now: Instant) -> AlertDelivery:
    return AlertDelivery(tenant, alert, receiver, planned_at=now, due=now, changed_at=now)


def delivered(delivery: AlertDelivery, now: Instant, note: str = "") -> AlertDelivery:
    """``note`` says what the receiver refused in part."""
    attempts = delivery.attempts + 1
    return replace(delivery, state=State.DELIVERED, attempts=attempts, changed_at=now, error=note)


def not_delivered(
    delivery: AlertDelivery, now: Instant, why: str, *, wait: Duration, final: bool
) -> AlertDelivery:
    """To be tried again after the next pause, or after ``wait`` if that is longer (but bounded);
    failed where it is ``final`` or that would be too late."""
    pause = max(PAUSES[min(delivery.attempts, len(PAUSES) - 1)], min(wait, PAUSES[-1]))
    due = after(now, pause)
    over = final or due > after(delivery.planned_at, PATIENCE)
    return replace(
        delivery,
        state=State.FAILED if over else State.WAITING,
        attempts=delivery.attempts + 1,
        due=now if over else due,
        changed_at=now,
        error=why,
    )
