"""``/problems/<kind>``: where a problem's type URI leads."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from harken.http.explained import KINDS, type_uri
from harken.http.models import ApiModel, Id, examples
from harken.http.problem import not_found
from harken.http.routing import public_router


class ProblemKind(ApiModel):
    """What one kind of problem means."""

    model_config = examples(
        {
            "type": "/problems/own-key",
            "kind": "own-key",
            "explanation": "A key cannot revoke itself.",
        }
    )

    type: str
    kind: str
    explanation: str


def problem_routes(of_services: Mapping[str, str]) -> APIRouter:
    router = public_router("Problems")
    kinds = {**KINDS, **of_services}

    @router.get("/problems/{kind}", operation_id="explain_problem", summary="Explain a problem")
    async def explain(kind: Id) -> ProblemKind:
        """What a problem of this kind means, and what to do about it."""
        if kind not in kinds:
            raise not_found("kind of problem")
        return ProblemKind(type=type_uri(kind), kind=kind, explanation=kinds[kind])

    return router
