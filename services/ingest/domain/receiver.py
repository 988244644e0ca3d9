"""A receiver of alerts: a webhook of somebody's, or mailboxes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from harken.domain.ids import TenantId
from harken.domain.time import Instant


class By(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Receiver:
    """``sources`` says that it wants the alerts about sources as well.

    ``secret`` signs the calls of a webhook; it is shown once, when it is made, and kept sealed.
    """

    tenant: TenantId
    id: str
    name: str
    by: By
    created_at: Instant
    url: str = ""
    to: tuple[str, ...] = ()
    sources: bool = False
    secret: str = field(default="", repr=False)
