"""The engine against the plain model, the parser against the printer, and against anything."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.mention import Mention
from services.ingest.domain.tracking import Expression, parse, print_query
from services.ingest.tracking import QueryError, TrackerIndex, check_query
from services.ingest.tracking.words import Lexicon
from tests.unit.ingest_tracking.model import matching
from tests.unit.ingest_tracking.strategies import EXPRESSIONS, MARKS, WRITTEN, mentions


@given(EXPRESSIONS)
def test_a_printed_query_is_read_as_the_same(expression: Expression) -> None:
    assert parse(print_query(expression), Lexicon()) == expression


@given(st.lists(EXPRESSIONS, min_size=1, max_size=6), st.lists(mentions(), min_size=1, max_size=4))
def test_an_index_answers_as_each_query_alone(
    expressions: list[Expression], said: list[Mention]
) -> None:
    by_id = {f"t{number}": each for number, each in enumerate(expressions)}
    index = TrackerIndex({tracker: print_query(each) for tracker, each in by_id.items()})
    for each in said:
        assert index.match(each) == matching(by_id, each)


_OPERATORS = ("AND", "OR", "NOT", "NEAR", "NEAR/3", "near/", "and")
_BEGINNINGS = ("lang:", "url:", "author:", "domain:www.", "network:", "site:", "x:", "https://")
_PIECES = st.sampled_from([*WRITTEN, *MARKS, *_OPERATORS, *_BEGINNINGS, *'  ()-–=~*"“:/'])


@settings(max_examples=500)
@given(st.text(max_size=30) | st.lists(_PIECES, max_size=20).map("".join))
def test_any_string_is_a_query_or_has_an_error_within(query: str) -> None:
    error = error_of(query)
    if error is None:
        expression = parse(query, Lexicon())
        assert parse(print_query(expression), Lexicon()) == expression
    else:
        assert error.problem.endswith(".")
        assert 0 <= error.position <= len(query)
        assert 0 < error.length <= len(query) - error.position or not query


def error_of(query: str) -> QueryError | None:
    try:
        check_query(query)
    except QueryError as error:
        return error
    return None
