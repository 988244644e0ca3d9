"""What the pods of the local overlay run, from what the image holds, on the real engines."""

from __future__ import annotations

import asyncio
import base64
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from deploy.k8s.tests.rendered import (
    COMPONENT,
    Object,
    containers,
    given_settings,
    labels,
    of,
    our_pods,
)
from deploy.local import place
from harken.runtime.settings import PREFIX, Settings
from harken.testing.fleet import fresh_names, remove
from harken.testing.postgres import as_role, new_name, own_role
from harken.testing.processes import RunningHarken, spawn, until_it_answers
from tests.e2e.calling import Caller, eventually
from tests.e2e.dockerfile import Workshop
from tests.e2e.mentions import forum_mention
from tests.engines import local_engines

pytestmark = [pytest.mark.engines, pytest.mark.e2e]
OVERLAY = "overlays/local"
ROLE = "harken_service"
PATIENCE = 120.0


@dataclass(slots=True)
class Cluster:
    """Runs containers as processes: with their arguments and settings, but on engines that are
    here, under names of the test's own. ``elsewhere`` are those settings, by their names in code.
    """

    image: Workshop
    folder: Path
    role: str
    elsewhere: Mapping[str, str]
    running: dict[str, RunningHarken] = field(default_factory=dict)

    def finish(self, container: Object, *more: str) -> str:
        """Runs it to its end; what it printed."""
        words = [self.role if word == ROLE else word for word in (*container["args"], *more)]
        process = spawn(self.image.harken(*words), self.folder / words[0], self._given(container))
        status = process.wait(PATIENCE)
        said = (self.folder / words[0] / "printed.txt").read_text(encoding="utf-8")
        assert status == 0, said + (self.folder / words[0] / "log.txt").read_text(encoding="utf-8")
        return said

    def start(self, deployments: Mapping[str, Object]) -> None:
        began, spawned = time.monotonic(), {}
        for service, one in deployments.items():
            (container,) = containers(one["spec"]["template"])
            words = self.image.harken(*container["args"])
            spawned[service] = spawn(words, self.folder / service, self._given(container))
        for service, process in spawned.items():
            self.running[service] = until_it_answers(process, self.folder / service, began)

    def _given(self, container: Object) -> dict[str, str]:
        secrets = {
            key: base64.b64decode(value).decode()
            for one in of(OVERLAY, "Secret")
            for key, value in one["data"].items()
        }
        given = {
            name.removeprefix(PREFIX).lower(): secrets.get(value.removeprefix("secret:"), "")
            if value.startswith("secret:")
            else value
            for name, value in given_settings(OVERLAY, container).items()
        }
        # Whoever is the tables' owner in the cluster is it here.
        owner = "//harken:" in given.get("postgres_url", "") or "store" in container["args"]
        elsewhere = dict(self.elsewhere)
        if not owner:
            elsewhere["postgres_url"] = as_role(elsewhere["postgres_url"], self.role)
        return given | elsewhere | {"host": "127.0.0.1", "port": "0"}


@pytest.fixture
def cluster(image: Workshop, tmp_path: Path) -> Iterator[Cluster]:
    ours = {k: v for k, v in fresh_names().items() if k != "secrets_key"}
    elsewhere = {**local_engines(), **ours}
    role = new_name()
    with own_role(place.POSTGRES_SUPERUSER, role):
        made = Cluster(image, tmp_path, role, elsewhere)
        try:
            yield made
        finally:
            for harken in made.running.values():
                if harken.process.poll() is None:
                    harken.kill()
            asyncio.run(remove(Settings(_env_file=None, **elsewhere)))  # type: ignore[arg-type]


def test_they_prepare_serve_reindex_and_stop(cluster: Cluster) -> None:
    (prepare,), (reindex,) = of(OVERLAY, "Job"), of(OVERLAY, "CronJob")
    for container in containers(prepare["spec"]["template"]):
        cluster.finish(container)
    deployments = {
        labels(pod)[COMPONENT]: one for one, pod in our_pods(OVERLAY) if one["kind"] == "Deployment"
    }
    (api,) = containers(deployments["api"]["spec"]["template"])
    said = cluster.finish({**api, "args": ["tenant", "create", "main"]})
    key = re.findall(r"hk_\S+", said)[0]
    cluster.start(deployments)
    for service, one in deployments.items():
        (container,) = containers(one["spec"]["template"])
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            url = cluster.running[service].address + container[probe]["httpGet"]["path"]
            eventually(partial(_is_well, url))
    with (
        Caller(cluster.running["ingest"].address, key) as intake,
        Caller(cluster.running["api"].address, key) as caller,
    ):
        intake.post("/v1/mentions", [forum_mention(f"m{n}", f"ann-{n}") for n in range(20)])
        eventually(lambda: caller.get("/v1/search", kind="case")["total"] == 20)
        (template,) = containers(reindex["spec"]["jobTemplate"]["spec"]["template"])
        cluster.finish(template)
        assert caller.get("/v1/search", kind="case")["total"] == 20
    grace = deployments["api"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    for harken in cluster.running.values():
        harken.process.terminate()
    statuses = {name: one.process.wait(grace) for name, one in cluster.running.items()}
    assert set(statuses.values()) == {0}, statuses


def _is_well(url: str) -> bool:
    return httpx.get(url, trust_env=False, timeout=5.0).status_code == 200
