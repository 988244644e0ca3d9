"""Dates as people and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.feed.dates import read_date
from harken.domain.time import rfc3339

NINE_THIRTY = "2026-03-02T09:30:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "Mon, 02 Mar 2026 09:30:00 GMT",
        "Mon, 2 Mar 26 10:30 +0100",
        "Mon, 02 Mar 2026 10:30:00 CET",
        "Mon, 02 Mar 2026 11:30:00 EET",
        "Mon, 02 Mar 2026 12:30:00 MSK",
        "Mon, 02 Mar 2026 04:30:00 EST",
        "Mon, 02 Mar 2026 11:30:00 GMT+02:00",
        "Monday, 02-Mar-2026 09:30:00 UTC",
        "Fri, 02 Mar 2026 09:30:00 +0000",
        "2026-03-02T09:30:00Z",
        "2026-03-02T10:30:00+01:00",
        "2026-03-02T10:30:00+0100",
        "2026-03-02 09:30",
        "  2026-03-02\n09:30:00.000 ",
        "March 2, 2026 9:30 am",
        "Mar 2nd, 2026 4:30 AM EST",
        "2 marca 2026, 10:30 CET",
        "pon., 2 mar 2026 10:30:00 +0100",
        "2. března 2026 v 10:30 CET",
        "2. marca 2026 10:30 CET",
        "2 марта 2026 г. в 12:30 МСК",
        "Пн, 02 Мар 2026 12:30:00 +0300",
        "2026. gada 2. marts, 11:30 EET",
        "2. marts 2026, 11:30 EET",
        "2. März 2026, 10:30 MEZ",
        "02.03.2026 09:30",
        "02/03/2026 09:30",
        "2026/03/02 09:30",
        "1772443800",
        "1772443800000",
    ],
)
def test_the_same_moment_in_many_words(text: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (rfc3339(found.at), found.whole_day) == (NINE_THIRTY, False)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02", "2026-03-02"),
        ("5 июня 2026", "2026-06-05"),
        ("5 июля 2026", "2026-07-05"),
        ("5 мая 2026", "2026-05-05"),
        ("5. června 2026", "2026-06-05"),
        ("5. července 2026", "2026-07-05"),
        ("5 czerwca 2026", "2026-06-05"),
        ("5 października 2026 r.", "2026-10-05"),
        ("5. októbra 2026", "2026-10-05"),
        ("5. jūlijs 2026", "2026-07-05"),
        ("5. jūnijs 2026", "2026-06-05"),
        ("12/31/2026", "2026-12-31"),
    ],
)
def test_days_without_a_time(text: str, day: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (rfc3339(found.at), found.whole_day) == (f"{day}T00:00:00Z", True)


@pytest.mark.parametrize(
    "text", ["", "soon", "yesterday", "31 Feb 2026", "0001-01-01T00:00:00Z", "2026", "12:30", "-1"]
)
def test_what_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(text=st.text(alphabet="0123456789-+:/., TZGMTmarčeрн", max_size=40) | st.text(max_size=60))
def test_any_text(text: str) -> None:
    found = read_date(text)
    assert found is None or found.at > 0
