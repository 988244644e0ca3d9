"""A webhook of somebody's, on this machine: keeps what it is called with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Call:
    """Header names are lower case."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Hook:
    """Answers nothing while ``silent``."""

    address: str = ""
    silent: bool = False
    calls: list[Call] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running_hook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            length = int(headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # Whoever called was killed while it spoke.
            hook.calls.append(Call(headers, body))
            if hook.silent:
                hook.over.wait()
                return
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.address = f"http://127.0.0.1:{server.server_port}/alerts"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hook
    finally:
        hook.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
