"""What is left in the end, on our side and on the network's, held against what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from cli.embedded import open_embedded
from harken.domain.case import Case, CaseState, PostSide
from harken.domain.facts import DecisionMade, TaggedMention
from harken.domain.ids import TenantId, mention_id
from harken.domain.reply import DeliveryState, Reply
from harken.events.codec import decode_tagged, decode_work
from harken.events.topics import WORK
from harken.events.v1 import tone_pb2, work_pb2
from harken.runtime.settings import Settings
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.infrastructure import DEAD_LETTERS, OUTBOX
from harken.store.schema.responder import REPLIES
from harken.store.schema.router import AGENTS, CASES, COMMANDS, MENTIONS, OFFERS
from services.router.command_log import PENDING
from services.router.domain.offer import Offer, OfferState
from services.router.domain.people import Agent
from tests.chaos.ledger import Ledger
from tests.e2e.calling import Caller

TENANT = TenantId("main")
BRAND = "northkettle"
TO_A_PERSON = frozenset({DeliveryState.ABSENT, DeliveryState.REFUSED, DeliveryState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class OnNetwork:
    """What the network shows: by its own id, whose it is."""

    customers: frozenset[str]
    ours: Sequence[dict[str, Any]]

    def mentions(self, host: str) -> set[str]:
        """Their ids as mentions of ours."""
        return {str(mention_id(TENANT, "mastodon", host, each)) for each in self.customers}


def read_network(address: str) -> OnNetwork:
    shown = httpx.get(f"{address}/harken/statuses", trust_env=False, timeout=30.0).json()
    return OnNetwork(
        frozenset(each["id"] for each in shown if each["account"] != BRAND),
        [each for each in shown if each["account"] == BRAND],
    )


def indexed(caller: Caller, kind: str) -> Counter[str]:
    """Every document of that kind that the search finds, page by page."""
    found: Counter[str] = Counter()
    cursor = ""
    while True:
        page = caller.get("/v1/search", kind=kind, limit=100, cursor=cursor)
        found.update(item["id"] for item in page["items"])
        if not (cursor := page["next_cursor"] or ""):
            return found


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored. ``mentions`` by id, ``told`` are the cases' snapshots that were ever
    published, in their order, ``applied`` the numbers of the recorded history."""

    mentions: dict[str, tuple[str, TaggedMention]]
    cases: Sequence[Case]
    replies: dict[str, Reply]
    told: Sequence[Case]
    offers: dict[str, Offer]
    agents: Sequence[Agent]
    decisions: Counter[str]
    applied: Sequence[int]
    dead: int


async def read_folder(folder: Path) -> Kept:
    async with open_embedded(Settings(data=folder / "data")) as opened:
        return await read_kept(opened.store)


async def read_kept(store: Store) -> Kept:
    async with store.reading() as snapshot:
        rows = snapshot.across_tenants()
        mentions = await rows.all(select(MENTIONS))
        cases = await rows.all(select(CASES.c.body))
        replies = await rows.all(select(REPLIES.c.body))
        told = await rows.all(
            select(OUTBOX.c.value).where(OUTBOX.c.topic == WORK.name).order_by(OUTBOX.c.id)
        )
        offers = [decode(row.body, Offer) for row in await rows.all(select(OFFERS.c.body))]
        agents = [decode(row.body, Agent) for row in await rows.all(select(AGENTS.c.body))]
        applied = await rows.all(select(COMMANDS.c.applied_seq).where(~PENDING))
        dead = await rows.all(select(DEAD_LETTERS.c.id))
    facts = [decode_work(work_pb2.Work.FromString(bytes(row.value))) for row in told]
    return Kept(
        {
            row.id: (
                row.case_id,
                decode_tagged(tone_pb2.TaggedMention.FromString(bytes(row.tagged))),
            )
            for row in mentions
        },
        [decode(row.body, Case) for row in cases],
        {reply.id: reply for reply in (decode(row.body, Reply) for row in replies)},
        [fact for fact in facts if isinstance(fact, Case)],
        {offer.id: offer for offer in offers},
        agents,
        Counter(fact.kind for fact in facts if isinstance(fact, DecisionMade)),
        sorted(row.applied_seq for row in applied),
        len(dead),
    )


def assert_each_mention_went_its_way_once(kept: Kept, expected: set[str]) -> None:
    """Tagged, and in exactly one case, which says the same."""
    assert kept.mentions.keys() == expected
    assert all(tagged.tone is not None for _, tagged in kept.mentions.values())
    placed = Counter(
        (post.ref, case.id)
        for case in kept.cases
        for post in case.posts
        if post.side is PostSide.CUSTOMER
    )
    assert placed == Counter((id_, case) for id_, (case, _) in kept.mentions.items())


def assert_nobody_shares_a_case(kept: Kept, ledger: Ledger) -> None:
    """One assignee for each fence, in all that was published and all that agents were told; and
    no two deciders ever: each revision was published once, and the history is one line."""
    published = Counter((case.id, case.revision) for case in kept.told)
    assert max(published.values(), default=0) <= 1
    assert kept.applied == list(range(1, len(kept.applied) + 1))
    holders: dict[tuple[str, int], set[str]] = {}
    for case in kept.told:
        if case.assignee is not None:
            holders.setdefault((case.id, case.fence), set()).add(case.assignee)
    for taken, agents in ledger.taken.items():
        holders.setdefault(taken, set()).update(agents)
    assert {place: who for place, who in holders.items() if len(who) > 1} == {}


def assert_offers_were_settled_once(kept: Kept, ledger: Ledger) -> None:
    """What an agent heard of an offer is what became of it; nobody has more than they can take."""
    for id_ in ledger.accepted_offers:
        assert kept.offers[id_].state is OfferState.ACCEPTED, kept.offers[id_]
    for id_ in ledger.refused_offers:
        assert kept.offers[id_].state is not OfferState.ACCEPTED, kept.offers[id_]
    open_for = Counter(
        offer.case for offer in kept.offers.values() if offer.state is OfferState.OPEN
    )
    assert max(open_for.values(), default=0) <= 1
    states = {case.id: case.state for case in kept.cases}
    assert all(states[case] is CaseState.OFFERED for case in open_for)
    load = Counter(case.assignee for case in kept.cases if case.state is CaseState.ASSIGNED)
    for agent in kept.agents:
        assert load[agent.id] <= agent.capacity, (agent, load)


def assert_replies_at_most_once(kept: Kept, ledger: Ledger, network: OnNetwork) -> None:
    """None twice, none that nobody asked for, none lost without a word."""
    assert kept.replies.keys() == ledger.asked.keys()
    by_key = Counter(each["idempotency_key"] for each in network.ours)
    posted = {id_: _posted(asked.text, network) for id_, asked in ledger.asked.items()}
    assert by_key.total() == len(network.ours) == sum(map(len, posted.values()))
    assert max(by_key.values(), default=0) <= 1
    for id_, reply in kept.replies.items():
        where = posted[id_]
        assert len(where) <= 1, (reply, where)
        if reply.state is DeliveryState.SENT:
            assert where == [reply.network_id], reply
        else:
            assert reply.state in TO_A_PERSON, reply
            assert reply.why
        if reply.state in (DeliveryState.REFUSED, DeliveryState.WITHDRAWN):
            assert where == []
    for text in ledger.refused:
        assert _posted(text, network) == []


def _posted(text: str, network: OnNetwork) -> list[str]:
    return [each["id"] for each in network.ours if text in each["text"]]
