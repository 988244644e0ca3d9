"""``/v1/api-keys``: a tenant's admins make, list and revoke its keys."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from sqlalchemy import Row, select, tuple_, update

from harken.domain.ids import AgentId
from harken.domain.roles import Role
from harken.http.access import allowed
from harken.http.api_keys import new_api_key, roles_of
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Id, Time, bounded, examples
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import conflict, not_found
from harken.http.routing import api_router
from harken.store.changes import ChangeSet, Statement
from harken.store.port import Store
from harken.store.schema.infrastructure import API_KEYS

Admin = Annotated[Principal, Depends(allowed(Role.ADMIN))]

_KEY: dict[str, Any] = {
    "id": "3f9c2a7be01d4c58",
    "name": "Newsroom desk",
    "roles": ["agent", "approver"],
    "agent": "agent-ilze",
    "created_at": "2026-03-01T09:30:00Z",
    "revoked_at": None,
}


class NewKey(ApiModel):
    """A key to make."""

    model_config = examples(
        {"name": "Newsroom desk", "roles": ["agent", "approver"], "agent": "agent-ilze"}
    )

    name: Annotated[str, bounded(200)]
    """For people: who or what uses it."""
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
    agent: Id | None = None
    """The agent who works with this key."""


class KeyAnswer(ApiModel):
    """A key, without its secret."""

    model_config = examples(_KEY)

    id: str
    name: str
    roles: list[Role]
    agent: str | None
    created_at: Time
    revoked_at: Time | None


class NewKeyAnswer(KeyAnswer):
    """A key that was just made."""

    model_config = examples({**_KEY, "key": f"hk_3f9c2a7be01d4c58_{'0a1b2c3d' * 6}"})

    key: str | None
    """The secret to send as `Authorization: Bearer …`. Shown this once: null when the request is
    repeated with its `Idempotency-Key`."""


class KeyCursor(Cursor, frozen=True):
    created_at: int
    id: str


def keys_routes(store: Store) -> APIRouter:
    router = api_router("API keys")

    @router.post(
        "/v1/api-keys", operation_id="create_api_key", summary="Make an API key", status_code=201
    )
    async def create(body: NewKey, caller: Admin, once: Idempotent) -> NewKeyAnswer:
        """The answer holds the secret, once; only its digest is kept."""
        async with store.reading() as snapshot:
            now = snapshot.now
        agent = None if body.agent is None else AgentId(body.agent)
        key = new_api_key(caller.tenant, body.name, body.roles, now, agent)
        made = NewKeyAnswer(
            id=key.id,
            name=body.name,
            roles=sorted(set(body.roles)),
            agent=body.agent,
            created_at=now,
            revoked_at=None,
            key=key.token,
        )
        to_repeats = made.model_copy(update={"key": None})
        await store.submit(ChangeSet(writes=[*once.writes(201, to_repeats), key.write]))
        return made

    @router.get("/v1/api-keys", operation_id="list_api_keys", summary="List the API keys")
    async def keys(caller: Admin, paging: Paging) -> Page[KeyAnswer]:
        """Oldest first, revoked ones too."""
        table = API_KEYS.c
        query = select(API_KEYS).order_by(table.created_at, table.id).limit(paging.limit + 1)
        after = paging.after(KeyCursor)
        if after is not None:
            place = tuple_(table.created_at, table.id)
            query = query.where(place > tuple_(after.created_at, after.id))
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query)
        return page(rows, paging, _answer, lambda row: KeyCursor(row.created_at, row.id))

    @router.delete(
        "/v1/api-keys/{key}",
        operation_id="revoke_api_key",
        summary="Revoke an API key",
        status_code=204,
    )
    async def revoke(key: Id, caller: Admin) -> None:
        """It stops working within seconds, for good. Repeating this changes nothing. The key
        that the request is made with cannot be revoked by it."""
        if key == caller.id:
            raise conflict("own-key", "This key makes the request: use another one to revoke it.")
        table = API_KEYS.c
        async with store.reading() as snapshot:
            found = await snapshot.for_tenant(caller.tenant).first(
                select(table.id).where(table.id == key)
            )
            now = snapshot.now
        if found is None:
            raise not_found("API key")
        this_one = (table.tenant == caller.tenant, table.id == key, table.revoked_at.is_(None))
        revoked = update(API_KEYS).where(*this_one).values(revoked_at=now)
        await store.submit(ChangeSet(writes=[Statement(revoked)]))

    return router


def _answer(row: Row[Any]) -> KeyAnswer:
    return KeyAnswer(
        id=row.id,
        name=row.name,
        roles=sorted(roles_of(row.roles)),
        agent=row.agent,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
