"""`/v1/trackers`: keywords, hashtags and more that every mention is matched against."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response

from harken.domain.time import days
from harken.http.etag import IfMatch, etag
from harken.http.idempotency import Idempotent
from harken.http.models import Id
from harken.http.pagination import Page, Paging
from harken.http.problem import invalid
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Rows, Store
from harken.store.schema.ingest import TRACKERS
from services.ingest.alerting.access import Editor
from services.ingest.alerting.receivers import find_receivers
from services.ingest.connections_api import Reader
from services.ingest.domain.tracker import AlertRule, Tracker
from services.ingest.listing import list_by_id
from services.ingest.trackers.bad_query import bad_query
from services.ingest.trackers.changes import TrackerChanges, known_tracker
from services.ingest.trackers.models import (
    NewTracker,
    TrackerAnswer,
    TrackerEdit,
    rules,
    tracker_answer,
)
from services.ingest.trackers.preview import Previews
from services.ingest.trackers.preview_models import PreviewAnswer, PreviewAsked, preview_answer
from services.ingest.tracking import QueryError, check_query


def tracker_routes(store: Store, changes: TrackerChanges, previews: Previews) -> APIRouter:
    router = api_router("Trackers")

    @router.post(
        "/v1/trackers",
        status_code=201,
        operation_id="create_tracker",
        summary="Track words",
    )
    async def create_tracker(
        body: NewTracker, caller: Editor, once: Idempotent, response: Response
    ) -> TrackerAnswer:
        """Mentions that come in from now on carry the tracker's id where its query matches them.
        A query that cannot be read is answered 422 with the place."""
        _check_query(body.query)
        alerts = rules(body.alerts)
        async with store.reading() as snapshot:
            now = snapshot.now
            await _check_receivers(snapshot.for_tenant(caller.tenant), alerts)
        tracker = Tracker(caller.tenant, once.origin, body.name, body.query, now, alerts)
        answer = tracker_answer(1, tracker)
        await changes.create(tracker, once.writes(201, answer))
        response.headers["ETag"] = etag(1)
        return answer

    @router.get("/v1/trackers", operation_id="list_trackers", summary="What we track")
    async def list_trackers(caller: Reader, paging: Paging) -> Page[TrackerAnswer]:
        """In the order of their ids."""
        return await list_by_id(
            store,
            TRACKERS,
            caller,
            paging,
            lambda row: tracker_answer(row.revision, decode(row.body, Tracker)),
        )

    @router.post(
        "/v1/trackers/preview",
        operation_id="preview_tracker",
        summary="Try a query on what was heard lately",
    )
    async def preview_tracker(body: PreviewAsked, caller: Editor) -> PreviewAnswer:
        """What the query would have matched of the mentions that we hold, the newest first. It
        reads only so much and takes only so long, and says where it was cut short."""
        _check_query(body.query)
        found = await previews.of(caller.tenant, body.query, days(body.days), body.limit)
        return preview_answer(found)

    @router.get("/v1/trackers/{tracker}", operation_id="get_tracker", summary="One tracker")
    async def get_tracker(tracker: Id, caller: Reader, response: Response) -> TrackerAnswer:
        """Its query, and when it alerts."""
        async with store.reading() as snapshot:
            revision, found = await known_tracker(snapshot.for_tenant(caller.tenant), tracker)
        response.headers["ETag"] = etag(revision)
        return tracker_answer(revision, found)

    @router.patch("/v1/trackers/{tracker}", operation_id="edit_tracker", summary="Change a tracker")
    async def edit_tracker(
        tracker: Id, body: TrackerEdit, caller: Editor, match: IfMatch, response: Response
    ) -> TrackerAnswer:
        """Mentions that came in before keep what they carry."""
        if body.query is not None:
            _check_query(body.query)
        alerts = None if body.alerts is None else rules(body.alerts)
        async with store.reading() as snapshot:
            await _check_receivers(snapshot.for_tenant(caller.tenant), alerts or ())

        def edit(found: Tracker) -> Tracker:
            return replace(
                found,
                name=found.name if body.name is None else body.name,
                query=found.query if body.query is None else body.query,
                alerts=found.alerts if alerts is None else alerts,
            )

        revision, edited = await changes.change(caller.tenant, tracker, match, edit)
        response.headers["ETag"] = etag(revision)
        return tracker_answer(revision, edited)

    @router.delete(
        "/v1/trackers/{tracker}",
        status_code=204,
        operation_id="delete_tracker",
        summary="Stop tracking it",
    )
    async def delete_tracker(tracker: Id, caller: Editor) -> None:
        """Mentions keep its id; alerts that were decided are delivered still."""
        await changes.delete(caller.tenant, tracker)

    return router


def _check_query(query: str) -> None:
    try:
        check_query(query)
    except QueryError as error:
        raise bad_query(query, error) from error


async def _check_receivers(rows: Rows, alerts: tuple[AlertRule, ...]) -> None:
    named = {receiver for rule in alerts for receiver in rule.receivers}
    if named and (unknown := named - (await find_receivers(rows, named)).keys()):
        raise invalid(f"There is no receiver {min(unknown)}.")
