"""A log line is one JSON object of listed fields, and quotes nobody."""

from __future__ import annotations

import errno
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from harken.telemetry import logs
from harken.telemetry.fields import Added, Fields, table

SECRET = "my phone is 555-0100"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("info", "json", stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_one_event_is_one_line_with_its_fields(lines: io.StringIO) -> None:
    logs.Log("harken.test").info("record handled", topic="work", offset=7, seconds=0.25)
    (line,) = read(lines)
    assert line["at"].endswith("Z")
    del line["at"]
    assert line == {
        "level": "info",
        "event": "record handled",
        "module": "harken.test",
        "topic": "work",
        "offset": 7,
        "seconds": 0.25,
    }


def test_what_is_under_the_level_is_not_logged(lines: io.StringIO) -> None:
    logs.Log("harken.test").debug("poll was empty")
    logging.getLogger("somewhere").debug("nothing")
    assert read(lines) == []


def test_an_error_says_where_and_never_what_was_said(lines: io.StringIO) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as inner:
            raise ValueError(f"cannot read {SECRET}") from inner
    except ValueError as error:
        logs.Log("harken.test").error("worker ended", error, worker="w")
    (line,) = read(lines)
    assert line["error"].startswith("ValueError at test_logs.py:")
    assert "KeyError at test_logs.py" in line["stack"]
    assert SECRET not in json.dumps(line)


def test_libraries_log_in_the_same_form_without_the_values(lines: io.StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("some.library").exception("Exception in ASGI application")
    (line,) = read(lines)
    assert (line["event"], line["module"], line["level"]) == (
        "Exception in ASGI application",
        "some.library",
        "error",
    )
    assert SECRET not in json.dumps(line)


def test_a_lone_surrogate_does_not_stop_the_log(lines: io.StringIO) -> None:
    logs.Log("harken.test").info("source refused", source="\ud800")
    assert read(lines)[0]["source"] == "\ud800"


def test_lines_for_people_hold_the_same(lines: io.StringIO) -> None:
    stream = io.StringIO()
    logs.configure("info", "console", stream)
    logs.Log("harken.test").info("record handled", topic="work")
    assert "record handled" in stream.getvalue()
    assert "topic=work" in stream.getvalue()


def test_the_document_names_every_field() -> None:
    named = {line.split("`")[1] for line in table().splitlines() if line.startswith("| `")}
    assert named == {*Fields.__annotations__, *Added.__annotations__}


def test_callers_cannot_overwrite_what_is_added_to_each_line() -> None:
    assert set(Fields.__annotations__).isdisjoint(Added.__annotations__)


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, f"no room for {len(text)} characters")


def test_a_line_that_cannot_be_written_is_dropped(lines: io.StringIO) -> None:
    logs.configure("info", "json", FullDisk())
    logs.Log("harken.test").error("lost", ValueError())
    logging.getLogger("library").error("lost")
