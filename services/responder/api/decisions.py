"""`POST /v1/replies/{reply}/{approve|reject|cancel|confirm}`: what people decide about replies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Response

from harken.domain.ids import ReplyId
from harken.domain.reply import Reply
from harken.domain.time import Instant
from harken.http.etag import IfMatch, check_match, etag
from harken.http.idempotency import IdempotencyScope, Idempotent
from harken.http.principal import Principal
from harken.http.problem import conflict, forbidden, not_found
from harken.http.routing import api_router
from harken.store.changes import RevisionConflict
from harken.store.port import Rows, Store
from services.responder.api.access import Approver, Author, ReplyPath, leads, wrote
from services.responder.api.composing import Composer
from services.responder.api.models import (
    Approval,
    Cancellation,
    Confirmation,
    Rejection,
    ReplyAnswer,
    reply_answer,
)
from services.responder.api.races import until_first
from services.responder.domain.delivery import advance
from services.responder.domain.delivery_events import (
    Approved,
    Cancelled,
    Event,
    Posted,
    Rejected,
    Resent,
)
from services.responder.domain.delivery_terms import Impossible
from services.responder.replies import Kept, bound_ids, find_reply, moved

Check = Callable[[Rows, Reply, Instant], Awaitable[None]]


class Decisions:
    """Each is taken on the reply as it is, whatever the delivery does meanwhile."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def decide(
        self,
        caller: Principal,
        id_: str,
        event: Event,
        once: IdempotencyScope,
        match: int | None,
        check: Check,
    ) -> ReplyAnswer:
        """``check`` raises the problem of what should not be. Raises problems."""

        async def attempt() -> ReplyAnswer:
            async with self._store.reading() as snapshot:
                rows, now = snapshot.for_tenant(caller.tenant), snapshot.now
                kept = await find_reply(rows, ReplyId(id_))
                if kept is None:
                    raise not_found("reply")
                check_match(match, kept.reply.revision)
                await check(rows, kept.reply, now)
            after = _advanced(kept, event, now)
            change, answer = moved(kept, after), reply_answer(after)
            change.writes = [*once.writes(200, answer), *change.writes]
            await self._store.submit(change)
            return answer

        return await until_first(attempt, lambda refused: isinstance(refused, RevisionConflict))


def _advanced(kept: Kept, event: Event, now: Instant) -> Reply:
    try:
        return advance(kept.reply, event, now)
    except Impossible:
        state = kept.reply.state
        problem = conflict("wrong-state", f"This cannot happen to a reply that is {state.value}.")
        problem.more["state"] = state.value
        raise problem from None


def decision_routes(store: Store, composer: Composer) -> APIRouter:
    router = api_router("Replies")
    decisions = Decisions(store)
    _approval_routes(router, decisions, composer)
    _outcome_routes(router, decisions)
    return router


def _approval_routes(router: APIRouter, decisions: Decisions, composer: Composer) -> None:
    @router.post(
        "/v1/replies/{reply}/approve", operation_id="approve_reply", summary="Let a reply go out"
    )
    async def approve_reply(
        reply: ReplyPath,
        body: Approval,
        caller: Approver,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> ReplyAnswer:
        """By somebody else than its writer. What happened since it was written speaks against it
        as it would against a new one."""

        async def check(rows: Rows, found: Reply, now: Instant) -> None:
            _not_ones_own(caller, found)
            # What is not waiting is told apart below, whatever speaks against it by now.
            _advanced(Kept(found), Approved(caller.id), now)
            (await composer.judge(rows, now, found)).check(body.acknowledge)

        event = Approved(caller.id)
        answer = await decisions.decide(caller, reply, event, once, match, check)
        response.headers["ETag"] = etag(answer.revision)
        return answer

    @router.post(
        "/v1/replies/{reply}/reject", operation_id="reject_reply", summary="Stop a reply for good"
    )
    async def reject_reply(
        reply: ReplyPath,
        body: Rejection,
        caller: Approver,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> ReplyAnswer:
        """Its writer reads why."""

        async def check(_: Rows, found: Reply, __: Instant) -> None:
            _not_ones_own(caller, found)

        event = Rejected(caller.id, body.why)
        answer = await decisions.decide(caller, reply, event, once, match, check)
        response.headers["ETag"] = etag(answer.revision)
        return answer


def _outcome_routes(router: APIRouter, decisions: Decisions) -> None:
    @router.post(
        "/v1/replies/{reply}/cancel",
        operation_id="cancel_reply",
        summary="Take a reply back that is not out",
    )
    async def cancel_reply(
        reply: ReplyPath,
        body: Cancellation,
        caller: Author,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> ReplyAnswer:
        """Until sending begins, and where it is `absent`. One's own; supervisors any."""

        async def check(_: Rows, found: Reply, __: Instant) -> None:
            if not (wrote(caller, found) or leads(caller)):
                raise forbidden("Only its writer or a supervisor takes a reply back.")

        event = Cancelled(caller.id, body.why)
        answer = await decisions.decide(caller, reply, event, once, match, check)
        response.headers["ETag"] = etag(answer.revision)
        return answer

    @router.post(
        "/v1/replies/{reply}/confirm",
        operation_id="confirm_reply",
        summary="Say whether it is on the network",
    )
    async def confirm_reply(
        reply: ReplyPath,
        body: Confirmation,
        caller: Author,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> ReplyAnswer:
        """Where nobody could find out: look at the thread before you say. That it is there can be
        said while it is `unknown` or `absent`, that it is not only where it is `absent`."""

        async def check(rows: Rows, found: Reply, _: Instant) -> None:
            if body.network_id and await bound_ids(
                rows, found.connection, [body.network_id], but=found.id
            ):
                raise conflict("id-of-another", "On the network this is another reply of ours.")

        event = _confirmed(body, caller.id)
        answer = await decisions.decide(caller, reply, event, once, match, check)
        response.headers["ETag"] = etag(answer.revision)
        return answer


def _confirmed(body: Confirmation, by: str) -> Event:
    if body.on_network:
        return Posted(body.network_id, body.network_url, by=by)
    return Resent(by) if body.resend else Cancelled(by, "A person did not find it on the network.")


def _not_ones_own(caller: Principal, reply: Reply) -> None:
    if wrote(caller, reply):
        raise conflict("own-reply", "Somebody else has to decide about one's own reply.")
