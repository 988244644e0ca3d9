"""API keys: ``hk_<id>_<secret>``, shown once, kept as a digest.

The secret has 192 random bits, so one round of SHA-256 is enough: there is nothing to guess that
a slow hash would protect. When a key was last used is not kept.
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, select

from harken.domain.ids import AgentId, TenantId
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.http.principal import Principal
from harken.store.changes import ChangeSet, Insert
from harken.store.port import Store
from harken.store.schema.infrastructure import API_KEYS, TENANTS

REMEMBERED_SECONDS = 5.0
"""How long a revoked key may still work."""
REMEMBERED_KEYS = 10_000

_TOKEN = re.compile(r"hk_([0-9a-f]{16})_[0-9a-f]{48}")
_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NO_KEY = "0" * 64


def digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class NewApiKey:
    """A key that was just made: the only moment at which its token is known."""

    id: str
    token: str = field(repr=False)
    write: Insert = field(repr=False)


def new_api_key(
    tenant: TenantId,
    name: str,
    roles: Iterable[Role],
    now: Instant,
    agent: AgentId | None = None,
) -> NewApiKey:
    """Random; stored once ``write`` was submitted."""
    key_id = secrets.token_hex(8)
    token = f"hk_{key_id}_{secrets.token_hex(24)}"
    row = {
        "tenant": tenant,
        "id": key_id,
        "name": name,
        "digest": digest(token),
        "roles": ",".join(sorted(set(roles))),
        "agent": agent,
        "created_at": now,
        "revoked_at": None,
    }
    return NewApiKey(key_id, token, Insert(API_KEYS, row))


async def create_tenant(store: Store, tenant: str, name: str) -> str:
    """Makes the tenant and returns the token of its first admin key.

    Raises ``ValueError`` for an id that is not lower-case letters, digits and hyphens (63 at
    most), `AlreadyExists` for one that is taken, `StoreUnavailable`.
    """
    if _TENANT.fullmatch(tenant) is None:
        raise ValueError(f"{tenant!r} is no tenant id: use lower-case letters, digits and hyphens")
    async with store.reading() as snapshot:
        now = snapshot.now
    key = new_api_key(TenantId(tenant), "first admin key", [Role.ADMIN], now)
    row = {"id": tenant, "name": name, "created_at": now}
    await store.submit(ChangeSet(writes=[Insert(TENANTS, row), key.write]))
    return key.token


async def create_api_key(
    store: Store,
    tenant: TenantId,
    name: str,
    roles: Iterable[Role],
    agent: AgentId | None = None,
) -> str:
    """For operators and the demo; returns the token. Raises `StoreUnavailable`."""
    async with store.reading() as snapshot:
        key = new_api_key(tenant, name, roles, snapshot.now, agent)
    await store.submit(ChangeSet(writes=[key.write]))
    return key.token


def roles_of(text: str) -> frozenset[Role]:
    """Words that this version does not know grant nothing."""
    return frozenset(role for role in Role if role in text.split(","))


class ApiKeys:
    """The `Authenticator` of API keys. Remembers the ones it has seen for a few seconds."""

    def __init__(self, store: Store, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[Principal, float]] = OrderedDict()

    async def authenticate(self, token: str) -> Principal | None:
        found = _TOKEN.fullmatch(token)
        if found is None:
            return None
        wanted = digest(token)
        known = self._known.get(wanted)
        if known is not None and known[1] > self._monotonic():
            return known[0]
        row = await self._row(wanted)
        # The digest is the look-up; comparing all of it again takes the same time for any row.
        same = hmac.compare_digest(row.digest if row else _NO_KEY, wanted)
        if row is None or not same or row.id != found[1]:
            self._known.pop(wanted, None)
            return None
        return self._remember(wanted, _principal(row))

    def _remember(self, wanted: str, principal: Principal) -> Principal:
        self._known[wanted] = (principal, self._monotonic() + REMEMBERED_SECONDS)
        self._known.move_to_end(wanted)
        if len(self._known) > REMEMBERED_KEYS:
            self._known.popitem(last=False)
        return principal

    async def _row(self, wanted: str) -> Row[Any] | None:
        keys = API_KEYS.c
        query = select(keys.tenant, keys.id, keys.digest, keys.roles, keys.agent).where(
            keys.digest == wanted, keys.revoked_at.is_(None)
        )
        async with self._store.reading() as snapshot:
            # Which tenant is asking is what this row will tell.
            return await snapshot.across_tenants().first(query)


def _principal(row: Row[Any]) -> Principal:
    return Principal(
        tenant=TenantId(row.tenant),
        id=row.id,
        roles=roles_of(row.roles),
        agent=None if row.agent is None else AgentId(row.agent),
    )
