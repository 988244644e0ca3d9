"""`/v1/decisions`, `/v1/policies` and `/v1/tone-corrections`: why, by which rules, learnt what."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import select

from harken.domain.facts import DecisionKind
from harken.domain.roles import Role
from harken.domain.severity import SeverityClass
from harken.http.access import allowed
from harken.http.etag import etag
from harken.http.models import ApiModel, Time, bounded, examples
from harken.http.principal import Principal
from harken.http.problem import not_found
from harken.http.routing import api_router
from harken.store.body import decode
from harken.store.port import Store
from harken.store.schema.router import DECISIONS, MENTIONS, TONE_CORRECTIONS
from services.router.api.access import Reader
from services.router.api.case_examples import SKILL
from services.router.api.case_models import SkillLevelAnswer
from services.router.api.showing import read_tagged, skill_answers
from services.router.domain.outcome import Decision
from services.router.domain.policy import RoutingPolicy
from services.router.policies import ROUTING, latest, write_policy

MOST_CORRECTIONS = 10_000
JSONL = "application/jsonl"

Trainer = Annotated[Principal, Depends(allowed(Role.SUPERVISOR, Role.AUDITOR))]
DecisionPath = Annotated[str, Path(min_length=1, max_length=100), bounded(100)]

_LINE: dict[str, Any] = {
    "text": "My kettle leaks since yesterday.",
    "label": "negative",
    "lang": "en",
    "split": "train",
    "source": "tone-corrections",
}


class CandidateAnswer(ApiModel):
    """One who could have it."""

    agent: str
    proficiency: int
    known_to_customer: bool
    idle_since: Time


class DecisionAnswer(ApiModel):
    """Why a case went where it went: every candidate, and the reason of each exclusion."""

    model_config = examples(
        {
            "id": "7b5e9b52-6f0b-5a7e-9f39-6d6a3c1f8f10",
            "case": "5d1f7a3e-8a5c-5b0e-9a8e-6f1d2c3b4a59",
            "kind": "assigned",
            "agent": "eva",
            "at": "2026-03-01T09:30:00Z",
            "why": "a new case",
            "queue": "general",
            "severity_class": "normal",
            "required": [SKILL],
            "preferred": [],
            "policy_version": 0,
            "candidates": [
                {
                    "agent": "eva",
                    "proficiency": 2,
                    "known_to_customer": False,
                    "idle_since": "2026-03-01T09:12:00Z",
                }
            ],
            "excluded": {"status:break": ["jan"], "no_capacity": ["mia"]},
        }
    )

    id: str
    case: str
    kind: DecisionKind
    agent: str | None
    at: Time
    why: str
    queue: str
    severity_class: SeverityClass
    required: list[SkillLevelAnswer]
    preferred: list[SkillLevelAnswer]
    policy_version: int
    candidates: list[CandidateAnswer]
    """In order of preference."""
    excluded: dict[str, list[str]]
    """Agents by the reason."""


class PolicyAnswer(ApiModel):
    """A versioned document with a tenant's rules; version 0 is the default."""

    model_config = examples(
        {"name": "routing", "version": 0, "created_at": None, "body": {"lease": 900_000_000}}
    )

    name: str
    version: int
    created_at: Time | None
    body: dict[str, Any]


def explaining_routes(store: Store) -> APIRouter:
    router = api_router("Decisions")

    @router.get(
        "/v1/decisions/{decision}",
        operation_id="get_decision",
        summary="Why a case went where it went",
    )
    async def get_decision(decision: DecisionPath, caller: Reader) -> DecisionAnswer:
        """Written down when it was made; the case and the agents may have changed since."""
        query = select(DECISIONS.c.body).where(DECISIONS.c.id == decision)
        async with store.reading() as snapshot:
            row = await snapshot.for_tenant(caller.tenant).first(query)
        if row is None:
            raise not_found("decision")
        return _decision_answer(decode(row.body, Decision))

    @router.get("/v1/policies/{name}", operation_id="get_policy", summary="The rules in force")
    async def get_policy(
        name: Literal["routing"], caller: Reader, response: Response
    ) -> PolicyAnswer:
        """Durations are in microseconds."""
        async with store.reading() as snapshot:
            row = await snapshot.for_tenant(caller.tenant).first(latest(name))
        version = row.version if row is not None else 0
        response.headers["ETag"] = etag(version)
        return PolicyAnswer(
            name=ROUTING,
            version=version,
            created_at=row.created_at if row is not None else None,
            body=msgspec.json.decode(row.body if row else write_policy(RoutingPolicy())),
        )

    @router.get(
        "/v1/tone-corrections",
        operation_id="export_tone_corrections",
        summary="What people corrected, as training data",
        response_class=Response,
        responses={
            200: {
                "description": "One JSON object per line, the oldest first.",
                "content": {
                    JSONL: {
                        "schema": {"type": "string"},
                        "example": msgspec.json.encode(_LINE).decode() + "\n",
                    }
                },
            }
        },
    )
    async def export_tone_corrections(
        caller: Trainer,
        limit: Annotated[
            int, Query(ge=1, le=MOST_CORRECTIONS, description="How many.")
        ] = MOST_CORRECTIONS,
    ) -> Response:
        """The texts are people's own words: handle them as such."""
        table, mentions = TONE_CORRECTIONS.c, MENTIONS.c
        query = (
            select(table.label, mentions.tagged)
            .join(MENTIONS, mentions.id == table.mention)
            .order_by(table.at, table.mention)
            .limit(limit)
        )
        async with store.reading() as snapshot:
            rows = await snapshot.for_tenant(caller.tenant).all(query)
        lines = b"".join(_line(row) for row in rows)
        return Response(lines, media_type=JSONL)

    return router


def _decision_answer(decision: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        id=decision.id,
        case=decision.case,
        kind=decision.kind,
        agent=decision.agent,
        at=decision.at,
        why=decision.why,
        queue=decision.queue,
        severity_class=decision.severity_class,
        required=skill_answers(decision.required),
        preferred=skill_answers(decision.preferred),
        policy_version=decision.policy_version,
        candidates=[
            CandidateAnswer(
                agent=candidate.agent,
                proficiency=candidate.proficiency,
                known_to_customer=candidate.known_to_customer,
                idle_since=candidate.idle_since,
            )
            for candidate in decision.candidates
        ],
        excluded={why: list(agents) for why, agents in decision.excluded},
    )


def _line(row: Any) -> bytes:
    """A text that its author took back is no training data any more."""
    mention = read_tagged(row).mention
    if not mention.text:
        return b""
    line = {
        **_LINE,
        "text": mention.text,
        "label": row.label,
        "lang": mention.language,
    }
    return msgspec.json.encode(line) + b"\n"
