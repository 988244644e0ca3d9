"""Structured logs: one canonical line per record and per request, JSON or for people."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, Unpack

import msgspec
import structlog
from structlog.typing import EventDict, Processor

from harken.telemetry.errors import describe, stack
from harken.telemetry.fields import Fields
from harken.telemetry.tracing import current_trace_id

_QUIET = ("uvicorn.access", "httpx", "httpcore", "asyncio", "opentelemetry", "faust", "mode")
"""Their lines hold addresses, or repeat ours: warnings only."""


class Log:
    """``event`` is a fixed phrase; whatever varies goes into the fields, which are listed."""

    def __init__(self, name: str) -> None:
        self._log: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)

    @property
    def tells_info(self) -> bool:
        """Whether `info` writes anything: for lines that cost something to put together."""
        return bool(self._log.is_enabled_for(logging.INFO))

    def debug(self, event: str, **fields: Unpack[Fields]) -> None:
        self._log.debug(event, **fields)

    def info(self, event: str, **fields: Unpack[Fields]) -> None:
        self._log.info(event, **fields)

    def warning(self, event: str, **fields: Unpack[Fields]) -> None:
        self._log.warning(event, **fields)

    def error(
        self, event: str, failure: BaseException | None = None, **fields: Unpack[Fields]
    ) -> None:
        """``failure`` becomes the fields ``error`` and ``stack``, without its values."""
        if failure is not None:
            fields["error"], fields["stack"] = describe(failure), stack(failure)
        self._log.error(event, **fields)


class _Unbroken(structlog.WriteLogger):
    """Drops what cannot be written: a full disk must not end the process that tells of it."""

    def msg(self, message: str) -> None:
        with contextlib.suppress(OSError):
            super().msg(message)

    debug = info = warning = error = msg


def _module(_: Any, __: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["module"] = record.name
    return event


def _trace(_: Any, __: str, event: EventDict) -> EventDict:
    if "trace_id" not in event and (trace_id := current_trace_id()):
        event["trace_id"] = trace_id
    return event


def _without_values(_: Any, __: str, event: EventDict) -> EventDict:
    """Exceptions that libraries log are described like our own."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["error"], event["stack"] = describe(error), stack(error)
    return event


def _json(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=str).decode()
    except UnicodeEncodeError:  # a lone surrogate
        return json.dumps(event, default=str)


def configure(
    level: Literal["debug", "info", "warning", "error"] = "info",
    form: Literal["json", "console"] = "json",
    stream: TextIO | None = None,
) -> None:
    """Once per process, before anything is logged; to stderr unless a stream is given.

    Lines of libraries that use the standard library's logging come out in the same form.
    """
    out = sys.stderr if stream is None else stream
    least = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level if form == "json" else structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _trace,
        _without_values,
    ]
    render: Processor = (
        _json
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty(), timestamp_key="at", pad_event_to=28)
    )
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: _Unbroken(out),
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_module, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(least)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(least, logging.WARNING))
