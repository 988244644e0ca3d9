"""What mentions without a number find in the store: each content of such counts once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from harken.domain.ids import MentionId, TenantId, derive
from harken.domain.mention import Mention
from harken.domain.revision import FIRST, digest
from harken.events.codec import decode_tagged
from harken.events.v1 import tone_pb2
from harken.store.port import Rows, Snapshot
from harken.store.schema.router import COMMANDS, MENTIONS
from services.router.domain.revising import as_edit

_Key = tuple[TenantId, MentionId]


class Arrivals:
    """The mentions of a batch as they are kept after those of it that were heard so far.

    Those that came numbered are looked up only where an unnumbered one of the same id is there.
    """

    def __init__(self) -> None:
        self._kept: dict[_Key, Mention] = {}
        self._told: set[str] = set()

    @classmethod
    async def load(cls, snapshot: Snapshot, mentions: Sequence[Mention]) -> Arrivals:
        arrivals = cls()
        by_tenant: dict[TenantId, list[Mention]] = defaultdict(list)
        for mention in mentions:
            if mention.revision == FIRST:
                by_tenant[mention.tenant].append(mention)
        for tenant, unnumbered in by_tenant.items():
            await arrivals._load(snapshot.for_tenant(tenant), unnumbered)
        return arrivals

    async def _load(self, rows: Rows, unnumbered: Sequence[Mention]) -> None:
        ids = {mention.id for mention in unnumbered}
        query = select(MENTIONS.c.id, MENTIONS.c.tagged).where(MENTIONS.c.id.in_(ids))
        kept = {row.id: _mention(row.tagged) for row in await rows.all(query)}
        if not kept:
            return
        self._kept |= {(unnumbered[0].tenant, id_): mention for id_, mention in kept.items()}
        origins = {_as_first(mention) for mention in (*kept.values(), *unnumbered)}
        told = select(COMMANDS.c.origin).where(COMMANDS.c.origin.in_(origins))
        self._told |= {row.origin for row in await rows.all(told)}

    def before(self, mention: Mention) -> int:
        """The revision that is kept of it; 0 for none."""
        kept = self._kept.get(_key(mention))
        return 0 if kept is None else kept.revision

    def news(self, mention: Mention) -> Mention | None:
        """With the revision that it is; None for an unnumbered content that was told before.

        Beside a content that its network numbered, an unnumbered one is the original, come late.
        """
        before = self._kept.get(_key(mention))
        if before is None or mention.revision != FIRST:
            return mention
        if before.revision != FIRST and _as_first(before) not in self._told:
            return mention
        return None if _as_first(mention) in self._told else as_edit(mention, before)

    def keep(self, heard: Mention, news: Mention) -> None:
        if self.before(news) < news.revision:
            self._kept[_key(news)] = news
        if heard.revision == FIRST:
            self._told.add(_as_first(heard))


def origin_of(mention: Mention) -> str:
    """Of the command: each revision makes one, of unnumbered ones each content."""
    if mention.revision == FIRST:
        return _as_first(mention)
    return derive("mention", mention.tenant, mention.id, mention.revision)


def _mention(tagged: bytes) -> Mention:
    return decode_tagged(tone_pb2.TaggedMention.FromString(bytes(tagged))).mention


def _as_first(mention: Mention) -> str:
    return derive("mention", mention.tenant, mention.id, FIRST, digest(mention))


def _key(mention: Mention) -> _Key:
    return mention.tenant, mention.id
