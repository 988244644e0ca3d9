"""Field values as columns hold them: several keywords are one string between separators."""

from __future__ import annotations

from harken.search.fields import FieldType
from harken.search.port import Value

SEPARATOR = "\x1f"
"""`harken.search.documents.admit` leaves none in a value."""
NO_KEYWORDS = SEPARATOR

Column = str | int | float | None


def encode(value: Value | tuple[str, ...] | None) -> Column:
    if isinstance(value, tuple):
        return "".join(SEPARATOR + each for each in value) + SEPARATOR
    return value


def decode(column: Column, type_: FieldType) -> Value | tuple[str, ...] | None:
    if type_ is FieldType.KEYWORDS and isinstance(column, str):
        return tuple(column[1:-1].split(SEPARATOR)) if column != NO_KEYWORDS else ()
    if type_ is FieldType.FLAG and column is not None:
        return bool(column)
    return column


def needle(value: Value) -> str:
    """What an encoded tuple contains if ``value`` is in it."""
    return f"{SEPARATOR}{value}{SEPARATOR}"
