"""When a delivery is tried again, and when that is given up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.time import after, days, hours, minutes, seconds
from harken.testing.builders import NOW, TENANT
from services.ingest.domain.alert_delivery import (
    PATIENCE,
    PAUSES,
    State,
    delivered,
    not_delivered,
    plan,
)

NEW = plan(TENANT, "alert-1", "desk", NOW)


def test_pauses_grow_and_end_within_a_day() -> None:
    dues, delivery = [NOW], NEW
    while delivery.state is State.WAITING:
        delivery = not_delivered(delivery, delivery.due, "503", wait=seconds(0), final=False)
        dues.append(delivery.due)
    pauses = [later - earlier for earlier, later in pairwise(dues[:-1])]
    assert pauses == sorted(pauses)
    assert pauses[: len(PAUSES)] == list(PAUSES)
    assert hours(18) < dues[-1] - NOW <= PATIENCE
    assert (delivery.state, delivery.error) == (State.FAILED, "503")


@settings(deadline=None)
@given(st.integers(0, days(3)), st.integers(0, 12))
def test_a_receiver_may_ask_for_patience_but_not_for_ever(wait: int, attempts: int) -> None:
    delivery = NEW
    for _ in range(attempts):
        delivery = not_delivered(delivery, NOW, "429", wait=minutes(0), final=False)
    asked = not_delivered(delivery, NOW, "429", wait=seconds(wait), final=False)
    usual = not_delivered(delivery, NOW, "429", wait=seconds(0), final=False)
    assert usual.due <= asked.due <= after(NOW, PAUSES[-1])


def test_what_is_final_is_not_tried_again() -> None:
    gone = not_delivered(NEW, NOW, "410", wait=seconds(0), final=True)
    assert (gone.state, gone.attempts) == (State.FAILED, 1)


def test_the_id_stays_the_same_whatever_happens() -> None:
    later = not_delivered(NEW, NOW, "503", wait=seconds(0), final=False)
    assert NEW.id == later.id == delivered(later, NOW).id
    assert NEW.id != plan(TENANT, "alert-1", "other", NOW).id
