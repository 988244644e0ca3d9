"""Server-sent events, read as they arrive (WHATWG HTML, "Server-sent events": the event stream's
format; ids and reconnection times are not used by what we listen to)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_EVENT = 1024 * 1024
"""Bytes of one event; whoever sends a longer one is not believed any further."""

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    name: str
    data: str


class EventParser:
    """Of one connection. Comments (heartbeats) and events without data give nothing."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that are complete by now. Raises ``ValueError`` over `MAX_EVENT`."""
        *lines, self._rest = _LINE_END.split(self._rest + chunk)
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event
        if self._size + len(self._rest) > MAX_EVENT:
            raise ValueError(f"an event of more than {MAX_EVENT:,} bytes")

    def _line(self, line: bytes) -> ServerEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(b":")
        text = value.removeprefix(b" ").decode("utf-8", "replace")
        if name == b"event":
            self._name = text
        elif name == b"data":
            self._data.append(text)
        else:
            return None
        self._size += len(line)
        if self._size > MAX_EVENT:
            raise ValueError(f"an event of more than {MAX_EVENT:,} bytes")
        return None

    def _dispatch(self) -> ServerEvent | None:
        name, data = self._name, self._data
        self._name, self._data, self._size = "", [], 0
        return ServerEvent(name or "message", "\n".join(data)) if data else None
