"""The step of the intake that knows answers to our own posts: they are addressed to us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from harken.domain.ids import ConnectionId, TenantId
from harken.domain.mention import Change, Mention
from harken.store.port import Rows, Store
from harken.store.schema.responder import OWN_POSTS, REPLIES


class AddressingStep:
    """Whoever answers us need not name us. Asks the store only of answers that do not."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        asked: dict[ConnectionId, set[str]] = defaultdict(set)
        for mention in mentions:
            if ids := _answered(mention):
                asked[mention.connection] |= ids
        if not asked:
            return mentions
        async with self._store.reading() as snapshot:
            ours = await _ours(snapshot.for_tenant(tenant), asked)
        return [
            replace(one, direct=True) if _answered(one) & ours[one.connection] else one
            for one in mentions
        ]


def _answered(mention: Mention) -> set[str]:
    """The network's ids of what an indirect mention answers; none where that tells nothing."""
    settled = mention.direct or mention.echo or mention.change is Change.RETRACTION
    if settled or not mention.connection:
        return set()
    return {mention.parent, mention.thread_root} - {"", mention.source_id}


async def _ours(
    rows: Rows, asked: Mapping[ConnectionId, set[str]]
) -> defaultdict[ConnectionId, set[str]]:
    """Those of the ids that are posts of ours."""
    found: defaultdict[ConnectionId, set[str]] = defaultdict(set)
    for connection, ids in asked.items():
        for table, column in (
            (OWN_POSTS, OWN_POSTS.c.source_id),
            (REPLIES, REPLIES.c.network_id),
        ):
            query = select(column.label("post")).where(
                table.c.connection == connection, column.in_(sorted(ids))
            )
            found[connection] |= {row.post for row in await rows.all(query)}
    return found
