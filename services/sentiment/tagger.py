"""The tagger: one model, shared by the lanes, the more urgent ones first."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from harken.domain.mention import Lane
from harken.domain.tone import Tone, ToneModel, ToneText

CHUNK = 64
"""Texts that one run of the model takes: what an urgent mention waits for at the most."""

_RANK = {lane: rank for rank, lane in enumerate((Lane.URGENT, Lane.LIVE, Lane.BULK))}

_Turn = tuple[int, int, Sequence[ToneText], "asyncio.Future[list[Tone]]"]


class Tagger:
    """Runs the model on a thread of its own, a chunk at a time, in the order of the lanes."""

    def __init__(self, model: ToneModel) -> None:
        self._model = model
        self._turns: asyncio.PriorityQueue[_Turn] = asyncio.PriorityQueue()
        self._arrival = itertools.count()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tone-model")
        self._worker: asyncio.Task[None] | None = None

    @property
    def model_name(self) -> str:
        return self._model.name

    async def tag(self, texts: Sequence[ToneText], lane: Lane) -> list[Tone]:
        """One tone per text, in order. What fails in the model is raised here."""
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(), name="tagger")
        answers = []
        # Texts of like length share a chunk, so that little of a run is padding.
        order = sorted(range(len(texts)), key=lambda n: len(texts[n].text))
        for start in range(0, len(order), CHUNK):
            chunk = [texts[n] for n in order[start : start + CHUNK]]
            answer: asyncio.Future[list[Tone]] = asyncio.get_running_loop().create_future()
            self._turns.put_nowait((_RANK[lane], next(self._arrival), chunk, answer))
            answers.append(answer)
        tones = [tone for chunk_tones in await asyncio.gather(*answers) for tone in chunk_tones]
        return [tone for _, tone in sorted(zip(order, tones, strict=True), key=lambda one: one[0])]

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            _, _, chunk, answer = await self._turns.get()
            if answer.cancelled():
                continue
            try:
                tones = await loop.run_in_executor(self._thread, self._model.tag, chunk)
            except Exception as error:  # noqa: BLE001 - raised to the one who asked
                if not answer.cancelled():
                    answer.set_exception(error)
            else:
                if not answer.cancelled():
                    answer.set_result(tones)

    async def close(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        self._thread.shutdown(wait=True, cancel_futures=True)
