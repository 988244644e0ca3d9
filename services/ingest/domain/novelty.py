"""What is new: the same id is a double, the same id with other content is a revision.

The answer only advises: the router's unique mention id decides, so a double that slips through
is harmless, and so is one that is told twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harken.domain.ids import MentionId
from harken.domain.mention import Change, Mention
from harken.domain.revision import digest, revision_after
from harken.domain.time import BEGINNING, Instant


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest revision that was taken in, the digest of its content, when it came, and whether
    the network numbered it (or we did, by the time of receipt).
    """

    digest: str
    revision: int
    at: Instant = BEGINNING
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """``new`` are to be published, with their final revision; ``doubles`` hold input places;
    ``seen`` is to be known of the new ones once they are durable.
    """

    new: Mapping[int, Mention]
    doubles: tuple[int, ...]
    seen: Mapping[MentionId, Seen]


def sort_out(mentions: Sequence[Mention], seen: Mapping[MentionId, Seen]) -> Sorted:
    """``seen`` holds what is known of these ids; later places of the input count as later news.

    An unnumbered text after a numbered revision is the original, come late. A deletion of which
    nothing but the id is told, of a mention that was never taken in, concerns us not: networks
    tell of all that those whom we follow take back.
    """
    known = dict(seen)
    new: dict[int, Mention] = {}
    doubles: list[int] = []
    for place, mention in enumerate(mentions):
        before = known.get(mention.id)
        content = digest(mention)
        if not _brings_news(mention, content, before):
            doubles.append(place)
            continue
        accepted = mention if before is None else revision_after(before.revision, mention)
        numbered = accepted is mention and mention.revision > 1
        known[mention.id] = Seen(content, accepted.revision, accepted.received_at, numbered)
        new[place] = accepted
    seen_now = {mention.id: known[mention.id] for mention in new.values()}
    return Sorted(new, tuple(doubles), seen_now)


def _brings_news(mention: Mention, content: str, before: Seen | None) -> bool:
    if before is None:
        return mention.change is Change.CONTENT or bool(mention.author.id)
    if before.digest == content:
        return False
    if mention.revision > 1:
        return mention.revision > before.revision
    return not (before.numbered and mention.change is Change.CONTENT)


def unheeded(new: Mapping[int, Mention], seen: Mapping[MentionId, Seen]) -> tuple[int, ...]:
    """Places of what no tracker matched and nothing was taken in of before."""
    heeded = {mention.id for mention in new.values() if mention.trackers} | seen.keys()
    return tuple(place for place, mention in new.items() if mention.id not in heeded)
