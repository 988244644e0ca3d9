"""The plain answer, one query at a time, that `TrackerIndex` must give for all at once."""

from __future__ import annotations

from collections.abc import Mapping

from harken.domain.mention import Mention
from harken.search.analysis.stems import primary
from services.ingest.domain.tracking import Expression, Heard, matches
from services.ingest.tracking.facts import addresses_of, names_of, site_of
from services.ingest.tracking.text import read_text
from services.ingest.tracking.words import languages_of, read, read_in


def hear(mention: Mention) -> Heard:
    text = read_text(mention.text)
    languages = languages_of(mention)
    return Heard(
        tokens=tuple(read_in(word, languages) for word in text.words),
        marks=tuple(text.marks),
        language=primary(mention.language),
        network=mention.network.lower(),
        authors=frozenset(names_of(mention)),
        site=site_of(mention),
        addresses=tuple(addresses_of(mention)),
    )


def matching(expressions: Mapping[str, Expression], mention: Mention) -> tuple[str, ...]:
    heard = hear(mention)
    found = (each for each, expression in expressions.items() if matches(expression, heard, read))
    return tuple(sorted(found))
