from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.sse import MAX_EVENT, EventParser, ServerEvent

TOLD = (
    b':)\nevent: update\ndata: {"id": 1}\n\n:thump\n:thump\nevent: delete\r\ndata:2\r\n\r\n'
    b"id: 7\nretry: 9\n\ndata: one\ndata: two\n\nevent: nothing\n\nevent: cut\ndata: off"
)
EVENTS = [
    ServerEvent("update", '{"id": 1}'),
    ServerEvent("delete", "2"),
    ServerEvent("message", "one\ntwo"),
]


def read(chunks: list[bytes]) -> list[ServerEvent]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_events_are_told_from_heartbeats_and_from_what_is_cut_off() -> None:
    assert read([TOLD]) == EVENTS


@given(st.lists(st.integers(0, len(TOLD)), max_size=12).map(sorted))
def test_it_does_not_matter_where_the_chunks_end(ends: list[int]) -> None:
    edges = [0, *ends, len(TOLD)]
    assert read([TOLD[a:b] for a, b in pairwise(edges)]) == EVENTS


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_no_bytes_break_it(chunks: list[bytes]) -> None:
    read(chunks)


@pytest.mark.parametrize("line", [b"data: " + b"x" * 1_000 + b"\n", b"y" * 1_000])
def test_an_event_without_end_is_not_believed(line: bytes) -> None:
    with pytest.raises(ValueError, match="more than"):
        read([line] * (MAX_EVENT // 1_000 + 1))
