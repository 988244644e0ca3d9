"""``GET /v1/events``: what happens, as server-sent events, resumable with ``Last-Event-ID``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from harken.http.access import Caller
from harken.http.event_stream import EVENT_STREAM, EventStream, Listener, Timing
from harken.http.feed import Feed
from harken.http.models import bounded
from harken.http.routing import api_router

__all__ = ["Timing", "event_routes"]

_EXAMPLE = (
    "id: 8112-8114\n"
    "event: case\n"
    'data: {"kind":"case","aggregate":"0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10","revision":3,'
    '"at":"2026-03-01T09:30:00Z","payload":{"case":{"tenant":"riverbend","state":"CASE_STATE_OPEN"}'
    "}}\n\n"
)
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Events as they happen, until either side ends it.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


def event_routes(feed: Feed, timing: Timing | None = None) -> APIRouter:
    router = api_router("Events")

    @router.get(
        "/v1/events",
        operation_id="stream_events",
        summary="Follow what happens",
        response_class=Response,
        status_code=200,
        responses=_RESPONSES,
    )
    async def events(
        request: Request,
        caller: Caller,
        kind: Annotated[
            list[Annotated[str, bounded(100)]] | None,
            Query(description="Only events of these kinds; all by default.", max_length=50),
        ] = None,
        last_event_id: Annotated[
            str | None,
            Header(
                alias="Last-Event-ID",
                description="The `id` of the last event that was received: what came since is "
                "sent first. One that is too old or unknown is answered with a `reset` event.",
                max_length=200,
            ),
        ] = None,
    ) -> Response:
        """Server-sent events of the tenant, as far as the credential's roles may see them.

        Each has an `id` to resume from, an `event` that names its kind, and `data`: a JSON object
        with `kind`, `aggregate`, `revision` (higher is newer), `at` and `payload`. Events may come
        again: keep the greatest revision. After a `reset` event load what you show again. Comments
        come every 15 seconds while nothing happens.
        """
        feed.admit()
        listener = Listener(request, caller, frozenset(kind or ()))
        return EventStream(feed, listener, last_event_id, timing or Timing())

    return router
