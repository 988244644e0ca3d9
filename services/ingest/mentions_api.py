"""`POST /v1/mentions`: what is accepted here is durable before the answer is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request
from pydantic import Field

from harken.channels.port import Connection
from harken.channels.registry import Channels
from harken.domain.ids import ConnectionId
from harken.domain.mention import Mention, ReplyCapability
from harken.domain.roles import Role
from harken.domain.time import Instant
from harken.http.access import allowed
from harken.http.models import ApiModel, Time, examples
from harken.http.principal import Principal
from harken.http.problem import Problem
from harken.http.routing import api_router
from harken.store.port import Store
from harken.telemetry import tracing
from services.ingest.bodies import read, rejection, split
from services.ingest.connections import find_connections
from services.ingest.domain.acceptable import refusal
from services.ingest.intake import Intake
from services.ingest.submission import LISTENS_ONLY, SubmittedMention, to_mention

Submitter = Annotated[Principal, Depends(allowed(Role.INGEST, Role.SUPERVISOR))]


class Rejected(ApiModel):
    """One mention that was not taken in, and why."""

    index: int
    """Its place in the request, from 0."""
    problem: dict[str, Any]
    """An RFC 9457 problem."""


class IntakeAnswer(ApiModel):
    """`accepted` + `duplicates` + the number of `rejected` = what was sent."""

    model_config = examples(
        {
            "accepted": 1,
            "duplicates": 0,
            "rejected": [],
            "ids": ["0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10"],
            "known_since": [None],
        }
    )

    accepted: int
    duplicates: int
    """Seen before with the same content."""
    rejected: Annotated[list[Rejected], Field(description="What is wrong with the others.")]
    ids: list[str | None]
    """The mention's id for each place of the request; null where it was rejected."""
    known_since: list[Time | None]
    """When a duplicate was first taken in, by this server's clock: so whoever sends again what got
    no answer can tell what it brought itself. Null for what is new, rejected, or twice in this
    request."""


@dataclass(slots=True)
class _Reading:
    """The places of a request's mentions, and of what was wrong with the others."""

    submitted: dict[int, SubmittedMention] = field(default_factory=dict)
    mentions: dict[int, Mention] = field(default_factory=dict)
    rejected: dict[int, Mapping[str, Any]] = field(default_factory=dict)


def mention_routes(intake: Intake, store: Store, channels: Channels) -> APIRouter:
    router = api_router("Intake")

    @router.post(
        "/v1/mentions",
        status_code=202,
        operation_id="submit_mentions",
        summary="Take in mentions",
        openapi_extra={"requestBody": _request_body()},
    )
    async def submit_mentions(request: Request, caller: Submitter) -> IntakeAnswer:
        """One mention, an array, or one per line (`application/x-ndjson`).

        What is accepted is durable. A mention that is sent again is a duplicate; with another
        text it is a revision. A single mention that cannot be taken in is answered 422, one of
        several is listed in `rejected`.
        """
        raw, single = await split(request)
        reading = await _read(raw, caller, store, channels)
        taken = await intake.take(caller.tenant, list(reading.mentions.values()), tracing.carry())
        if single and reading.rejected:
            raise _single_problem(reading.rejected[0])
        places = list(reading.mentions)
        known = {places[place]: at for place, at in taken.first.items()}
        return IntakeAnswer(
            accepted=len(taken.new),
            duplicates=len(taken.doubles),
            rejected=[
                Rejected(index=place, problem=dict(problem))
                for place, problem in sorted(reading.rejected.items())
            ],
            ids=[
                reading.mentions[place].id if place in reading.mentions else None
                for place in range(len(raw))
            ],
            known_since=[known.get(place) for place in range(len(raw))],
        )

    return router


async def _read(
    raw: Sequence[bytes], caller: Principal, store: Store, channels: Channels
) -> _Reading:
    reading = _Reading()
    for place, one in enumerate(raw):
        found = read(one)
        if isinstance(found, SubmittedMention):
            reading.submitted[place] = found
        else:
            reading.rejected[place] = found
    named = {ConnectionId(one.connection) for one in reading.submitted.values() if one.connection}
    async with store.reading() as snapshot:
        now = snapshot.now
        rows = snapshot.for_tenant(caller.tenant)
        connections = await find_connections(rows, sorted(named), channels.vault) if named else {}
    for place, submitted in reading.submitted.items():
        connection = connections.get(ConnectionId(submitted.connection))
        why = _misaddressed(submitted, connection)
        if not why:
            mention = await _mention(submitted, caller, connection, channels, now)
            why = refusal(mention, now)
        if why:
            reading.rejected[place] = rejection(why)
        else:
            reading.mentions[place] = mention
    return reading


def _misaddressed(submitted: SubmittedMention, connection: Connection | None) -> str:
    if submitted.connection and connection is None:
        return "there is no such connection"
    if connection is None and not submitted.network:
        return "name a network, or a connection"
    if connection is not None and submitted.network not in ("", connection.network):
        return f"the connection's network is {connection.network}"
    return ""


async def _mention(
    submitted: SubmittedMention,
    caller: Principal,
    connection: Connection | None,
    channels: Channels,
    now: Instant,
) -> Mention:
    """With the capability that its channel knows of; without a connection nobody can answer."""
    nowhere = ReplyCapability(why_not=LISTENS_ONLY)
    mention = to_mention(submitted, caller.tenant, connection, nowhere, now)
    if connection is None:
        return mention
    channel = channels.of(connection.network)
    unknown = to_mention(submitted, caller.tenant, connection, ReplyCapability(), now)
    capability = await channel.capability(connection, unknown, now)
    return to_mention(submitted, caller.tenant, connection, capability, now)


def _single_problem(problem: Mapping[str, Any]) -> Problem:
    more = {"errors": problem["errors"]} if "errors" in problem else {}
    return Problem(422, "invalid", problem["title"], problem["detail"], more=more)


def _request_body() -> dict[str, Any]:
    """What FastAPI cannot derive: one schema in three wrappings."""
    schema = SubmittedMention.model_json_schema(ref_template="{model}")
    example = schema.pop("examples")[0]
    one = _inlined(schema, schema.pop("$defs"))
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [one, {"type": "array", "items": one, "maxItems": 10_000}]},
                "examples": {
                    "one": {"summary": "One mention", "value": example},
                    "several": {"summary": "An array", "value": [example]},
                },
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One mention per line."},
                "example": msgspec.json.encode(example).decode(),
            },
        },
    }


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """The schema with each reference to a definition replaced by it."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _inlined(part, definitions) for name, part in schema.items() if name != "$ref"}
    if "$ref" in schema:
        found = _inlined(definitions[schema["$ref"]], definitions) | found
    return found
