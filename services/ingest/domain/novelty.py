"""What is new: the same id is a double, the same id with other content is a revision.

The answer only advises: the router's unique mention id decides, so a double that slips through
is harmless, and so is one that is told twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from harken.domain.ids import MentionId
from harken.domain.mention import Mention
from harken.domain.time import BEGINNING, Instant


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest revision that was taken in, the digest of its content, and when it came."""

    digest: str
    revision: int
    at: Instant = BEGINNING


@dataclass(frozen=True, slots=True)
class Sorted:
    """``new`` are to be published, with their final revision; ``doubles`` hold input places."""

    new: Mapping[int, Mention]
    doubles: tuple[int, ...]


def digest(mention: Mention) -> str:
    """Of what a customer can change: the text, its media, and whether it is still there."""
    parts = [mention.text, mention.change.value, *(media.url for media in mention.media)]
    content = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(content, digest_size=12).hexdigest()


def sort_out(mentions: Sequence[Mention], seen: Mapping[MentionId, Seen]) -> Sorted:
    """``seen`` holds what is known of these ids; later places of the input count as later news."""
    known = dict(seen)
    new: dict[int, Mention] = {}
    doubles: list[int] = []
    for place, mention in enumerate(mentions):
        before = known.get(mention.id)
        content = digest(mention)
        if before is not None and (
            before.digest == content or 1 < mention.revision <= before.revision
        ):
            doubles.append(place)
            continue
        accepted = mention if before is None else _as_revision(mention, before)
        known[mention.id] = Seen(content, accepted.revision)
        new[place] = accepted
    return Sorted(new, tuple(doubles))


def unheeded(new: Mapping[int, Mention], seen: Mapping[MentionId, Seen]) -> tuple[int, ...]:
    """Places of what no tracker matched and nothing was taken in of before."""
    heeded = {mention.id for mention in new.values() if mention.trackers} | seen.keys()
    return tuple(place for place, mention in new.items() if mention.id not in heeded)


def _as_revision(mention: Mention, before: Seen) -> Mention:
    """A network that does not number its edits gets the time of receipt as the number."""
    if mention.revision > before.revision:
        return mention
    return replace(mention, revision=max(before.revision + 1, mention.received_at))
