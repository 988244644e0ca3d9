from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.mention import Mention
from harken.domain.severity import SeverityClass
from harken.store.body import decode, encode
from harken.testing.strategies import MENTIONS


@dataclass(frozen=True, slots=True)
class Draft:
    text: str
    state: SeverityClass = SeverityClass.LOW
    notes: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)


@given(
    st.builds(
        Draft,
        text=st.text(st.characters(exclude_categories=["Cs"])),
        state=st.sampled_from(SeverityClass),
        notes=st.lists(st.just("ąж🙂")).map(tuple),
        counts=st.dictionaries(st.sampled_from("ab"), st.integers(-(2**63), 2**63 - 1)),
    )
)
def test_what_was_encoded_is_decoded(draft: Draft) -> None:
    assert decode(encode(draft), Draft) == draft


@given(MENTIONS.filter(lambda mention: isfinite(mention.language_certainty)))
def test_a_mention_survives(mention: Mention) -> None:
    assert decode(encode(mention), Mention) == mention


def test_collections_of_dataclasses_are_kinds_too() -> None:
    drafts = (Draft("a"), Draft("b"))
    assert decode(encode(drafts), tuple[Draft, ...]) == drafts


def test_bodies_of_older_and_newer_programs_are_read() -> None:
    assert decode('{"text": "a"}', Draft) == Draft("a")
    assert decode('{"text": "a", "colour": "red"}', Draft) == Draft("a")


@pytest.mark.parametrize("text", ["{}", '{"text": 1}', '{"text": "a", "state": "no"}', "[]"])
def test_other_shapes_are_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(text, Draft)


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError):
        encode(object())
