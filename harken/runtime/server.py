"""The HTTP server as one of the process's tasks: uvicorn, without its own signals and logs."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """Signals are the process's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Listens from construction on, so that the address is known before anything runs."""

    def __init__(self, app: Any, host: str, port: int, stop_deadline: float) -> None:
        """``stop_deadline`` is in seconds. Raises ``OSError`` where the address is taken."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=2048)
        name, bound = self._socket.getsockname()[:2]
        self.address = f"http://[{name}]:{bound}" if ":" in name else f"http://{name}:{bound}"
        self._server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=max(1, round(stop_deadline)),
            )
        )

    async def run(self) -> None:
        """Returns when it was told to stop and the requests in hand are answered."""
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        self._server.should_exit = True

    def close(self) -> None:
        self._socket.close()
