"""`python -m tests.load.enrichment`: CPU time of what ingest adds to each mention, in one run."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cli.demo.script import load
from harken.domain.mention import Mention
from harken.domain.risk import find_risks
from harken.domain.time import hours
from harken.testing.builders import TENANT, mention
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.copies.lately import LatelySaid
from services.ingest.copies.step import CopiesStep
from services.ingest.copies.waves import Waves
from services.ingest.enrichment import Enrichment
from services.ingest.language.authors import AuthorLanguages
from services.ingest.language.step import LanguageStep

BATCH = 25
COUNT = 4_000
WINDOW = hours(48)


def different(count: int, seed: int) -> list[Mention]:
    """The demo's words in other orders: as long as people write, and hardly ever copies."""
    said = [post for all_ in load().values() for one in all_ for post in one.posts]
    words = [word for post in said for word in post.split()]
    draw = random.Random(seed)
    return [
        mention(
            " ".join(draw.choices(words, k=len(draw.choice(said).split()))),
            source_id=f"{seed}-{n}",
            author=f"a{n % 500}",
            language="",
            language_certainty=0.0,
        )
        for n in range(count)
    ]


async def cost(step: Enrichment, said: Sequence[Mention]) -> float:
    """Seconds of CPU per mention."""
    started = time.process_time()
    for place in range(0, len(said), BATCH):
        await step.enrich(TENANT, said[place : place + BATCH])
    return (time.process_time() - started) / len(said)


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        clock = FakeClock()
        async with store_in(Path(folder), clock) as store:
            language = LanguageStep(AuthorLanguages(store, clock))
            await cost(language, different(BATCH, 0))
            of_language = await cost(language, different(COUNT, 1))
            emoji = [replace(one, text="\U0001f621") for one in different(COUNT, 2)]
            report("language, texts without words", await cost(language, emoji))
            report("language (goal 300)", of_language)

            lately = LatelySaid(store, clock, Waves(WINDOW, 1_000_000), WINDOW, str)
            copies = CopiesStep(lately)
            await cost(copies, different(1_000, 3))
            few = await cost(copies, different(COUNT, 4))
            await cost(copies, different(100_000 - len(lately.waves), 5))
            many = await cost(copies, different(COUNT, 6))
    report("copies, 1,000 to 5,000 remembered", few)
    report(f"copies, {len(lately.waves):,} remembered", many)
    print(f"{'  of the former (goal below 1.5)':<48}{many / few:>20.2f}")
    said = different(COUNT, 7)
    started = time.process_time()
    for one in said:
        find_risks(one.text)
    risks = (time.process_time() - started) / COUNT
    report("risk words, for the lane", risks)
    report("all of them (goal 600)", of_language + many + risks)


def report(what: str, spent: float) -> None:
    print(f"{what:<48}{spent * 1e6:>17,.0f} µs", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
