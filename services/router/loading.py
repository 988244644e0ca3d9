"""Loads a tenant's state, and what of the past the commands at hand ask for."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select

from harken.domain.case import Case, CaseState
from harken.domain.ids import AuthorId, CaseId, ConnectionId, MentionId, TenantId
from harken.domain.time import Instant, before, days
from harken.store.body import decode
from harken.store.port import Rows
from harken.store.schema.infrastructure import TIMERS
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import AGENTS, CASES, MENTIONS, OFFERS, QUEUES, SKILLS
from services.router.domain.needs import Needs
from services.router.domain.offer import Offer, OfferState
from services.router.domain.people import Agent, Queue, Skill
from services.router.domain.state import KnownMention, Source, TenantState
from services.router.domain.timer import Timer, TimerKey, TimerKind
from services.router.policies import routing_policy

SERVICE = "router"
LOOK_BACK = days(90)
"""Closed cases older than this are not looked at when their author writes again."""
CLOSED = (CaseState.RESOLVED.value, CaseState.MERGED.value)
OPEN = tuple(state.value for state in CaseState if state.value not in CLOSED)
"""Asked for one by one: no index finds what is not something."""

AT_ONCE = 200
"""Cases read without letting others on the loop go on: some milliseconds."""

T = TypeVar("T")


async def load_state(tenant: TenantId, rows: Rows) -> TenantState:
    """Everything that must be in memory, out of one snapshot."""
    state = TenantState(tenant, await routing_policy(rows))
    for queue in _bodies(await rows.all(select(QUEUES.c.body)), Queue):
        state.queues[queue.id] = queue
    for skill in _bodies(await rows.all(select(SKILLS.c.body)), Skill):
        state.skills[skill.name] = skill
    for agent in _bodies(await rows.all(select(AGENTS.c.body)), Agent):
        state.put_agent(agent)
    open_cases = await rows.all(_cases().where(CASES.c.state.in_(OPEN)))
    for n, case in enumerate(_bodies(open_cases, Case)):
        state.put_case(case)
        if n % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
    open_offers = select(OFFERS.c.body).where(OFFERS.c.state == OfferState.OPEN.value)
    for offer in _bodies(await rows.all(open_offers), Offer):
        state.put_offer(offer)
    for row in await rows.all(select(TIMERS).where(TIMERS.c.service == SERVICE)):
        key = TimerKey(row.aggregate, TimerKind(row.kind))
        state.put_timer(Timer(key, row.generation, Instant(row.due)))
    return state


class Past:
    """Loads closed cases, mentions and sources into a state, each once until it is forgotten."""

    BATCHES_KEPT = 16
    MOST_CASES = 5_000
    MOST_MENTIONS = 20_000

    def __init__(self, state: TenantState) -> None:
        self._state = state
        self._batches = 0
        self._authors: set[tuple[ConnectionId, AuthorId]] = set()

    async def load(self, needs: Needs, rows: Rows, now: Instant) -> dict[MentionId, Row[Any]]:
        """Returns the rows of the mentions asked for: whoever tells of them needs their bytes."""
        mentions = await self._load_mentions(needs.mentions, rows)
        await self._load_sources(needs.sources, rows)
        await self._load_offers(needs, rows)
        await self._load_authors(needs.authors, rows, before(now, LOOK_BACK))
        known = (self._state.mentions.get(id_) for id_ in needs.mentions)
        cases = {mention.case for mention in known if mention is not None and mention.case}
        sources = (self._state.sources.get(source) for source in needs.sources)
        cases |= {source.case for source in sources if source is not None}
        cases |= {self._state.offers[o].case for o in needs.offers if o in self._state.offers}
        await self._load_cases(cases | needs.cases, rows)
        return mentions

    def forget(self) -> None:
        """Keeps memory bounded; what is forgotten is loaded again when it is needed.

        Called after every batch; it looks only now and then.
        """
        self._batches += 1
        if self._batches % self.BATCHES_KEPT:
            return
        state = self._state
        for id_ in [id_ for id_, offer in state.offers.items() if offer.settled_at is not None]:
            del state.offers[id_]
        if len(state.mentions) > self.MOST_MENTIONS or len(state.sources) > self.MOST_MENTIONS:
            state.mentions.clear()
            state.sources.clear()
        closed = [case.id for case in state.cases.values() if not case.open]
        if len(closed) > self.MOST_CASES:
            for case in closed:
                state.forget_case(case)
            self._authors.clear()

    async def _load_mentions(
        self, ids: Iterable[MentionId], rows: Rows
    ) -> dict[MentionId, Row[Any]]:
        found = {}
        for row in await _all(rows, select(MENTIONS), MENTIONS.c.id, ids):
            found[MentionId(row.id)] = row
            if row.placed_revision > 0:
                case = CaseId(row.case_id) if row.case_id else None
                known = KnownMention(case, row.placed_revision)
                self._state.mentions.setdefault(MentionId(row.id), known)
        return found

    async def _load_sources(self, sources: Iterable[tuple[ConnectionId, str]], rows: Rows) -> None:
        missing = defaultdict(list)
        for connection, source_id in sources:
            if (connection, source_id) not in self._state.sources:
                missing[connection].append(source_id)
        for connection, source_ids in missing.items():
            await self._load_sources_of(connection, source_ids, rows)

    async def _load_sources_of(
        self, connection: ConnectionId, source_ids: Sequence[str], rows: Rows
    ) -> None:
        m, r = MENTIONS.c, REPLIES.c
        of_mentions = select(m.id.label("ref"), m.case_id, m.source_id).where(
            m.connection == connection, m.case_id != ""
        )
        of_replies = select(r.id.label("ref"), r.case_id, r.network_id.label("source_id")).where(
            r.connection == connection
        )
        # An echo that came before its delivery is known by its mention: the delivery replaces it.
        for query, column in ((of_mentions, m.source_id), (of_replies, r.network_id)):
            for row in await _all(rows, query, column, source_ids):
                key = (connection, row.source_id)
                self._state.sources.setdefault(key, Source(CaseId(row.case_id), row.ref))

    async def _load_offers(self, needs: Needs, rows: Rows) -> None:
        missing = [id_ for id_ in needs.offers if id_ not in self._state.offers]
        for offer in _bodies(await _all(rows, select(OFFERS.c.body), OFFERS.c.id, missing), Offer):
            self._state.offers[offer.id] = offer

    async def _load_authors(
        self, authors: Iterable[tuple[ConnectionId, AuthorId]], rows: Rows, oldest: Instant
    ) -> None:
        missing = defaultdict(list)
        for connection, author in authors:
            if (connection, author) not in self._authors:
                missing[connection].append(author)
                self._authors.add((connection, author))
        for connection, ids in missing.items():
            query = _cases().where(
                CASES.c.connection == connection,
                CASES.c.state.in_(CLOSED),
                CASES.c.updated_at >= oldest,
            )
            found = _bodies(await _all(rows, query, CASES.c.author, ids), Case)
            self._put(found)
            await self._load_cases({case.merged_into for case in found if case.merged_into}, rows)

    async def _load_cases(self, ids: Iterable[CaseId], rows: Rows) -> None:
        """With those that they were merged into."""
        missing = {id_ for id_ in ids if id_ not in self._state.cases}
        while missing:
            found = _bodies(await _all(rows, _cases(), CASES.c.id, missing), Case)
            self._put(found)
            merged = {case.merged_into for case in found if case.merged_into is not None}
            missing = {id_ for id_ in merged if id_ not in self._state.cases}

    def _put(self, cases: Iterable[Case]) -> None:
        for case in cases:
            if case.id not in self._state.cases:
                self._state.put_case(case)


def _cases() -> Select[Any]:
    return select(CASES.c.body)


async def _all(
    rows: Rows, query: Select[Any], column: Any, values: Iterable[str]
) -> Sequence[Row[Any]]:
    wanted = list(values)
    return await rows.all(query.where(column.in_(wanted))) if wanted else ()


def _bodies(rows: Sequence[Row[Any]], kind: type[T]) -> list[T]:
    return [decode(row.body, kind) for row in rows]
