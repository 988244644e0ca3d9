"""Edits that ingest took for originals: it had not seen the original, or not yet."""

from __future__ import annotations

from harken.domain.mention import Mention
from harken.domain.revision import digest, revision_after


def as_edit(mention: Mention, before: Mention) -> Mention | None:
    """The unnumbered mention as an edit of ``before``, which came without a number, too.

    Of two contents the one received later is the edit, in whatever order they come here. None
    where there is nothing new in it. Of what was received in the same instant the digests choose,
    so that repeats never take turns.
    """
    said, kept = digest(mention), digest(before)
    later = (mention.received_at, said) > (before.received_at, kept)
    return revision_after(before.revision, mention) if said != kept and later else None
