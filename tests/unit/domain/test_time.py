from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain import time
from harken.domain.time import LATEST, Instant


@given(st.integers(min_value=0, max_value=LATEST))
def test_an_instant_survives_rfc3339(n: int) -> None:
    assert time.parse_rfc3339(time.rfc3339(Instant(n))) == n


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        time.from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault under test


def test_offsets_are_understood() -> None:
    summer = time.parse_rfc3339("2026-07-01T12:00:00+03:00")
    assert time.rfc3339(summer) == "2026-07-01T09:00:00Z"
