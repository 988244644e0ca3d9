"""How often something is said: the values that are counted and told. See ADR 36."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from harken.domain.ids import TenantId
from harken.domain.time import Instant

ALL = ""
"""Every mention of the tenant in place of a tracker; any topic, or none, in place of one."""


class Series(NamedTuple):
    """What is counted together: ``tracker`` is its id, ``topic`` a risk topic, or `ALL`."""

    tracker: str = ALL
    topic: str = ALL


class Tally(NamedTuple):
    """``negative`` of the ``mentions`` have a negative tone."""

    mentions: int = 0
    negative: int = 0


NONE = Tally()


class Bucket(NamedTuple):
    """Counted apart: a tenant's minute (its beginning), in one partition of the tagged mentions."""

    tenant: TenantId
    minute: Instant
    partition: int


@dataclass(frozen=True, slots=True)
class PartialCounts:
    """Everything up to the record at ``highest``, from the beginning; -1 before the first."""

    bucket: Bucket
    highest: int = -1
    tallies: Mapping[Series, Tally] = field(default_factory=dict)
