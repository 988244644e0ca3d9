"""Hypothesis strategies for the kernel's values: anything that the types allow on the wire."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from hypothesis import strategies as st

from harken.domain.case import Case, Post, SkillLevel, SlaClock
from harken.domain.facts import DecisionMade, Delivery, Notice
from harken.domain.mention import Author, Media, Mention, ReplyCapability
from harken.domain.rates import Bucket, PartialCounts, Series, Tally
from harken.domain.reply import Reply
from harken.domain.severity import Reason, Severity
from harken.domain.time import LATEST, Instant
from harken.domain.tone import Emotion, Polarity, Tone
from harken.events.codec.wire import EARLIEST

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
MAYBE_WORD = st.none() | WORD
INSTANTS = st.integers(EARLIEST, LATEST).map(Instant)
MAYBE_INSTANT = st.none() | INSTANTS
INT32 = st.integers(-(2**31), 2**31 - 1)
INT64 = st.integers(-(2**63), 2**63 - 1)
SHARES = st.floats(0, 1, width=32)
NUMBERS = st.floats(allow_nan=False)
SEVERAL_WORDS = st.lists(WORD, max_size=3).map(tuple)


def _values(kind: Any, /, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Every field is drawn, those with defaults too."""
    return st.builds(kind, **{field.name: given.get(field.name, ...) for field in fields(kind)})


def _several(item: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(item, max_size=3).map(tuple)


AUTHORS = _values(Author, id=WORD, handle=TEXT, name=TEXT, followers=INT64)
MEDIA = _values(Media, kind=WORD, url=TEXT, description=TEXT)
CAPABILITIES = _values(
    ReplyCapability, until=MAYBE_INSTANT, max_length=INT32, url_length=INT32, why_not=TEXT
)
MENTIONS = _values(
    Mention,
    tenant=WORD,
    id=WORD,
    revision=INT64,
    network=WORD,
    connection=WORD,
    source=WORD,
    scope=TEXT,
    source_id=TEXT,
    author=AUTHORS,
    text=TEXT,
    created_at=INSTANTS,
    received_at=INSTANTS,
    capability=CAPABILITIES,
    thread_root=TEXT,
    parent=TEXT,
    language=TEXT,
    language_certainty=NUMBERS,
    media=_several(MEDIA),
    url=TEXT,
    reach=INT64,
    trackers=SEVERAL_WORDS,
    copy_of=WORD,
)


@st.composite
def tones(draw: st.DrawFn) -> Tone:
    """Numbers of single precision, as on the wire; ``shown`` in the order of ``emotions``."""
    emotions = draw(st.dictionaries(st.sampled_from(Emotion), SHARES))
    shown = draw(st.sets(st.sampled_from(sorted(emotions)))) if emotions else set()
    return Tone(
        polarity=draw(st.sampled_from(Polarity)),
        polarities={polarity: draw(SHARES) for polarity in Polarity},
        certainty=draw(SHARES),
        emotions=emotions,
        shown=tuple(emotion for emotion in emotions if emotion in shown),
        urgency=draw(SHARES),
        offence=draw(SHARES),
        reasons=draw(st.dictionaries(WORD, SHARES, max_size=3)),
        language_known=draw(st.booleans()),
        model=draw(TEXT),
    )


REASONS = _values(
    Reason, factor=WORD, value=NUMBERS, weight=NUMBERS, contribution=NUMBERS, evidence=TEXT
)
SEVERITIES = _values(
    Severity, score=st.integers(0, 100), reasons=_several(REASONS), overridden_by=TEXT
)
CLOCKS = _values(
    SlaClock,
    started_at=INSTANTS,
    target=INT64,
    due=INSTANTS,
    paused_at=MAYBE_INSTANT,
    paused_for=INT64,
    stopped_at=MAYBE_INSTANT,
    warned=_several(st.integers(0, 100)),
)
POSTS = _values(Post, ref=WORD, at=INSTANTS, certainty=NUMBERS, agent=MAYBE_WORD)
SKILLS = _values(SkillLevel, name=WORD, level=st.integers(1, 5))
CASES = _values(
    Case,
    tenant=WORD,
    id=WORD,
    revision=INT64,
    network=WORD,
    connection=WORD,
    author=WORD,
    thread_root=TEXT,
    language=TEXT,
    severity=SEVERITIES,
    queue=WORD,
    opened_at=INSTANTS,
    updated_at=INSTANTS,
    deadline=INSTANTS,
    required=_several(SKILLS),
    preferred=_several(SKILLS),
    assignee=MAYBE_WORD,
    fence=INT64,
    lease_until=MAYBE_INSTANT,
    posts=_several(POSTS),
    clocks=_several(CLOCKS),
    tags=SEVERAL_WORDS,
    contact_reason=TEXT,
    resolved_at=MAYBE_INSTANT,
    reopened=INT32,
    posts_left_out=INT32,
    previous=MAYBE_WORD,
    merged_into=MAYBE_WORD,
    snoozed_until=MAYBE_INSTANT,
    risk_topics=SEVERAL_WORDS,
    trackers=SEVERAL_WORDS,
    latest_mention=MAYBE_WORD,
    excluded=_several(st.tuples(WORD, INSTANTS)),
)
REPLIES = _values(
    Reply,
    tenant=WORD,
    id=WORD,
    revision=INT64,
    case=WORD,
    connection=WORD,
    network=WORD,
    parent=WORD,
    parent_source_id=TEXT,
    text=TEXT,
    language=TEXT,
    author=MAYBE_WORD,
    key=WORD,
    created_at=INSTANTS,
    updated_at=INSTANTS,
    send_by=MAYBE_INSTANT,
    fence=INT64,
    attempts=INT32,
    read_backs=INT32,
    network_id=TEXT,
    network_url=TEXT,
    sent_at=MAYBE_INSTANT,
    why=TEXT,
)
DELIVERIES = _values(
    Delivery,
    tenant=WORD,
    reply=WORD,
    revision=INT64,
    case=WORD,
    connection=WORD,
    network=WORD,
    parent=WORD,
    at=INSTANTS,
    agent=MAYBE_WORD,
    network_id=TEXT,
    why=TEXT,
)
DECISIONS = _values(DecisionMade, tenant=WORD, id=WORD, case=WORD, agent=MAYBE_WORD, at=INSTANTS)
NOTICES = _values(Notice, tenant=WORD, id=WORD, case=WORD, detail=TEXT, at=INSTANTS)
PARTIAL_COUNTS = _values(
    PartialCounts,
    bucket=st.builds(Bucket, WORD, INSTANTS, st.integers(0, 2**31 - 1)),
    highest=INT64,
    tallies=st.dictionaries(st.builds(Series, TEXT, TEXT), st.builds(Tally, INT64, INT64)),
)
