"""Dates as feeds write them: RFC 3339 and RFC 822 more or less, numbers, and months in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from harken.domain.time import Instant, from_datetime, seconds


@dataclass(frozen=True, slots=True)
class Written:
    """``whole_day``: only the day is told, and ``at`` is its beginning in UTC."""

    at: Instant
    whole_day: bool = False


# By their beginnings without accents: English, German, Polish, Czech, Slovak, Latvian, Russian.
_MONTHS: dict[str, int] = {
    name: month
    for month, names in enumerate(
        (
            "jan led sty янв",
            "feb uno lut фев",
            "mar bre мар",
            "apr dub kwi апр",
            "may mai maj kve мая май",
            "jun cerven cervn cze июн",
            "jul cervenec cervenc lip июл",
            "aug srp sie авг",
            "sep zar wrz сен",
            "oct okt rij paz окт",
            "nov lis ноя",
            "dec dez pro gru дек",
        ),
        start=1,
    )
    for name in names.split()
}
_BARE = str.maketrans("áčéěíóřšúůýžźńąęśćäöüāēīūņļķģ", "aceeiorsuuyzznaescaouaeiunlkg")
_BY_LENGTH = sorted(_MONTHS, key=len, reverse=True)

# Zones that parsedate_tz does not know, in hours east of Greenwich.
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2,
    "mez": 1, "mesz": 2, "eet": 2, "eest": 3, "msk": 3, "мск": 3, "est": -5, "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip

_ISO_DAY = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z")
_ISO = re.compile(
    r"\A(\d{4}-\d{2}-\d{2})[T\s_]+(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s*(.*)\Z",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\A(\d{9,10})(\d{3})?(?:\.\d+)?\Z")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?:[.,]\d+)?\s*([ap]\.?m\.?)?", re.IGNORECASE
)
_DAY_MONTH_YEAR = re.compile(
    r"(?<!\d)(\d{1,2})\.?[\s-]+([^\W\d_]+)\.?,?[\s-]+(\d{4}|\d{2})(?!\d|:)"
)
_MONTH_DAY_YEAR = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)")
_YEAR_DAY_MONTH = re.compile(
    r"(\d{4})\.?\s*(?:gada|g\.)\s+(\d{1,2})\.?\s+([^\W\d_]+)", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./])\s?(\d{1,2})\2\s?(\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)")


def read_date(text: str) -> Written | None:
    """None for what is no date, and for dates before 1970. A time without a zone counts as UTC."""
    told = " ".join(text.split())[:100]
    for reading in _READINGS:
        try:
            found = reading(told)
        except (ValueError, OverflowError):
            continue
        if found is not None:
            return found if found.at > 0 else None
    return None


def _iso(text: str) -> Written | None:
    if _ISO_DAY.match(text):
        return Written(from_datetime(datetime.fromisoformat(text).replace(tzinfo=UTC)), True)
    parts = _ISO.match(text)
    if parts is None:
        return None
    day, clock, fraction, zone = parts.groups()
    hour, _, rest = clock.partition(":")
    local = datetime.fromisoformat(f"{day}T{int(hour):02}:{rest}").replace(tzinfo=UTC)
    local += timedelta(microseconds=int((fraction or "0").ljust(6, "0")[:6]))
    return Written(from_datetime(local - _zone(zone)))


def _epoch(text: str) -> Written | None:
    """Seconds or milliseconds since 1970."""
    found = _EPOCH.match(text)
    return None if found is None else Written(Instant(seconds(int(found[1]))))


def _rfc822(text: str) -> Written | None:
    """Only where the zone is a number: names are read below, by our own table."""
    found = parsedate_tz(text)
    if found is None or found[9] is None or not re.search(r"[+-]\d{4}\s*(?:\(|\Z)", text):
        return None
    local = datetime(*found[:6], tzinfo=UTC)
    return Written(from_datetime(local - timedelta(seconds=found[9])))


def _in_words(text: str) -> Written | None:
    for pattern, places in (
        (_YEAR_DAY_MONTH, (1, 3, 2)),
        (_DAY_MONTH_YEAR, (3, 2, 1)),
        (_MONTH_DAY_YEAR, (3, 1, 2)),
    ):
        if (found := pattern.search(text)) and (month := _month(found[places[1]])):
            return _at(_year(found[places[0]]), month, int(found[places[2]]), text, found.span())
    return None


def _in_numbers(text: str) -> Written | None:
    """Day before month, but for what can only be American."""
    if found := _YEAR_FIRST.search(text):
        return _at(int(found[1]), int(found[2]), int(found[3]), text, found.span())
    if found := _NUMBERS.search(text):
        day, month = int(found[1]), int(found[3])
        if month > 12:
            day, month = month, day
        return _at(int(found[4]), month, day, text, found.span())
    return None


def _at(year: int, month: int, day: int, text: str, span: tuple[int, int]) -> Written:
    midnight = datetime(year, month, day, tzinfo=UTC)
    rest = f"{text[: span[0]]} {text[span[1] :]}"
    clock = _CLOCK.search(rest)
    if clock is None:
        return Written(from_datetime(midnight), True)
    hour = int(clock[1])
    if half := (clock[4] or "").lower():
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    local = midnight.replace(hour=hour, minute=int(clock[2]), second=min(int(clock[3] or 0), 59))
    return Written(from_datetime(local - _zone(rest[clock.end() :])))


def _zone(text: str) -> timedelta:
    """East of Greenwich; none where nothing is told or known."""
    if found := _OFFSET.search(text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return -offset if found[1] == "-" else offset
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        if word in _ZONES:
            return timedelta(hours=_ZONES[word])
    return timedelta(0)


def _month(word: str) -> int:
    """0 for what is no month."""
    plain = word.lower().translate(_BARE)
    return next((_MONTHS[name] for name in _BY_LENGTH if plain.startswith(name)), 0)


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


_READINGS: tuple[Callable[[str], Written | None], ...] = (
    _iso,
    _epoch,
    _rfc822,
    _in_words,
    _in_numbers,
)
