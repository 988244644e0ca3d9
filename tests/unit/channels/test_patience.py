from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.patience import DEFAULT, exhausted, patience
from harken.domain.time import parse_rfc3339

NOW = parse_rfc3339("2026-02-20T10:00:00Z")
EPOCH = NOW // 1_000_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, DEFAULT),
        ({"retry-after": "17"}, 17),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "-5"}, 1),
        ({"retry-after": "9999999"}, 86_400),
        ({"retry-after": "Fri, 20 Feb 2026 10:02:00 GMT"}, 120),
        ({"x-ratelimit-reset": "2026-02-20T10:05:00.000000Z"}, 300),
        ({"x-ratelimit-reset": str(EPOCH + 60)}, 60),
        ({"x-ratelimit-reset": "45"}, 45),
        ({"retry-after": "soon", "x-ratelimit-reset": "45"}, 45),
        ({"retry-after": "nan"}, DEFAULT),
        ({"retry-after": "inf"}, DEFAULT),
        ({"x-ratelimit-reset": "2026-02-20"}, DEFAULT),
    ],
)
def test_servers_are_understood(headers: dict[str, str], seconds: float) -> None:
    assert math.isclose(patience(headers, NOW), seconds)


@given(st.text(max_size=40))
def test_whatever_they_say_the_wait_is_bounded(said: str) -> None:
    assert 1 <= patience({"retry-after": said}, NOW) <= 86_400


def test_the_last_request_is_known() -> None:
    assert exhausted({"x-ratelimit-remaining": "0"})
    assert not exhausted({"x-ratelimit-remaining": "1"})
    assert not exhausted({})
