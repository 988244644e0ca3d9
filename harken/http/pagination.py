"""Pages with opaque cursors.

    class CaseCursor(Cursor, frozen=True):       # what the order is made of
        updated_at: int
        id: str

    @router.get("/v1/cases")
    async def cases(caller: Caller, paging: Paging) -> Page[CaseAnswer]:
        after = paging.after(CaseCursor)         # None on the first page
        rows = ...                               # ordered, one more than the limit:
                                                 #   .limit(paging.limit + 1)
        return page(rows, paging, answer_of, lambda row: CaseCursor(row.updated_at, row.id))

Cursors are not signed: they name a place in the caller's own order and are checked like any input.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

import msgspec
from fastapi import Depends, Query
from pydantic import Field

from harken.http.models import ApiModel
from harken.http.problem import Problem

T = TypeVar("T")
R = TypeVar("R")
C = TypeVar("C", bound="Cursor")

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 200
LONGEST_CURSOR = 1_000

_INT64 = 2**63


class Cursor(msgspec.Struct, frozen=True, array_like=True, tag=True, forbid_unknown_fields=True):
    """Base of the services' cursors: whole numbers and strings. The class name is part of it."""


class Page(ApiModel, Generic[T]):
    """One page; ``next_cursor`` is null on the last one."""

    items: list[T]
    next_cursor: str | None = Field(
        None, description="Send it as `cursor` for the next page; null where nothing follows."
    )


def bad_cursor() -> Problem:
    return Problem(
        422,
        "invalid-cursor",
        "Unusable cursor",
        "This is no cursor of this list: send `next_cursor` of a page as it came, or none.",
    )


def encode_cursor(cursor: Cursor) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def decode_cursor(text: str, kind: type[C]) -> C:
    """Raises the problem 422 ``invalid-cursor`` for whatever `encode_cursor` never gave."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        cursor = msgspec.json.decode(raw, type=kind)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if not all(map(_storable, msgspec.structs.astuple(cursor))):
        raise bad_cursor()
    return cursor


@dataclass(frozen=True, slots=True)
class PageRequest:
    limit: int
    cursor: str | None

    def after(self, kind: type[C]) -> C | None:
        """Where the last page ended; None for the first page. Raises as `decode_cursor`."""
        return None if self.cursor is None else decode_cursor(self.cursor, kind)


async def page_request(
    limit: Annotated[
        int, Query(ge=1, le=LARGEST_LIMIT, description="How many items one page may hold.")
    ] = DEFAULT_LIMIT,
    cursor: Annotated[
        str | None,
        Query(
            max_length=LONGEST_CURSOR,
            description="`next_cursor` of the page before; none for the first page.",
        ),
    ] = None,
) -> PageRequest:
    return PageRequest(limit, cursor)


Paging = Annotated[PageRequest, Depends(page_request)]
"""Declares the parameters ``limit`` and ``cursor``."""


def page(
    rows: Sequence[R],
    asked: PageRequest,
    item: Callable[[R], T],
    cursor: Callable[[R], Cursor],
) -> Page[T]:
    """``rows`` are up to ``asked.limit + 1``: the one too many only says that more follows."""
    shown = rows[: asked.limit]
    more = encode_cursor(cursor(shown[-1])) if len(rows) > len(shown) else None
    return Page(items=[item(row) for row in shown], next_cursor=more)


def _storable(part: object) -> bool:
    """What both stores can compare with: no number of more than 64 bits, no NUL."""
    if isinstance(part, int):
        return -_INT64 <= part < _INT64
    return not isinstance(part, str) or "\0" not in part
