from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.patience import DEFAULT, exhausted, patience, rate_limit
from harken.channels.port import RateLimit
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


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, None),
        ({"x-ratelimit-remaining": "many"}, None),
        ({"x-ratelimit-remaining": "-1"}, None),
        ({"x-ratelimit-remaining": "9" * 99}, None),
        ({"x-ratelimit-remaining": "7"}, RateLimit(7)),
        (
            {
                "x-ratelimit-remaining": "7",
                "x-ratelimit-limit": "300",
                "x-ratelimit-reset": "2026-02-20T10:05:00.000000Z",
            },
            RateLimit(7, 300, parse_rfc3339("2026-02-20T10:05:00Z")),
        ),
    ],
)
def test_what_remains_of_a_rate_limit_is_read(
    headers: dict[str, str], told: RateLimit | None
) -> None:
    assert rate_limit(headers, NOW) == told


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_breaks_the_reading(remaining: str, reset: str) -> None:
    told = rate_limit({"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}, NOW)
    assert told is None or told.remaining >= 0
