"""Queries and mentions over the same few words, so that they often meet."""

from __future__ import annotations

from hypothesis import strategies as st

from harken.domain.mention import Mention
from harken.testing.builders import mention
from services.ingest.domain.tracking import Expression
from services.ingest.domain.tracking.expression import (
    And,
    Field,
    Filter,
    Form,
    Mark,
    Near,
    Not,
    Or,
    Word,
    Words,
)

_WRITTEN = """
kettle kettles Kettle KETTLE leak leaking or AND don't e mail 12 v2 ﬁne ｗｉｄｅ
czajnik czajnika Czajniki żółty zolty konvice konvici чайник чайника елка Ёлку tējkanna tējkannu
brivanta Brivanta brivantą 東 京 🔥 👍🏽 ❤ हिन्दी
"""
_MARKS = "#kettle #Kettles #żółty #brivanta @brivanta @brivanta.help @Ola@hearth.example @_"
WRITTEN = _WRITTEN.split()
MARKS = _MARKS.split()
HOSTS = ["hearth.example", "shop.hearth.example", "forum.example", "žaba.example", "example"]
ADDRESSES = ["hearth.example/@ola", "forum.example/Kettle?x=1", "xn--aba-b3a.example", "ftp://x.y"]
NAMES = ["ola", "Ola@hearth.example", "jan", "Jan Żak"]
LANGUAGES = ["", "en", "pl", "cs-CZ", "ru", "lv", "de", "PL"]
NETWORKS = ["mastodon", "forum"]

_BEGINNINGS = [written for written in WRITTEN if len(written) > 3]
_WORD = st.sampled_from(WRITTEN).map(Word) | st.sampled_from(_BEGINNINGS).map(
    lambda written: Word(written[:-1].rstrip("'"), prefix=True)
)
_WORDS = st.builds(Words, st.lists(_WORD, min_size=1, max_size=3).map(tuple), st.sampled_from(Form))
_MARK = st.builds(
    Mark,
    st.sampled_from(["#kettle", "#kettles", "#zolty", "@brivanta", "@ola", "@ola@hearth.example"]),
    st.booleans(),
)
_FILTER = st.one_of(
    st.builds(Filter, st.just(Field.LANGUAGE), st.sampled_from(["en", "pl", "cs", "de"])),
    st.builds(Filter, st.just(Field.NETWORK), st.sampled_from(NETWORKS)),
    st.builds(Filter, st.just(Field.AUTHOR), st.sampled_from([name.lower() for name in NAMES])),
    st.builds(Filter, st.sampled_from([Field.SITE, Field.DOMAIN]), st.sampled_from(HOSTS)),
    st.builds(Filter, st.just(Field.URL), st.sampled_from(["example", "hearth.example/@", "?x="])),
)
_LOCATED = st.recursive(
    _WORDS | _MARK,
    lambda inner: st.lists(inner, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
    max_leaves=4,
)
_NEAR = st.builds(Near, _LOCATED, _LOCATED, st.integers(0, 4))


def _looking(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(parts, min_size=2, max_size=4).map(tuple)
    excluded = st.lists(parts.map(Not), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        several.map(Or),
        several.map(And),
        st.builds(lambda some, none: And((*some, *none)), several, excluded),
        st.builds(lambda none, one: And((*none, one)), excluded, parts),
    )


EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    _WORDS | _MARK | _FILTER | _NEAR, _looking, max_leaves=8
)
"""All that a query can say; each looks for something."""

_LINKS = st.sampled_from(["https://", "http://www.", "www.", ""]).flatmap(
    lambda scheme: st.sampled_from(ADDRESSES).map(lambda address: scheme + address)
)
_PIECES = st.sampled_from(WRITTEN) | st.sampled_from(MARKS) | _LINKS | st.text(max_size=3)
TEXTS = st.lists(
    st.tuples(_PIECES, st.sampled_from([" ", " ", " ", ", ", "-", "", "\n", "'s ", ". "])),
    max_size=14,
).map(lambda pieces: "".join(piece + after for piece, after in pieces))


@st.composite
def mentions(draw: st.DrawFn) -> Mention:
    name = draw(st.sampled_from(NAMES))
    return mention(
        draw(TEXTS),
        author=name,
        language=draw(st.sampled_from(LANGUAGES)),
        language_certainty=draw(st.sampled_from([0.0, 0.5, 0.9])),
        network=draw(st.sampled_from(NETWORKS)),
        url=draw(st.just("") | _LINKS),
    )
