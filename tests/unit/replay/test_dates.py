"""Times are read in every usual way of writing them; what is open is asked for."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.replay.dates import Dates, NoZone, Order, UnreadableDate, detect_dates
from cli.replay.problems import CannotTell
from harken.domain.time import from_datetime, rfc3339

MOMENTS = st.integers(10**9, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))
WITH_ZONE = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %z %Y",
    "%d %B %Y %H:%M:%S UTC",
    "%B %d, %Y, %I:%M:%S %p GMT",
    "%Y/%m/%d %H:%M:%S UTC",
)
WITHOUT = {
    Order.DAY_FIRST: ("%d/%m/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%d-%m-%Y %I:%M:%S %p"),
    Order.MONTH_FIRST: ("%m/%d/%Y %H:%M:%S", "%m/%d/%y %H:%M:%S", "%m-%d-%Y %I:%M:%S%p"),
}


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(WITH_ZONE))
def test_what_says_its_zone_is_read_as_it_is(moment: datetime, pattern: str) -> None:
    assert Dates().read(moment.strftime(pattern)) == from_datetime(moment)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from(Order), st.data())
def test_days_and_months_are_read_in_their_order(
    moment: datetime, order: Order, data: st.DataObject
) -> None:
    if order in WITHOUT:
        pattern = data.draw(st.sampled_from(WITHOUT[order]))
        assert Dates(order, UTC).read(moment.strftime(pattern)) == from_datetime(moment)


@settings(deadline=None)
@given(MOMENTS, st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_ticks_count_what_their_size_says(moment: datetime, a_second: int) -> None:
    assert Dates().read(str(int(moment.timestamp()) * a_second)) == from_datetime(moment)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tue Oct 31 22:10:47 +0000 2017", "2017-10-31T22:10:47Z"),
        ("2017-10-31T22:10:47.123456789+02:00", "2017-10-31T20:10:47.123456Z"),
        ("20171031T221047Z", "2017-10-31T22:10:47Z"),
        ("31-Oct-2017 22:10 UTC", "2017-10-31T22:10:00Z"),
        ("October 31st 2017 at 12:10 AM GMT", "2017-10-31T00:10:00Z"),
        ("1509487847.5", "2017-10-31T22:10:47.500000Z"),
        ("  2017-10-31   10:10 pm UTC ", "2017-10-31T22:10:00Z"),
    ],
)
def test_as_found_in_exports(written: str, meant: str) -> None:
    assert rfc3339(Dates().read(written)) == meant


@pytest.mark.parametrize("written", ["", "soon", "31.06.2017", "2017-13-01", "12", "10:30", "1/2"])
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(UnreadableDate):
        Dates(Order.DAY_FIRST, UTC).read(written)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_nothing_else_ever_comes_of_it(written: str) -> None:
    with suppress(UnreadableDate):
        assert isinstance(Dates(Order.DAY_FIRST, UTC).read(written), int)


def test_the_column_as_a_whole_tells_the_order() -> None:
    assert detect_dates(["01/02/2017", "13/04/2017"], Dates(zone=UTC)).order is Order.DAY_FIRST
    assert detect_dates(["01/02/2017", "04/13/2017"], Dates(zone=UTC)).order is Order.MONTH_FIRST
    assert detect_dates(["98/10/31", "17/10/30"], Dates(zone=UTC)).order is Order.YEAR_FIRST
    assert detect_dates(["1.2.2017"], Dates(zone=UTC)).order is Order.DAY_FIRST
    assert detect_dates(["2017-02-01"], Dates(zone=UTC)).order is None


@pytest.mark.parametrize(
    "column", [["01/02/2017", "03/04/2017"], ["13/02/2017", "02/13/2017"], ["01/02/03"]]
)
def test_an_open_order_is_asked_for(column: list[str]) -> None:
    with pytest.raises(CannotTell, match="--dates"):
        detect_dates(column, Dates(zone=UTC))
    assert detect_dates(column, Dates(Order.DAY_FIRST, UTC)).order is Order.DAY_FIRST


def test_a_missing_zone_is_asked_for_and_used() -> None:
    with pytest.raises(CannotTell, match="--zone"):
        detect_dates(["2017-10-31 22:10"], Dates())
    with pytest.raises(NoZone):
        Dates().read("2017-10-31 22:10")
    riga = Dates(zone=ZoneInfo("Europe/Riga")).read("2017-07-31 22:10")
    assert rfc3339(riga) == "2017-07-31T19:10:00Z"
    own = Dates(zone=UTC).read("2017-10-31T22:10:00+02:00")
    assert own == from_datetime(datetime(2017, 10, 31, 22, 10, tzinfo=timezone(timedelta(hours=2))))


def test_a_pattern_of_ones_own_rules() -> None:
    dates = detect_dates(["22h10 2017|31|10"], Dates(zone=UTC, pattern="%Hh%M %Y|%d|%m"))
    assert rfc3339(dates.read("22h10 2017|31|10")) == "2017-10-31T22:10:00Z"
    with pytest.raises(UnreadableDate):
        dates.read("2017-10-31T22:10:00Z")
