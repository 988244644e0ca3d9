"""How each source is doing: when it last spoke, what failed, how much it brought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from harken.channels.port import Source
from harken.clock import Clock
from harken.domain.ids import SourceId
from harken.domain.mention import Mention
from harken.domain.time import Instant
from services.ingest.intake import Taken


@dataclass(frozen=True, slots=True)
class SourceState:
    """Since this process started; ``error`` is empty while all is well."""

    heard_at: Instant | None = None
    newest_at: Instant | None = None
    accepted: int = 0
    duplicates: int = 0
    unmatched: int = 0
    failures: int = 0
    error: str = ""


class SourceStates:
    """Kept by the poller, shown by the API."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._states: dict[SourceId, SourceState] = {}

    def of(self, source: SourceId) -> SourceState:
        return self._states.get(source, SourceState())

    def heard(self, source: Source, taken: Taken, brought: Iterable[Mention]) -> None:
        before = self.of(source.id)
        newest = max((mention.created_at for mention in brought), default=None)
        self._states[source.id] = replace(
            before,
            heard_at=self._clock.now(),
            newest_at=max(filter(None, (before.newest_at, newest)), default=None),
            accepted=before.accepted + len(taken.new),
            duplicates=before.duplicates + len(taken.doubles),
            unmatched=before.unmatched + len(taken.unmatched),
            failures=0,
            error="",
        )

    def failed(self, source: Source, why: str) -> None:
        before = self.of(source.id)
        self._states[source.id] = replace(before, failures=before.failures + 1, error=why)
