"""The rules of taking in: lanes, doubles and revisions, refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.ids import AuthorId, MentionId
from harken.domain.mention import Change, Kind, Lane, Mention, Visibility
from harken.domain.revision import digest
from harken.domain.time import after, minutes
from harken.testing.builders import mention as a_mention
from services.ingest.domain.acceptable import CLOCK_SKEW, LONGEST_TEXT, refusal
from services.ingest.domain.lane import FAR_REACH, choose_lane
from services.ingest.domain.novelty import Seen, sort_out


@pytest.mark.parametrize(
    ("mention", "lane"),
    [
        (a_mention(text="When do you open?"), Lane.LIVE),
        (a_mention(text="the kettle caught fire"), Lane.URGENT),
        (a_mention(text="the kettle caught fire", historical=True), Lane.BULK),
        (a_mention(text="hello", kind=Kind.DIRECT_MESSAGE), Lane.URGENT),
        (a_mention(text="hello", visibility=Visibility.PRIVATE), Lane.URGENT),
        (a_mention(text="hello", reach=FAR_REACH), Lane.URGENT),
    ],
)
def test_nothing_critical_waits_behind_the_model(mention: Mention, lane: Lane) -> None:
    assert choose_lane(mention) is lane


def seen_as(mention: Mention) -> dict[MentionId, Seen]:
    return {mention.id: Seen(digest(mention), mention.revision)}


def test_the_same_content_is_a_double_even_within_one_request() -> None:
    mention = a_mention()
    assert sort_out([mention, mention], {}).doubles == (1,)
    assert sort_out([mention], seen_as(mention)).doubles == (0,)


def test_other_content_is_a_revision_with_a_greater_number() -> None:
    first = a_mention(text="it leaks")
    edited = replace(first, text="it leaks badly")
    [revised] = sort_out([edited], seen_as(first)).new.values()
    assert revised.revision > first.revision
    assert revised.id == first.id


def test_a_network_that_numbers_its_edits_is_believed() -> None:
    known = replace(a_mention(text="v7"), revision=7)
    assert sort_out([replace(known, text="v5", revision=5)], seen_as(known)).doubles == (0,)
    [newer] = sort_out([replace(known, text="v9", revision=9)], seen_as(known)).new.values()
    assert newer.revision == 9


def test_an_original_that_comes_after_its_numbered_edit_is_no_news() -> None:
    original = a_mention(text="it leaks")
    edited = replace(original, text="it leaks badly", revision=1_772_000_000_000)
    gone = replace(edited, text="", change=Change.RETRACTION, revision=2**53 - 1)
    for later in (edited, gone):
        sorted_out = sort_out([later, original], {})
        assert (list(sorted_out.new), sorted_out.doubles) == ([0], (1,))
        assert sort_out([original], sorted_out.seen).doubles == (0,)


def test_an_edit_that_the_network_numbers_comes_after_one_that_we_numbered() -> None:
    original = a_mention(text="it leaks")
    rewritten = replace(original, text="it leaks.")
    edited = replace(original, text="mended", revision=original.received_at // 1_000 + 5)
    assert list(sort_out([original, rewritten, edited], {}).new) == [0, 1, 2]


def test_a_deletion_of_what_was_never_heard_concerns_us_only_if_we_know_whose_it_was() -> None:
    gone = replace(a_mention(), text="", change=Change.RETRACTION)
    nobodys = replace(gone, author=replace(gone.author, id=AuthorId("")))
    assert sort_out([nobodys], {}).doubles == (0,)
    assert list(sort_out([gone], {}).new) == [0]
    assert list(sort_out([nobodys], seen_as(a_mention())).new) == [0]


def test_a_retraction_is_news() -> None:
    mention = a_mention()
    gone = replace(mention, text="", change=Change.RETRACTION)
    assert len(sort_out([gone], seen_as(mention)).new) == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["a", "b"])), max_size=12))
def test_every_place_is_new_or_double_and_revisions_only_grow(
    sent: list[tuple[int, str]],
) -> None:
    base = a_mention()
    mentions = [replace(base, id=MentionId(f"m{n}"), text=text) for n, text in sent]
    result = sort_out(mentions, {})
    assert sorted([*result.new, *result.doubles]) == list(range(len(sent)))
    for id_ in {mention.id for mention in mentions}:
        revisions = [one.revision for one in result.new.values() if one.id == id_]
        assert revisions == sorted(set(revisions))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": " \n "}, "neither text nor media"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "longer than"),
        ({"source_id": ""}, "source_id"),
    ],
)
def test_what_cannot_be_taken_in_is_told_why(changes: dict[str, str], why: str) -> None:
    mention = a_mention()
    assert why in refusal(replace(mention, **changes), mention.received_at)  # type: ignore[arg-type]


def test_a_clock_may_be_somewhat_ahead() -> None:
    mention = a_mention()
    now = mention.received_at
    soon = replace(mention, created_at=after(now, CLOCK_SKEW))
    late = replace(mention, created_at=after(now, minutes(11)))
    assert refusal(soon, now) == ""
    assert "future" in refusal(late, now)
    assert "1970" in refusal(replace(mention, created_at=soon.created_at * 0 - 1), now)  # type: ignore[arg-type]


def test_a_retraction_needs_no_text() -> None:
    gone = replace(a_mention(), text="", change=Change.RETRACTION)
    assert refusal(gone, gone.received_at) == ""
