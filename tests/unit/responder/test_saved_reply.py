"""Saved replies: variables, languages, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.testing import builders
from services.responder.domain.saved_reply import (
    SavedReply,
    choose_language,
    problems,
    render,
    variables,
)

SORRY = SavedReply(
    tenant=builders.TENANT,
    id="sorry",
    revision=1,
    name="Sorry",
    texts={
        "en": "Hello {{customer_name}}, parcel {{ parcel }} is on its way. {{agent_name}}",
        "pl": "Dzień dobry, paczka {{parcel}} jest w drodze.",
    },
    fallback=("pl",),
    asked=("parcel",),
)


def test_variables_are_filled_in_once_and_as_they_are() -> None:
    values = {"customer_name": "<b>Ola</b>", "parcel": "{{agent_name}}", "agent_name": "Ida"}
    rendered = render(SORRY, "en", values)
    assert rendered.text == "Hello <b>Ola</b>, parcel {{agent_name}} is on its way. Ida"
    assert rendered.missing == ()


def test_what_has_no_value_is_named() -> None:
    assert render(SORRY, "pl", {"parcel": ""}).missing == ("parcel",)


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("en", "en"), ("en-GB", "en"), ("cs", "pl"), ("", "pl")],
)
def test_languages_fall_back_in_order(wanted: str, chosen: str) -> None:
    assert choose_language(SORRY, wanted) == chosen


def test_without_a_fallback_the_first_language_is_taken() -> None:
    assert choose_language(replace(SORRY, fallback=()), "lv") == "en"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"texts": {}}, "at least"),
        ({"texts": {"en": "Hello {{nobody}}"}}, "unknown variable: nobody"),
        ({"texts": {"en": "Hello {{"}}, "hold no variable"),
        ({"texts": {"en": "Hello {{Customer Name}}"}}, "hold no variable"),
        ({"texts": {"EN_us": "Hello"}}, "no language code"),
        ({"fallback": ("lv",)}, "falls back to 'lv'"),
        ({"asked": ("parcel", "Order No")}, "cannot be a variable"),
        ({"asked": ("parcel", "agent_name")}, "filled in by Harken"),
    ],
)
def test_what_cannot_be_kept(changes: dict[str, object], word: str) -> None:
    changed = replace(SORRY, **changes)  # type: ignore[arg-type] # one field at a time
    assert any(word in problem for problem in problems(changed))


def test_what_can_be_kept() -> None:
    assert problems(SORRY) == ()


@given(st.text(), st.dictionaries(st.sampled_from(["customer_name", "parcel"]), st.text()))
def test_any_text_that_is_kept_can_be_filled_in(text: str, values: dict[str, str]) -> None:
    saved = replace(SORRY, texts={"en": text}, fallback=())
    if not problems(saved):
        rendered = render(saved, "en", values)
        assert set(rendered.missing) == {v for v in variables(text) if not values.get(v)}
