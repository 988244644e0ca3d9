"""`/v1/skills`: what work may require."""

from __future__ import annotations

from fastapi import APIRouter, Response

from harken.http.etag import IfMatch, etag
from harken.http.idempotency import Idempotent
from harken.http.openapi import problems
from harken.http.pagination import Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import conflict, not_found
from harken.http.routing import api_router
from harken.store.port import Store
from harken.store.schema.router import SKILLS
from services.router.api.access import Lead, Reader, ask, by
from services.router.api.people_models import (
    NewSkill,
    SkillAnswer,
    SkillEdit,
)
from services.router.api.tables import NEW, ByName, NamePath, Tables
from services.router.commands_client import RouterCommands
from services.router.domain.commands import (
    RemoveSkill,
    UpsertSkill,
)
from services.router.domain.people import Skill


def skill_routes(store: Store, commands: RouterCommands) -> APIRouter:
    router = api_router("Skills")
    tables = Tables(store)

    async def shown(caller: Principal, name: str, response: Response) -> SkillAnswer:
        skill = await tables.one(caller, SKILLS, name, Skill)
        if skill is None:
            raise not_found("skill")
        response.headers["ETag"] = etag(skill.revision)
        return _skill_answer(skill)

    @router.post(
        "/v1/skills",
        status_code=201,
        operation_id="create_skill",
        summary="Add a skill",
        # A repeat may come after the thing was removed.
        responses=problems(404),
    )
    async def create_skill(
        body: NewSkill, caller: Lead, once: Idempotent, response: Response
    ) -> SkillAnswer:
        """The skill of answering in a language is named `language:` and its ISO 639-1 code."""
        if not once.started and await tables.one(caller, SKILLS, body.name, Skill) is not None:
            raise conflict("already-exists", "There is a skill with this name.")
        command = UpsertSkill(by(caller), body.name, body.description, NEW)
        await ask(commands, caller, once, command)
        return await shown(caller, body.name, response)

    @router.get("/v1/skills", operation_id="list_skills", summary="All skills")
    async def list_skills(caller: Reader, paging: Paging) -> Page[SkillAnswer]:
        """In the order of their names."""
        skills = await tables.some(caller, SKILLS, Skill, paging)
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
        if await tables.one(caller, SKILLS, skill, Skill) is None:
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


def _skill_answer(skill: Skill) -> SkillAnswer:
    return SkillAnswer(name=skill.name, revision=skill.revision, description=skill.description)
