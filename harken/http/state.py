"""What the edges share within one app: set once by `harken.http.app.build_app`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from harken.http.authenticator import Authenticator
from harken.store.port import Store


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """``body_limit`` in bytes, ``request_timeout`` in seconds (streams have none).

    ``cors_origins`` are the UIs, as ``https://host[:port]``, that browsers may call us from.
    """

    body_limit: int = 10 * 1024 * 1024
    request_timeout: float = 30.0
    cors_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edges:
    """``problems`` explains the kinds of problem that the services add to the kit's own."""

    store: Store
    authenticator: Authenticator
    new_id: Callable[[], str]
    settings: EdgeSettings = EdgeSettings()
    problems: Mapping[str, str] = field(default_factory=dict)


def edges(connection: HTTPConnection) -> Edges:
    return cast("Edges", connection.app.state.edges)
