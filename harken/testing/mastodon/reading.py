"""The published API's routes for accounts, timelines, notifications and the instance itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from harken.testing.mastodon.entities import Entities
from harken.testing.mastodon.instance import Instance, number
from harken.testing.mastodon.model import Account, not_found
from harken.testing.mastodon.paging import link_header, page, window
from harken.testing.mastodon.routes import Caller
from harken.testing.mastodon.timelines import Timelines

Show = Callable[[Any], Mapping[str, Any]]


def account_routes(instance: Instance, entities: Entities, caller: Caller) -> APIRouter:
    router = APIRouter(prefix="/api")

    @router.get("/v1/accounts/verify_credentials")
    async def verify_credentials(request: Request) -> JSONResponse:
        return JSONResponse(entities.own_account(caller.someone(request)))

    @router.get("/v1/accounts/lookup")
    async def lookup(request: Request) -> JSONResponse:
        user, _, host = request.query_params.get("acct", "").lstrip("@").partition("@")
        account = instance.world.find(user, host)
        if account is None:
            raise not_found()
        return JSONResponse(entities.account(account))

    @router.get("/v1/accounts/{account_id}")
    async def account(account_id: str) -> JSONResponse:
        return JSONResponse(entities.account(_account(instance, account_id)))

    @router.post("/v1/accounts/{account_id}/follow")
    async def follow(request: Request, account_id: str) -> JSONResponse:
        target = _account(instance, account_id)
        instance.follow(caller.someone(request), target)
        return JSONResponse({"id": str(target.id), "following": True})

    @router.get("/v1/instance")
    async def instance_v1() -> JSONResponse:
        return JSONResponse(entities.instance_v1())

    @router.get("/v2/instance")
    async def instance_v2() -> JSONResponse:
        return JSONResponse(entities.instance_v2())

    return router


def timeline_routes(instance: Instance, entities: Entities, caller: Caller) -> APIRouter:
    router = APIRouter(prefix="/api")
    timelines = Timelines(instance)

    def listed(request: Request, items: Sequence[Any], show: Show, most: int = 40) -> JSONResponse:
        found = page(items, window(request.query_params, 20, most))
        address = f"{instance.settings.address}{request.url.path}"
        headers = link_header(address, request.query_params, found)
        return JSONResponse([show(each) for each in found], headers=headers)

    @router.get("/v1/accounts/{account_id}/statuses")
    async def of_account(request: Request, account_id: str) -> JSONResponse:
        viewer = caller.anyone(request)
        replies = request.query_params.get("exclude_replies") not in {"true", "1"}
        found = timelines.of_account(_account(instance, account_id), viewer, replies=replies)
        return listed(request, found, lambda each: entities.status(each, viewer))

    @router.get("/v1/timelines/home")
    async def home(request: Request) -> JSONResponse:
        viewer = caller.someone(request)
        found = timelines.home(viewer)
        return listed(request, found, lambda each: entities.status(each, viewer))

    @router.get("/v1/timelines/public")
    async def public(request: Request) -> JSONResponse:
        viewer = caller.anyone(request)
        return listed(request, timelines.public(), lambda each: entities.status(each, viewer))

    @router.get("/v1/timelines/tag/{tag}")
    async def tag(request: Request, tag: str) -> JSONResponse:
        viewer = caller.anyone(request)
        return listed(request, timelines.tag(tag), lambda each: entities.status(each, viewer))

    @router.get("/v1/notifications")
    async def notifications(request: Request) -> JSONResponse:
        viewer = caller.someone(request)
        query = request.query_params
        kinds = query.getlist("types[]") + query.getlist("types")
        without = query.getlist("exclude_types[]") + query.getlist("exclude_types")
        found = timelines.notifications(viewer, kinds, without)
        return listed(request, found, lambda each: entities.notification(each, viewer), 80)

    return router


def _account(instance: Instance, account_id: str) -> Account:
    account = instance.world.accounts.get(number(account_id))
    if account is None:
        raise not_found()
    return account
