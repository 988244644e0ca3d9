"""The published API's routes for statuses, and whose request it is."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.instance import Draft, Instance, number
from harken.testing.mastodon.model import Account, Rejected, not_found
from harken.testing.mastodon.parameters import parameters
from harken.testing.mastodon.timelines import Timelines


class Caller:
    """Whose request it is, by its bearer token."""

    def __init__(self, instance: Instance) -> None:
        self._world = instance.world

    def anyone(self, request: Request) -> Account | None:
        """None without a token. Raises `Rejected` for a wrong one."""
        given = request.headers.get("authorization", "")
        if not given:
            return None
        scheme, _, token = given.partition(" ")
        account = self._world.of_token(token.strip()) if scheme.lower() == "bearer" else None
        if account is None:
            raise Rejected(401, "The access token is invalid")
        return account

    def someone(self, request: Request) -> Account:
        account = self.anyone(request)
        if account is None:
            raise Rejected(401, "The access token is invalid")
        return account


def status_routes(instance: Instance, entities: Entities, caller: Caller) -> APIRouter:
    router = APIRouter(prefix="/api/v1/statuses")
    timelines = Timelines(instance)

    @router.post("")
    async def post(request: Request) -> JSONResponse:
        account = caller.someone(request)
        given = await parameters(request)
        draft = _draft(given, request.headers.get("idempotency-key", ""))
        return JSONResponse(entities.status(instance.post(account, draft), account))

    @router.get("/{status_id}")
    async def show(request: Request, status_id: str) -> JSONResponse:
        viewer = caller.anyone(request)
        return JSONResponse(entities.status(instance.visible(status_id, viewer), viewer))

    @router.put("/{status_id}")
    async def edit(request: Request, status_id: str) -> JSONResponse:
        account = caller.someone(request)
        draft = _draft(await parameters(request), "")
        edited = instance.edit(account, number(status_id), draft)
        return JSONResponse(entities.status(edited, account))

    @router.delete("/{status_id}")
    async def delete(request: Request, status_id: str) -> JSONResponse:
        account = caller.someone(request)
        shown = entities.status(instance.own(account, number(status_id)), account)
        deleted = instance.delete(account, number(status_id))
        return JSONResponse({**shown, "text": deleted.text})

    @router.get("/{status_id}/source")
    async def source(request: Request, status_id: str) -> JSONResponse:
        status = instance.own(caller.someone(request), number(status_id))
        told = {"id": str(status.id), "text": status.text, "spoiler_text": status.spoiler}
        return JSONResponse(told)

    @router.get("/{status_id}/context")
    async def context(request: Request, status_id: str) -> JSONResponse:
        viewer = caller.anyone(request)
        status = instance.visible(status_id, viewer)
        return JSONResponse(
            {
                "ancestors": [
                    entities.status(each, viewer) for each in timelines.ancestors(status, viewer)
                ],
                "descendants": [
                    entities.status(each, viewer) for each in timelines.descendants(status, viewer)
                ],
            }
        )

    @router.post("/{status_id}/{reaction}")
    async def react(request: Request, status_id: str, reaction: str) -> JSONResponse:
        account = caller.someone(request)
        if reaction not in {"favourite", "reblog"}:
            raise not_found()
        return JSONResponse(entities.status(instance.react(account, status_id, reaction), account))

    return router


def _draft(given: Mapping[str, str], key: str) -> Draft:
    return Draft(
        text=given.get("status", ""),
        visibility=given.get("visibility", "") or "public",
        in_reply_to=given.get("in_reply_to_id", ""),
        spoiler=given.get("spoiler_text", ""),
        language=given.get("language", ""),
        key=key,
    )
