"""The intake: mentions become durable here, or their sender is told that they did not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harken.domain.ids import TenantId
from harken.domain.mention import Lane, Mention
from harken.domain.time import Instant
from harken.events.codec import encode_mention
from harken.events.keys import mention_key
from harken.events.topics import LANES
from harken.log.port import EventLog, Headers, LogUnavailable, NewRecord
from services.ingest.domain.lane import choose_lane
from services.ingest.domain.novelty import sort_out, unheeded
from services.ingest.enrichment import Enrichment
from services.ingest.seen import SeenBefore
from services.ingest.turns import Turns


@dataclass(frozen=True, slots=True)
class Taken:
    """Places of the input; together they are all of it. ``unmatched`` were left out on request.

    ``first`` says when those of the doubles came first that were not of this very input.
    """

    new: tuple[int, ...]
    doubles: tuple[int, ...]
    unmatched: tuple[int, ...] = ()
    first: Mapping[int, Instant] = field(default_factory=dict)


class IntakeFull(LogUnavailable):
    """More wait already than may: come again after ``retry_after`` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("the intake is full", retry_after)


class Intake:
    """``waiting`` bounds the mentions that wait to become durable, over all senders.

    ``deadline`` is how many seconds a sender waits at the most before it hears that nothing is
    known: repeating is harmless then.
    """

    def __init__(
        self,
        log: EventLog,
        seen: SeenBefore,
        waiting: int,
        deadline: float,
        enrichments: Sequence[Enrichment] = (),
    ) -> None:
        self._log = log
        self._seen = seen
        self._enrichments = enrichments
        self._most_waiting = waiting
        self._deadline = deadline
        self._waiting = 0
        self._turns = Turns()

    async def take(
        self,
        tenant: TenantId,
        mentions: Sequence[Mention],
        headers: Headers = (),
        lane: Lane | None = None,
        *,
        only_tracked: bool = False,
    ) -> Taken:
        """Returns when every new mention is durable. Raises `IntakeFull`, `LogUnavailable`.

        ``lane`` overrides the choice, for imports. ``only_tracked`` leaves out what matches no
        tracker; what was taken in once is followed to its end all the same.
        """
        # One large batch must get through an empty intake, whatever the bound.
        if self._waiting and self._waiting + len(mentions) > self._most_waiting:
            raise IntakeFull(retry_after=1.0)
        self._waiting += len(mentions)
        try:
            async with asyncio.timeout(self._deadline):
                async with self._turns.of({(tenant, mention.id) for mention in mentions}):
                    return await self._take(tenant, mentions, headers, lane, only_tracked)
        except TimeoutError:
            raise LogUnavailable("the log did not answer in time", retry_after=2.0) from None
        finally:
            self._waiting -= len(mentions)

    async def _take(
        self,
        tenant: TenantId,
        mentions: Sequence[Mention],
        headers: Headers,
        lane: Lane | None,
        only_tracked: bool,
    ) -> Taken:
        known = await self._seen.known(tenant, [mention.id for mention in mentions])
        result = sort_out(mentions, known)
        enriched: Sequence[Mention] = list(result.new.values())
        for step in self._enrichments if enriched else ():
            enriched = await step.enrich(tenant, enriched)
        new = dict(zip(result.new, enriched, strict=True))
        unmatched = unheeded(new, known) if only_tracked else ()
        for place in unmatched:
            del new[place]
        if new:
            await self._log.publish([_record(mention, headers, lane) for mention in new.values()])
            self._seen.remember(tenant, {one.id: result.seen[one.id] for one in new.values()})
        before = {place: known.get(mentions[place].id) for place in result.doubles}
        first = {place: seen.at for place, seen in before.items() if seen is not None}
        return Taken(tuple(new), result.doubles, unmatched, first)


def _record(mention: Mention, headers: Headers, lane: Lane | None) -> NewRecord:
    topic = LANES[lane or choose_lane(mention)]
    value = encode_mention(mention).SerializeToString()
    return NewRecord(topic.name, mention_key(mention), value, headers)
