"""docs/trackers.md says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.ingest.tracking import QueryError, check_query
from tests.unit.ingest_tracking.test_matching import hears

GUIDE = (Path(__file__).parents[3] / "docs" / "trackers.md").read_text(encoding="utf-8")
EXAMPLES = [
    line for block in re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()
]
ERRORS = re.findall(r"^\| `(.+?)` \| (.+) \|$", GUIDE.partition("not understood")[2], re.MULTILINE)


@pytest.mark.parametrize("query", EXAMPLES)
def test_its_examples_are_queries(query: str) -> None:
    check_query(query)


@pytest.mark.parametrize(("query", "told"), ERRORS)
def test_its_errors_are_told_so(query: str, told: str) -> None:
    place, problem = re.fullmatch(r"(?:at `(.+?)`: )?(.+)", told).groups()  # type: ignore[union-attr]
    with pytest.raises(QueryError) as raised:
        check_query(query)
    error = raised.value
    assert all(part.strip() in error.problem for part in problem.split("…"))
    if place:
        assert query[error.position : error.position + error.length] == place


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kettle", "kettle, Kettles, #kettle, @kettle, kettle's"),
        ('~"obsługa klienta"', "obsługi klienta, obsługą klientów"),
        ("e-mail", "e-mail, E-mails, e mail"),
        ("kettl*", "kettle, kettledrum"),
        ("東京", "東京タワー"),
        ("zolty", "żółty"),
        ("żółty", "zolty"),
        ("#Brivanta*", "#BrivantaSale"),
    ],
)
def test_it_says_what_is_found(query: str, found: str) -> None:
    for text in found.split(", "):
        assert hears(query, text, "pl" if "ł" in query else "en"), text


def test_it_says_what_is_not_found() -> None:
    assert not hears("kettle", "kettledrum")
    assert not hears('"hot water"', "water is hot, hot waters")
    assert not hears('~"obsługa klienta"', "klienta obsługa", "pl")
    assert not hears("konvice", "konvic", "cs")
    assert not hears("sale", "https://shop.example/sale")
    assert hears("konvice", "konvici", "sk"), "Slovak is read as Czech"
    assert not hears("kettle", "kettles", "de")
