"""Whether the process lives and is ready, and what it counts: for orchestrators and Prometheus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from fastapi import APIRouter, Response

from harken.http.models import ApiModel, examples
from harken.http.problem import Problem
from harken.http.routing import public_router
from harken.runtime.pulse import Pulse
from harken.telemetry import metrics

_METRICS = 'harken_outbox_sent_total{service="router"} 4711.0\n'


class Health(ApiModel):
    """All is well."""

    model_config = examples({"status": "ok"})

    status: Literal["ok"] = "ok"


def hung(pulses: Mapping[str, Pulse], silent_limit: float) -> dict[str, float]:
    """The loops without progress, with the seconds since their last."""
    silent = {name: pulse.silent_for for name, pulse in pulses.items()}
    return {name: round(seconds, 1) for name, seconds in silent.items() if seconds > silent_limit}


def waiting(pulses: Mapping[str, Pulse]) -> dict[str, str]:
    """The loops that cannot do their work now, with the reason."""
    return {name: pulse.paused_because for name, pulse in pulses.items() if pulse.paused_because}


def exposition(pulses: Mapping[str, Pulse]) -> bytes:
    for name, pulse in pulses.items():
        metrics.SILENT.labels(name).set(pulse.silent_for)
        metrics.PAUSED.labels(name).set(bool(pulse.paused_because))
    return metrics.exposition()


def health_router(pulses: Mapping[str, Pulse], silent_limit: float) -> APIRouter:
    """``/healthz`` (503: restart it), ``/readyz`` (503: wait for it) and ``/metrics``."""
    router = public_router("Health")

    @router.get("/healthz")
    async def healthz() -> Health:
        """Whether every loop makes progress."""
        if found := hung(pulses, silent_limit):
            detail = "Some loops make no progress: restart the process."
            raise Problem(503, "hung", "Hung", detail, retry_after=5, more={"hung": found})
        return Health()

    @router.get("/readyz")
    async def readyz() -> Health:
        """Whether every loop can do its work, and why not."""
        if found := waiting(pulses):
            detail = "Some loops wait for something: give them time."
            raise Problem(
                503, "waiting", "Not ready", detail, retry_after=1, more={"waiting": found}
            )
        return Health()

    @router.get(
        "/metrics",
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": _METRICS}}}
        },
    )
    async def metrics_page() -> Response:
        """What this process counts, in Prometheus' text format."""
        return Response(exposition(pulses), media_type=metrics.CONTENT_TYPE)

    return router
