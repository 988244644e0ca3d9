"""`/v1/agents`: who works on cases."""

from __future__ import annotations

from fastapi import APIRouter, Response

from harken.domain.ids import AgentId, QueueId
from harken.http.etag import IfMatch, etag
from harken.http.idempotency import Idempotent
from harken.http.openapi import problems
from harken.http.pagination import Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import conflict
from harken.http.routing import api_router
from harken.store.port import Store
from harken.store.schema.router import AGENTS
from services.router.api.access import Lead, Reader, ask, by
from services.router.api.me import agent_answer, find_agent
from services.router.api.people_models import (
    AgentAnswer,
    AgentEdit,
    NewAgent,
)
from services.router.api.tables import NEW, ByName, NamePath, Tables
from services.router.commands_client import RouterCommands
from services.router.domain.commands import (
    RetireAgent,
    UpsertAgent,
)
from services.router.domain.people import Agent


def agent_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Agents")
    tables = Tables(store)

    async def shown(caller: Principal, id_: AgentId, response: Response) -> AgentAnswer:
        async with store.reading() as snapshot:
            agent = await find_agent(snapshot.for_tenant(caller.tenant), id_)
        response.headers["ETag"] = etag(agent.revision)
        return agent_answer(agent)

    @router.post(
        "/v1/agents",
        status_code=201,
        operation_id="create_agent",
        summary="Add an agent",
        # A repeat may come after the thing was removed.
        responses=problems(404),
    )
    async def create_agent(
        body: NewAgent, caller: Lead, once: Idempotent, response: Response
    ) -> AgentAnswer:
        """Make an API key for the same agent id, so that they can work."""
        id_ = AgentId(body.id if body.id is not None else once.origin)
        if not once.started and await tables.one(caller, AGENTS, id_, Agent) is not None:
            raise conflict("already-exists", "There is, or was, an agent with this id.")
        await ask(commands, caller, once, _upsert(caller, id_, body, NEW))
        return await shown(caller, id_, response)

    @router.get("/v1/agents", operation_id="list_agents", summary="All agents")
    async def list_agents(caller: Reader, paging: Paging) -> Page[AgentAnswer]:
        """In the order of their ids; those who were removed are left out."""
        agents = await tables.some(caller, AGENTS, Agent, paging)
        found = page(agents, paging, lambda agent: agent, lambda agent: ByName(agent.id))
        here = [agent_answer(agent) for agent in found.items if not agent.retired]
        return Page(items=here, next_cursor=found.next_cursor)

    @router.get("/v1/agents/{agent}", operation_id="get_agent", summary="An agent")
    async def get_agent(agent: NamePath, caller: Reader, response: Response) -> AgentAnswer:
        """With their skills, their capacity and their status."""
        return await shown(caller, AgentId(agent), response)

    @router.put("/v1/agents/{agent}", operation_id="change_agent", summary="Change an agent")
    async def change_agent(
        agent: NamePath, body: AgentEdit, caller: Lead, match: IfMatch, once: Idempotent,
        response: Response,
    ) -> AgentAnswer:  # fmt: skip
        """Whole: what is left out takes its default. Status and assignments stay."""
        id_ = AgentId(agent)
        async with store.reading() as snapshot:
            await find_agent(snapshot.for_tenant(caller.tenant), id_)
        await ask(commands, caller, once, _upsert(caller, id_, body, match))
        return await shown(caller, id_, response)

    @router.delete(
        "/v1/agents/{agent}", status_code=204, operation_id="remove_agent", summary="Let one go"
    )
    async def remove_agent(agent: NamePath, caller: Lead, match: IfMatch, once: Idempotent) -> None:
        """Their work goes to others; histories keep their name."""
        await ask(commands, caller, once, RetireAgent(by(caller), AgentId(agent), match))

    return router


def _upsert(caller: Principal, id_: AgentId, body: AgentEdit, expected: int | None) -> UpsertAgent:
    return UpsertAgent(
        by(caller),
        id_,
        body.name,
        body.levels(),
        tuple(QueueId(queue) for queue in body.queues),
        body.capacity,
        body.supervisor,
        expected,
    )
