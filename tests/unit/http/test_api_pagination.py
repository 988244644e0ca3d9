from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.http.pagination import (
    Cursor,
    Page,
    PageRequest,
    decode_cursor,
    encode_cursor,
    page,
)
from harken.http.problem import Problem
from harken.testing.api import Api, bearer


class ByTime(Cursor, frozen=True):
    at: int
    id: str


class ByName(Cursor, frozen=True):
    name: str
    id: str


STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(st.integers(-(2**63), 2**63 - 1), STORABLE)
def test_a_cursor_comes_back_as_it_went(at: int, name: str) -> None:
    assert decode_cursor(encode_cursor(ByTime(at, name)), ByTime) == ByTime(at, name)


def _raw(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(
    st.one_of(
        st.text(),
        st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            st.lists,
        ).map(_raw),
    )
)
def test_whatever_else_is_refused_as_a_problem(text: str) -> None:
    with pytest.raises(Problem) as refused:
        decode_cursor(text, ByTime)
    assert (refused.value.status, refused.value.kind) == (422, "invalid-cursor")


@pytest.mark.parametrize(
    "value",
    [["ByName", "a", "b"], ["ByTime", 2**63, "b"], ["ByTime", 1, "a\0"], ["ByTime", 1, "a", 2]],
)
def test_a_cursor_of_another_list_or_out_of_range_is_refused(value: object) -> None:
    with pytest.raises(Problem):
        decode_cursor(_raw(value), ByTime)


@given(st.lists(st.integers(0, 1_000), unique=True), st.integers(1, 7))
def test_pages_show_every_row_once_and_end(numbers: list[int], limit: int) -> None:
    ordered = sorted(numbers)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        asked = PageRequest(limit, cursor)
        after = asked.after(ByTime)
        left = [n for n in ordered if after is None or n > after.at]
        shown: Page[int] = page(left[: limit + 1], asked, int, lambda n: ByTime(n, ""))
        assert len(shown.items) <= limit
        seen += shown.items
        cursor = shown.next_cursor
        if cursor is None:
            break
    assert seen == ordered


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=aa"])
async def test_bounds_and_broken_cursors_are_422(api: Api, query: str) -> None:
    answer = await api.client.get(f"/v1/notes?{query}", headers=bearer(api.admin))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
