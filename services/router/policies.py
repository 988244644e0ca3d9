"""The routing policy as stored: JSON of its dataclass, the latest version rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from sqlalchemy import Select, select

from harken.store.port import Rows
from harken.store.schema.router import POLICIES
from services.router.domain.policy import RoutingPolicy

ROUTING = "routing"
"""The name under which the routing policy is stored."""


async def routing_policy(rows: Rows) -> RoutingPolicy:
    """The tenant's latest version, or the default as version 0."""
    row = await rows.first(latest(ROUTING))
    if row is None:
        return RoutingPolicy()
    return replace(read_policy(row.body), version=row.version)


def latest(name: str) -> Select[Any]:
    table = POLICIES.c
    return select(POLICIES).where(table.name == name).order_by(table.version.desc()).limit(1)


def read_policy(text: str | bytes) -> RoutingPolicy:
    """What is left out takes its default. Raises ``msgspec.ValidationError``."""
    return _decoder().decode(text)


def write_policy(policy: RoutingPolicy) -> bytes:
    return msgspec.json.encode(policy, enc_hook=_plain)


@cache
def _decoder() -> msgspec.json.Decoder[RoutingPolicy]:
    return msgspec.json.Decoder(RoutingPolicy, dec_hook=_zone)


def _zone(kind: type, value: Any) -> Any:
    if kind is not tzinfo:
        raise NotImplementedError(f"a policy holds no {kind.__name__}")
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError) as error:
        raise ValueError(f"{value!r} is no time zone") from error


def _plain(value: Any) -> Any:
    if isinstance(value, ZoneInfo):
        return value.key
    if isinstance(value, Mapping):
        return dict(value)
    raise NotImplementedError(f"a policy holds no {type(value).__name__}")
