from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Query

from harken.http.access import Caller
from harken.http.app import build_app
from harken.http.models import ApiModel, examples
from harken.http.routing import api_router, public_router
from harken.testing.api import Api
from harken.testing.openapi import check_openapi


async def test_the_document_says_all_that_it_should(api: Api) -> None:
    assert check_openapi(api.app) == []


async def test_it_is_served_and_valid(api: Api) -> None:
    document = (await api.client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    created = document["paths"]["/v1/notes"]["post"]
    assert created["security"] == [{"bearer": []}]
    assert created["operationId"] == "add_note"
    assert created["summary"] == "Write a note"
    assert {"400", "401", "403", "409", "413", "415", "422", "503"} <= created["responses"].keys()
    assert "422" not in document["paths"]["/v1/waiting"]["get"]["responses"]


class Bare(ApiModel):
    """Bare."""

    name: str
    size: int


class Wrong(ApiModel):
    """Wrong."""

    model_config = examples({"name": 5, "size": 1})

    name: str
    size: int


def _careless() -> APIRouter:
    router = api_router("Careless")

    @router.post("/v1/bare")
    async def bare(body: Bare, _: Caller) -> Wrong:
        """Take it."""
        raise NotImplementedError

    @router.get("/v1/silent", summary="Silent", responses={400: {"description": "Bad"}})
    async def silent(_: Caller, q: Annotated[str, Query()] = "") -> dict[str, str]:
        raise NotImplementedError

    return router


class _Service:
    def __init__(self, *routers: APIRouter) -> None:
        self.routers = routers


async def test_what_is_missing_is_named(api: Api) -> None:
    app = build_app([_Service(_careless())], api.app.state.edges)
    complaints = "\n".join(check_openapi(app))
    for expected in (
        "POST /v1/bare: request as application/json has no example",
        "POST /v1/bare: body.name is a string without a bound",
        "POST /v1/bare: body.size is a whole number without bounds",
        "POST /v1/bare: response 200 as application/json: the example is wrong",
        "GET /v1/silent: has no description",
        "GET /v1/silent: query q has no description",
        "GET /v1/silent: query q is a string without a bound",
        "GET /v1/silent: documents 400 as something else than a problem",
    ):
        assert expected in complaints


async def test_two_operations_of_one_name_or_place_are_refused(api: Api) -> None:
    for path, name in (("/v1/other", "twice"), ("/v1/twice", "other")):
        first, second = public_router("A"), public_router("B")

        async def endpoint() -> None:
            """Do."""

        first.get("/v1/twice", operation_id="twice")(endpoint)
        second.get(path, operation_id=name)(endpoint)
        with pytest.raises(ValueError, match="two of"):
            build_app([_Service(first, second)], api.app.state.edges)


@pytest.mark.parametrize("router", [APIRouter(), FastAPI().router])
async def test_routers_of_another_make_are_refused(api: Api, router: APIRouter) -> None:
    async def anyone() -> None:
        """Let anyone in."""

    router.get("/v1/open")(anyone)
    with pytest.raises(TypeError, match=r"harken\.http\.routing"):
        build_app([_Service(router)], api.app.state.edges)
