"""Brings rows to Harken: a bounded number of requests at once, each sent until it is answered."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Self

import httpx

from cli.replay.problems import CannotReplay, Refusal
from cli.replay.rows import Row
from cli.replay.tally import Tally
from harken.domain.time import LATEST, Instant, from_datetime, parse_rfc3339

PATH = "/v1/mentions"
TIMEOUT = 30.0
MOST_ROWS = 500
MOST_BYTES = 1024 * 1024
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
_BUSY = (429, 503)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_NDJSON = {"Content-Type": "application/x-ndjson"}
TOO_LARGE = "the row is larger than Harken takes"

Refuse = Callable[[Row, Refusal], None]


@dataclass(slots=True)
class Chunk:
    """One request: a row and its line of JSON each."""

    rows: list[Row] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, row: Row, line: bytes) -> None:
        self.rows.append(row)
        self.lines.append(line)
        self.size += len(line) + 1

    @property
    def full(self) -> bool:
        return len(self.rows) >= MOST_ROWS or self.size >= MOST_BYTES

    def halves(self) -> tuple[Chunk, Chunk]:
        middle = len(self.rows) // 2
        first = Chunk(self.rows[:middle], self.lines[:middle])
        return first, Chunk(self.rows[middle:], self.lines[middle:])


@dataclass(frozen=True, slots=True)
class Connected:
    """``since`` is Harken's own time when the replay began."""

    client: httpx.Client
    since: Instant


@contextmanager
def connect(address: str, key: str) -> Iterator[Connected]:
    """Raises `CannotReplay` where there is no Harken that knows this key."""
    if not key:
        raise CannotReplay("HARKEN_KEY is not set: a key with the role ingest is needed")
    headers = {"Authorization": f"Bearer {key}"}
    try:
        with httpx.Client(
            base_url=address, headers=headers, timeout=TIMEOUT, trust_env=False
        ) as client:
            answer = client.post(PATH, json=[])
            if answer.status_code == 401:
                raise CannotReplay("Harken does not know the key in HARKEN_KEY")
            if answer.status_code == 404:
                raise CannotReplay(f"what answers at {address} takes no mentions in: see --url")
            yield Connected(client, _time_of(answer))
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise CannotReplay(f"no Harken answers at {address} ({error}): see --url") from error


class Sender:
    """``patience`` is how many seconds may pass without a request taken in before it gives up.

    When it is time to stop, or after a failure (which sets ``stop``), what got no answer is
    counted as such. Failures are raised by the next `send`, or at the end.
    """

    def __init__(
        self,
        harken: Connected,
        tally: Tally,
        refuse: Refuse,
        stop: threading.Event,
        *,
        at_once: int,
        patience: float,
    ) -> None:
        self._client = harken.client
        self._since = harken.since
        self._tally = tally
        self._refuse = refuse
        self._stop = stop
        self._places = threading.Semaphore(at_once)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="replay")
        self._sent: list[Future[None]] = []
        self._patience = patience
        self._heard = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Waits for the answers that are still to come. Raises as `send` does."""
        self._threads.shutdown(wait=True)
        self._raise_failures()

    def send(self, chunk: Chunk) -> None:
        """Returns when there is a place for it; its answer comes later.

        Raises `CannotReplay` where an earlier one failed.
        """
        self._places.acquire()
        self._raise_failures()
        self._sent.append(self._threads.submit(self._in_its_place, chunk))

    def _raise_failures(self) -> None:
        done = [one for one in self._sent if one.done()]
        self._sent = [one for one in self._sent if not one.done()]
        for one in done:
            one.result()

    def _in_its_place(self, chunk: Chunk) -> None:
        try:
            self._deliver(chunk)
        except BaseException:
            self._stop.set()
            raise
        finally:
            self._places.release()

    def _deliver(self, chunk: Chunk) -> None:
        again, pause, began = False, FIRST_PAUSE, time.monotonic()
        while not self._stop.is_set():
            wait = min(pause, LONGEST_PAUSE)
            try:
                answer = self._client.post(PATH, content=b"\n".join(chunk.lines), headers=_NDJSON)
            except _NEVER_SENT as error:
                why = str(error)
            except httpx.TransportError as error:
                again, why = True, str(error) or type(error).__name__
            else:
                if answer.status_code == 413:
                    self._divide(chunk)
                    return
                if answer.status_code < 500 and answer.status_code not in _BUSY:
                    self._settle(chunk, answer, again=again)
                    return
                # What was answered 5xx may have become durable all the same.
                again, why = True, said(answer)
                wait = _retry_after(answer, wait)
            if time.monotonic() - max(self._heard, began) > self._patience:
                self._tally.give_up(len(chunk.rows))
                raise CannotReplay(f"nothing was taken in for {self._patience:.0f} s: {why}")
            self._stop.wait(wait * random.uniform(1.0, 1.2))  # noqa: S311 - not all at once
            pause *= 2
        self._tally.give_up(len(chunk.rows))

    def _divide(self, chunk: Chunk) -> None:
        if len(chunk.rows) == 1:
            self._refuse(chunk.rows[0], Refusal(TOO_LARGE))
            return
        first, second = chunk.halves()
        try:
            self._deliver(first)
        except CannotReplay:
            self._tally.give_up(len(second.rows))
            raise
        self._deliver(second)

    def _settle(self, chunk: Chunk, answer: httpx.Response, *, again: bool) -> None:
        if answer.status_code != 202:
            self._tally.give_up(len(chunk.rows))
            raise CannotReplay(f"Harken does not take it in: {said(answer)}")
        self._heard = time.monotonic()
        found = answer.json()
        for one in found["rejected"]:
            self._refuse(chunk.rows[one["index"]], _refusal(one["problem"]))
        ours = _ours(found, self._since) if again else 0
        self._tally.answer(found["accepted"], found["duplicates"], ours=ours)


def _ours(answer: dict[str, Any], since: Instant) -> int:
    """How many of the duplicates came first after this replay began: their answer was lost."""
    known = [parse_rfc3339(at) for at in answer["known_since"] if at is not None]
    return sum(at >= since for at in known)


def _time_of(answer: httpx.Response) -> Instant:
    """Whole seconds, not later than it was; the end of time where the answer has none."""
    try:
        return from_datetime(parsedate_to_datetime(answer.headers["Date"]))
    except (KeyError, ValueError):
        return LATEST


def said(answer: httpx.Response) -> str:
    """A problem's own words."""
    try:
        problem = answer.json()
        words = f"{problem['title']}: {problem.get('detail', '')}".rstrip(": ")
    except (ValueError, KeyError, TypeError):
        words = answer.text[:200]
    return f"{answer.status_code} {words}"


def _refusal(problem: dict[str, Any]) -> Refusal:
    errors: Sequence[dict[str, str]] = problem.get("errors", ())
    if not errors:
        return Refusal(str(problem["detail"]))
    return Refusal(f"{errors[0]['field']}: {errors[0]['detail']}")


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    try:
        return float(answer.headers["Retry-After"])
    except (KeyError, ValueError):
        return otherwise
