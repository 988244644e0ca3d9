"""Which documents an index takes, and in what shape."""

from __future__ import annotations

import re
from dataclasses import replace

from harken.search.fields import LARGEST, Fields, fits
from harken.search.port import Document, Value

LONGEST_ID = 400
"""Bytes of UTF-8 of a tenant, kind or id."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_SURROGATES_AND_SEPARATOR = re.compile("[\ud800-\udfff\x1f]")
_REPLACEMENT = "\ufffd"


def admit(document: Document, fields: Fields) -> Document | None:
    """The document as an index stores and returns it, or None where it must be refused.

    Refused: an undeclared field or a value not of its type; an empty, overlong or unencodable
    tenant, kind or id; a version or time beyond 64 bits. Halves of surrogate pairs, which no
    engine can store, become U+FFFD in texts and values (the length in code points stays); so
    does the unit separator in values. NUL and all else is kept.
    """
    if not all(is_name(part) for part in (document.tenant, document.kind, document.id)):
        return None
    if not 0 <= document.version <= LARGEST or abs(document.at) > LARGEST:
        return None
    if not all(name in fields and fits(v, fields[name]) for name, v in document.fields.items()):
        return None
    return replace(
        document,
        text=_SURROGATES.sub(_REPLACEMENT, document.text),
        language=_SURROGATES.sub(_REPLACEMENT, document.language),
        fields={name: _clean(value) for name, value in document.fields.items()},
    )


def clean_value(value: Value) -> Value:
    if isinstance(value, str):
        return _SURROGATES_AND_SEPARATOR.sub(_REPLACEMENT, value)
    return value


def _clean(value: Value | tuple[str, ...]) -> Value | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(_SURROGATES_AND_SEPARATOR.sub(_REPLACEMENT, each) for each in value)
    return clean_value(value)


def is_name(name: str) -> bool:
    """Can this be a tenant, a kind or an id?"""
    return 0 < len(name.encode("utf-8", "replace")) <= LONGEST_ID and not _SURROGATES.search(name)
