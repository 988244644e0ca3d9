"""Every row that is read is accepted, a duplicate or refused, whatever the way to Harken does."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from cli.replay.mention import NO_TEXT, Reading
from cli.replay.opening import BrokenOff
from cli.replay.pace import Pace
from cli.replay.plan import Asked, plan
from cli.replay.problems import CannotReplay
from cli.replay.refused import RefusedFile
from cli.replay.report import Lines, report
from cli.replay.run import Replay
from cli.replay.same_ids import OTHER_TEXT
from cli.replay.sending import TOO_LARGE, Connected, Sender, connect
from cli.replay.tally import Tally
from cli.replay.threads import KEPT, Threads
from harken.domain.time import BEGINNING, Instant, rfc3339
from tests.unit.replay.kit import opened

ADDRESS = "http://harken.test"
Luck = Callable[[], str]


class Hurried(threading.Event):
    """Nobody waits in these tests."""

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
        return self.is_set()


@dataclass
class Intake:
    """Takes mentions in as `POST /v1/mentions` does; ``luck`` says what befalls a request."""

    luck: Luck = lambda: "well"
    limit: int = 10**6
    kept: dict[str, str] = field(default_factory=dict)
    since: dict[str, str] = field(default_factory=dict)
    seconds: int = 0
    received: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            match self.luck():
                case "unreachable":
                    raise httpx.ConnectError("refused")
                case "busy":
                    return httpx.Response(503, headers={"Retry-After": "3"}, json=problem("Busy"))
                case "forbidden":
                    return httpx.Response(403, json=problem("Not allowed"))
                case "lost before":
                    raise httpx.ReadError("reset")
                case "lost after":
                    self.take(request)
                    raise httpx.ReadTimeout("too long")
                case "failed after":
                    self.take(request)
                    return httpx.Response(500, text="oh")
            return self.take(request)

    def take(self, request: httpx.Request) -> httpx.Response:
        lines = [json.loads(line) for line in request.content.splitlines()]
        if len(lines) > self.limit:
            return httpx.Response(413, json=problem("Too large"))
        accepted = duplicates = 0
        rejected: list[dict[str, Any]] = []
        known: list[str | None] = [None] * len(lines)
        self.seconds += 1
        for index, one in enumerate(lines):
            self.received.append(one)
            if "forbidden" in one["text"]:
                rejected.append({"index": index, "problem": problem("Invalid", "it is forbidden")})
            elif self.kept.get(one["source_id"]) == one["text"]:
                duplicates += 1
                known[index] = self.since[one["source_id"]]
            else:
                self.kept[one["source_id"]] = one["text"]
                self.since[one["source_id"]] = rfc3339(Instant(self.seconds * 1_000_000))
                accepted += 1
        answer = {
            "accepted": accepted,
            "duplicates": duplicates,
            "rejected": rejected,
            "known_since": known,
        }
        return httpx.Response(202, json=answer)


def problem(title: str, detail: str = "") -> dict[str, Any]:
    return {"title": title, "detail": detail, "status": 422}


def rows(*said: tuple[str, str]) -> bytes:
    """An id and a text each."""
    return b"".join(
        json.dumps({"id": id_, "text": text, "author": "ann", "created_at": at}).encode() + b"\n"
        for id_, text in said
        for at in ["2017-10-31T22:10:47Z"]
    )


@dataclass
class Ran:
    tally: Tally
    failure: CannotReplay | None


def replayed(raw: bytes, intake: Intake, refused: Path | None = None, **how: Any) -> Ran:
    asked = Asked(constants={"network": "forum"})
    how_read = plan(opened(raw), asked)
    stop = how.pop("stop", None) or Hurried()
    kept = RefusedFile(refused, how_read.table)
    job = Replay(
        Reading(how_read.columns, how_read.dates),
        how.pop("pace", Pace()),
        kept,
        stop,
        live=how.pop("live", False),
        limit=how.pop("limit", 0),
    )
    failure = None
    shown = Lines(Console(quiet=True), job.tally, 0)
    with client(intake) as api:
        sender = Sender(
            Connected(api, Instant(intake.seconds * 1_000_000 + 1)),
            job.tally,
            job.refuse,
            stop,
            at_once=3,
            patience=how.pop("patience", 600),
        )
        try:
            with sender:
                job.run(how_read, opened(raw), sender, shown)
        except CannotReplay as error:
            failure = error
    kept.close()
    tally = job.tally
    assert tally.read == tally.accepted + tally.duplicates + tally.refused + tally.unanswered
    return Ran(tally, failure)


@contextmanager
def client(intake: Intake) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.MockTransport(intake), base_url=ADDRESS) as api:
        yield api


MANY = [(f"{n}", f"It leaks {n}") for n in range(1_800)]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "x", "y", "forbidden"])),
        min_size=1,
        max_size=40,
    ),
    st.integers(),
)
def test_counts_add_up_and_each_is_held_once(said: list[tuple[str, str]], seed: int) -> None:
    rng = random.Random(seed)
    fates = ["well", "unreachable", "busy", "lost before", "lost after", "failed after"]
    intake = Intake(luck=lambda: rng.choice(fates), limit=rng.choice([1, 3, 10**6]))
    first = replayed(rows(*said), intake)
    assert first.failure is None
    assert first.tally.unanswered == 0
    assert first.tally.accepted == len(intake.kept)
    wanted: dict[str, str] = {}
    for id_, text in said:
        if text:
            wanted.setdefault(id_, text)
    assert intake.kept == {id_: text for id_, text in wanted.items() if text != "forbidden"}
    again = replayed(rows(*said), intake)
    assert again.tally.accepted == 0
    assert again.tally.refused == first.tally.refused


def test_what_was_sent_again_after_a_lost_answer_counts_as_accepted() -> None:
    fates = iter(["lost after"])
    ran = replayed(rows(("1", "It leaks")), Intake(luck=lambda: next(fates, "well")))
    assert (ran.tally.accepted, ran.tally.duplicates, ran.tally.sent_twice) == (1, 0, 1)
    assert "  1 accepted (1 sent again after an answer was lost)" in report(ran.tally, 1.0)


def test_a_row_with_an_earlier_ones_id_is_refused_where_its_text_is_another() -> None:
    said = (("1", "It leaks"), ("1", "It leaks"), ("1", "It smokes"))
    ran = replayed(rows(*said), Intake())
    assert (ran.tally.accepted, ran.tally.repeated) == (1, 1)
    assert ran.tally.reasons[OTHER_TEXT].lines == [3]
    assert ran.tally.reasons[OTHER_TEXT].example == "line 1"


def test_a_request_that_is_too_large_is_divided() -> None:
    ran = replayed(rows(*MANY), Intake(limit=100))
    assert ran.tally.accepted == len(MANY)
    none = replayed(rows(*MANY[:3]), Intake(limit=0))
    assert none.tally.reasons[TOO_LARGE].count == 3


def test_it_gives_up_when_nothing_is_taken_in() -> None:
    ran = replayed(rows(*MANY), Intake(luck=lambda: "busy"), patience=-1)
    assert "503 Busy" in str(ran.failure)
    assert 0 < ran.tally.unanswered == ran.tally.read


def test_it_stops_where_it_may_not() -> None:
    ran = replayed(rows(*MANY), Intake(luck=lambda: "forbidden"))
    assert "403 Not allowed" in str(ran.failure)
    assert ran.tally.accepted == 0
    assert 0 < ran.tally.unanswered == ran.tally.read


def test_a_failure_within_a_divided_request_loses_no_count() -> None:
    fates = iter(["well"] * 4 + ["forbidden"] * 100)
    ran = replayed(rows(*MANY[:500]), Intake(luck=lambda: next(fates), limit=100))
    assert "403 Not allowed" in str(ran.failure)
    assert 0 < ran.tally.accepted < 500


def test_told_to_stop_it_counts_what_it_did_and_goes_on_next_time() -> None:
    stop, calls = Hurried(), iter(range(100))

    def luck() -> str:
        if next(calls) == 1:
            stop.set()
        return "well"

    intake = Intake(luck=luck)
    ran = replayed(rows(*MANY), intake, stop=stop)
    assert 0 < ran.tally.accepted < len(MANY)
    again = replayed(rows(*MANY), intake)
    assert again.tally.accepted == len(MANY) - ran.tally.accepted
    assert len(intake.kept) == len(MANY)


def test_history_keeps_its_time_and_live_rows_are_of_now() -> None:
    intake = Intake()
    replayed(rows(*MANY[:2]), intake)
    assert {one["created_at"] for one in intake.received} == {"2017-10-31T22:10:47Z"}
    assert all(one["historical"] for one in intake.received)
    live = Intake()
    replayed(rows(*MANY[:2]), live, live=True)
    assert not any(one["historical"] for one in live.received)
    assert all(one["created_at"] > "2024" for one in live.received)
    assert live.kept == intake.kept


def test_a_broken_file_brings_what_was_good() -> None:
    intake = Intake()
    raw = "\n".join(
        ["Text,Author,Date,Id", *(f"It leaks,ann,2017-10-31T22:10Z,{n}" for n in range(900))]
    )
    ran = replayed(raw.encode("utf-16") + b"\n", intake)
    assert isinstance(ran.failure, BrokenOff)
    assert ran.tally.accepted == len(intake.kept) == 899


def test_refused_rows_can_be_mended_and_run_again(tmp_path: Path) -> None:
    raw = (
        "Text;Author;Date;Id\n"
        "It leaks;ann;2017-10-31T22:10Z;1\n"
        ";ann;2017-10-31T22:10Z;2\n"
        "It; smokes;ann;2017-10-31T22:10Z;3\n"
        '"It burns;ann;2017-10-31T22:10Z;4'
    )
    path, intake = tmp_path / "refused.csv", Intake()
    ran = replayed(raw.encode(), intake, refused=path)
    assert ran.tally.refused == 3
    kept = path.read_text(encoding="utf-8-sig")
    assert NO_TEXT in kept
    again = replayed(kept.replace(";ann;", "It hums;ann;", 1).encode(), intake)
    assert intake.kept == {"1": "It leaks", "2": "It hums"}
    assert again.tally.refused == 2
    with pytest.raises(CannotReplay, match="there already"):
        RefusedFile(path, None)


def test_refused_lines_of_json_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    replayed(rows(("1", "It leaks"), ("2", "")) + b"{broken\n", Intake(), refused=path)
    kept = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert kept[0]["id"] == "2"
    assert kept[0]["refused_reason"] == NO_TEXT
    assert (kept[1]["refused_raw"], kept[1]["refused_line"]) == ("{broken", 3)


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**12), min_size=1), st.floats(0.5, 1000))
def test_a_recorded_pace_is_kept_and_never_goes_back(times: list[int], speed: float) -> None:
    pace = Pace(speed=speed)
    due = [pace.due(Instant(at)) for at in times]
    assert due[0] == 0
    for at, one in zip(times, due, strict=True):
        assert one == pytest.approx(max(0, at - times[0]) / 1e6 / speed)


def test_a_rate_spaces_rows_evenly() -> None:
    pace = Pace(rate=4)
    assert [pace.due(BEGINNING) for _ in range(5)] == [0, 0.25, 0.5, 0.75, 1.0]


def test_without_harken_or_key_it_says_so() -> None:
    with pytest.raises(CannotReplay, match="HARKEN_KEY"), connect(ADDRESS, ""):
        pass
    with pytest.raises(CannotReplay, match="--url"), connect("http://127.0.0.1:9", "hk_x"):
        pass


def test_our_answers_are_given_the_post_that_they_answer() -> None:
    threads = Threads()
    said: list[dict[str, Any]] = [
        {"source_id": "1", "thread_root": "talk"},
        {"source_id": "2", "thread_root": "talk", "own": True},
        {"source_id": "3", "thread_root": "talk"},
        {"source_id": "4", "thread_root": "talk", "own": True, "parent": "1"},
        {"source_id": "5", "thread_root": "talk", "own": True},
        {"source_id": "6", "thread_root": "another", "own": True},
        {"source_id": "7", "own": True},
    ]
    for body in said:
        threads.follow(body)
    assert [body.get("parent") for body in said] == [None, "1", None, "1", "3", None, None]


def test_only_the_latest_conversations_are_remembered() -> None:
    threads = Threads()
    for n in range(KEPT + 1):
        threads.follow({"source_id": f"p{n}", "thread_root": f"t{n}"})
    late: list[dict[str, Any]] = [{"thread_root": f"t{n}", "own": True} for n in (0, 1)]
    for body in late:
        threads.follow(body)
    assert [body.get("parent") for body in late] == [None, "p1"]
