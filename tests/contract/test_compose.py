"""The engines by Docker Compose are those that `deploy.local` starts without it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import pytest
import yaml

from deploy.local import compose, elasticsearch, kafka, place

TEXT = compose.FILE.read_text(encoding="utf-8")
# As Compose itself fills in the defaults of variables.
STACK: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", TEXT))
SERVICES: dict[str, Any] = STACK["services"]
UNSHIFTED = {
    "kafka": place.KAFKA_PORT - place.SHIFT,
    "postgres": place.POSTGRES_PORT - place.SHIFT,
    "elasticsearch": place.ELASTICSEARCH_PORT - place.SHIFT,
}


def test_the_file_follows_the_compose_specification() -> None:
    builtin = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    jsonschema_rs.validate(json.loads(builtin.read_text(encoding="utf-8")), STACK)


def test_only_loopback_is_listened_on_at_the_known_ports() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items()}
    assert {
        name: [one.rsplit(":", 1)[0] for one in ports] for name, ports in published.items()
    } == {name: [f"127.0.0.1:{port}"] for name, port in UNSHIFTED.items()}


def test_every_port_may_be_shifted() -> None:
    for name, port in UNSHIFTED.items():
        left = TEXT.replace(f"${{HARKEN_STACK_{name.upper()}_PORT:-{port}}}", "")
        assert left != TEXT
        assert str(port) not in left


@pytest.mark.parametrize("name", UNSHIFTED)
def test_each_is_pinned_healthy_and_keeps_its_data(name: str) -> None:
    service = SERVICES[name]
    assert re.search(r":\d+\.\d+", service["image"])
    assert service["healthcheck"]["test"]
    volumes = [one.split(":")[0] for one in service["volumes"]]
    assert name in volumes
    assert name in STACK["volumes"]


def test_users_and_passwords_are_the_same() -> None:
    user = f"{place.ELASTICSEARCH_USER} -p {place.ELASTICSEARCH_PASSWORD} -r superuser"
    assert f"useradd {user}" in SERVICES["elasticsearch"]["command"][2]
    assert SERVICES["elasticsearch"]["environment"]["xpack.security.enabled"] == "true"
    database = (compose.FILE.parent / "local" / "database.sql").read_text(encoding="utf-8")
    address = urlsplit(place.POSTGRES)
    assert f"ROLE {address.username} LOGIN PASSWORD '{address.password}'" in database
    assert f"DATABASE {address.path[1:]} OWNER {address.username}" in database
    mounted = [
        one for one in SERVICES["postgres"]["volumes"] if "/docker-entrypoint-initdb.d" in one
    ]
    assert [(compose.FILE.parent / one.split(":")[0]).read_text("utf-8") for one in mounted] == [
        database
    ]


def test_the_broker_is_set_as_without_docker() -> None:
    """But for where it listens and keeps its data."""
    own = dict(line.split("=", 1) for line in kafka.PROPERTIES.splitlines())
    given = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in SERVICES["kafka"]["environment"].items()
        if name != "KAFKA_HEAP_OPTS"
    }
    assert given.keys() == own.keys()
    place_bound = {"listeners", "advertised.listeners", "log.dirs", "controller.quorum.voters"}
    assert {k: v for k, v in given.items() if k not in place_bound} == {
        k: v for k, v in own.items() if k not in place_bound
    }


def test_the_versions_are_the_same() -> None:
    pom = (compose.FILE.parent / "local" / "pom.xml").read_text(encoding="utf-8")
    broker = re.search(r"kafka_2\.13</artifactId>\s*<version>([\d.]+)<", pom)
    assert broker
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{broker[1]}"
    assert SERVICES["elasticsearch"]["image"].endswith(f":{elasticsearch.VERSION}")
