"""``Idempotency-Key`` on POST: a request that is repeated has its effect once.

The key's scope is tenant, principal, method and path; it is kept for at least 24 hours. The same
key with another body is refused (422 ``idempotency-key-reused``). The store's maintenance removes
what is older. The dependency `Idempotent`
reads the stored answer, if there is one, and replays it by itself: an endpoint is not entered
again. Without the header everything below works the same and stores nothing.

**The answer is known when the effect is written** (notes, keys, drafts)::

    @router.post("/v1/notes", status_code=201)
    async def add_note(body: NewNote, caller: Caller, once: Idempotent) -> NoteAnswer:
        answer = NoteAnswer(id=once.origin, text=body.text)
        change = ChangeSet(writes=[*once.writes(201, answer), Insert(NOTES, row(answer))])
        await store.submit(change)       # a concurrent repeat: 409, by itself; then replayed
        return answer

**The answer is a command's later result** (routing): only the origin is stored::

    @router.post("/v1/cases/{case}/assign")
    async def assign(case: str, body: Assign, caller: Caller, once: Idempotent) -> CaseAnswer:
        if not once.started:
            command = Insert(COMMANDS, {"origin": once.origin, ...})
            await store.submit(ChangeSet(writes=[*once.writes(), command]))
        outcome = await commands.outcome(once.origin)    # waits; None when time is up
        if outcome is None:
            raise once.in_progress()     # 409 with Retry-After; the repeat asks again
        return answer_of(outcome)

Put ``once.writes(…)`` first: then a concurrent repeat fails on the key, not on the effect. What
is stored must hold no secret; it is what a repeat is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BaseModel
from sqlalchemy import Select, select
from starlette.requests import Request

from harken.domain.ids import derive
from harken.http.access import Caller
from harken.http.problem import Problem
from harken.http.state import edges
from harken.store.changes import Insert, Write
from harken.store.schema.infrastructure import IDEMPOTENCY

REPLAYED = "Idempotent-Replayed"

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Replayed(Exception):
    """The request was answered before: here is that answer."""

    def __init__(self, status: int, response: str) -> None:
        super().__init__(f"answered before with {status}")
        self.status = status
        self.response = response


def in_progress() -> Problem:
    return Problem(
        409,
        "idempotency-in-progress",
        "Still being done",
        "The first request with this Idempotency-Key is not finished: repeat it in a moment.",
        retry_after=1.0,
    )


@dataclass(frozen=True, slots=True)
class IdempotencyScope:
    """One request's place among its repeats.

    ``origin`` is the id of the request's effect: a command's origin, or what further ids are
    derived from. It is equal for every repeat with the same key and body, and fresh without a
    key. ``started`` says that the effect was written before, without an answer yet.
    """

    origin: str
    started: bool
    row: dict[str, Any] | None

    def writes(
        self, status: int | None = None, response: BaseModel | None = None
    ) -> tuple[Write, ...]:
        """What to put first into the effect's change set: one row, or nothing without a key.

        Without ``status`` the answer is found by ``origin`` when a repeat comes.
        """
        if self.row is None:
            return ()
        body = None if response is None else response.model_dump_json()
        return (Insert(IDEMPOTENCY, {**self.row, "status": status, "response": body}),)

    def in_progress(self) -> Problem:
        return in_progress()


async def idempotency_scope(
    request: Request,
    caller: Caller,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Makes repeating this request harmless, for 24 hours: any unguessable "
            "string of the caller's, such as a UUID.",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
        ),
    ] = None,
) -> IdempotencyScope:
    at_hand = edges(request)
    if key is None:
        return IdempotencyScope(at_hand.new_id(), started=False, row=None)
    if not _KEY.fullmatch(key):
        raise Problem(
            422,
            "idempotency-key-invalid",
            "Unusable Idempotency-Key",
            "Send 1 to 255 visible ASCII characters.",
        )
    route = f"{request.method} {request.url.path}"
    digest = sha256(request.scope["query_string"] + b"\n" + await request.body()).hexdigest()
    async with at_hand.store.reading() as snapshot:
        found = await snapshot.for_tenant(caller.tenant).first(_stored(caller.id, route, key))
        now = snapshot.now
    if found is not None:
        _check(found.body_digest, digest)
        if found.status is not None:
            raise Replayed(found.status, found.response or "")
        return IdempotencyScope(found.origin, started=True, row=None)
    origin = derive("request", caller.tenant, caller.id, route, key, digest)
    row = {
        "tenant": caller.tenant,
        "principal": caller.id,
        "route": route,
        "key": key,
        "body_digest": digest,
        "origin": origin,
        "created_at": now,
    }
    return IdempotencyScope(origin, started=False, row=row)


Idempotent = Annotated[IdempotencyScope, Depends(idempotency_scope)]
"""Declares the header, and replays: see the module."""


def _stored(principal: str, route: str, key: str) -> Select[Any]:
    table = IDEMPOTENCY.c
    return select(table.body_digest, table.origin, table.status, table.response).where(
        table.principal == principal, table.route == route, table.key == key
    )


def _check(stored: str, sent: str) -> None:
    if stored != sent:
        raise Problem(
            422,
            "idempotency-key-reused",
            "Idempotency-Key used before",
            "The same key came with another request body: take a fresh key.",
        )
