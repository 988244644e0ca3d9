"""The step of the intake that tells copies: each names the first of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harken.domain.ids import NO_MENTION, TenantId
from harken.domain.mention import Mention
from services.ingest.copies.lately import LatelySaid
from services.ingest.copies.sketch import sketch_of
from services.ingest.copies.waves import Said
from services.ingest.domain.copies import may_be_copied, words_of
from services.ingest.enrichment import computed


class CopiesStep:
    """Every mention is still taken in; nothing but ``copy_of`` is said of it."""

    def __init__(self, lately: LatelySaid) -> None:
        self._lately = lately

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        if not self._lately.waves.most:
            return mentions
        sketches = await computed(_sketch, mentions)
        return [
            self._compared(tenant, mention, sketch) if sketch else mention
            for mention, sketch in zip(mentions, sketches, strict=True)
        ]

    def _compared(self, tenant: TenantId, mention: Mention, sketch: bytes) -> Mention:
        first = self._lately.waves.first(tenant, mention.id, sketch, mention.created_at)
        if first is None:
            self._lately.remember(Said(tenant, mention.id, mention.created_at, sketch))
        copied = NO_MENTION if first in (None, mention.id) else first
        return replace(mention, copy_of=copied)


def _sketch(mention: Mention) -> bytes:
    return sketch_of(words_of(mention.text)) if may_be_copied(mention) else b""
