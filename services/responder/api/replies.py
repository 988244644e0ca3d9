"""`POST /v1/cases/{case}/replies`, the dry run of it, and what became of replies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select, tuple_

from harken.domain.ids import CaseId, ReplyId
from harken.domain.reply import DeliveryState, Reply
from harken.http.etag import etag
from harken.http.idempotency import IdempotencyScope, Idempotent
from harken.http.models import bounded
from harken.http.openapi import problems
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import AlreadyExists, Remove
from harken.store.port import Store
from harken.store.schema.responder import DRAFTS, REPLIES
from harken.telemetry import tracing
from services.responder.api.access import Author, CasePath, Reader, ReplyPath, writer
from services.responder.api.composing import Composed, Composer
from services.responder.api.models import (
    CheckAnswer,
    NewReply,
    ObjectionAnswer,
    ReplyAnswer,
    ReplyToCheck,
    reply_answer,
)
from services.responder.api.races import until_first
from services.responder.domain.intent import plan
from services.responder.domain.question import asks
from services.responder.drafts import draft_key
from services.responder.replies import Kept, find_reply, planned

Word = Annotated[str, bounded(100)]


class Latest(Cursor, frozen=True):
    created_at: int
    id: str


def reply_routes(store: Store, composer: Composer) -> APIRouter:
    router = api_router("Replies")
    acceptance = Acceptance(store, composer)

    @router.post(
        "/v1/cases/{case}/replies",
        status_code=202,
        operation_id="create_reply",
        summary="Answer the customer",
    )
    async def create_reply(
        case: CasePath, body: NewReply, caller: Author, once: Idempotent, response: Response
    ) -> ReplyAnswer:
        """Accepted is not sent: follow `state` here or in the event stream. The text is frozen,
        and appears on the network at most once, whatever fails. The caller's draft is removed."""
        answer = await acceptance.accept(caller, CaseId(case), body, once)
        response.headers["ETag"] = etag(answer.revision)
        return answer

    @router.post(
        "/v1/replies/check",
        operation_id="check_reply",
        summary="Try a reply dry",
        responses=problems(404),
    )
    async def check_reply(body: ReplyToCheck, caller: Author) -> CheckAnswer:
        """Length in the network's counting, and everything that speaks against sending it now."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            composed = await composer.compose(rows, snapshot.now, caller, CaseId(body.case), body)
        return _check_answer(composed)

    @router.get("/v1/replies", operation_id="list_replies", summary="Replies, the latest first")
    async def list_replies(
        caller: Reader,
        paging: Paging,
        state: Annotated[
            list[DeliveryState] | None,
            Query(max_length=10, description="Only in one of these, such as `absent`."),
        ] = None,
        case: Annotated[Word | None, Query(description="Only of this case.")] = None,
    ) -> Page[ReplyAnswer]:
        """`state=awaiting_approval` waits for an approver, `state=absent` for a decision."""
        table = REPLIES.c
        order = (table.created_at, table.id)
        query = select(table.body).order_by(*(column.desc() for column in order))
        if state:
            query = query.where(table.state.in_([one.value for one in state]))
        if case is not None:
            query = query.where(table.case_id == case)
        if (last := paging.after(Latest)) is not None:
            query = query.where(tuple_(*order) < (last.created_at, last.id))
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        replies = [decode(row.body, Reply) for row in rows]
        return page(replies, paging, reply_answer, lambda one: Latest(one.created_at, one.id))

    @router.get("/v1/replies/{reply}", operation_id="get_reply", summary="One reply")
    async def get_reply(reply: ReplyPath, caller: Reader, response: Response) -> ReplyAnswer:
        """And what became of it."""
        async with store.reading() as snapshot:
            kept = await find_reply(snapshot.for_tenant(caller.tenant), ReplyId(reply))
        if kept is None:
            raise not_found("reply")
        response.headers["ETag"] = etag(kept.reply.revision)
        return reply_answer(kept.reply)

    return router


class Acceptance:
    def __init__(self, store: Store, composer: Composer) -> None:
        self._store = store
        self._composer = composer

    async def accept(
        self, caller: Principal, case: CaseId, body: NewReply, once: IdempotencyScope
    ) -> ReplyAnswer:
        """Judged again where another reply took the place in between. Raises problems."""
        return await until_first(
            lambda: self._accept(caller, case, body, once),
            lambda taken: isinstance(taken, AlreadyExists) and taken.table == REPLIES.name,
        )

    async def _accept(
        self, caller: Principal, case: CaseId, body: NewReply, once: IdempotencyScope
    ) -> ReplyAnswer:
        async with self._store.reading() as snapshot:
            rows, now = snapshot.for_tenant(caller.tenant), snapshot.now
            composed = await self._composer.compose(rows, now, caller, case, body)
        composed.check(body.acknowledge)
        reply = plan(
            ReplyId(once.origin),
            case,
            composed.parent,
            composed.rendered.text,
            composed.intended.visibility,
            writer(caller),
            composed.situation.answers,
            now,
            language=composed.rendered.language,
            needs_approval=body.needs_approval,
        )
        answer = reply_answer(reply)
        change = planned(Kept(reply, tracing.traceparent(tracing.carry())))
        draft = Remove(DRAFTS, draft_key(caller, case))
        change.writes = [*once.writes(202, answer), *change.writes, draft]
        await self._store.submit(change)
        return answer


def _check_answer(composed: Composed) -> CheckAnswer:
    capability = composed.parent.capability
    return CheckAnswer(
        acceptable=not composed.objections and not composed.rendered.missing,
        objections=objection_answers(composed),
        text=composed.rendered.text,
        language=composed.rendered.language,
        missing=list(composed.rendered.missing),
        length=composed.intended.length,
        limit=capability.max_length,
        counting=capability.counting,
        asks=asks(composed.rendered.text),
        parent=composed.parent.id,
        parent_revision=composed.parent.revision,
        action=composed.intended.action,
        visibility=composed.intended.visibility,
    )


def objection_answers(composed: Composed) -> list[ObjectionAnswer]:
    return [
        ObjectionAnswer(kind=o.guard, detail=o.detail, waivable=o.waivable, reply=o.reply)
        for o in composed.objections
    ]
