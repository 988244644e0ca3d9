"""Replays a file: reads, prepares, waits until a row is due, sends."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

import msgspec

from cli.replay.mention import Prepared, Reading
from cli.replay.opening import Opened
from cli.replay.pace import Pace
from cli.replay.plan import Plan
from cli.replay.problems import CannotReplay, Refusal
from cli.replay.refused import RefusedFile
from cli.replay.report import Bar, Lines
from cli.replay.rows import Row, Unreadable
from cli.replay.same_ids import SameIds
from cli.replay.sending import Chunk, Sender
from cli.replay.tally import Tally
from cli.replay.threads import Threads
from harken.domain.time import Instant, rfc3339

TICK = 0.05
"""Seconds; rows that are due within it go together."""
ROWS_BETWEEN_LOOKS = 200


class Replay:
    """``live`` rows are of the moment when they are due; others are history of their own time.

    ``limit`` is the most rows to read, 0 for all.
    """

    def __init__(
        self,
        reading: Reading,
        pace: Pace,
        refused: RefusedFile,
        stop: threading.Event,
        *,
        live: bool,
        limit: int = 0,
    ) -> None:
        self._reading = reading
        self._pace = pace
        self.tally = Tally()
        self._refused = refused
        self._stop = stop
        self._live = live
        self._limit = limit
        self._threads = Threads()
        self._chunk = Chunk()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def run(self, plan: Plan, opened: Opened, sender: Sender, shown: Bar | Lines) -> None:
        """Ends early when it is time to stop. Raises `CannotReplay`; the tally is right even so."""
        began, wall = time.monotonic(), time.time_ns() // 1_000
        try:
            for prepared in self._prepared(plan, opened, shown):
                due = self._pace.due(prepared.at)
                while (left := began + due - time.monotonic()) > 0 and not self._stop.is_set():
                    self._send(sender)
                    shown.update(opened.position())
                    self._stop.wait(min(max(left, TICK), 1.0))
                moment = prepared.at
                if self._live:
                    moment = Instant(wall + int(max(due, time.monotonic() - began) * 1_000_000))
                self._chunk.add(prepared.row, self._line(prepared, moment))
                if self._chunk.full:
                    self._send(sender)
        finally:
            if self._stop.is_set():
                self.tally.give_up(len(self._chunk.rows))
            else:
                self._send(sender)

    def refuse(self, row: Row | Unreadable, refusal: Refusal) -> None:
        self.tally.refuse(row.line, refusal)
        self._refused.add(row, refusal)

    def _prepared(self, plan: Plan, opened: Opened, shown: Bar | Lines) -> Iterator[Prepared]:
        """What is to be sent; the others are counted here."""
        rows = plan.rows(opened)
        with closing(SameIds()) as ids:
            for row in islice(rows, self._limit or None):
                if self._stop.is_set():
                    return
                self.tally.read_one()
                if self.tally.read % ROWS_BETWEEN_LOOKS == 0:
                    shown.update(opened.position())
                prepared = row.refusal if isinstance(row, Unreadable) else self._new(row, ids)
                if isinstance(prepared, Prepared):
                    yield prepared
                elif prepared is None:
                    self.tally.repeat()
                else:
                    self.refuse(row, prepared)

    def _new(self, row: Row, ids: SameIds) -> Prepared | Refusal | None:
        """None where an earlier row was the same."""
        prepared = self._reading.mention(row)
        if isinstance(prepared, Refusal):
            return prepared
        added = ids.add(row.line, prepared.body)
        if isinstance(added, Refusal):
            return added
        self._threads.follow(prepared.body)
        return prepared if added else None

    def _line(self, prepared: Prepared, moment: Instant) -> bytes:
        written = {"created_at": rfc3339(moment), "historical": not self._live}
        return msgspec.json.encode(prepared.body | written)

    def _send(self, sender: Sender) -> None:
        if not self._chunk.rows:
            return
        chunk, self._chunk = self._chunk, Chunk()
        try:
            sender.send(chunk)
        except CannotReplay:
            self.tally.give_up(len(chunk.rows))
            raise
