"""The step of the intake that says in which language each mention is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from harken.domain.ids import AuthorId, MentionId, TenantId
from harken.domain.mention import Change, Mention
from services.ingest.domain.language import BELIEVED, UNKNOWN, Guess, settle
from services.ingest.enrichment import computed
from services.ingest.language.authors import AuthorLanguages

_Shown = Mapping[tuple[MentionId, int], Guess]
"""By id and revision: an edit may come together with what it replaces."""


class Detects(Protocol):
    def detect(self, text: str) -> Guess: ...


def load_detector() -> Detects:
    """Some 0.1 s and 20 MB, most of it NumPy's, which the tone model needs as well."""
    from services.ingest.language.detector import Detector
    from services.ingest.language.ngrams import NgramTable

    return Detector(NgramTable.load())


class LanguageStep:
    """Believes who knows the language, reads the others' texts, and asks their authors' habits."""

    def __init__(
        self, authors: AuthorLanguages, load: Callable[[], Detects] = load_detector
    ) -> None:
        self._authors = authors
        self._load = load
        self._detector: Detects | None = None

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        shown = await self._read([one for one in mentions if _to_be_read(one)])
        self._learn(mentions, shown)
        usual = await self._usual(tenant, mentions, shown)
        return [_settled(one, shown, usual) for one in mentions]

    async def _read(self, mentions: Sequence[Mention]) -> _Shown:
        if not mentions:
            return {}
        detector = self._detector
        if detector is None:
            detector = self._detector = await asyncio.to_thread(self._load)
        guesses = await computed(lambda one: detector.detect(one.text), mentions)
        return {_key(one): guess for one, guess in zip(mentions, guesses, strict=True)}

    def _learn(self, mentions: Sequence[Mention], shown: _Shown) -> None:
        for one in mentions:
            evident = _evident(one, shown)
            if evident.sure and one.change is not Change.RETRACTION:
                self._authors.learn(one.tenant, one.network, one.author.id, evident)

    async def _usual(
        self, tenant: TenantId, mentions: Sequence[Mention], shown: _Shown
    ) -> dict[tuple[str, AuthorId], Guess]:
        """Of the authors whose text leaves the language open."""
        unsure: dict[str, set[AuthorId]] = {}
        for one in mentions:
            if _key(one) in shown and not _evident(one, shown).sure:
                unsure.setdefault(one.network, set()).add(one.author.id)
        return {
            (network, author): guess
            for network, authors in unsure.items()
            for author, guess in (await self._authors.usual(tenant, network, authors)).items()
        }


def _settled(
    mention: Mention,
    shown: _Shown,
    usual: Mapping[tuple[str, AuthorId], Guess],
) -> Mention:
    if mention.change is Change.RETRACTION:
        return mention
    habit = usual.get((mention.network, mention.author.id), UNKNOWN)
    found = settle(shown.get(_key(mention), UNKNOWN), _told(mention), habit)
    return replace(mention, language=found.language, language_certainty=round(found.certainty, 3))


def _evident(mention: Mention, shown: _Shown) -> Guess:
    """What text and network say, whoever wrote it."""
    return settle(shown.get(_key(mention), UNKNOWN), _told(mention), UNKNOWN)


def _to_be_read(mention: Mention) -> bool:
    believed = mention.language and mention.language_certainty >= BELIEVED
    return mention.change is not Change.RETRACTION and not believed


def _key(mention: Mention) -> tuple[MentionId, int]:
    return mention.id, mention.revision


def _told(mention: Mention) -> Guess:
    return Guess(mention.language, mention.language_certainty)
