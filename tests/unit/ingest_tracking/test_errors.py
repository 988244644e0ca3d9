"""A query that can't be read says what is wrong, where, in words for those who write it."""

from __future__ import annotations

import pytest

from services.ingest.tracking import QueryError, TrackerIndex, check_query


@pytest.mark.parametrize(
    ("query", "meant", "problem"),
    [
        ("", "", "is empty"),
        ("  ", "  ", "is empty"),
        ("-job", "-job", "only excludes"),
        ("NOT NOT job", "NOT NOT job", "only excludes"),
        ("kettle OR -job", "-job", "only excludes"),
        ("kettle OR (-job -offer)", "(-job -offer)", "only excludes"),
        ("NOT job OR kettle", "NOT job", "only excludes"),
        ("(kettle", "(", "never closed"),
        ("kettle (", "(", "never closed"),
        ("kettle)", ")", "closes nothing"),
        (")", ")", "closes nothing"),
        ("kettle ()", "()", "nothing in these brackets"),
        ("kettle OR", "OR", "After OR"),
        ("kettle AND OR tea", "AND", "After AND"),
        ("OR kettle", "OR", "Before OR"),
        ("(AND kettle)", "AND", "Before AND"),
        ("kettle NOT", "NOT", "After NOT"),
        ("kettle OR tea cup", "cup", "mixed"),
        ("kettle tea OR cup", "OR", "mixed"),
        ("kettle OR tea -cup", "-", "mixed"),
        ("kettle and tea", "and", "capitals"),
        ("kettle near/5 tea", "near/5", "capitals"),
        ("kettle NEAR tea", "NEAR", "NEAR/5"),
        ("kettle NEAR/500 tea", "NEAR/500", "0 to 100"),
        ("kettle NEAR/5", "NEAR/5", "After NEAR"),
        ("kettle NEAR/5 (hot tea)", "(hot tea)", "NEAR joins words"),
        ("lang:pl NEAR/5 tea", "lang:pl", "NEAR joins words"),
        ("a NEAR/1 b NEAR/1 c", "NEAR/1", "NEAR joins two"),
        ('kettle "tea', '"', "no partner"),
        ("kettle - tea", "-", "right before"),
        ("kettle ...", "...", "no word"),
        ('kettle ""', '""', "no word"),
        ("ke*tle", "*", "at the end"),
        ("ke*", "ke*", "at least 3 letters"),
        ("#2026", "#2026", "no hashtag"),
        ("@", "@", "no handle"),
        ("langauge:pl", "langauge:pl", "no filter “langauge:”"),
        ("lang:polish", "lang:polish", "lang:pl"),
        ("lang:(pl OR cs)", "lang:", "lang:pl"),
        ("domain:shop.example/sale", "domain:shop.example/sale", "a host"),
        ("https://shop.example/sale", "https://shop.example/sale", "url:shop.example/sale"),
        ("(" * 31 + "kettle" + ")" * 31, "(", "nested deeper"),
        ("-" * 40 + "kettle", "-", "nested deeper"),
        ("kettle " * 301, "kettle", "at most 300"),
        ("k" * 5001, "k", "at most 5,000"),
    ],
)
def test_an_error_points_at_the_place(query: str, meant: str, problem: str) -> None:
    with pytest.raises(QueryError) as raised:
        check_query(query)
    error = raised.value
    assert problem in error.problem
    assert query[error.position : error.position + error.length] == meant


def test_an_index_names_the_tracker() -> None:
    with pytest.raises(QueryError) as raised:
        TrackerIndex({"good": "kettle", "bad": "kettle OR"})
    assert raised.value.tracker == "bad"
