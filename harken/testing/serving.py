"""Serving an application on a free port of this machine, within the caller's event loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(
    make: Callable[[str], ASGIApp], sockets: type[asyncio.Protocol] | None = None
) -> AsyncIterator[str]:
    """Gives the address (``http://127.0.0.1:…``) for which ``make`` built the application.

    ``sockets`` speaks WebSocket with it.
    """
    # Without the protocol's number asyncio leaves Nagle's algorithm on: 40 ms for each answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    # From here on callers wait in its queue until the server takes them.
    listener.listen()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        make(address),
        log_level="critical",
        lifespan="off",
        ws=sockets or "none",
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield address
    finally:
        server.should_exit = True
        await running
        listener.close()
