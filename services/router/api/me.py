"""`/v1/me` and `/v1/offers`: an agent's own desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select

from harken.domain.case import Case, CaseState
from harken.domain.ids import AgentId, CaseId, OfferId
from harken.domain.roles import Role
from harken.http.access import Caller
from harken.http.idempotency import Idempotent
from harken.http.models import bounded
from harken.http.openapi import problems
from harken.http.problem import not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Rows, Store
from harken.store.schema.router import AGENTS, CASES, OFFERS
from services.router.api.access import Actor, ask, by, own_agent
from services.router.api.case_actions import CaseDesk
from services.router.api.case_models import CaseDetail
from services.router.api.people_models import (
    AgentAnswer,
    Assignments,
    MeAnswer,
    NewStatus,
    OfferAnswer,
)
from services.router.api.reading import summaries
from services.router.api.showing import skill_answers
from services.router.api.signs import SignsOfLife
from services.router.commands_client import RouterCommands
from services.router.domain.commands import AcceptOffer, DeclineOffer, SetStatus
from services.router.domain.offer import Offer, OfferState
from services.router.domain.people import Agent

MOST_ASSIGNMENTS = 200
_HELD = (CaseState.ASSIGNED.value, CaseState.WAITING.value, CaseState.SNOOZED.value)

OfferPath = Annotated[str, Path(min_length=1, max_length=100), bounded(100)]


def agent_answer(agent: Agent) -> AgentAnswer:
    return AgentAnswer(
        id=agent.id,
        revision=agent.revision,
        name=agent.name,
        skills=skill_answers(agent.skills),
        queues=list(agent.queues),
        capacity=agent.capacity,
        supervisor=agent.supervisor,
        status=agent.status,
        status_since=agent.status_since,
        active_at=agent.active_at,
    )


def offer_answer(offer: Offer) -> OfferAnswer:
    return OfferAnswer(
        id=offer.id,
        case=offer.case,
        agent=offer.agent,
        state=offer.state,
        made_at=offer.made_at,
        until=offer.until,
    )


async def find_agent(rows: Rows, id_: AgentId) -> Agent:
    """Raises the 404 problem, also for one who was removed."""
    row = await rows.first(select(AGENTS.c.body).where(AGENTS.c.id == id_))
    agent = decode(row.body, Agent) if row is not None else None
    if agent is None or agent.retired:
        raise not_found("agent")
    return agent


def me_routes(
    store: Store, commands: RouterCommands, desk: CaseDesk, signs: SignsOfLife
) -> APIRouter:
    router = api_router("Me")

    @router.get("/v1/me", operation_id="get_me", summary="Whose credential this is")
    async def get_me(caller: Caller) -> MeAnswer:
        """`agent` is null where none is behind the credential, or none was set up yet."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            row = await rows.first(select(AGENTS.c.body).where(AGENTS.c.id == (caller.agent or "")))
        await signs.seen(caller)
        return MeAnswer(
            tenant=caller.tenant,
            principal=caller.id,
            roles=[role for role in Role if role in caller.roles],
            agent=agent_answer(decode(row.body, Agent)) if row is not None else None,
        )

    @router.put("/v1/me/status", operation_id="set_my_status", summary="Come, pause, leave")
    async def set_my_status(body: NewStatus, caller: Actor, once: Idempotent) -> AgentAnswer:
        """Available agents are given work. Without any sign of life one goes offline by itself."""
        agent = own_agent(caller)
        await ask(commands, caller, once, SetStatus(by(caller), agent, body.status))
        async with store.reading() as snapshot:
            return agent_answer(await find_agent(snapshot.for_tenant(caller.tenant), agent))

    @router.get(
        "/v1/me/assignments",
        operation_id="list_my_assignments",
        summary="What one has to do",
        responses=problems(409),
    )
    async def list_my_assignments(caller: Actor) -> Assignments:
        """The most urgent first."""
        agent = own_agent(caller)
        held = (
            select(CASES.c.body)
            .where(CASES.c.assignee == agent, CASES.c.state.in_(_HELD))
            .order_by(CASES.c.deadline, CASES.c.id)
            .limit(MOST_ASSIGNMENTS)
        )
        offered = select(OFFERS.c.body).where(
            OFFERS.c.agent == agent, OFFERS.c.state == OfferState.OPEN.value
        )
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            cases = [decode(row.body, Case) for row in await rows.all(held)]
            offers = [decode(row.body, Offer) for row in await rows.all(offered)]
            shown = await summaries(rows, cases)
        await signs.seen(caller)
        return Assignments(cases=shown, offers=[offer_answer(offer) for offer in offers])

    @router.post(
        "/v1/offers/{offer}/accept", operation_id="accept_offer", summary="Accept an offer"
    )
    async def accept_offer(
        offer: OfferPath, caller: Actor, once: Idempotent, response: Response
    ) -> CaseDetail:
        """Too late is 409 `offer-over`."""
        result = await ask(commands, caller, once, AcceptOffer(by(caller), OfferId(offer)))
        return await desk.show(caller, CaseId(result.ref), response)

    @router.post(
        "/v1/offers/{offer}/decline", operation_id="decline_offer", summary="Decline an offer"
    )
    async def decline_offer(offer: OfferPath, caller: Actor, once: Idempotent) -> OfferAnswer:
        """For some minutes the case is not offered to the caller again, if others are there."""
        await ask(commands, caller, once, DeclineOffer(by(caller), OfferId(offer)))
        async with store.reading() as snapshot:
            query = select(OFFERS.c.body).where(OFFERS.c.id == offer)
            row = await snapshot.for_tenant(caller.tenant).first(query)
        if row is None:
            raise not_found("offer")
        return offer_answer(decode(row.body, Offer))

    return router
