from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.channels.mastodon.cursor import (
    KNOWN,
    MOST_KNOWN,
    TRAIL,
    Cursor,
    Known,
    read_cursor,
    write_cursor,
)
from harken.channels.revisions import LAST
from harken.domain.mention import Change, Mention
from harken.testing.builders import mention as a_mention

IDS = st.text(min_size=1, max_size=20)
KNOWNS = st.builds(Known, IDS, IDS, st.integers(1, LAST))


def said(number: int, revision: int = 1) -> Mention:
    return replace(a_mention(), source_id=str(number), revision=revision)


@given(st.lists(IDS, max_size=TRAIL), st.lists(KNOWNS, max_size=5))
def test_a_cursor_is_read_as_it_was_written(trail: list[str], known: list[Known]) -> None:
    cursor = Cursor(tuple(trail), tuple(known))
    assert read_cursor(write_cursor(cursor)) == cursor


@pytest.mark.parametrize(
    ("kept", "trail"),
    [("", ()), ("117", ("117",)), ('["115", "117"]', ("115", "117")), ("01JX", ("01JX",))],
)
def test_cursors_of_earlier_versions_are_understood(kept: str, trail: tuple[str, ...]) -> None:
    assert read_cursor(kept) == Cursor(trail)


def test_what_was_handed_over_is_not_handed_over_again() -> None:
    news, cursor = Cursor().handing_over([said(1), said(2), said(1)])
    assert [each.source_id for each in news] == ["1", "2"]
    edited = said(2, revision=7)
    news, cursor = cursor.handing_over([said(1), edited, said(2)])
    assert news == (edited,)
    gone = replace(said(1, LAST), change=Change.RETRACTION)
    news, cursor = cursor.handing_over([gone])
    assert news == (gone,)
    assert [each.id for each in cursor.known] == ["2"]


def test_what_is_known_is_bounded_and_what_is_to_be_looked_at_stays_till_then() -> None:
    _, cursor = Cursor().handing_over(said(number) for number in range(MOST_KNOWN + 50))
    assert len(cursor.known) == MOST_KNOWN
    shown = [each.id for each in cursor.known[10:]]
    looked = cursor.looked(shown, asked={each.id for each in cursor.known[:4]})
    waiting = [each.id for each in cursor.known[4:10]]
    assert [each.id for each in looked.known] == waiting + shown[-KNOWN:]
