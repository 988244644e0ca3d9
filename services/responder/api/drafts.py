"""`/v1/cases/{case}/draft`: what an agent has begun to write, seen by them alone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response

from harken.domain.ids import CaseId
from harken.domain.mention import Visibility
from harken.http.etag import IfMatch, changed_meanwhile, check_match, etag
from harken.http.models import ApiModel, Id, Time, Whole, bounded, examples
from harken.http.principal import Principal
from harken.http.problem import not_found
from harken.http.routing import api_router
from harken.store.changes import ChangeSet, Remove, Replace, RevisionConflict
from harken.store.port import Store
from harken.store.schema.responder import DRAFTS
from services.responder.api.access import Author, CasePath
from services.responder.api.composing import Composer, answered
from services.responder.api.models import (
    LONGEST_TEXT,
    OBJECTION,
    REPLY,
    Composition,
    Language,
    ObjectionAnswer,
)
from services.responder.api.replies import objection_answers
from services.responder.domain.draft import Draft
from services.responder.domain.guards import Guard
from services.responder.drafts import draft_key, draft_row, draft_writer, find_draft

DraftText = Annotated[str, bounded(LONGEST_TEXT, least=0)]

_DRAFT: dict[str, Any] = {
    "case": REPLY["case"],
    "revision": 2,
    "text": "We are sorry. Which",
    "parent": REPLY["parent"],
    "parent_revision": 1,
    "visibility": "public",
    "language": "en",
    "updated_at": "2026-03-01T09:30:00Z",
    "warnings": [OBJECTION],
}


class DraftEdit(ApiModel):
    """The whole draft. What is left out is as it would be for a reply."""

    model_config = examples({"text": "We are sorry. Which", "expected_revision": 1})

    text: DraftText
    parent: Id | None = None
    expected_revision: Whole | None = None
    """The revision of the mention that was read; its present one where it is not said."""
    visibility: Visibility | None = None
    language: Language | None = None


class DraftAnswer(ApiModel):
    """A draft, with what would speak against sending it now."""

    model_config = examples(_DRAFT)

    case: str
    revision: int
    text: str
    parent: str
    parent_revision: int
    """Send it as `expected_revision` with the reply."""
    visibility: Visibility
    language: str
    updated_at: Time
    warnings: list[ObjectionAnswer]


def draft_routes(store: Store, composer: Composer) -> APIRouter:
    router = api_router("Drafts")

    @router.get("/v1/cases/{case}/draft", operation_id="get_draft", summary="One's own draft")
    async def get_draft(case: CasePath, caller: Author, response: Response) -> DraftAnswer:
        """With a warning for whatever happened since: the customer edited, wrote again, deleted."""
        draft, answer = await shown(caller, CaseId(case))
        response.headers["ETag"] = etag(draft.revision)
        return answer

    @router.put("/v1/cases/{case}/draft", operation_id="put_draft", summary="Keep a draft")
    async def put_draft(
        case: CasePath, body: DraftEdit, caller: Author, match: IfMatch, response: Response
    ) -> DraftAnswer:
        """One for each agent and case. It stays when the case is given to somebody else."""
        id_ = CaseId(case)
        async with store.reading() as snapshot:
            rows, now = snapshot.for_tenant(caller.tenant), snapshot.now
            _, parent = await answered(rows, id_, body.parent)
            known = await find_draft(rows, caller, id_)
        revision = 0 if known is None else known.revision
        check_match(match, revision)
        draft = Draft(
            tenant=caller.tenant,
            case=id_,
            writer=draft_writer(caller),
            revision=revision + 1,
            text=body.text,
            parent=parent.id,
            parent_revision=parent.revision
            if body.expected_revision is None
            else body.expected_revision,
            visibility=body.visibility or parent.visibility,
            language=body.language or parent.language,
            updated_at=now,
        )
        try:
            await store.submit(ChangeSet(writes=[Replace(DRAFTS, draft_row(draft), revision)]))
        except RevisionConflict:
            raise changed_meanwhile(revision) from None
        draft, answer = await shown(caller, id_)
        response.headers["ETag"] = etag(draft.revision)
        return answer

    @router.delete(
        "/v1/cases/{case}/draft",
        status_code=204,
        operation_id="delete_draft",
        summary="Throw a draft away",
    )
    async def delete_draft(case: CasePath, caller: Author) -> None:
        """Also where there is none."""
        removal = Remove(DRAFTS, draft_key(caller, CaseId(case)))
        await store.submit(ChangeSet(writes=[removal]))

    async def shown(caller: Principal, case: CaseId) -> tuple[Draft, DraftAnswer]:
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            draft = await find_draft(rows, caller, case)
            if draft is None:
                raise not_found("draft")
            would_be = Composition(
                text=draft.text or " ",
                parent=draft.parent,
                expected_revision=draft.parent_revision,
                visibility=draft.visibility,
            )
            composed = await composer.compose(rows, snapshot.now, caller, case, would_be)
        warnings = [one for one in objection_answers(composed) if one.kind is not Guard.EMPTY]
        return draft, _answer(draft, warnings)

    return router


def _answer(draft: Draft, warnings: list[ObjectionAnswer]) -> DraftAnswer:
    return DraftAnswer(
        case=draft.case,
        revision=draft.revision,
        text=draft.text,
        parent=draft.parent,
        parent_revision=draft.parent_revision,
        visibility=draft.visibility,
        language=draft.language,
        updated_at=draft.updated_at,
        warnings=warnings,
    )
