"""An alert: something that people asked to be told of, as it was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from harken.domain.ids import MentionId, TenantId, derive
from harken.domain.mention import Mention
from harken.domain.time import Instant

BEGINNING_LENGTH = 280
"""Characters of a mention's text that an alert shows."""
MOST_QUOTES = 5


class AlertKind(StrEnum):
    TRACKER_MATCHED = "tracker.matched"
    TRACKER_RATE = "tracker.rate"
    SOURCE_SILENT = "source.silent"
    SOURCE_FAILING = "source.failing"
    SOURCE_REFUSED = "source.refused"
    SOURCE_RECOVERED = "source.recovered"


@dataclass(frozen=True, slots=True)
class Quote:
    """A mention as an alert shows it. ``text`` is the beginning of its text."""

    mention: MentionId
    network: str
    author: str
    text: str
    url: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Alert:
    """``subject`` is the tracker or source that it is about. ``title`` is one line for people.

    ``receivers`` are told beside those who follow the event stream; None means all of the
    tenant's receivers that want alerts about sources.
    """

    tenant: TenantId
    id: str
    kind: AlertKind
    subject: str
    at: Instant
    title: str
    text: str = ""
    receivers: tuple[str, ...] | None = None
    quotes: tuple[Quote, ...] = ()


def source_alert(
    tenant: TenantId, kind: AlertKind, source: str, at: Instant, title: str, text: str = ""
) -> Alert:
    """The same kind about the same source at the same instant is the same alert."""
    return Alert(tenant, derive("alert", tenant, kind, source, at), kind, source, at, title, text)


def quoted(mentions: Sequence[Mention]) -> tuple[Quote, ...]:
    """Of the newest few, the newest first."""
    return tuple(_quote(mention) for mention in mentions[: -MOST_QUOTES - 1 : -1])


def beginning(text: str) -> str:
    """On one line."""
    line = " ".join(text.split())
    return line if len(line) <= BEGINNING_LENGTH else line[: BEGINNING_LENGTH - 1] + "…"


def _quote(mention: Mention) -> Quote:
    return Quote(
        mention.id,
        mention.network,
        mention.author.handle,
        beginning(mention.text),
        mention.url,
        mention.created_at,
    )
