"""How it ends, and how it refuses to begin."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tests.e2e.calling import Caller, eventually
from tests.e2e.conftest import Start
from tests.e2e.mentions import forum_mention

pytestmark = pytest.mark.e2e

SENDERS = 4


def test_a_graceful_stop_loses_nothing_that_is_under_way(start: Start) -> None:
    harken = start()
    accepted: list[str] = []
    senders = [
        threading.Thread(target=send_until_refused, args=(harken.address, harken.key, n, accepted))
        for n in range(SENDERS)
    ]
    for sender in senders:
        sender.start()
    eventually(lambda: len(accepted) > 20 * SENDERS)
    assert harken.stop() == 0
    for sender in senders:
        sender.join()

    again = start()
    with Caller(again.address, harken.key) as admin:
        eventually(lambda: admin.get("/v1/search", kind="mention")["total"] >= len(accepted))
        assert admin.get("/v1/search", kind="mention")["total"] == len(set(accepted))


def send_until_refused(address: str, key: str, sender: int, accepted: list[str]) -> None:
    """One after the other, until nobody listens any more."""
    with Caller(address, key) as caller:
        for number in range(100_000):
            mention = forum_mention(f"{sender}-{number}", f"person-{sender}")
            try:
                answer = caller.send("POST", "/v1/mentions", mention)
            except httpx.TransportError:
                return
            assert answer.status_code == 202, answer.text
            accepted.extend(answer.json()["ids"])


def test_a_second_process_on_the_same_folder_is_refused(start: Start, tmp_path: Path) -> None:
    start()
    failed = up(tmp_path / "data")
    assert failed.returncode == 1
    assert "is served by another process" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr


def test_a_taken_port_is_said(start: Start, tmp_path: Path) -> None:
    harken = start()
    failed = up(tmp_path / "other", "--port", str(harken.port))
    assert failed.returncode == 1
    assert "cannot start" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr


def test_a_folder_of_another_version_is_refused(start: Start, tmp_path: Path) -> None:
    assert start().stop() == 0
    with sqlite3.connect(tmp_path / "data" / "harken.db") as file:
        file.execute("PRAGMA user_version = 99")
    file.close()
    failed = up(tmp_path / "data")
    assert failed.returncode == 1
    assert "schema version 99" in failed.stdout
    assert "schema version 99" in run("dlq", "list", "--data", str(tmp_path / "data")).stderr
    assert "Traceback" not in failed.stdout + failed.stderr


@pytest.mark.parametrize("broken", ["a folder that is a file", "not a database", "a folder"])
def test_data_that_cannot_be_used_are_said_so(tmp_path: Path, broken: str) -> None:
    data = break_data(tmp_path, broken)
    for failed in (up(data), run("dlq", "list", "--data", str(data))):
        assert failed.returncode == 1
        assert "cannot" in failed.stdout + failed.stderr
        assert "Traceback" not in failed.stdout + failed.stderr


def break_data(folder: Path, how: str) -> Path:
    file = folder / "harken.db"
    match how:
        case "a folder that is a file":
            file.write_text("a file")
            return file
        case "not a database":
            file.write_bytes(b"these are not the data that you are looking for" * 100)
        case _:
            file.mkdir()
    return folder


def up(data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """`harken up` where it is expected to refuse."""
    return run("up", "--data", str(data), *(more or ("--port", "0")))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
