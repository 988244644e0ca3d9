"""The intake's step: texts get their language, authors lend theirs, over restarts too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harken.domain.ids import AuthorId, TenantId
from harken.domain.mention import Change, Mention
from harken.domain.time import Duration, days
from harken.runtime.pulse import Pulse
from harken.store.sqlite import SqliteStore
from harken.testing.builders import TENANT, edited, mention, retraction
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from harken.testing.strategies import MENTIONS
from services.ingest.domain.language import SURE, Guess
from services.ingest.language.authors import KEPT, AuthorLanguages
from services.ingest.language.step import LanguageStep

OTHER_TENANT = TenantId("someone-else")


@dataclass
class Place:
    store: SqliteStore
    clock: FakeClock
    authors: AuthorLanguages
    step: LanguageStep

    def restarted(self) -> Place:
        authors = AuthorLanguages(self.store, self.clock)
        return Place(self.store, self.clock, authors, LanguageStep(authors))

    async def hear(self, text: str, source_id: str = "1", **changes: object) -> Mention:
        given = {"language": "", "language_certainty": 0.0, **changes}
        said = mention(text, source_id=source_id, **given)  # type: ignore[arg-type]
        return (await self.step.enrich(said.tenant, [said]))[0]

    async def write(self) -> None:
        stopping = asyncio.Event()
        stopping.set()
        await self.authors.run(Pulse(stopping, lambda: 0.0))


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = FakeClock()
    async with store_in(tmp_path, clock) as store:
        authors = AuthorLanguages(store, clock)
        yield Place(store, clock, authors, LanguageStep(authors))


async def test_a_text_gets_its_language(place: Place) -> None:
    heard = await place.hear("Czajnik przecieka, co mam zrobić?")
    assert heard.language == "pl"
    assert heard.language_certainty >= SURE


async def test_a_client_that_tells_the_language_is_believed(place: Place) -> None:
    heard = await place.hear("Thank you for your help", language="lv", language_certainty=1.0)
    assert (heard.language, heard.language_certainty) == ("lv", 1.0)


async def test_a_networks_default_gives_way_to_the_text(place: Place) -> None:
    heard = await place.hear(
        "Konvice teče, co s tím mám dělat?", language="en", language_certainty=0.5
    )
    assert heard.language == "cs"


async def test_short_texts_borrow_their_authors_language(place: Place) -> None:
    assert (await place.hear("😡😡", "1")).language == ""
    await place.hear("Nemůžu se přihlásit do aplikace", "2")
    borrowed = await place.hear("😡😡", "3")
    assert borrowed.language == "cs"
    assert 0 < borrowed.language_certainty < SURE
    assert (await place.hear("😡😡", "4", author="marek")).language == ""
    assert (await place.hear("😡😡", "5", tenant=OTHER_TENANT)).language == ""


async def test_texts_that_come_together_lend_each_other_their_language(place: Place) -> None:
    untold = {"language": "", "language_certainty": 0.0}
    said = [
        mention(text, source_id=str(n), **untold)  # type: ignore[arg-type]
        for n, text in enumerate(["😡😡", "Nemůžu se přihlásit do aplikace"])
    ]
    assert [one.language for one in await place.step.enrich(TENANT, said)] == ["cs", "cs"]


async def test_an_edit_may_come_with_what_it_replaces(place: Place) -> None:
    first = mention("Čajník? Konvice zase teče!", language="", language_certainty=0.0)
    second = edited(first, "The kettle is leaking again!")
    heard = await place.step.enrich(TENANT, [first, second])
    assert [one.language for one in heard] == ["cs", "en"]


async def test_habits_survive_a_restart_and_an_erasure_ends_them(place: Place) -> None:
    known = await place.hear("Nemůžu se přihlásit do aplikace")
    await place.write()
    later = place.restarted()
    assert (await later.hear("ok", "2")).language == "cs"
    await later.authors.forget(TENANT, known.network, known.author.id)
    assert (await later.hear("ok", "3")).language == ""
    assert (await later.restarted().hear("ok", "4")).language == ""


async def test_old_habits_are_removed(place: Place) -> None:
    await place.hear("Nemůžu se přihlásit do aplikace")
    await place.write()
    await place.authors.tidy()
    assert (await place.restarted().hear("ok", "2")).language == "cs"
    place.clock.advance(Duration(KEPT + days(1)))
    later = place.restarted()
    await later.authors.tidy()
    assert (await later.hear("ok", "3")).language == ""


async def test_many_texts_are_read_in_order(place: Place) -> None:
    said = [
        mention(text, source_id=str(n), author=f"a{n}", language="", language_certainty=0.0)
        for n, text in enumerate(["Czajnik przecieka i kapie", "Чайник протекает"] * 80)
    ]
    heard = await place.step.enrich(TENANT, said)
    assert [one.id for one in heard] == [one.id for one in said]
    assert [one.language for one in heard] == ["pl", "ru"] * 80


def _untold(one: Mention) -> Mention:
    return replace(one, language="", language_certainty=0.0)


class Nobody(AuthorLanguages):
    """Knows and learns nothing."""

    def __init__(self) -> None:
        pass

    async def usual(self, *_: object) -> dict[AuthorId, Guess]:
        return {}

    def learn(self, *_: object) -> None:
        pass


@settings(max_examples=40, deadline=None)
@given(st.lists(MENTIONS, max_size=4, unique_by=lambda one: one.id))
async def test_all_else_stays_as_it_was(said: list[Mention]) -> None:
    step = LanguageStep(Nobody())
    heard = await step.enrich(TENANT, said)
    assert [_untold(one) for one in heard] == [_untold(one) for one in said]
    for before, now in zip(said, heard, strict=True):
        assert now == before or before.change is not Change.RETRACTION
    assert [one.language for one in await step.enrich(TENANT, heard)] == [
        one.language for one in heard
    ]


async def test_retractions_pass_untouched(place: Place) -> None:
    gone = retraction(mention(language="", language_certainty=0.0))
    assert await place.step.enrich(TENANT, [gone]) == [gone]
