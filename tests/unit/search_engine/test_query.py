from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harken.search.analysis import Parsed, Term, analyse, highlights, matches, parse
from harken.search.analysis.query import LONGEST_QUERY, MOST_TERMS
from harken.search.port import BadQuery


def word(own: str, *stems: str) -> Term:
    return Term((own,), stems)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("", [], []),
        ("  \n", [], []),
        ("Parcels", [word("parcels", "en:parcel")], []),
        ("two parcels", [word("two", "en:two"), word("parcels", "en:parcel")], []),
        ("parcel parcel", [word("parcel", "en:parcel")], []),
        ("-parcel", [], [word("parcel", "en:parcel")]),
        ("--parcel", [], [word("parcel", "en:parcel")]),
        ('"Two Parcels"', [Term(("two", "parcels"))], []),
        ("„two parcels“", [Term(("two", "parcels"))], []),
        ("«two» “parcels”", [Term(("two",)), Term(("parcels",))], []),
        ('-"two parcels"', [], [Term(("two", "parcels"))]),
        ('a"b c"d', [word("a", "en:a"), Term(("b", "c")), word("d", "en:d")], []),
        ("e-mail", [Term(("e", "mail"))], []),
        ("12.50", [Term(("12", "50"))], []),
        ("2026", [word("2026")], []),
        ("https://www.shop.example/", [Term(("shop", "example"))], []),
        ("#Tag", [Term(keys=("#tag",))], []),
        ("-#Tag", [], [Term(keys=("#tag",))]),
        ("@a@b.example", [Term(keys=("@a@b.example",))], []),
        ('"see #tag"', [Term(keys=("#tag",)), Term(("see",))], []),
        ("#tag,word", [Term(keys=("#tag",)), word("word", "en:word")], []),
        ("👍🏽", [word("👍")], []),
        ("... parcel !!!", [word("parcel", "en:parcel")], []),
    ],
)
def test_parts_of_a_query(text: str, wanted: list[Term], unwanted: list[Term]) -> None:
    assert parse(text, "en") == Parsed(tuple(wanted), tuple(unwanted))


def test_without_a_language_every_language_is_tried() -> None:
    (term,) = parse("parcels", "").wanted
    assert {key.partition(":")[0] for key in term.keys} == {"en", "pl", "cs", "ru", "lv"}
    assert parse("parcels", "de").wanted == (word("parcels"),)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        'a "b" c"',
        "“",
        "!!!",
        '""',
        "-",
        "x" * (LONGEST_QUERY + 1),
        " ".join(f"w{n}" for n in range(MOST_TERMS + 1)),
    ],
)
def test_bad_queries(text: str) -> None:
    with pytest.raises(BadQuery):
        parse(text, "en")


@given(st.text(max_size=200), st.sampled_from(["", "en", "lv", "de", "\ud800"]))
def test_any_text_is_a_query_or_a_bad_one(text: str, language: str) -> None:
    try:
        parsed = parse(text, language)
    except BadQuery:
        return
    for term in (*parsed.wanted, *parsed.unwanted):
        assert term.words or term.keys


@given(st.text(st.characters(exclude_characters='"“”„‟«»＂'), min_size=1, max_size=60))
@example("0#¹:0")
def test_a_text_is_found_by_itself(text: str) -> None:
    try:
        parsed = parse(f'"{text}"', "")
    except BadQuery:
        return
    analysed = analyse(text, "")
    assert matches(analysed, parsed)
    assert highlights(analysed, parsed.wanted)


def test_highlights_do_not_overlap() -> None:
    text = "customer service, #service"
    analysed = analyse(text, "en")
    terms = parse('"customer service" service #service', "en").wanted
    assert [text[a:b] for a, b in highlights(analysed, terms)] == ["customer service", "#service"]
