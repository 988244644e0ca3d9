"""The tagger: one model, shared by the lanes, the more urgent ones first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from harken.domain.mention import Lane
from harken.domain.tone import Tone, ToneModel, ToneText

_RANK = {lane: rank for rank, lane in enumerate((Lane.URGENT, Lane.LIVE, Lane.BULK))}


class Tagger:
    """Runs the model on a thread of its own, a chunk at a time, in the order of the lanes.

    ``chunk`` is the number of texts that one run takes: what an urgent mention waits for at the
    most.
    """

    def __init__(self, model: ToneModel, chunk: int) -> None:
        self._model = model
        self._chunk = chunk
        self._turns = _Turns()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tone-model")

    @property
    def model_name(self) -> str:
        return self._model.name

    async def tag(self, texts: Sequence[ToneText], lane: Lane) -> list[Tone]:
        """One tone per text, in order. What fails in the model is raised here."""
        # Texts of like length share a chunk, so that little of a run is padding.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place].text))
        tones: dict[int, Tone] = {}
        for places in _chunks(order, self._chunk):
            async with self._turns.turn(_RANK[lane]):
                found = await asyncio.get_running_loop().run_in_executor(
                    self._thread, self._model.tag, [texts[place] for place in places]
                )
            tones.update(zip(places, found, strict=True))
        return [tones[place] for place in range(len(texts))]


def _chunks(places: Sequence[int], size: int) -> list[Sequence[int]]:
    return [places[start : start + size] for start in range(0, len(places), size)]


class _Turns:
    """A lock whose waiters are served by rank, and first come first served within one."""

    def __init__(self) -> None:
        self._taken = False
        self._arrival = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, rank: int) -> AsyncIterator[None]:
        if self._taken:
            mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (rank, next(self._arrival), mine))
            try:
                await mine
            except asyncio.CancelledError:
                if mine.done() and not mine.cancelled():
                    self._pass_on()
                raise
        self._taken = True
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, next_one = heapq.heappop(self._waiting)
            if not next_one.done():
                next_one.set_result(None)
                return
        self._taken = False
