"""Whether the process lives and is ready, and what it counts: for orchestrators and Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from harken.http.routing import public_router
from harken.runtime.pulse import Pulse
from harken.telemetry import metrics


class Liveness(BaseModel):
    """``hung`` names the loops without progress, with the seconds since their last."""

    status: Literal["alive", "hung"]
    hung: dict[str, float] = {}


class Readiness(BaseModel):
    """``waiting`` names the loops that cannot do their work now, with the reason."""

    status: Literal["ready", "waiting"]
    waiting: dict[str, str] = {}


def liveness(pulses: Mapping[str, Pulse], silent_limit: float) -> Liveness:
    silent = {name: pulse.silent_for for name, pulse in pulses.items()}
    hung = {name: round(seconds, 1) for name, seconds in silent.items() if seconds > silent_limit}
    return Liveness(status="hung" if hung else "alive", hung=hung)


def readiness(pulses: Mapping[str, Pulse]) -> Readiness:
    waiting = {name: pulse.paused_because for name, pulse in pulses.items() if pulse.paused_because}
    return Readiness(status="waiting" if waiting else "ready", waiting=waiting)


def exposition(pulses: Mapping[str, Pulse]) -> bytes:
    for name, pulse in pulses.items():
        metrics.SILENT.labels(name).set(pulse.silent_for)
        metrics.PAUSED.labels(name).set(bool(pulse.paused_because))
    return metrics.exposition()


def health_router(pulses: Mapping[str, Pulse], silent_limit: float) -> APIRouter:
    """``/healthz`` (503: restart it), ``/readyz`` (503: wait for it) and ``/metrics``."""
    router = public_router("Health")

    @router.get("/healthz", responses={503: {"model": Liveness}})
    async def healthz(response: Response) -> Liveness:
        """Whether every loop makes progress."""
        answer = liveness(pulses, silent_limit)
        response.status_code = 503 if answer.hung else 200
        return answer

    @router.get("/readyz", responses={503: {"model": Readiness}})
    async def readyz(response: Response) -> Readiness:
        """Whether every loop can do its work, and why not."""
        answer = readiness(pulses)
        response.status_code = 503 if answer.waiting else 200
        return answer

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics_page() -> Response:
        """What this process counts, in Prometheus' text format."""
        return Response(exposition(pulses), media_type=metrics.CONTENT_TYPE)

    return router
