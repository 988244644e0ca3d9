"""A stream that is cut again and again, while people write, edit and delete: none is missed, none
is taken in twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from harken.events.v1.mention_pb2 import CHANGE_RETRACTION
from harken.testing.mastodon.faults import Fault
from harken.testing.mastodon.model import Status
from harken.testing.mastodon.streaming import Behaviour, Way
from tests.unit.ingest.streams import Town, town

CUTS = 200
UNHEARD = 40
"""Changes that we may lag behind: what is older than the last few pages is not looked at again."""


class Crowd:
    """Writes, edits and deletes by lot, and remembers what must be known in the end."""

    def __init__(self, there: Town, lots: Random) -> None:
        self._there = there
        self._lots = lots
        self.standing: list[Status] = []
        self.deleted: list[Status] = []
        self.edits = 0
        self._doubtful: dict[int, Status] = {}

    def act(self) -> None:
        what = self._lots.random()
        if what < 0.6 or not self.standing:
            status = self._there.say(f"it leaks {self._lots.random()}")
            self.standing.append(status)
        elif what < 0.85:
            status = self._lots.choice(self.standing[-40:])
            if status.edited_at == self._there.mastodon.instance.now():
                return  # The network could not tell such edits apart, and nobody is so quick.
            self.edits += 1
            self._there.edit(status, f"it leaks more {self._lots.random()}")
        else:
            status = self._lots.choice(self.standing[-40:])
            self._there.delete(status)
            self.standing.remove(status)
            self.deleted.append(status)
        self._doubtful[status.id] = status

    def unheard(self) -> list[str]:
        """What happened, and the log does not know it yet."""
        for status in [each for each in self._doubtful.values() if self._known(each)]:
            del self._doubtful[status.id]
        return [status.text for status in self._doubtful.values()]

    def wrong(self) -> list[str]:
        """Whatever the log does not know as it is, of all that ever was."""
        return [each.text for each in (*self.standing, *self.deleted) if not self._known(each)]

    def _known(self, status: Status) -> bool:
        """What was deleted before it could be heard need not be known."""
        heard = self._there.published(status)
        if status.id not in self._there.mastodon.instance.world.statuses:
            return not heard or heard[-1].change == CHANGE_RETRACTION
        return bool(heard) and status.text in heard[-1].text


def _spoil(there: Town, lots: Random, way: Way) -> None:
    """Another bad day, by lot: on which streams stutter, come late, or are refused for a while."""
    there.mastodon.streams.behaviour = Behaviour(
        heartbeat=0.01,
        delay=lots.choice([0.0, 0.0, 0.002]),
        times=lots.choice([1, 1, 2]),
        backwards=lots.random() < 0.3,
        offered=(way,),
    )
    if lots.random() < 0.1:
        status = lots.choice([401, 404, 500, 503])
        there.mastodon.faults.arm(
            Fault(status=status, method="GET", path="/api/v1/streaming", times=2)
        )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [5, 6])
@pytest.mark.parametrize("way", ["events", "websocket"])
async def test_none_missed_and_none_doubled_over_two_hundred_cuts(
    tmp_path: Path, way: Way, seed: int
) -> None:
    lots = Random(seed)
    async with town(tmp_path) as there:
        streams, crowd, cuts = there.mastodon.streams, Crowd(there, lots), 0
        streams.behaviour.offered = (way,)
        there.replica().start()
        while cuts < CUTS:
            for _ in range(lots.randrange(4)):
                if len(crowd.unheard()) < UNHEARD:
                    crowd.act()
            await asyncio.sleep(lots.choice([0.0, 0.002, 0.01, 0.02]))
            if lots.random() < 0.8:
                cuts += streams.cut(within_an_event=lots.random() < 0.5)
            if lots.random() < 0.1:
                _spoil(there, lots, way)
        streams.behaviour = Behaviour(offered=(way,))
        await there.eventually(lambda: not crowd.unheard())
        assert crowd.wrong() == []
        assert streams.opened >= CUTS
        assert min(len(crowd.standing), crowd.edits, len(crowd.deleted)) > 20
        published = Counter((mention.id, mention.revision) for mention in there.log.mentions)
        assert published.most_common(1)[0][1] == 1
