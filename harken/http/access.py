"""Who may call an operation. Every operation declares it, by one of two dependencies::

    router = api_router("Cases")

    @router.get("/v1/cases/{case}")
    async def case_by_id(case: str, caller: Caller) -> CaseAnswer:           # any valid credential
        ...

    Supervisor = Annotated[Principal, Depends(allowed(Role.SUPERVISOR))]     # or admin

    @router.post("/v1/cases/{case}/reopen")
    async def reopen(case: str, caller: Supervisor) -> CaseAnswer:
        ...

Without a valid credential the answer is 401, before the body is read; without the role 403.
``caller.tenant`` is the only tenant that a request may see: ``snapshot.for_tenant(caller.tenant)``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection, Request

from harken.domain.roles import Role
from harken.http.principal import Principal
from harken.http.problem import Problem, forbidden
from harken.http.state import edges

_SCHEME = "bearer "
_STATE = "harken.principal"


def unauthenticated(detail: str) -> Problem:
    return Problem(401, "unauthenticated", "Credentials needed", detail)


def bearer_token(connection: HTTPConnection) -> str:
    """Raises the 401 problem where there is none."""
    header = connection.headers.get("authorization", "")
    if header[: len(_SCHEME)].lower() != _SCHEME:
        raise unauthenticated("Send `Authorization: Bearer <API key>`.")
    return header[len(_SCHEME) :].strip()


async def authenticate(request: HTTPConnection) -> Principal:
    """The caller; asked for once per request. Raises the 401 problem."""
    known = request.scope.get(_STATE)
    if isinstance(known, Principal):
        return known
    principal = await edges(request).authenticator.authenticate(bearer_token(request))
    if principal is None:
        raise unauthenticated("This credential is unknown or was revoked.")
    request.scope[_STATE] = principal
    return principal


class BearerAuth(SecurityBase):
    """Documents the scheme in the OpenAPI document, and authenticates."""

    def __init__(self) -> None:
        self.model = HTTPBearer(
            description="An API key (`hk_…`), sent as `Authorization: Bearer <key>`."
        )
        self.scheme_name = "bearer"

    async def __call__(self, request: Request) -> Principal:
        return await authenticate(request)


BEARER = BearerAuth()

Caller = Annotated[Principal, Depends(BEARER)]
"""Any valid credential of any tenant."""


def allowed(*roles: Role) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency: a caller who has one of the roles, or is an admin. Else 403."""
    names = ", ".join(roles)

    async def check(caller: Caller) -> Principal:
        if not caller.may(*roles):
            raise forbidden(f"This needs one of the roles: {names or Role.ADMIN}.")
        return caller

    return check
