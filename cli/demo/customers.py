"""Simulated customers: they post, wait for an answer, and go on when it has come."""

from __future__ import annotations

import asyncio

from cli.demo.network import Network, Watch
from cli.demo.pace import Pace
from cli.demo.script import Scene

READING_SECONDS = 2.5
"""From an answer to the next post, by the script's time."""
PATIENCE_SECONDS = 90.0
"""After which nobody waits for an answer any longer, in real time."""


async def take_part(scene: Scene, network: Network, watch: Watch, pace: Pace) -> int:
    """Plays one conversation to its end; how many of its posts were never answered, 0 or 1."""
    await pace.until(scene.starts)
    answered = ""
    for text in scene.conversation.posts:
        if answered:
            await pace.pass_(READING_SECONDS)
        post = await network.write(scene, text, answered)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                answered = (await watch.answer_to(post)).id
        except TimeoutError:
            return 1
    return 0
