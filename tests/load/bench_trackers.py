"""`make bench-trackers`: what it costs to match trackers, in CPU time on one core.

Ratios are of figures of this one run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Sequence

from cli.demo.script import load
from harken.domain.mention import Mention
from harken.runtime.lifecycle import settle
from harken.search.analysis import warm_up
from harken.testing.builders import mention
from services.ingest.tracking import TrackerIndex, build_index
from services.ingest.tracking.text import read_text
from tests.load.tracker_queries import names, queries

BRANDS = 2_000
ROUNDS = 4
"""The first fills what the index remembers; other processes disturb some."""
KNOWN = 0.8
"""Share of the mentions of which the language is known."""
NEW = 0.15
"""Share of words that were never met: of tweets in Polish, Russian and Latvian 20 % were unknown
to what remembers the last 32,768 to 65,536 words, of English ones 8 %."""


def mentions(count: int, posts: int, brands: Sequence[str], new: float = 0.0) -> list[Mention]:
    """Each of that many of the demo's posts in one language, about a brand drawn by lot; a share
    of their words is ``new``."""
    lots = random.Random(5)
    said = [
        (language, [post for one in script for post in one.posts])
        for language, script in load().items()
    ]
    made = []
    for n in range(count):
        language, texts = lots.choice(said)
        text = " ".join(lots.choice(texts) for _ in range(posts))
        text = text.replace("brivanta", lots.choice(brands).lower())
        if new:
            text = " ".join(_new(lots) if lots.random() < new else w for w in text.split())
        sure = lots.random() < KNOWN
        made.append(
            mention(
                f"{text} ({n})",
                language=language if sure else "",
                language_certainty=0.95 if sure else 0.0,
                author=f"author{n % 997}",
                url=f"https://hearth.example/@author{n % 997}/{n}",
            )
        )
    return made


def _new(lots: random.Random) -> str:
    return "".join(lots.choices("abcdefghijklmnoprstuvwyz", k=lots.randint(5, 10)))


def cost_once(index: TrackerIndex, said: Sequence[Mention]) -> float:
    """Microseconds per mention of the later half, none of which was read before."""
    half = len(said) // 2
    for each in said[:half]:
        index.match(each)
    started = time.process_time()
    for each in said[half:]:
        index.match(each)
    return (time.process_time() - started) / (len(said) - half) * 1e6


def cost(index: TrackerIndex, said: Sequence[Mention]) -> tuple[float, float]:
    """Microseconds (of the best of some rounds) and matches per mention."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        matches = sum(len(index.match(each)) for each in said)
        rounds.append(time.process_time() - started)
    return min(rounds) / len(said) * 1e6, matches / len(said)


def reading(said: Sequence[Mention]) -> float:
    """Microseconds per mention for parting its text into words and marks."""
    started = time.process_time()
    for each in said:
        read_text(each.text)
    return (time.process_time() - started) / len(said) * 1e6


def built(asked: Sequence[str], earlier: TrackerIndex | None = None) -> tuple[TrackerIndex, float]:
    """The index and the seconds that it took."""
    started = time.process_time()
    index = TrackerIndex({f"tracker-{n}": query for n, query in enumerate(asked)})
    return index, time.process_time() - started


async def longest_wait(asked: Sequence[str]) -> float:
    """Seconds for which the event loop stood still at the most while an index was built."""
    given = {f"tracker-{n}": query for n, query in enumerate(asked)}
    building = asyncio.create_task(build_index(given))
    longest, before = 0.0, time.perf_counter()
    while not building.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4_000, help="posts per measurement")
    count = parser.parse_args().count
    warm_up()
    settle()
    brands = names(BRANDS)
    asked = list(queries(10_000, brands))
    lengths = {"post": mentions(count, 1, brands), "long post": mentions(count // 4, 5, brands)}
    lengths["article"] = mentions(count // 40, 80, brands)
    indexes: dict[int, TrackerIndex] = {}
    for size in (100, 1_000, 10_000):
        indexes[size], seconds = built(asked[:size])
        report(f"building an index of {size:,}", f"{seconds:.2f} s")
    waited = asyncio.run(longest_wait(asked))
    report("  the event loop's longest wait meanwhile", f"{waited * 1000:.0f} ms")
    for name, said in lengths.items():
        words = sum(len(read_text(each.text).words) for each in said) / len(said)
        print(f"\n{name}: {words:.0f} words on average")
        report("parting into words", f"{reading(said):,.0f} us")
        costs = {size: cost(index, said) for size, index in indexes.items()}
        for size, (spent, matches) in costs.items():
            report(f"{size:,} trackers, {matches:.2f} matches", rate(spent))
        report("  words with 10,000", f"{words * 1e6 / costs[10_000][0]:,.0f}/s")
        growth = costs[10_000][0] / costs[100][0]
        report("  10,000 against 100 (goal: under 2)", f"{growth:.2f}")
    print(f"\narticle, {NEW:.0%} of its words never met before")
    said = mentions(count // 20, 80, brands, NEW)
    report("10,000 trackers", rate(cost_once(indexes[10_000], said)))
    crowd = [f"(brivanta OR kettle OR чайник) -{name}" for name in brands[:500]]
    index, _ = built([*asked[500:], *crowd])
    said = [each for each in lengths["post"] if index.match(each)]
    hundreds = [each for each in said if len(index.match(each)) > 100]
    spent, matches = cost(index, hundreds)
    print("\nposts that hundreds of trackers match")
    report(f"10,000 trackers, {matches:.0f} matches", rate(spent))


def rate(spent: float) -> str:
    return f"{spent:,.0f} us = {1e6 / spent:,.0f}/s"


def report(what: str, figure: str) -> None:
    print(f"{what:<48}{figure:>24}", flush=True)


if __name__ == "__main__":
    main()
