"""`harken replay` as a process, against the real Harken: the counts add up, whatever breaks."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Self

import pytest

from harken.testing.processes import RunningHarken, free_port
from tests.chaos.verdict import indexed
from tests.e2e.calling import PATIENCE, Caller, eventually, hire
from tests.e2e.conftest import Start
from tests.e2e.test_full_disk import is_well

pytestmark = pytest.mark.e2e

BEGIN = datetime(2025, 3, 1, 9, tzinfo=UTC)
SAID = (
    "My kettle leaks since yesterday.",
    "Nobody answers the phone!",
    "It started smoking, my hand is burnt.",
    "Czajnik wciąż przecieka, proszę o odpowiedź!",
)
BEGINNING = 3_000
"""Posts that are more than what is looked at before the first is sent."""


MORE = "It is the blue one, bought in spring. " * 8


def posts(count: int) -> Iterator[dict[str, Any]]:
    """Of two days, with some that cannot be taken in: every hundredth has no text."""
    for n in range(count):
        yield {
            "post_id": f"p{n}",
            "username": f"customer{n % 300}",
            "posted_at": (BEGIN + timedelta(seconds=20 * n)).isoformat(),
            "body": "" if n % 100 == 7 else f"{SAID[n % len(SAID)]} ({n}) {MORE}",
            "platform": "Forum",
        }


def refused_of(count: int) -> int:
    return sum(1 for post in posts(count) if not post["body"])


def write_json_lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row) + "\n")
    return path


def write_export(path: Path, rows: list[dict[str, Any]]) -> Path:
    """As a listening tool in another country has it: the same posts."""
    names = {"post_id": "ID wpisu", "username": "Autor", "body": "Treść"}
    names |= {"posted_at": "Data publikacji (UTC)", "platform": "Platforma"}
    with path.open("w", encoding="cp1250", newline="") as file:
        file.write("Raport;Czajniki;;;\n")
        writer = csv.DictWriter(file, list(names), delimiter=";")
        writer.writerow(names)
        for row in rows:
            moment = datetime.fromisoformat(row["posted_at"])
            writer.writerow(row | {"posted_at": f"{moment:%d.%m.%Y %H:%M:%S}"})
    return path


class Replay:
    """The command, under way."""

    def __init__(self, harken: RunningHarken, file: Path, *more: str) -> None:
        command = [sys.executable, "-m", "cli", "replay", str(file), "--url", harken.address, *more]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, "HARKEN_KEY": harken.key},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ends(self, status: int) -> dict[str, int]:
        """The counts of its report, which add up."""
        said, _ = self.process.communicate(timeout=2 * PATIENCE)
        assert self.process.returncode == status, said
        counts = {
            word: int(number.replace(",", ""))
            for number, word in re.findall(
                r"^ *([\d,]+) (rows read|accepted|duplicates|refused|without an answer)", said, re.M
            )
        }
        total = sum(number for word, number in counts.items() if word != "rows read")
        assert counts["rows read"] == total, said
        return counts


def replayed(harken: RunningHarken, file: Path, *more: str, status: int = 0) -> dict[str, int]:
    with Replay(harken, file, *more) as under_way:
        return under_way.ends(status)


def holds(admin: Caller, count: int) -> None:
    """At last the index has so many mentions, each once."""
    eventually(lambda: admin.get("/v1/search", kind="mention", limit=1)["total"] >= count)
    found = indexed(admin, "mention")
    assert len(found) == count
    assert set(found.values()) == {1}


def test_a_history_is_taken_in_once_and_disturbs_nobody(start: Start, tmp_path: Path) -> None:
    harken, rows, bad = start(), list(posts(1_000)), refused_of(1_000)
    archive = write_json_lines(tmp_path / "archive.jsonl.gz", rows)
    export = write_export(tmp_path / "eksport.csv", rows)
    with Caller(harken.address, harken.key) as admin, hire(admin, harken.address, "eva") as eva:
        eva.put("/v1/me/status", {"status": "available"})
        kept = tmp_path / "refused.jsonl"
        counts = replayed(harken, archive, "--refused", str(kept), status=1)
        assert counts == {
            "rows read": 1_000,
            "accepted": 1_000 - bad,
            "duplicates": 0,
            "refused": bad,
        }
        assert len(kept.read_text(encoding="utf-8").splitlines()) == bad
        holds(admin, 1_000 - bad)
        # An export of the same posts, of another kind, brings nothing new.
        assert replayed(harken, export, status=1)["accepted"] == 0

        eventually(lambda: admin.get("/v1/search", kind="case", limit=1)["total"] > 0)
        states = admin.get("/v1/search", kind="case", limit=1, facet="state")["facets"]["state"]
        assert set(states) == {"resolved"}
        assert eva.get("/v1/me/assignments") == {"cases": [], "offers": []}
    assert harken.stop() == 0

    again = restarted(start, harken)
    with Caller(again.address, again.key) as admin:
        assert replayed(again, archive, status=1)["accepted"] == 0
        holds(admin, 1_000 - bad)


def test_a_conversation_keeps_both_sides(start: Start, tmp_path: Path) -> None:
    harken = start()
    said = [("ann", "My kettle leaks."), ("NorthKettle", "So sorry! Which one?"), ("ann", "Blue.")]
    rows = [
        {
            "tweet_id": f"{n}",
            "conv_id": "talk",
            "user_name": author,
            "text": text,
            "created_at": (BEGIN + timedelta(minutes=n)).isoformat(),
        }
        for n, (author, text) in enumerate(said)
    ]
    file = write_json_lines(tmp_path / "talk.jsonl.gz", rows)
    counts = replayed(harken, file, "--set", "network=twitter", "--own", "@northkettle")
    assert counts["accepted"] == 3
    with Caller(harken.address, harken.key) as admin:
        holds(admin, 3)
        [case] = admin.get("/v1/search", kind="case")["items"]
        timeline = admin.get(f"/v1/cases/{case['id']}")["timeline"]
        assert [(one["text"], one["ours"]) for one in timeline if one["type"] == "mention"] == [
            (text, author == "NorthKettle") for author, text in said
        ]


def test_killed_in_the_middle_everything_is_there_once(start: Start, tmp_path: Path) -> None:
    harken, file = start(free_port()), Pipe(tmp_path / "pipe.jsonl")
    with Replay(harken, file.path) as under_way, Caller(harken.address, harken.key) as admin:
        for more in (BEGINNING, 1_000, 1_000):
            file.write(more)
            holds_at_least(admin, more // 2)
            file.write(500)
            assert harken.process.poll() is None
            harken.kill()
            harken = restarted(start, harken)
        file.write(500)
        file.close()
        assert_brought(under_way.ends(1), file)
        holds(admin, file.good)
        # What it was about to note as seen when it was killed is accepted again, and known.
        archive = write_json_lines(tmp_path / "archive.jsonl.gz", posts(file.written))
        assert replayed(harken, archive, status=1)["rows read"] == file.written
        holds(admin, file.good)
        assert replayed(harken, archive, status=1)["accepted"] == 0


def test_a_full_disk_in_the_middle_is_waited_out(start: Start, tmp_path: Path) -> None:
    harken, file = start(), Pipe(tmp_path / "pipe.jsonl")
    with Replay(harken, file.path) as under_way, Caller(harken.address, harken.key) as admin:
        file.write(BEGINNING)
        holds_at_least(admin, BEGINNING // 2)
        with no_room(harken):
            file.write(1_000)
            file.close()
            eventually(lambda: not is_well(harken, "readyz"))
            assert under_way.process.poll() is None, "it waits"
        assert_brought(under_way.ends(1), file)
        holds(admin, file.good)
        archive = write_json_lines(tmp_path / "archive.jsonl.gz", posts(file.written))
        assert replayed(harken, archive, status=1)["accepted"] == 0


def test_stopped_in_the_middle_it_reports_and_the_next_run_goes_on(
    start: Start, tmp_path: Path
) -> None:
    harken, file = start(), Pipe(tmp_path / "pipe.jsonl")
    with Replay(harken, file.path) as under_way, Caller(harken.address, harken.key) as admin:
        file.write(BEGINNING)
        holds_at_least(admin, BEGINNING // 2)
        # It waits for more of the file, which never comes.
        under_way.process.send_signal(signal.SIGINT)
        stopped = under_way.ends(130)
        file.close()
        archive = write_json_lines(tmp_path / "archive.jsonl.gz", posts(file.written))
        rest = replayed(harken, archive, status=1)
        assert rest["accepted"] == file.good - stopped["accepted"]
        holds(admin, file.good)


@contextmanager
def no_room(harken: RunningHarken) -> Iterator[None]:
    """Nothing can be written beyond a few pages: as on a full disk."""
    pid = harken.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE, (65_536, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


class Pipe:
    """A file that grows as the test says, of `posts`."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.written = 0
        self._posts = posts(1_000_000)
        # Opened for both, so that nobody waits for the other and nothing breaks.
        self._file = os.open(path, os.O_RDWR)
        self._writers: list[threading.Thread] = []

    def write(self, count: int) -> None:
        """Does not wait until somebody reads it."""
        lines = b"".join(json.dumps(post).encode() + b"\n" for post in islice(self._posts, count))
        self.written += count
        before = self._writers[-1:]
        writer = threading.Thread(target=self._write, args=(lines, before), daemon=True)
        writer.start()
        self._writers.append(writer)

    def _write(self, lines: bytes, before: list[threading.Thread]) -> None:
        for one in before:
            one.join()
        while lines:
            lines = lines[os.write(self._file, lines) :]

    def close(self) -> None:
        """After all was read."""
        for one in self._writers:
            one.join(PATIENCE)
        os.close(self._file)

    @property
    def good(self) -> int:
        return sum(1 for post in posts(self.written) if post["body"])


def restarted(start: Start, before: RunningHarken) -> RunningHarken:
    """On the same port; keys are shown at the first start only."""
    harken = start(before.port)
    harken.key = before.key
    return harken


def assert_brought(counts: dict[str, int], file: Pipe) -> None:
    """All of it, once, by this run."""
    bad = file.written - file.good
    assert counts == {
        "rows read": file.written,
        "accepted": file.good,
        "duplicates": 0,
        "refused": bad,
    }


def holds_at_least(admin: Caller, count: int) -> None:
    eventually(lambda: admin.get("/v1/search", kind="mention", limit=1)["total"] >= count)
