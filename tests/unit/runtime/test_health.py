"""Liveness by progress, readiness with reasons, metrics."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from harken.http.answers import HANDLERS
from harken.runtime.health import health_router
from harken.runtime.pulse import Pulse


@dataclass
class Seconds:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def pulses(seconds: Seconds) -> dict[str, Pulse]:
    stopping = asyncio.Event()
    return {name: Pulse(stopping, seconds) for name in ("stage:router", "relay:router")}


@pytest.fixture
def client(pulses: dict[str, Pulse]) -> TestClient:
    app = FastAPI(exception_handlers=HANDLERS)
    app.router.routes.extend(health_router(pulses, silent_limit=60.0).routes)
    return TestClient(app)


def test_a_process_lives_while_every_loop_makes_progress(
    client: TestClient, pulses: dict[str, Pulse], seconds: Seconds
) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    seconds.now = 61.0
    pulses["relay:router"].beat()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["hung"] == {"stage:router": 61.0}


def test_a_process_is_ready_while_no_loop_waits_and_says_which_does(
    client: TestClient, pulses: dict[str, Pulse]
) -> None:
    assert client.get("/readyz").status_code == 200
    pulses["stage:router"].pause("too many dead letters")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["waiting"] == {"stage:router": "too many dead letters"}
    assert client.get("/healthz").status_code == 200
    pulses["stage:router"].resume()
    assert client.get("/readyz").json() == {"status": "ok"}


def test_metrics_say_of_each_loop_how_silent_and_whether_paused(
    client: TestClient, pulses: dict[str, Pulse], seconds: Seconds
) -> None:
    seconds.now = 7.0
    pulses["stage:router"].pause("x")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'harken_worker_silent_seconds{worker="stage:router"} 7.0' in answer.text
    assert 'harken_paused{worker="stage:router"} 1.0' in answer.text
    assert 'harken_paused{worker="relay:router"} 0.0' in answer.text


async def test_a_pulse_sleeps_no_longer_than_it_may_and_wakes_to_stop() -> None:
    pulse = Pulse(asyncio.Event(), lambda: 0.0)
    assert await pulse.sleep(0.001)
    asyncio.get_running_loop().call_later(0.01, pulse.stopping.set)
    assert not await pulse.sleep(3_600)
