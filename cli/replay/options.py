"""What a person says on the command line, as the modules want it. Raises `CannotReplay`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from cli.replay.dates import Dates, Order
from cli.replay.mapping import FIELDS
from cli.replay.pace import Pace
from cli.replay.problems import CannotReplay

_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
_RATE = re.compile(r"(\d+(?:\.\d+)?)(?:/(s|m|h))?")
_SECONDS = {None: 1, "s": 1, "m": 60, "h": 3_600}


def read_pairs(option: str, written: Sequence[str]) -> Mapping[str, str]:
    """``field=value`` each."""
    pairs = dict(one.partition("=")[::2] for one in written)
    for name, one in zip(pairs, written, strict=False):
        if name not in FIELDS or "=" not in one:
            raise CannotReplay(
                f"{option} {one}: write FIELD=…, where FIELD is one of {', '.join(FIELDS)}"
            )
    return pairs


def read_dates(dates: str, zone: str) -> Dates:
    known = _zone(zone)
    if "%" in dates:
        return Dates(zone=known, pattern=dates)
    if dates and dates not in list(Order):
        raise CannotReplay(f"--dates {dates}: write {', '.join(Order)} or a pattern with %")
    return Dates(Order(dates) if dates else None, known)


def read_pace(speed: float, rate: str) -> Pace:
    if not rate:
        return Pace(speed=speed)
    found = _RATE.fullmatch(rate.strip())
    if found is None or not float(found[1]):
        raise CannotReplay(f"--rate {rate}: write it as 200/s, 1000/m or 5000/h")
    if speed:
        raise CannotReplay("--speed and --rate exclude each other")
    return Pace(rate=float(found[1]) / _SECONDS[found[2]])


def read_delimiter(written: str) -> str:
    delimiter = _DELIMITERS.get(written, written)
    if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
        raise CannotReplay(f"--delimiter {written}: write {', '.join(_DELIMITERS)} or a character")
    return delimiter


def _zone(written: str) -> tzinfo | None:
    if not written:
        return None
    if written.upper() in ("UTC", "GMT", "Z"):
        return UTC
    try:
        return ZoneInfo(written)
    except (KeyError, ValueError, OSError):
        raise CannotReplay(f"--zone {written}: there is no such zone") from None
