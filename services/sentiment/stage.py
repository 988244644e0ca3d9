"""Tags the mentions of one lane with their tone and passes them on as they came."""

from __future__ import annotations

from collections.abc import Sequence

from harken.clock import Clock
from harken.domain.mention import Lane
from harken.domain.tone import Tone, ToneText
from harken.events.codec import tag
from harken.events.topics import LANES, MENTIONS_TAGGED, Topic
from harken.events.v1 import mention_pb2
from harken.log.port import NewRecord
from harken.runtime.stage import Decided, Received
from services.sentiment.tagger import Tagger


class SentimentStage:
    """Stateless: the same mention tagged twice is the same mention, with the same id."""

    def __init__(self, lane: Lane, tagger: Tagger, clock: Clock, batch: int) -> None:
        self.group = f"sentiment.{lane.value}"
        self.topics: Sequence[Topic] = (LANES[lane],)
        self.batch = batch
        self._lane = lane
        self._tagger = tagger
        self._clock = clock

    async def handle(self, batch: Sequence[Received]) -> Decided:
        spoken = [one for one in batch if speaks(one.message)]
        texts = [ToneText(one.message.text, one.message.language) for one in spoken]
        tones = await self._tagger.tag(texts, self._lane) if texts else []
        by_place = {
            (one.record.partition, one.record.offset): tone
            for one, tone in zip(spoken, tones, strict=True)
        }
        return Decided(
            publish=[
                self._tagged(one, by_place.get((one.record.partition, one.record.offset)))
                for one in batch
            ]
        )

    def _tagged(self, received: Received, tone: Tone | None) -> NewRecord:
        message = tag(received.message, tone, self._clock.now())
        return NewRecord(
            MENTIONS_TAGGED.name,
            received.record.key,
            message.SerializeToString(),
            received.record.headers,
        )


def speaks(mention: mention_pb2.Mention) -> bool:
    """A retraction says nothing, and an echo is our own voice: neither has a tone."""
    return not mention.echo and mention.change != mention_pb2.CHANGE_RETRACTION
