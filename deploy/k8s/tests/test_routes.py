"""Requests reach the Deployment that answers them, and what is not for callers reaches none."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi import FastAPI

from cli.embedded import open_embedded
from cli.front import front
from deploy.k8s.tests.rendered import containers, of, our_pods
from harken.runtime.program import make_app
from harken.runtime.settings import Settings
from harken.testing.fakes.tone_model import NullTone
from services.ingest import wiring as ingest
from services.ingest.trackers.matching import TrackerMatching
from services.sentiment.tagger import Tagger

EVERYTHING = "tests/everything"
HIDDEN = {"/healthz", "/readyz", "/metrics"}
BOTH = {"/openapi.json", "/problems/x"}
"""Both Deployments have them; the API's are complete."""


class Rule(NamedTuple):
    exact: bool
    path: str
    backend: str

    def matches(self, path: str) -> bool:
        prefix = self.path.rstrip("/") + "/"
        return path == self.path or (not self.exact and path.startswith(prefix))


def gateway() -> Iterator[Rule]:
    (route,) = of(EVERYTHING, "HTTPRoute")
    for rule in route["spec"]["rules"]:
        (backend,) = rule["backendRefs"]
        for match in rule["matches"]:
            kind, path = match["path"]["type"], match["path"]["value"]
            assert kind in ("Exact", "PathPrefix")
            yield Rule(kind == "Exact", path, backend["name"])


def ingress() -> Iterator[Rule]:
    (one,) = of(EVERYTHING, "Ingress")
    for rule in one["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]["name"]
            yield Rule(path["pathType"] == "Exact", path["path"], backend)


def reached(path: str, rules: list[Rule]) -> str | None:
    """An exact path rules, then the longest; the specifications of both say so."""
    found = [rule for rule in rules if rule.matches(path)]
    return max(found, key=lambda rule: (rule.exact, len(rule.path))).backend if found else None


@pytest.fixture
async def apps(tmp_path: Path) -> AsyncIterator[dict[str, FastAPI]]:
    async with open_embedded(Settings(data=tmp_path, _env_file=None)) as embedded:
        kit = embedded.kit
        taking = ingest.intake(kit, TrackerMatching(kit.store))
        answering = front(kit, embedded.index, Tagger(NullTone(), 64), ingest.matched_elsewhere)
        yield {
            "harken-ingest": make_app(kit, taking, {}),
            "harken-api": make_app(kit, answering, {}),
        }


def paths(app: FastAPI) -> set[str]:
    return {re.sub(r"{\w+}", "x", getattr(route, "path", "")) for route in app.routes}


@pytest.mark.parametrize("by", [gateway, ingress])
def test_every_path_reaches_who_serves_it(by: object, apps: dict[str, FastAPI]) -> None:
    rules = list(by())  # type: ignore[operator]
    for service, app in apps.items():
        for path in paths(app) - HIDDEN - BOTH:
            assert reached(path, rules) == service, path
    for path in BOTH:
        assert reached(path, rules) == "harken-api"


@pytest.mark.parametrize("by", [gateway, ingress])
def test_health_and_metrics_stay_inside(by: object) -> None:
    rules = list(by())  # type: ignore[operator]
    assert {reached(path, rules) for path in HIDDEN} == {None}


def test_probes_and_metrics_ask_for_what_is_there(apps: dict[str, FastAPI]) -> None:
    asked = {
        container[probe]["httpGet"]["path"]
        for _, pod in our_pods(EVERYTHING)
        for container in containers(pod)
        for probe in ("startupProbe", "livenessProbe", "readinessProbe")
        if probe in container
    }
    (monitor,) = of(EVERYTHING, "PodMonitor")
    asked |= {end["path"] for end in monitor["spec"]["podMetricsEndpoints"]}
    assert asked == HIDDEN
    for app in apps.values():
        assert asked <= paths(app)


def test_event_streams_are_not_cut() -> None:
    (route,) = of(EVERYTHING, "HTTPRoute")
    timeouts = {
        match["path"]["value"]: rule["timeouts"]["request"]
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
    }
    assert timeouts["/v1/events"] == "0s", "which the specification takes for none"
    assert int(timeouts["/v1/mentions"][:-1]) > Settings(_env_file=None).intake_timeout
