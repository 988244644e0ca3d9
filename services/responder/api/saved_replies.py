"""`/v1/saved-replies`: texts kept for reuse, by language, with variables."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy import select

from harken.domain.ids import AgentId, CaseId
from harken.domain.mention import Mention
from harken.http.etag import IfMatch, changed_meanwhile, check_match, etag
from harken.http.idempotency import Idempotent
from harken.http.models import ApiModel, Id, bounded, examples
from harken.http.pagination import Cursor, Page, Paging, page
from harken.http.principal import Principal
from harken.http.problem import invalid, not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.changes import ChangeSet, Insert, Remove, Replace, RevisionConflict
from harken.store.port import Rows, Store
from harken.store.schema.responder import SAVED_REPLIES
from services.responder.api.access import Author, Lead, Reader
from services.responder.api.composing import answered
from services.responder.api.models import Language, Text, Values, Variable
from services.responder.domain.saved_reply import SavedReply, problems, render
from services.responder.saved_replies import find_saved_reply, saved_reply_row, usual_values

SavedPath = Annotated[str, Path(min_length=1, max_length=100, description="The saved reply's id.")]

_EDIT: dict[str, Any] = {
    "name": "Parcel is on its way",
    "texts": {
        "en": "Hello {{customer_name}}, parcel {{parcel}} is on its way. {{agent_name}}",
        "pl": "Dzień dobry, paczka {{parcel}} jest w drodze. {{agent_name}}",
    },
    "fallback": ["en"],
    "variables": ["parcel"],
}


class SavedReplyEdit(ApiModel):
    """A saved reply, whole. Variables stand in double braces: `{{customer_name}}`,
    `{{customer_handle}}`, `{{agent_name}}` and `{{network}}` are filled in by themselves, those in
    `variables` are asked for. Nothing is escaped.
    """

    model_config = examples(_EDIT)

    name: Annotated[str, bounded(200)]
    """Unique."""
    texts: Annotated[dict[Language, Text], Field(min_length=1, max_length=50)]
    """By language."""
    fallback: Annotated[list[Language], Field(max_length=50)] = Field(default_factory=list)
    """Languages to take, in order, where there is no text in the wanted one."""
    variables: Annotated[list[Variable], Field(max_length=50)] = Field(default_factory=list)


class SavedReplyAnswer(SavedReplyEdit):
    """A saved reply."""

    model_config = examples({"id": "0190a8a2-3333-7cc0-9d0b-1c2d3e4f5a6b", "revision": 1, **_EDIT})

    id: str
    revision: int


class PreviewRequest(ApiModel):
    """For whom, in which language, with which values."""

    model_config = examples({"language": "pl", "variables": {"parcel": "TT-7"}})

    case: Id | None = None
    """Its customer's name is filled in, and their language taken where none is said."""
    language: Language | None = None
    variables: Values = Field(default_factory=dict)


class PreviewAnswer(ApiModel):
    """The text as it would be; variables without a value stand in it as they are."""

    model_config = examples(
        {
            "text": "Dzień dobry, paczka TT-7 jest w drodze. {{agent_name}}",
            "language": "pl",
            "missing": ["agent_name"],
        }
    )

    text: str
    language: str
    missing: list[str]


class ByName(Cursor, frozen=True):
    name: str


def saved_reply_routes(store: Store) -> APIRouter:
    router = api_router("Saved replies")

    @router.get(
        "/v1/saved-replies", operation_id="list_saved_replies", summary="All of them, by name"
    )
    async def list_saved_replies(caller: Reader, paging: Paging) -> Page[SavedReplyAnswer]:
        """With all their texts."""
        table = SAVED_REPLIES.c
        query = select(table.body).order_by(table.name)
        if (last := paging.after(ByName)) is not None:
            query = query.where(table.name > last.name)
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query.limit(paging.limit + 1))
        found = [decode(row.body, SavedReply) for row in rows]
        return page(found, paging, _answer, lambda saved: ByName(saved.name))

    @router.post(
        "/v1/saved-replies",
        status_code=201,
        operation_id="create_saved_reply",
        summary="Keep a text for reuse",
    )
    async def create_saved_reply(
        body: SavedReplyEdit, caller: Lead, once: Idempotent, response: Response
    ) -> SavedReplyAnswer:
        """Unknown variables are refused here, not when it is used."""
        saved = _checked(body, caller, once.origin, revision=1)
        answer = _answer(saved)
        insert = Insert(SAVED_REPLIES, saved_reply_row(saved))
        await store.submit(ChangeSet(writes=[*once.writes(201, answer), insert]))
        response.headers["ETag"] = etag(1)
        return answer

    @router.get(
        "/v1/saved-replies/{saved}", operation_id="get_saved_reply", summary="One saved reply"
    )
    async def get_saved_reply(
        saved: SavedPath, caller: Reader, response: Response
    ) -> SavedReplyAnswer:
        """With all its texts."""
        async with store.reading() as snapshot:
            found = await known(snapshot.for_tenant(caller.tenant), saved)
        response.headers["ETag"] = etag(found.revision)
        return _answer(found)

    @router.put(
        "/v1/saved-replies/{saved}", operation_id="put_saved_reply", summary="Change a saved reply"
    )
    async def put_saved_reply(
        saved: SavedPath, body: SavedReplyEdit, caller: Lead, match: IfMatch, response: Response
    ) -> SavedReplyAnswer:
        """The whole of it. What was sent stays as it was."""
        async with store.reading() as snapshot:
            found = await known(snapshot.for_tenant(caller.tenant), saved)
        check_match(match, found.revision)
        changed = _checked(body, caller, found.id, found.revision + 1)
        write = Replace(SAVED_REPLIES, saved_reply_row(changed), found.revision)
        try:
            await store.submit(ChangeSet(writes=[write]))
        except RevisionConflict:
            raise changed_meanwhile(found.revision) from None
        response.headers["ETag"] = etag(changed.revision)
        return _answer(changed)

    @router.delete(
        "/v1/saved-replies/{saved}",
        status_code=204,
        operation_id="delete_saved_reply",
        summary="Remove a saved reply",
    )
    async def delete_saved_reply(saved: SavedPath, caller: Lead) -> None:
        """What was sent with it stays."""
        async with store.reading() as snapshot:
            found = await known(snapshot.for_tenant(caller.tenant), saved)
        key = {"tenant": caller.tenant, "id": found.id}
        await store.submit(ChangeSet(writes=[Remove(SAVED_REPLIES, key)]))

    @router.post(
        "/v1/saved-replies/{saved}/preview",
        operation_id="preview_saved_reply",
        summary="See it filled in",
    )
    async def preview_saved_reply(
        saved: SavedPath, body: PreviewRequest, caller: Author
    ) -> PreviewAnswer:
        """Nothing is kept or sent."""
        async with store.reading() as snapshot:
            rows = snapshot.for_tenant(caller.tenant)
            return await _preview(rows, await known(rows, saved), body, caller.agent)

    return router


async def _preview(
    rows: Rows, saved: SavedReply, body: PreviewRequest, agent: AgentId | None
) -> PreviewAnswer:
    parent: Mention | None = None
    if body.case is not None:
        _, parent = await answered(rows, CaseId(body.case), None)
    usual = await usual_values(rows, parent, agent)
    language = body.language or ("" if parent is None else parent.language)
    rendered = render(saved, language, {**usual, **body.variables})
    return PreviewAnswer(
        text=rendered.text, language=rendered.language, missing=list(rendered.missing)
    )


async def known(rows: Rows, id_: str) -> SavedReply:
    found = await find_saved_reply(rows, id_)
    if found is None:
        raise not_found("saved reply")
    return found


def _checked(body: SavedReplyEdit, caller: Principal, id_: str, revision: int) -> SavedReply:
    saved = SavedReply(
        tenant=caller.tenant,
        id=id_,
        revision=revision,
        name=body.name,
        texts=body.texts,
        fallback=tuple(body.fallback),
        asked=tuple(body.variables),
    )
    if wrong := problems(saved):
        raise invalid(" ".join(wrong))
    return saved


def _answer(saved: SavedReply) -> SavedReplyAnswer:
    return SavedReplyAnswer(
        id=saved.id,
        revision=saved.revision,
        name=saved.name,
        texts=dict(saved.texts),
        fallback=list(saved.fallback),
        variables=list(saved.asked),
    )
