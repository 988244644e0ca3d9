"""What an overlay comes to, by kustomize itself, and what is asked of it again and again."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Object = Mapping[str, Any]

K8S = Path(__file__).resolve().parents[1]
OVERLAYS = ("overlays/local", "overlays/production", "tests/everything")
OURS = {"app.kubernetes.io/name": "harken"}
COMPONENT = "app.kubernetes.io/component"


@cache
def objects(overlay: str) -> Sequence[Object]:
    """Leaves the test out where no kustomize is installed."""
    if shutil.which("kustomize"):
        command = ["kustomize", "build"]
    elif shutil.which("kubectl"):
        command = ["kubectl", "kustomize"]
    else:
        pytest.skip("the manifests are not checked: neither kustomize nor kubectl is installed")
    done = subprocess.run(
        [*command, str(K8S / overlay)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


def of(overlay: str, *kinds: str) -> list[Object]:
    return [one for one in objects(overlay) if one["kind"] in kinds]


def name(one: Object) -> str:
    return str(one["metadata"]["name"])


def labels(pod: Object) -> Mapping[str, str]:
    return pod["metadata"].get("labels", {})  # type: ignore[no-any-return]


def pods(overlay: str) -> Iterator[tuple[Object, Object]]:
    """Whatever makes pods, and the pod's template."""
    for one in of(overlay, "Deployment", "StatefulSet", "Job"):
        yield one, one["spec"]["template"]
    for one in of(overlay, "CronJob"):
        yield one, one["spec"]["jobTemplate"]["spec"]["template"]


def our_pods(overlay: str) -> Iterator[tuple[Object, Object]]:
    for one, pod in pods(overlay):
        if OURS.items() <= labels(pod).items():
            yield one, pod


def containers(pod: Object) -> list[Object]:
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def selected(selector: Object, by: Mapping[str, str]) -> bool:
    """As Kubernetes matches labels, as far as it is used here."""
    wanted = selector.get("matchLabels", {})
    any_of = selector.get("matchExpressions", ())
    return wanted.items() <= by.items() and all(
        by.get(one["key"]) in one["values"] for one in any_of if one["operator"] == "In"
    )


def given_settings(overlay: str, container: Object) -> dict[str, str]:
    """Its environment; what comes from a Secret is ``secret:<key>``, from a limit its number."""
    maps = {name(one): one["data"] for one in of(overlay, "ConfigMap")}
    found: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        found |= maps[source["configMapRef"]["name"]]
    for variable in container.get("env", ()):
        source = variable.get("valueFrom", {})
        if "secretKeyRef" in source:
            found[variable["name"]] = f"secret:{source['secretKeyRef']['key']}"
        elif "resourceFieldRef" in source:
            kind, _, resource = source["resourceFieldRef"]["resource"].partition(".")
            found[variable["name"]] = str(container["resources"][kind][resource])
        else:
            found[variable["name"]] = variable["value"]
    return found
