"""Every object is one that Kubernetes knows, and those that name each other agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from deploy.k8s.tests.rendered import (
    COMPONENT,
    K8S,
    OURS,
    OVERLAYS,
    Object,
    containers,
    labels,
    name,
    objects,
    of,
    our_pods,
    pods,
    selected,
)

OLDEST, NEWEST = "1.30", kubernetes_validate.latest_version()
NOT_OURS_TO_CHECK = {"HTTPRoute", "PodMonitor", "PrometheusRule"}
"""Kinds that others define: kubernetes-validate knows Kubernetes' own."""
MADE_BY_HAND = {"harken-secrets", "harken-owner", "harken-authorities"}
"""docs/deploy-kubernetes.md says how."""

everywhere = pytest.mark.parametrize("overlay", OVERLAYS)


@pytest.mark.parametrize("overlay", ["overlays/local", "tests/everything"])
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_object_follows_its_schema(overlay: str, version: str) -> None:
    for one in objects(overlay):
        if one["kind"] not in NOT_OURS_TO_CHECK:
            kubernetes_validate.validate(one, version, strict=True)


@everywhere
def test_all_but_the_namespace_is_in_it(overlay: str) -> None:
    for one in objects(overlay):
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] == "harken"


def test_every_file_is_in_use() -> None:
    used = set()
    for kustomization in K8S.rglob("kustomization.yaml"):
        said = yaml.safe_load(kustomization.read_text(encoding="utf-8"))
        named = [
            *said.get("resources", ()),
            *(one.get("path", "") for one in said.get("patches", ())),
        ]
        for generator in said.get("configMapGenerator", []) + said.get("secretGenerator", []):
            named += [*generator.get("envs", ()), *generator.get("files", ())]
        used |= {(kustomization.parent / one).resolve() for one in named}
    there = {path for suffix in ("yaml", "env", "sql") for path in K8S.rglob(f"*.{suffix}")}
    assert {path for path in there if path.name != "kustomization.yaml"} <= used


@everywhere
def test_selectors_find_their_pods(overlay: str) -> None:
    templates = [labels(pod) for _, pod in pods(overlay)]
    for one in of(overlay, "Deployment", "StatefulSet"):
        assert selected(one["spec"]["selector"], labels(one["spec"]["template"])), name(one)
    for one in of(overlay, "Service"):
        assert any(one["spec"]["selector"].items() <= each.items() for each in templates), name(one)
    for one in of(overlay, "PodDisruptionBudget", "PodMonitor"):
        assert any(selected(one["spec"]["selector"], each) for each in templates), name(one)
    for one in of(overlay, "NetworkPolicy"):
        assert any(selected(one["spec"]["podSelector"], each) for each in templates), name(one)
        for named in one["spec"]["podSelector"].get("matchExpressions", ()):
            assert set(named["values"]) <= {each.get(COMPONENT) for each in templates}


@everywhere
def test_what_is_named_is_there(overlay: str) -> None:
    there = {name(one) for one in objects(overlay)} | MADE_BY_HAND
    for one in objects(overlay):
        for named in _named(one):
            assert named in there, f"{name(one)} names {named}"


@everywhere
def test_ports_are_named_alike(overlay: str) -> None:
    for _, pod in our_pods(overlay):
        ports = {port["name"] for each in containers(pod) for port in each.get("ports", ())}
        assert ports in (set(), {"http"})
    for one in of(overlay, "Service"):
        if OURS.items() <= one["spec"]["selector"].items():
            assert [port["targetPort"] for port in one["spec"]["ports"]] == ["http"]
    for one in of(overlay, "PodMonitor"):
        assert [end["port"] for end in one["spec"]["podMetricsEndpoints"]] == ["http"]


def test_engines_of_the_local_overlay_are_those_of_compose() -> None:
    compose = yaml.safe_load((K8S.parent / "compose.yaml").read_text(encoding="utf-8"))["services"]
    engines = {name(one): one for one in of("overlays/local", "StatefulSet")}
    assert engines.keys() == compose.keys()
    for each, one in engines.items():
        (container,) = containers(one["spec"]["template"])
        assert container["image"] == compose[each]["image"]
        variables = {variable["name"] for variable in container["env"]} - {"PGDATA"}
        assert variables == compose[each]["environment"].keys() - {"cluster.name"}


def _named(part: Any) -> Iterator[str]:
    """Names of ConfigMaps, Secrets, Services and Deployments anywhere in it."""
    if isinstance(part, dict):
        for key in ("configMapRef", "secretKeyRef", "configMap", "scaleTargetRef", "service"):
            if isinstance(part.get(key), dict):
                yield part[key]["name"]
        if "serviceAccountName" in part:
            yield part["serviceAccountName"]
        for one in part.get("backendRefs", ()):
            yield one["name"]
        for value in part.values():
            yield from _named(value)
    elif isinstance(part, list):
        for value in part:
            yield from _named(value)


def test_the_finder_of_names_finds_them() -> None:
    pod: Object = {"spec": {"volumes": [{"configMap": {"name": "a"}}], "serviceAccountName": "b"}}
    assert set(_named(pod)) == {"a", "b"}
