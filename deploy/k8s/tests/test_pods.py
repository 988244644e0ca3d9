"""How the processes of Harken are run: which command, with which settings and rights."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import typer
import typer.main

from cli.main import app
from cli.serve import Name
from deploy.k8s.tests.rendered import (
    COMPONENT,
    K8S,
    OVERLAYS,
    Object,
    containers,
    given_settings,
    labels,
    name,
    of,
    our_pods,
)
from harken.events.topics import LANES, MENTIONS_TAGGED, Topic
from harken.runtime.settings import PREFIX, Settings
from services.responder.stage import ResponderStage
from services.router.stage import RouterStage
from services.search.stage import Indexer

everywhere = pytest.mark.parametrize("overlay", OVERLAYS)

GUIDE = (K8S.parents[1] / "docs" / "deploy-kubernetes.md").read_text(encoding="utf-8")
READ: Mapping[str, set[Topic]] = {
    "sentiment": set(LANES.values()),
    "router": set(RouterStage.topics),
    "responder": set(ResponderStage.topics),
    "search": set(Indexer.topics),
    "rates": {MENTIONS_TAGGED},
}
"""By service: the topics whose partitions its replicas divide among them."""
USAGE = typer.BadParameter.__mro__[1]
"""What Typer raises for a command line that it does not take; it exports the narrower one only."""
SECRET = {
    PREFIX + field.upper() for field, about in Settings.model_fields.items() if not about.repr
}


def service(one: Object) -> str:
    return labels(one["spec"]["template"])[COMPONENT]


def deployments(overlay: str) -> dict[str, Object]:
    ours = [one for one, _ in our_pods(overlay) if one["kind"] == "Deployment"]
    return {service(one): one for one in ours}


def only(one: Object) -> Object:
    (container,) = containers(one["spec"]["template"])
    return container


def parsed(overlay: str, container: Object) -> Settings:
    given = given_settings(overlay, container)
    ours = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}
    assert ours.keys() <= Settings.model_fields.keys()
    return Settings.model_validate(ours)


@everywhere
def test_every_service_is_deployed_under_its_name(overlay: str) -> None:
    found = deployments(overlay)
    assert set(found) == {str(one) for one in Name}
    for each, one in found.items():
        assert name(one) == f"harken-{each}"
        assert only(one)["args"] == ["serve", each]


@everywhere
def test_every_command_is_one_that_harken_takes(overlay: str) -> None:
    for _, pod in our_pods(overlay):
        for container in containers(pod):
            assert "command" not in container
            _parse(container["args"])


def test_a_command_that_harken_does_not_take_is_noticed() -> None:
    for wrong in (["serve", "nobody"], ["topics", "aply"], ["store", "upgrade", "--rolle", "x"]):
        with pytest.raises(USAGE):
            _parse(wrong)


@everywhere
def test_every_setting_exists_and_parses(overlay: str) -> None:
    for each, one in deployments(overlay).items():
        settings = parsed(overlay, only(one))
        assert settings.distributed, each
        assert settings.kafka_servers
        assert settings.elasticsearch_urls
        assert settings.secrets_key
    for _, pod in our_pods(overlay):
        for container in containers(pod):
            parsed(overlay, container)


@everywhere
def test_secrets_come_from_secrets_and_from_nowhere_else(overlay: str) -> None:
    for _, pod in our_pods(overlay):
        for container in containers(pod):
            given = given_settings(overlay, container)
            named = {variable for variable, value in given.items() if value.startswith("secret:")}
            assert given.keys() & SECRET == named
    for one in of(overlay, "ConfigMap"):
        assert not one["data"].keys() & SECRET


@everywhere
def test_the_guide_makes_every_secret(overlay: str) -> None:
    for _, pod in our_pods(overlay):
        for container in containers(pod):
            for variable in container.get("env", ()):
                if named := variable.get("valueFrom", {}).get("secretKeyRef"):
                    assert re.search(rf"\b{named['key']}\b", GUIDE), named


def test_no_secret_is_in_what_is_deployed_for_others() -> None:
    assert of("overlays/production", "Secret") == []


@everywhere
def test_the_owner_of_the_tables_is_known_to_the_upgrade_alone(overlay: str) -> None:
    for one, pod in our_pods(overlay):
        for container in containers(pod):
            owner = any(
                variable.get("valueFrom", {})
                .get("secretKeyRef", {})
                .get("name", "")
                .startswith("harken-owner")
                for variable in container.get("env", ())
            )
            assert owner == (container["args"][:2] == ["store", "upgrade"]), name(one)


@everywhere
def test_no_pod_may_do_more_than_it_must(overlay: str) -> None:
    for one, pod in our_pods(overlay):
        spec = pod["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["enableServiceLinks"] is False, "they would be taken for settings"
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name(one)


@everywhere
def test_a_pod_says_what_it_takes(overlay: str) -> None:
    for _, pod in our_pods(overlay):
        for container in containers(pod):
            asked, most = (container["resources"][kind] for kind in ("requests", "limits"))
            assert _bytes(asked["memory"]) <= _bytes(most["memory"])
            assert asked["cpu"]


@everywhere
def test_the_model_has_no_more_threads_than_cores(overlay: str) -> None:
    for each in ("sentiment", "api"):
        container = only(deployments(overlay)[each])
        cores = container["resources"]["limits"].get("cpu", "1")
        assert 1 <= parsed(overlay, container).tone_threads <= math.ceil(float(cores))


@everywhere
def test_a_start_and_a_stop_have_the_time_they_need(overlay: str) -> None:
    for one in deployments(overlay).values():
        container, settings = only(one), parsed(overlay, only(one))
        pause = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        assert one["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > (
            pause + settings.stop_deadline
        )
        start = container["startupProbe"]
        assert start["periodSeconds"] * start["failureThreshold"] > settings.start_patience


@everywhere
def test_callers_are_answered_to_the_last(overlay: str) -> None:
    """Who has a Service listens on while it learns that the pod goes, and while engines are away:
    the 503 of Harken tells more than a gateway's."""
    served = {one["spec"]["selector"][COMPONENT] for one in of(overlay, "Service") if _ours(one)}
    assert served == {"ingest", "api"}
    for each, one in deployments(overlay).items():
        container = only(one)
        ready = container["readinessProbe"]["httpGet"]["path"]
        assert ("preStop" in container.get("lifecycle", {})) == (each in served)
        assert ready == ("/healthz" if each in served else "/readyz")
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        assert container["startupProbe"]["httpGet"]["path"] == "/healthz"


@everywhere
def test_nobody_has_more_replicas_than_partitions(overlay: str) -> None:
    for each, count in _most_replicas(overlay).items():
        if each in READ:
            assert count <= max(topic.partitions for topic in READ[each]), each


def test_production_has_three_of_each_and_local_one() -> None:
    least = {
        each: one["spec"].get("replicas", 1) for each, one in deployments("overlays/local").items()
    }
    assert set(least.values()) == {1}
    least = {
        each: one["spec"].get("replicas", 1)
        for each, one in deployments("overlays/production").items()
    } | {_target(one): one["spec"]["minReplicas"] for one in _autoscalers("overlays/production")}
    assert set(least.values()) == {3}
    for one in _autoscalers("overlays/production"):
        assert "replicas" not in deployments("overlays/production")[_target(one)]["spec"]


def test_as_many_database_connections_as_the_guide_says() -> None:
    production = deployments("overlays/production")
    each = parsed("overlays/production", only(production["api"])).postgres_connections + 1
    most = sum(_most_replicas("overlays/production").values())
    # One more of each while a new version rolls out.
    assert f"{most + len(production)} × {each} = {(most + len(production)) * each}" in GUIDE


def _most_replicas(overlay: str) -> dict[str, int]:
    fixed = {each: one["spec"].get("replicas", 1) for each, one in deployments(overlay).items()}
    return fixed | {_target(one): one["spec"]["maxReplicas"] for one in _autoscalers(overlay)}


def _autoscalers(overlay: str) -> list[Object]:
    return of(overlay, "HorizontalPodAutoscaler")


def _target(autoscaler: Object) -> str:
    return str(autoscaler["spec"]["scaleTargetRef"]["name"]).removeprefix("harken-")


def _ours(one: Object) -> bool:
    return COMPONENT in one["spec"]["selector"]


def _bytes(quantity: str) -> int:
    units = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
    return int(quantity[:-2]) * units[quantity[-2:]]


def _parse(arguments: Sequence[str]) -> None:
    """As far as `harken` reads its command line, running nothing. Raises ``USAGE``."""
    command: Any = typer.main.get_command(app)
    context, rest = None, [*arguments]
    while hasattr(command, "resolve_command"):
        context = command.make_context(command.name, rest, parent=context)
        _, command, rest = command.resolve_command(context, context._protected_args + context.args)
    command.make_context(command.name, rest, parent=context)
