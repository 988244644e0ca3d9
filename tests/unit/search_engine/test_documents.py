from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.time import Instant
from harken.search.cursor import Place, cursor_after, place_of
from harken.search.documents import admit
from harken.search.facets import ranked
from harken.search.fields import FieldType, check_names, fits
from harken.search.port import BadQuery, Query
from harken.search.sqlite_fts.values import decode, encode, needle
from harken.testing.conformance.search_index_samples import FIELDS, doc, query

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
PLACES = st.builds(Place, st.integers(-(2**63), 2**63 - 1).map(Instant), NAMES, NAMES)
KEYWORDS = st.lists(st.text(st.characters(exclude_characters="\x1f"))).map(tuple)


@given(PLACES)
def test_a_cursor_tells_its_place(place: Place) -> None:
    asked = query("parcel")
    cursor = cursor_after(place, asked)
    assert place_of(query("parcel", cursor=cursor)) == place
    with pytest.raises(BadQuery):
        place_of(query("parcels", cursor=cursor))


@given(st.text(max_size=80))
def test_any_other_text_is_no_cursor(text: str) -> None:
    if text:
        with pytest.raises(BadQuery):
            place_of(query(cursor=text))
    else:
        assert place_of(query(cursor=text)) is None


@given(PLACES, st.integers(0, 200), st.sampled_from("AZaz09-_=~ž"))
def test_a_changed_cursor_is_broken_or_still_a_place(place: Place, at: int, letter: str) -> None:
    cursor = cursor_after(place, Query(query().tenant, ("mention",)))
    at %= len(cursor)
    with suppress(BadQuery):
        assert isinstance(place_of(query(cursor=cursor[:at] + letter + cursor[at + 1 :])), Place)


@given(st.text(), st.text())
def test_texts_keep_their_length(text: str, language: str) -> None:
    admitted = admit(doc("a", text, language=language), FIELDS)
    assert admitted is not None
    assert len(admitted.text) == len(text)
    admitted.text.encode()
    assert admit(admitted, FIELDS) == admitted


@given(KEYWORDS)
def test_keywords_are_one_string_and_back(values: tuple[str, ...]) -> None:
    encoded = encode(values)
    assert decode(encoded, FieldType.KEYWORDS) == values
    assert all(needle(value) in str(encoded) for value in values)


@given(KEYWORDS, st.text(st.characters(exclude_characters="\x1f")))
def test_only_whole_keywords_are_found(values: tuple[str, ...], value: str) -> None:
    assert (needle(value) in str(encode(values))) == (value in values)


@pytest.mark.parametrize("name", ["", "Name", "a-b", "1a", "a b", "a" * 61, "ž", 'a"; --'])
def test_names_of_fields_are_plain_words(name: str) -> None:
    with pytest.raises(ValueError, match="field"):
        check_names({name: FieldType.FLAG})


def test_booleans_are_no_numbers() -> None:
    assert not fits(True, FieldType.WHOLE)
    assert not fits(True, FieldType.NUMBER)
    assert not fits(1, FieldType.FLAG)
    assert fits(1, FieldType.NUMBER)


def test_equally_frequent_values_keep_their_own_order() -> None:
    assert list(ranked({10: 1, 9: 1, 2: 5}, 3)) == ["2", "9", "10"]
    assert ranked({True: 1, False: 2}, 1) == {"false": 2}
