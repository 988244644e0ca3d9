"""What the API says and takes of previews."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harken.domain.mention import Mention
from harken.http.models import ApiModel, Time, examples
from services.ingest.domain.alert import beginning
from services.ingest.trackers.models import Query
from services.ingest.trackers.preview import Preview


class PreviewAsked(ApiModel):
    """A query to try."""

    model_config = examples({"query": "brivanta AND leak", "days": 7, "limit": 20})

    query: Query
    days: Annotated[int, Field(ge=1, le=365)] = 7
    """How far to look back, by when a mention was written."""
    limit: Annotated[int, Field(ge=0, le=100)] = 20
    """How many of the matches to show."""


class PreviewedMention(ApiModel):
    """A mention that the query would have matched."""

    id: str
    network: str
    author: str
    """The author's handle."""
    text: str
    """The beginning of what was written."""
    language: str
    url: str
    created_at: Time


class PreviewAnswer(ApiModel):
    """What a query would have matched, the newest first."""

    model_config = examples(
        {
            "count": 1,
            "read": 412,
            "complete": True,
            "cut_short_by": None,
            "since": "2026-02-22T09:30:00Z",
            "mentions": [
                {
                    "id": "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10",
                    "network": "forum",
                    "author": "hollis",
                    "text": "My Brivanta kettle leaks since yesterday.",
                    "language": "en",
                    "url": "https://forum.example/t/48121",
                    "created_at": "2026-03-01T09:30:00Z",
                }
            ],
        }
    )

    count: int
    """Matches, of which the newest are shown."""
    read: int
    """Mentions that were looked at."""
    complete: bool
    """Whether all mentions of these days were looked at."""
    cut_short_by: Literal["rows", "time"] | None
    """What a preview may read, or how long it may take; null where it is complete."""
    since: Time
    """How far back it looked."""
    mentions: list[PreviewedMention]


def preview_answer(found: Preview) -> PreviewAnswer:
    return PreviewAnswer(
        count=found.count,
        read=found.read,
        complete=not found.cut,
        cut_short_by=found.cut or None,
        since=found.since,
        mentions=[_previewed(mention) for mention in found.matched],
    )


def _previewed(mention: Mention) -> PreviewedMention:
    return PreviewedMention(
        id=mention.id,
        network=mention.network,
        author=mention.author.handle,
        text=beginning(mention.text),
        language=mention.language,
        url=mention.url,
        created_at=mention.created_at,
    )
