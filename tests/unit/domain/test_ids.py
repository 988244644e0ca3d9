"""Derived ids: equal parts, equal id; other parts, other id, whatever the parts hold."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from harken.domain.ids import derive

parts = st.lists(st.text(alphabet="a\x1b\x1f01") | st.text(max_size=5), max_size=3)


@given(parts, parts)
@example(["a\x1fb"], ["a", "b"])
@example(["a\x1b1b"], ["a\x1fb"])
@example(["a"], ["a", ""])
def test_ids_are_equal_exactly_where_the_parts_are(one: list[str], other: list[str]) -> None:
    assert (derive("thing", *one) == derive("thing", *other)) is (one == other)


def test_the_kind_is_part_of_it() -> None:
    assert derive("mention", "a") != derive("case", "a")


def test_an_id_is_the_same_for_ever() -> None:
    assert derive("mention", "aurora", "7") == "fade624b-1647-5ecc-8f2f-67805de57c61"
