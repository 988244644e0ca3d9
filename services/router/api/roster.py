"""`/v1/agents`, `/v1/queues` and `/v1/skills`."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Path, Response
from sqlalchemy import Table, select

from harken.domain.ids import AgentId, QueueId
from harken.http.etag import IfMatch, etag
from harken.http.idempotency import Idempotent
from harken.http.models import bounded
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import conflict, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.router import AGENTS, QUEUES, SKILLS
from services.router.api.access import Lead, Reader, ask, by
from services.router.api.me import agent_answer, find_agent
from services.router.api.people_models import (
    AgentAnswer,
    AgentEdit,
    NewAgent,
    NewQueue,
    NewSkill,
    QueueAnswer,
    QueueEdit,
    SkillAnswer,
    SkillEdit,
)
from services.router.commands_client import RouterCommands
from services.router.domain.commands import (
    RemoveQueue,
    RemoveSkill,
    RetireAgent,
    UpsertAgent,
    UpsertQueue,
    UpsertSkill,
)
from services.router.domain.people import Agent, Queue, Skill

T = TypeVar("T")
NamePath = Annotated[str, Path(min_length=1, max_length=100), bounded(100)]
NEW = 0
"""The revision that one expects of what is not there yet."""


class ByName(Cursor, frozen=True):
    """The place after this id or name."""

    name: str


class Bodies:
    """Reads whole tables of small things."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, caller: Principal, table: Table, key: str, kind: type[T]) -> T | None:
        column = _key(table)
        query = select(table.c.body).where(column == key)
        async with self._store.reading() as snapshot:
            row = await snapshot.for_tenant(caller.tenant).first(query)
        return decode(row.body, kind) if row is not None else None

    async def some(self, caller: Principal, table: Table, kind: type[T], paging: Paging) -> list[T]:
        column = _key(table)
        query = select(table.c.body).order_by(column)
        if (after := paging.after(ByName)) is not None:
            query = query.where(column > after.name)
        async with self._store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        return [decode(row.body, kind) for row in rows]


def _key(table: Table) -> Any:
    return table.c.name if table is SKILLS else table.c.id


def agent_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Agents")
    bodies = Bodies(store)

    async def shown(caller: Principal, id_: AgentId, response: Response) -> AgentAnswer:
        async with store.reading() as snapshot:
            agent = await find_agent(snapshot.for_tenant(caller.tenant), id_)
        response.headers["ETag"] = etag(agent.revision)
        return agent_answer(agent)

    @router.post("/v1/agents", status_code=201, operation_id="create_agent", summary="Add an agent")
    async def create_agent(
        body: NewAgent, caller: Lead, once: Idempotent, response: Response
    ) -> AgentAnswer:
        """Make an API key for the same agent id, so that they can work."""
        id_ = AgentId(body.id if body.id is not None else once.origin)
        if not once.started and await bodies.one(caller, AGENTS, id_, Agent) is not None:
            raise conflict("already-exists", "There is, or was, an agent with this id.")
        await ask(commands, caller, once, _upsert(caller, id_, body, NEW))
        return await shown(caller, id_, response)

    @router.get("/v1/agents", operation_id="list_agents", summary="All agents")
    async def list_agents(caller: Reader, paging: Paging) -> Page[AgentAnswer]:
        """In the order of their ids; those who were removed are left out."""
        agents = await bodies.some(caller, AGENTS, Agent, paging)
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


def queue_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Queues")
    bodies = Bodies(store)

    async def shown(caller: Principal, id_: str, response: Response) -> QueueAnswer:
        queue = await bodies.one(caller, QUEUES, id_, Queue)
        if queue is None:
            raise not_found("queue")
        response.headers["ETag"] = etag(queue.revision)
        return _queue_answer(queue)

    @router.post("/v1/queues", status_code=201, operation_id="create_queue", summary="Add a queue")
    async def create_queue(
        body: NewQueue, caller: Lead, once: Idempotent, response: Response
    ) -> QueueAnswer:
        """Settings for the queue of this id, from now on."""
        command = UpsertQueue(by(caller), QueueId(body.id), body.name, body.pull_only, NEW)
        if not once.started and await bodies.one(caller, QUEUES, body.id, Queue) is not None:
            raise conflict("already-exists", "There is a queue with this id.")
        await ask(commands, caller, once, command)
        return await shown(caller, body.id, response)

    @router.get("/v1/queues", operation_id="list_queues", summary="All queues")
    async def list_queues(caller: Reader, paging: Paging) -> Page[QueueAnswer]:
        """In the order of their ids. Rules may name queues that have no settings of their own."""
        queues = await bodies.some(caller, QUEUES, Queue, paging)
        return page(queues, paging, _queue_answer, lambda queue: ByName(queue.id))

    @router.get("/v1/queues/{queue}", operation_id="get_queue", summary="A queue")
    async def get_queue(queue: NamePath, caller: Reader, response: Response) -> QueueAnswer:
        """Its settings; what waits in it is in `/v1/cases`."""
        return await shown(caller, queue, response)

    @router.put("/v1/queues/{queue}", operation_id="change_queue", summary="Change a queue")
    async def change_queue(
        queue: NamePath, body: QueueEdit, caller: Lead, match: IfMatch, once: Idempotent,
        response: Response,
    ) -> QueueAnswer:  # fmt: skip
        """Whole: what is left out takes its default."""
        if await bodies.one(caller, QUEUES, queue, Queue) is None:
            raise not_found("queue")
        command = UpsertQueue(by(caller), QueueId(queue), body.name, body.pull_only, match)
        await ask(commands, caller, once, command)
        return await shown(caller, queue, response)

    @router.delete(
        "/v1/queues/{queue}", status_code=204, operation_id="remove_queue", summary="Drop a queue"
    )
    async def remove_queue(queue: NamePath, caller: Lead, match: IfMatch, once: Idempotent) -> None:
        """Its cases stay in it and are handed out as by default."""
        await ask(commands, caller, once, RemoveQueue(by(caller), QueueId(queue), match))

    return router


def skill_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Skills")
    bodies = Bodies(store)

    async def shown(caller: Principal, name: str, response: Response) -> SkillAnswer:
        skill = await bodies.one(caller, SKILLS, name, Skill)
        if skill is None:
            raise not_found("skill")
        response.headers["ETag"] = etag(skill.revision)
        return _skill_answer(skill)

    @router.post("/v1/skills", status_code=201, operation_id="create_skill", summary="Add a skill")
    async def create_skill(
        body: NewSkill, caller: Lead, once: Idempotent, response: Response
    ) -> SkillAnswer:
        """The skill of answering in a language is named `language:` and its ISO 639-1 code."""
        if not once.started and await bodies.one(caller, SKILLS, body.name, Skill) is not None:
            raise conflict("already-exists", "There is a skill with this name.")
        command = UpsertSkill(by(caller), body.name, body.description, NEW)
        await ask(commands, caller, once, command)
        return await shown(caller, body.name, response)

    @router.get("/v1/skills", operation_id="list_skills", summary="All skills")
    async def list_skills(caller: Reader, paging: Paging) -> Page[SkillAnswer]:
        """In the order of their names."""
        skills = await bodies.some(caller, SKILLS, Skill, paging)
        return page(skills, paging, _skill_answer, lambda skill: ByName(skill.name))

    @router.get("/v1/skills/{skill}", operation_id="get_skill", summary="A skill")
    async def get_skill(skill: NamePath, caller: Reader, response: Response) -> SkillAnswer:
        """What it means."""
        return await shown(caller, skill, response)

    @router.put("/v1/skills/{skill}", operation_id="change_skill", summary="Change a skill")
    async def change_skill(
        skill: NamePath, body: SkillEdit, caller: Lead, match: IfMatch, once: Idempotent,
        response: Response,
    ) -> SkillAnswer:  # fmt: skip
        """Whole: what is left out takes its default."""
        if await bodies.one(caller, SKILLS, skill, Skill) is None:
            raise not_found("skill")
        command = UpsertSkill(by(caller), skill, body.description, match)
        await ask(commands, caller, once, command)
        return await shown(caller, skill, response)

    @router.delete(
        "/v1/skills/{skill}", status_code=204, operation_id="remove_skill", summary="Drop a skill"
    )
    async def remove_skill(skill: NamePath, caller: Lead, match: IfMatch, once: Idempotent) -> None:
        """Agents who have it, and rules that ask for it, stay as they are."""
        await ask(commands, caller, once, RemoveSkill(by(caller), skill, match))

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


def _queue_answer(queue: Queue) -> QueueAnswer:
    return QueueAnswer(
        id=queue.id, revision=queue.revision, name=queue.name, pull_only=queue.pull_only
    )


def _skill_answer(skill: Skill) -> SkillAnswer:
    return SkillAnswer(name=skill.name, revision=skill.revision, description=skill.description)
