"""Reads the times of a column: what a value says by its shape alone, and what its column says.

Only the order of day and month and a missing zone depend on more than the value; neither is ever
guessed. With dots the day comes first, as everywhere where dates are written with dots.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from enum import StrEnum

from cli.replay.problems import CannotTell
from harken.domain.time import Instant, from_datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_CLOCK = (
    r"(?:(?:,? +(?:at +)?|T)(?P<hour>\d{1,2})[:.](?P<minute>\d\d)"
    r"(?:[:.](?P<second>\d\d)(?:[.,](?P<part>\d{1,6})\d*)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|(?:(?:UTC|GMT) ?)?[+-]\d\d:?\d\d))?"

_TWITTER = re.compile(
    rf"[A-Za-z]{{3}} {_MONTH} +{_DAY} (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    rf"(?P<part>)(?P<half>){_ZONE} {_YEAR}"
)
_DAY_NAMED_MONTH = re.compile(rf"(?:[A-Za-z]+,? )?{_DAY}[ -]{_MONTH}[ ,-]+{_YEAR}{_CLOCK}{_ZONE}")
_NAMED_MONTH_DAY = re.compile(rf"(?:[A-Za-z]+,? )?{_MONTH} {_DAY},? {_YEAR}{_CLOCK}{_ZONE}")
_YEAR_FIRST = re.compile(
    rf"{_YEAR}(?P<mark>[/.-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_CLOCK}{_ZONE}"
)
_NUMBERS = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[/.-])(?P<middle>\d{1,2})(?P=mark)(?P<last>\d{4}|\d\d)"
    rf"\.?{_CLOCK}{_ZONE}"
)
_NAMED = (_TWITTER, _DAY_NAMED_MONTH, _NAMED_MONTH_DAY, _YEAR_FIRST)
_RFC_822 = re.compile(r"(?:[A-Za-z]{3}, *)?\d{1,2} [A-Za-z]{3} \d{2,4} \d.*")
_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d+)?")
_TO_MICROSECONDS = ((10**17, -1_000), (10**14, 1), (10**11, 1_000), (0, 1_000_000))
"""From which size on a number of ticks counts nano-, micro-, milliseconds, seconds."""


class Order(StrEnum):
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    YEAR_FIRST = "year-first"
    """Of two digits; a year of four is known by its shape."""


class UnreadableDate(ValueError):
    """Says what is wrong with a value."""


class NoZone(UnreadableDate):
    def __init__(self) -> None:
        super().__init__("it has no zone (see --zone)")


@dataclass(frozen=True, slots=True)
class Dates:
    """``pattern`` is a person's own (`strptime`), instead of all others."""

    order: Order | None = None
    zone: tzinfo | None = None
    pattern: str = ""

    def read(self, value: str) -> Instant:
        """Raises `UnreadableDate`."""
        value = " ".join(value.split())
        try:
            if self.pattern:
                moment: datetime | Instant = datetime.strptime(value, self.pattern)  # noqa: DTZ007
            else:
                moment = by_shape(value) or self._by_order(value)
            if isinstance(moment, int):
                return moment
            if moment.tzinfo is None:
                if self.zone is None:
                    raise NoZone
                moment = moment.replace(tzinfo=self.zone)
            return from_datetime(moment)
        except UnreadableDate:
            raise
        except (ValueError, OverflowError):
            raise UnreadableDate("no known way to write a date") from None

    def _by_order(self, value: str) -> datetime:
        found = _NUMBERS.fullmatch(value)
        if found is None:
            raise ValueError(value)
        if self.order is None and found["mark"] != ".":
            raise UnreadableDate("it may be read in several ways (see --dates)")
        return _numbers(found, self.order or Order.DAY_FIRST)


def detect_dates(values: Sequence[str], asked: Dates) -> Dates:
    """What the column's first values say together, with what was asked for over it.

    Raises `CannotTell` where they leave it open.
    """
    values = [" ".join(value.split()) for value in values]
    dates = asked if asked.pattern else Dates(asked.order or _order_of(values), asked.zone)
    for value in values:
        if _lacks_zone(value, dates):
            raise CannotTell(
                f"the times carry no zone ({value!r})",
                "--zone, such as --zone UTC or --zone Europe/Riga",
            )
    return dates


def _order_of(values: Sequence[str]) -> Order | None:
    """The one order that reads all that any order reads; None where nothing depends on it."""
    numbers = {value: found for value in values if (found := _NUMBERS.fullmatch(value))}
    read = {order: {v for v, found in numbers.items() if _may_be(found, order)} for order in Order}
    best = max(read, key=lambda order: len(read[order]))
    if not read[best]:
        return None
    rivals = [order for order in Order if order is not best and read[order]]
    odd = next((value for order in rivals for value in read[order] - read[best]), None)
    names = [f"--dates {order}" for order in (best, *rivals)]
    if odd is not None:
        rest = "with which the others are refused" if len(numbers) > 1 else ""
        raise CannotTell(f"the dates are not all {best}: {odd!r}", f"{' or '.join(names)}, {rest}")
    if any(read[order] == read[best] for order in rivals):
        example = min(read[best])
        raise CannotTell(f"the dates may be read in several ways: {example!r}", " or ".join(names))
    return best


def _may_be(found: re.Match[str], order: Order) -> bool:
    if found["mark"] == "." and order is not Order.DAY_FIRST:
        return False
    try:
        _numbers(found, order)
    except ValueError:
        return False
    return True


def _lacks_zone(value: str, dates: Dates) -> bool:
    try:
        dates.read(value)
    except NoZone:
        return True
    except UnreadableDate:
        return False
    return False


def by_shape(value: str) -> datetime | Instant | None:
    """What can be read in one way only; None where it is no such thing.

    Raises ``ValueError`` for the 31st of June.
    """
    if _EPOCH.fullmatch(value):
        return _epoch(float(value) if "." in value else int(value))
    for pattern in _NAMED:
        found = pattern.fullmatch(value)
        if found is not None:
            return _named(found)
    for reader, shape in _READERS:
        if shape.fullmatch(value):
            return reader(value)
    return None


_READERS: tuple[tuple[Callable[[str], datetime], re.Pattern[str]], ...] = (
    (datetime.fromisoformat, re.compile(r"\d{4}-?(?:\d\d-?\d\d|W).*")),
    (parsedate_to_datetime, _RFC_822),
)


def _epoch(ticks: float) -> Instant:
    factor = next(factor for least, factor in _TO_MICROSECONDS if abs(ticks) >= least)
    return Instant(int(ticks // -factor) if factor < 0 else int(ticks * factor))


def _named(found: re.Match[str]) -> datetime:
    parts = found.groupdict()
    month = int(parts["month"]) if "month" in parts else _month(parts["name"])
    return _at(found, int(found["year"]), month, int(found["day"]))


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _numbers(found: re.Match[str], order: Order) -> datetime:
    first, second, third = int(found["first"]), int(found["middle"]), int(found["last"])
    four_digits = len(found["last"]) == 4
    match order:
        case Order.DAY_FIRST:
            year, month, day = third, second, first
        case Order.MONTH_FIRST:
            year, month, day = third, first, second
        case Order.YEAR_FIRST if four_digits:
            raise ValueError(found[0])
        case Order.YEAR_FIRST:
            year, month, day = first, second, third
    return _at(found, year if four_digits else 2000 + year, month, day)


def _at(found: re.Match[str], year: int, month: int, day: int) -> datetime:
    part = (found["part"] or "0").ljust(6, "0")
    moment = datetime(  # noqa: DTZ001 - the zone is the column's, where the value has none
        year,
        month,
        day,
        _hour(int(found["hour"] or 0), (found["half"] or "").lower()),
        int(found["minute"] or 0),
        int(found["second"] or 0),
        int(part),
    )
    zone = found["zone"]
    return moment.replace(tzinfo=_zone(zone)) if zone else moment


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if half == "p" else 0)


def _zone(written: str) -> tzinfo:
    offset = re.sub(r"[A-Z: ]", "", written) or "+0000"
    found = datetime.strptime(offset, "%z").tzinfo
    return found or UTC
