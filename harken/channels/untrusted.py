"""What strangers send: read without ever raising anything but `ValueError`."""

from __future__ import annotations

import json
import re
from typing import Annotated, NoReturn

import msgspec

from harken.domain.time import Instant, parse_rfc3339

MAX_TEXT = 65_536
"""Code points of one mention's text; longer ones are dead-lettered, not cut."""

Identifier = Annotated[
    str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\A[^\x00-\x1f\x7f]+\Z")
]
"""A network's own id: opaque, never compared as a number, without control characters."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile(r"\r\n?")
_DAY = 86_400_000_000


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def read_json(payload: bytes) -> object:
    """Raises ``ValueError`` for whatever is no JSON, however deep or long."""
    try:
        value: object = json.loads(payload, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def as_bytes(entry: object) -> bytes:
    """The entry as JSON again, for the dead-letter topic: plain ASCII, whatever it holds."""
    return json.dumps(entry).encode()


def refuse_surrogates(entry: object) -> None:
    """JSON can say half a character (a lone surrogate), which nothing behind us can store."""
    try:
        json.dumps(entry, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character (a lone surrogate)") from None


def clean(text: str) -> str:
    """The text without control characters other than tab and newline."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text)).strip()


def bounded_text(text: str) -> str:
    """Raises ``ValueError`` for a text over `MAX_TEXT`."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text is longer than {MAX_TEXT:,} characters")
    return clean(text)


def past_instant(text: str, received_at: Instant) -> Instant:
    """An RFC 3339 time since 1970. One up to a day ahead (clocks differ) counts as
    ``received_at``; raises ``ValueError`` for a later one, and for what is no time.
    """
    try:
        instant = parse_rfc3339(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not an RFC 3339 time with a zone") from None
    if not 0 <= instant <= received_at + _DAY:
        raise ValueError(f"{text[:40]!r} lies before 1970 or in the future")
    return min(instant, received_at)
