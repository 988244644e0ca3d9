"""The operators' commands, beside a running server."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.embedded import open_embedded
from harken.events.topics import MENTIONS_TAGGED
from harken.log.port import NewRecord
from harken.runtime.settings import Settings
from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import Start
from tests.e2e.mentions import forum_mention

pytestmark = pytest.mark.e2e

POISON = b"\xff these bytes are no mention"


def harken_says(*words: str, folder: Path | None = None) -> str:
    """What `harken …` prints; it must succeed."""
    data = ["--data", str(folder / "data")] if folder else []
    command = [sys.executable, "-m", "cli", *words, *data]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_help_lists_what_there_is() -> None:
    said = harken_says("--help")
    commands = ("up", "replay", "demo", "mastodon", "dlq", "key", "tenant", "model")
    for command in (*commands, "search", "drain", "migrate"):
        assert command in said


def test_tenants_and_keys_made_beside_a_running_server_are_accepted(
    start: Start, tmp_path: Path
) -> None:
    harken = start()
    admin_key = harken_says("tenant", "create", "lowmill", folder=tmp_path).strip()
    key = harken_says(
        "key", "create", "lowmill", "--role", "ingest", "--role", "auditor", folder=tmp_path
    ).strip()
    with Caller(harken.address, admin_key) as admin, Caller(harken.address, key) as device:
        assert admin.get("/v1/me")["tenant"] == "lowmill"
        assert device.get("/v1/me")["roles"] == ["ingest", "auditor"]
        device.post("/v1/mentions", forum_mention("1", "ann"))
        eventually(lambda: device.get("/v1/search", kind="mention")["total"] == 1)
    with Caller(harken.address, harken.key) as other:
        assert other.get("/v1/search", kind="mention")["total"] == 0


def test_a_poison_record_is_set_aside_shown_and_retried(start: Start, tmp_path: Path) -> None:
    harken = start()
    asyncio.run(publish_poison(tmp_path))
    with Caller(harken.address, harken.key) as admin:
        admin.post("/v1/mentions", [forum_mention(str(n), f"person-{n}") for n in range(20)])
        eventually(lambda: admin.get("/v1/search", kind="mention")["total"] == 20)

        listed = eventually(lambda: letters(tmp_path))
        assert len(listed) == 1
        shown = harken_says("dlq", "show", listed[0], folder=tmp_path)
        assert repr(POISON) in shown
        assert MENTIONS_TAGGED.name in shown
        assert harken_says("dlq", "retry", listed[0], folder=tmp_path).strip() == (
            f"retried {listed[0]}"
        )
        # Nothing about it has changed, so it ends there again, as another letter.
        again = eventually(lambda: letters(tmp_path))
        assert len(again) == 1
        assert again != listed
        assert admin.get("/v1/search", kind="mention")["total"] == 20
    assert harken.stop() == 0


def letters(folder: Path) -> list[str]:
    """The ids of the router's dead letters that wait: each group has its own."""
    said = harken_says("dlq", "list", "--group", "router", folder=folder)
    return re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", said)


async def publish_poison(folder: Path) -> None:
    async with open_embedded(Settings(data=folder / "data")) as opened:
        await opened.log.publish([NewRecord(MENTIONS_TAGGED.name, b"main|forum|nobody", POISON)])
