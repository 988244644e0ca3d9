"""Reading back: which of our own posts under a parent is this reply?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harken.domain.reply import Reply
from harken.domain.time import Duration, Instant, before, minutes

CLOCK_SKEW = minutes(5)
"""How far the network's clock may be behind ours."""


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of ours under the parent. ``same_text``: it says what the reply says.

    ``created_at`` is by the network's clock. ``bound``: it is known to be something else, another
    reply's or one that was there before this one was tried.
    """

    network_id: str
    created_at: Instant
    same_text: bool
    url: str = ""
    bound: bool = False


def recognise(
    reply: Reply, posts: Sequence[OwnPost], *, alone: bool, skew: Duration = CLOCK_SKEW
) -> OwnPost | None:
    """The earliest unbound post with this text; without one, the earliest made since the attempt.

    A network may change a text beyond recognition (or a person answer at the same moment), and
    answering twice is worse than answering in other words. So any new post of ours counts, but
    for the case that another reply to the same parent is under way too (not ``alone``).
    """
    unbound = sorted((p for p in posts if not p.bound), key=lambda p: (p.created_at, p.network_id))
    same = next((post for post in unbound if post.same_text), None)
    if same is not None or not alone:
        return same
    since = before(reply.first_attempt_at or reply.created_at, skew)
    return next((post for post in unbound if post.created_at >= since), None)
