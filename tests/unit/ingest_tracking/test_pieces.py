"""A text read piece by piece is the text as read at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.tracking.heard import Span
from services.ingest.tracking.links import links
from services.ingest.tracking.pieces import _ONE_WORD
from services.ingest.tracking.text import read_text
from tests.unit.ingest_tracking.strategies import TEXTS

_SIGNS = "#@＃＠.,:;!?'’\"«»„“”()[]{}<>/\\-_…*+=%&"
_ANY = st.text(
    st.characters() | st.sampled_from(f"{_SIGNS} \t\n\u00a0\u2028\u200b\u00ad\u0301aAžж7東🔥")
)


@given(TEXTS | _ANY)
def test_nothing_but_phrases_reaches_over_a_blank(text: str) -> None:
    words: list[str] = []
    marks: list[tuple[str, Span]] = []
    found: list[str] = []
    for piece in text.split():
        read = read_text(piece)
        marks += [
            (mark, (start + len(words), end + len(words))) for mark, (start, end) in read.marks
        ]
        words += read.words
        found += links(piece)
    whole = read_text(text)
    assert (words, marks) == (whole.words, whole.marks)
    assert sorted(found) == sorted(links(text))


@given(st.from_regex(_ONE_WORD, fullmatch=True))
def test_what_looks_like_one_word_is_one(written: str) -> None:
    one = _ONE_WORD.fullmatch(written)
    assert one is not None
    text = read_text(written)
    assert (text.words, text.marks, links(written)) == ([one[1]], [], [])
