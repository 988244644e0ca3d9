"""`POST /v1/cases/{case}/…`: what people do with a case."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response

from harken.clock import Clock
from harken.domain.ids import AgentId, CaseId, MentionId, QueueId
from harken.domain.time import Instant
from harken.http.etag import IfMatch, MustMatch, etag
from harken.http.idempotency import IdempotencyScope, Idempotent
from harken.http.principal import Principal
from harken.http.routing import api_router
from harken.store.changes import Insert, Write
from harken.store.port import Store
from harken.store.schema.router import NOTES
from services.router.api.access import Actor, Lead, ask, by, own_agent
from services.router.api.case_models import (
    CaseDetail,
    NewAssignment,
    NewMerge,
    NewNote,
    NewSeverity,
    NewSnooze,
    NewTone,
    NewTransfer,
    PresentAnswer,
    PresentList,
    Resolution,
    TagEdit,
    Typing,
)
from services.router.api.cases import CasePath
from services.router.api.presence import Presence, Present, present
from services.router.api.reading import case_detail, find_case
from services.router.api.signs import SignsOfLife
from services.router.commands_client import RouterCommands
from services.router.domain.commands import (
    Assign,
    Command,
    CorrectTone,
    Merge,
    Note,
    OverrideSeverity,
    Reopen,
    Resolve,
    Snooze,
    Tag,
    Transfer,
)


class CaseDesk:
    """Asks the router, then shows the case as it is after that."""

    def __init__(self, store: Store, commands: RouterCommands) -> None:
        self._store = store
        self._commands = commands

    async def do(
        self,
        caller: Principal,
        once: IdempotencyScope,
        response: Response,
        command: Command,
        with_it: Sequence[Write] = (),
    ) -> CaseDetail:
        result = await ask(self._commands, caller, once, command, *with_it)
        return await self.show(caller, CaseId(result.ref), response)

    async def show(self, caller: Principal, id_: CaseId, response: Response) -> CaseDetail:
        async with self._store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            case = await find_case(rows, id_)
            answer = await case_detail(rows, case, await present(rows, id_, snapshot.now))
        response.headers["ETag"] = etag(case.revision)
        return answer

    async def must_exist(self, caller: Principal, id_: CaseId) -> Instant:
        """The store's now."""
        async with self._store.reading() as snapshot:
            await find_case(snapshot.for_tenant(caller.tenant), id_)
            return snapshot.now

    async def present(self, caller: Principal, id_: CaseId) -> Sequence[Present]:
        async with self._store.reading() as snapshot:
            return await present(snapshot.for_tenant(caller.tenant), id_, snapshot.now)


def case_action_routes(
    desk: CaseDesk, presence: Presence, signs: SignsOfLife, clock: Clock
) -> APIRouter:
    router = api_router("Cases")
    _work_routes(router, desk)
    _judgement_routes(router, desk)

    @router.post("/v1/cases/{case}/notes", operation_id="add_note", summary="Add a note")
    async def add_note(
        case: CasePath, body: NewNote, caller: Actor, once: Idempotent, response: Response
    ) -> CaseDetail:
        """Never shown to the customer."""
        id_ = CaseId(case)
        await desk.must_exist(caller, id_)
        row = {
            "tenant": caller.tenant,
            "id": once.origin,
            "case_id": id_,
            "author": caller.agent or caller.id,
            "text": body.text,
            "at": clock.now(),
        }
        command = Note(by(caller), id_, once.origin)
        return await desk.do(caller, once, response, command, [Insert(NOTES, row)])

    @router.post(
        "/v1/cases/{case}/typing", operation_id="set_typing", summary="Show that one is writing"
    )
    async def set_typing(case: CasePath, body: Typing, caller: Actor) -> PresentList:
        """Shown to others for some seconds; send it again while writing."""
        id_, agent = CaseId(case), own_agent(caller)
        now = await desk.must_exist(caller, id_)
        await presence.types(caller.tenant, id_, agent, now, typing=body.typing)
        await signs.seen(caller, id_)
        here = await desk.present(caller, id_)
        return PresentList(
            present=[PresentAnswer(agent=one.agent, typing=one.typing) for one in here]
        )

    return router


def _work_routes(router: APIRouter, desk: CaseDesk) -> None:
    @router.post("/v1/cases/{case}/assign", operation_id="assign_case", summary="Take or give it")
    async def assign_case(
        case: CasePath,
        body: NewAssignment,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """Agents take what nobody has; supervisors give it to whom they want."""
        agent = AgentId(body.agent) if body.agent is not None else own_agent(caller)
        command = Assign(by(caller), CaseId(case), agent, match)
        return await desk.do(caller, once, response, command)

    @router.post(
        "/v1/cases/{case}/transfer", operation_id="transfer_case", summary="Hand it back, or on"
    )
    async def transfer_case(
        case: CasePath,
        body: NewTransfer,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """The case keeps its age; for some minutes it goes to others, if there are any."""
        queue = QueueId(body.queue) if body.queue is not None else None
        command = Transfer(by(caller), CaseId(case), queue, match)
        return await desk.do(caller, once, response, command)

    @router.post("/v1/cases/{case}/snooze", operation_id="snooze_case", summary="Put it off")
    async def snooze_case(
        case: CasePath,
        body: NewSnooze,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """It comes back then, or when the customer writes; its clocks go on."""
        command = Snooze(by(caller), CaseId(case), body.until, match)
        return await desk.do(caller, once, response, command)

    @router.post("/v1/cases/{case}/resolve", operation_id="resolve_case", summary="Resolve it")
    async def resolve_case(
        case: CasePath,
        body: Resolution,
        caller: Actor,
        once: Idempotent,
        match: MustMatch,
        response: Response,
    ) -> CaseDetail:
        """Its clocks stop; the customer's next word reopens it within some days.

        The revision that was seen has to be named: what the customer wrote a moment before must
        not be closed unread.
        """
        command = Resolve(
            by(caller),
            CaseId(case),
            no_reply_needed=body.outcome == "no_reply_needed",
            spam=body.outcome == "spam",
            expected=match,
        )
        return await desk.do(caller, once, response, command)

    @router.post("/v1/cases/{case}/reopen", operation_id="reopen_case", summary="Reopen it")
    async def reopen_case(
        case: CasePath, caller: Actor, once: Idempotent, match: IfMatch, response: Response
    ) -> CaseDetail:
        """It goes back to who had it, if they can take it now."""
        return await desk.do(caller, once, response, Reopen(by(caller), CaseId(case), match))

    @router.post("/v1/cases/{case}/merge", operation_id="merge_case", summary="Merge it")
    async def merge_case(
        case: CasePath,
        body: NewMerge,
        caller: Lead,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """Into another case, which is shown; the oldest age is kept, both assignments end."""
        command = Merge(by(caller), CaseId(case), CaseId(body.into), match)
        return await desk.do(caller, once, response, command)


def _judgement_routes(router: APIRouter, desk: CaseDesk) -> None:
    @router.post("/v1/cases/{case}/tags", operation_id="tag_case", summary="Change its tags")
    async def tag_case(
        case: CasePath,
        body: TagEdit,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """Tags that are there already, or are not there to be removed, are no error."""
        command = Tag(
            by(caller),
            CaseId(case),
            tuple(body.add),
            tuple(body.remove),
            body.contact_reason,
            match,
        )
        return await desk.do(caller, once, response, command)

    @router.post(
        "/v1/cases/{case}/severity", operation_id="set_severity", summary="Judge its severity"
    )
    async def set_severity(
        case: CasePath,
        body: NewSeverity,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """Stands until a new risk comes up; recorded for training."""
        command = OverrideSeverity(by(caller), CaseId(case), body.score, match)
        return await desk.do(caller, once, response, command)

    @router.post("/v1/cases/{case}/tone", operation_id="correct_tone", summary="Correct a tone")
    async def correct_tone(
        case: CasePath,
        body: NewTone,
        caller: Actor,
        once: Idempotent,
        match: IfMatch,
        response: Response,
    ) -> CaseDetail:
        """The case shows it from then on, and it is exported as training data. Search and counts
        keep what the model said."""
        mention = MentionId(body.mention)
        command = CorrectTone(by(caller), CaseId(case), mention, body.polarity, match)
        return await desk.do(caller, once, response, command)
