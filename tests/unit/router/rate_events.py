"""Some hundred tagged mentions of a bad quarter of an hour, and what there is to count in them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from harken.domain.mention import Mention
from harken.domain.time import after, minutes, seconds
from harken.domain.tone import Polarity
from harken.events.codec import encode_mention, tag
from harken.events.keys import mention_key
from harken.events.topics import MENTIONS_TAGGED
from harken.log.port import NewRecord
from harken.store.port import Store
from harken.store.schema.router import RATES
from harken.testing.builders import NOW, OTHER_TENANT, TENANT, edited, mention, tone

Counts = dict[tuple[str, str, str, int], tuple[int, int]]
"""By tenant, tracker, topic and minute: mentions, and negative ones."""

TEXTS = {
    "My kettle caught fire!": ["fire_safety"],
    "Your app leaked my data.": ["data_leak"],
    "The night train was late again.": [],
    "Lovely kettle, thank you.": [],
}
TRACKERS = ["tracker-brand", "tracker-kettles", "tracker-trains"]


@dataclass(frozen=True, slots=True)
class Said:
    mention: Mention
    negative: bool
    topics: Sequence[str]
    counts: bool

    def record(self) -> NewRecord:
        feeling = tone(Polarity.NEGATIVE if self.negative else Polarity.NEUTRAL)
        message = tag(encode_mention(self.mention), feeling, NOW)
        key = mention_key(self.mention)
        return NewRecord(MENTIONS_TAGGED.name, key, message.SerializeToString())


def bad_quarter_of_an_hour(size: int, seed: int = 36) -> list[Said]:
    """Every tenth is something that is not counted."""
    chance = random.Random(seed)
    return [_said(chance, n) for n in range(size)]


def _said(chance: random.Random, n: int) -> Said:
    text, topics = chance.choice(list(TEXTS.items()))
    at = after(NOW, seconds(chance.randrange(15 * 60)))
    one = mention(
        text,
        tenant=chance.choice([TENANT, TENANT, OTHER_TENANT]),
        source_id=str(n),
        author=f"author{chance.randrange(60)}",
        trackers=tuple(chance.sample(TRACKERS, chance.randrange(len(TRACKERS) + 1))),
        created_at=at,
        received_at=after(at, seconds(chance.randrange(300))),
        historical=n % 20 == 10,
    )
    if n % 20 == 0:
        one = edited(one, text)
    return Said(one, chance.random() < 0.6, topics, counts=n % 10 != 0)


def to_count(all_: Sequence[Said]) -> Counts:
    """By the simplest means."""
    mentions: Counter[tuple[str, str, str, int]] = Counter()
    negative: Counter[tuple[str, str, str, int]] = Counter()
    for said in all_:
        one = said.mention
        minute = one.created_at // minutes(1) * minutes(1)
        for tracker in ("", *one.trackers) if said.counts else ():
            for topic in ("", *said.topics):
                mentions[one.tenant, tracker, topic, minute] += 1
                negative[one.tenant, tracker, topic, minute] += said.negative
    return {key: (count, negative[key]) for key, count in mentions.items()}


async def counts_in(store: Store) -> Counts:
    table = RATES.c
    key = (table.tenant, table.tracker, table.topic, table.minute)
    sums = (func.sum(table[name]).label(name) for name in ("mentions", "negative"))
    query = select(*key, *sums).group_by(*key)
    async with store.reading() as snapshot:
        rows = await snapshot.across_tenants().all(query)
    return {
        (row.tenant, row.tracker, row.topic, row.minute): (int(row.mentions), int(row.negative))
        for row in rows
    }


def heard(counts: Counts) -> int:
    return sum(mentions for mentions, _ in counts.values())


async def has_counted(store: Store, least: int) -> Counts:
    """Waits for it. A test that waits in vain is ended by the test runner's time limit."""
    while heard(found := await counts_in(store)) < least:  # noqa: ASYNC110 - it is in a store
        await asyncio.sleep(0.002)
    return found


def far_from_it(all_: Counts, wanted: Counts) -> str:
    """What differs, shortly."""
    differ = [key for key in all_.keys() | wanted.keys() if all_.get(key) != wanted.get(key)]
    some = [(key, all_.get(key), wanted.get(key)) for key in sorted(differ)[:5]]
    return f"{len(differ)} of {len(wanted)} series differ, such as {some}"
