"""The tagger: answers in order, urgent work first, nothing lost when a caller gives up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from harken.domain.mention import Lane
from harken.domain.tone import Polarity, Tone, ToneText
from services.sentiment.tagger import Tagger


class Recording:
    """A model that tells a text's length as its certainty, and waits where it is told to."""

    name = "recording@1"

    def __init__(self) -> None:
        self.runs: list[list[str]] = []
        self.go = threading.Event()
        self.go.set()

    def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
        self.go.wait(10)
        self.runs.append([one.text for one in texts])
        return [Tone(Polarity.NEUTRAL, {}, certainty=float(len(one.text))) for one in texts]


def texts(*words: str) -> list[ToneText]:
    return [ToneText(word) for word in words]


async def test_answers_come_in_the_order_of_the_texts() -> None:
    model = Recording()
    tones = await Tagger(model, chunk=2).tag(texts("four", "a", "seventh", "", "ok"), Lane.LIVE)
    assert [tone.certainty for tone in tones] == [4, 1, 7, 0, 2]
    assert [len(run) for run in model.runs] == [2, 2, 1]


async def test_an_urgent_text_waits_for_one_chunk_at_the_most() -> None:
    model = Recording()
    model.go.clear()
    tagger = Tagger(model, chunk=1)
    bulk = asyncio.create_task(tagger.tag(texts("b1", "b22", "b333"), Lane.BULK))
    live = asyncio.create_task(tagger.tag(texts("live"), Lane.LIVE))
    urgent = asyncio.create_task(tagger.tag(texts("urgent"), Lane.URGENT))
    await asyncio.sleep(0)
    model.go.set()
    await asyncio.gather(bulk, live, urgent)
    assert model.runs == [["b1"], ["urgent"], ["live"], ["b22"], ["b333"]]


async def test_a_caller_that_gives_up_does_not_hold_the_others_up() -> None:
    model = Recording()
    model.go.clear()
    tagger = Tagger(model, chunk=8)
    first = asyncio.create_task(tagger.tag(texts("first"), Lane.LIVE))
    second = asyncio.create_task(tagger.tag(texts("second"), Lane.LIVE))
    third = asyncio.create_task(tagger.tag(texts("third"), Lane.LIVE))
    await asyncio.sleep(0)
    second.cancel()
    model.go.set()
    assert [tone.certainty for tone in [*(await first), *(await third)]] == [5, 5]
    with pytest.raises(asyncio.CancelledError):
        await second


async def test_what_fails_in_the_model_is_raised_to_the_one_who_asked() -> None:
    class Broken(Recording):
        def tag(self, texts: Sequence[ToneText]) -> list[Tone]:
            raise MemoryError(f"too much: {len(texts)}")

    tagger = Tagger(Broken(), chunk=8)
    with pytest.raises(MemoryError):
        await tagger.tag(texts("x"), Lane.LIVE)
    with pytest.raises(MemoryError):
        await tagger.tag(texts("still not stuck"), Lane.LIVE)
