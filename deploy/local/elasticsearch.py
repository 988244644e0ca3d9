"""One Elasticsearch node with security on: whoever has no password gets 401."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from deploy.local import servers
from deploy.local.packages import fetch_elasticsearch, need_java
from deploy.local.place import ELASTICSEARCH, ELASTICSEARCH_PASSWORD, ELASTICSEARCH_USER
from deploy.local.place import ELASTICSEARCH_PORT as PORT

VERSION = "8.19.21"
_SETTINGS = f"""\
cluster.name: harken-local
network.host: 127.0.0.1
http.port: {PORT}
transport.port: {PORT + 50}
discovery.type: single-node
path.data: {{data}}
xpack.security.enabled: true
"""


def start(home: Path) -> None:
    home.mkdir(exist_ok=True)
    if servers.alive(home):
        return
    node = home / f"elasticsearch-{VERSION}"
    env = {"ES_JAVA_HOME": str(need_java()), "ES_JAVA_OPTS": "-Xms512m -Xmx512m"}
    if not (node / "config" / "users").exists() or not (home / ".complete").exists():
        _unpack(home, node)
        tool = [str(node / "bin" / "elasticsearch-users"), "useradd", ELASTICSEARCH_USER]
        rights = ["-p", ELASTICSEARCH_PASSWORD, "-r", "superuser"]
        servers.run(servers.as_user(["env", *_pairs(env), *tool, *rights]))
        (home / ".complete").touch()
    command = ["env", *_pairs(env), str(node / "bin" / "elasticsearch")]
    servers.spawn(home, servers.as_user(command))
    servers.until_ready(home, _healthy)


def _unpack(home: Path, node: Path) -> None:
    with zipfile.ZipFile(fetch_elasticsearch(VERSION, home)) as archive:
        archive.extractall(home)
    for script in (node / "bin").iterdir():
        script.chmod(0o755)
    (node / "config" / "elasticsearch.yml").write_text(_SETTINGS.format(data=home / "data"))
    servers.own(home)


def _pairs(env: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in env.items()]


def _healthy() -> bool:
    secret = f"{ELASTICSEARCH_USER}:{ELASTICSEARCH_PASSWORD}".encode()
    asked = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{ELASTICSEARCH}/_cluster/health",
        headers={"Authorization": f"Basic {base64.b64encode(secret).decode()}"},
    )
    try:
        with urllib.request.urlopen(asked, timeout=2) as answer:  # noqa: S310
            return json.load(answer)["status"] in ("yellow", "green")
    except (urllib.error.URLError, OSError):
        return False
