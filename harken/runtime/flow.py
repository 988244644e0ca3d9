"""Typed flow control. Whatever is not one of these crashes the process, which restarts cleanly."""

from __future__ import annotations

from harken.log.port import Record


class FlowControl(Exception):
    """A decision about the flow, raised by a stage and obeyed by its runner."""


class Backpressure(FlowControl):
    """Downstream is full: keep the batch, pause, try it again after ``retry_after`` seconds."""

    def __init__(self, why: str, retry_after: float = 0.5) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Transient(FlowControl):
    """Something outside is away: retry with growing, jittered pauses. Never dead-letters."""

    def __init__(self, why: str, retry_after: float = 1.0) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class InvalidRecord(FlowControl):
    """This one record can never be handled: dead-letter it with the reason, go on with the rest."""

    def __init__(self, record: Record, reason: str) -> None:
        super().__init__(f"{record.topic}[{record.partition}]@{record.offset}: {reason}")
        self.record = record
        self.reason = reason
