"""Revisions of what its network does not number: told apart by content, ordered by receipt."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from harken.domain.mention import Mention

FIRST = 1
"""Of an original, and of whatever comes without a number."""


def digest(mention: Mention) -> str:
    """Of what a customer can change: the text, its media, and whether it is still there."""
    parts = [mention.text, mention.change.value, *(media.url for media in mention.media)]
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=12).hexdigest()


def revision_after(before: int, mention: Mention) -> Mention:
    """As a revision after ``before``: its own number if it is greater, else the time of receipt,
    in the milliseconds in which others number theirs.
    """
    if mention.revision > before:
        return mention
    return replace(mention, revision=max(before + 1, mention.received_at // 1_000))
