"""The fields that documents may have and queries may ask for: declared once, for every engine."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import StrEnum

from harken.search.port import BadQuery, Filter


class FieldType(StrEnum):
    KEYWORD = "keyword"
    """One string, compared by code points."""
    KEYWORDS = "keywords"
    """Any number of strings, as a tuple; it has no order, so no bounds."""
    WHOLE = "whole"
    """An integer of 64 bits."""
    NUMBER = "number"
    """A finite float (integers are taken too); too fine for facets."""
    FLAG = "flag"


Fields = Mapping[str, FieldType]
"""By name. Fields may be added later, their types never change."""

LONGEST_KEYWORD = 8_000
"""Code points; four bytes each stay below what every engine takes."""
MOST_VALUES = 1_000
"""Of one field of a document, and of one filter."""
LARGEST = 2**63 - 1

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ORDERED = (FieldType.KEYWORD, FieldType.WHOLE, FieldType.NUMBER)


def check_names(fields: Fields) -> None:
    """Raises ``ValueError`` for a name that isn't lower-case letters, digits and underscores."""
    for name in fields:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name for a field")


def fits(value: object, type_: FieldType) -> bool:
    """Is this a value of a document's field of this type?"""
    if type_ is FieldType.KEYWORDS:
        return (
            isinstance(value, tuple)
            and len(value) <= MOST_VALUES
            and all(_one_fits(each, FieldType.KEYWORD) for each in value)
        )
    return _one_fits(value, type_)


def _one_fits(value: object, type_: FieldType) -> bool:
    match type_:
        case FieldType.FLAG:
            return isinstance(value, bool)
        case FieldType.WHOLE:
            return _is_whole(value)
        case FieldType.NUMBER:
            return _is_whole(value) or (isinstance(value, float) and math.isfinite(value))
        case FieldType.KEYWORD | FieldType.KEYWORDS:
            return isinstance(value, str) and len(value) <= LONGEST_KEYWORD


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def check_filter(filter_: Filter, fields: Fields) -> FieldType:
    """The type of the field that is asked for. Raises `BadQuery`."""
    type_ = fields.get(filter_.field)
    if type_ is None:
        raise BadQuery(f"there is no field {filter_.field!r}")
    bounds = [bound for bound in (filter_.at_least, filter_.below) if bound is not None]
    if bounds and type_ not in _ORDERED:
        raise BadQuery(f"the field {filter_.field!r} has no order, so no bounds")
    if len(filter_.values) > MOST_VALUES:
        raise BadQuery(f"a filter has at most {MOST_VALUES} values")
    for value in (*filter_.values, *bounds):
        if not _one_fits(value, type_):
            raise BadQuery(f"{value!r} is no value of the field {filter_.field!r} ({type_})")
    return type_


def check_facet(field: str, fields: Fields) -> None:
    """Raises `BadQuery`."""
    if field not in fields:
        raise BadQuery(f"there is no field {field!r}")
    if fields[field] is FieldType.NUMBER:
        raise BadQuery(f"the field {field!r} is too fine to count its values")
