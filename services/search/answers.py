"""What search and key figures answer."""

from __future__ import annotations

from typing import Any, Literal

from harken.domain.case import ClockKind
from harken.http.models import ApiModel, Time, examples

Kind = Literal["mention", "case", "reply"]

_HIT: dict[str, Any] = {
    "kind": "mention",
    "id": "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10",
    "at": "2026-03-01T09:30:00Z",
    "version": 1,
    "language": "cs",
    "text": "Konvice teče a nikdo neodpovídá",
    "fields": {"network": "mastodon", "polarity": "negative", "severity_class": "normal"},
    "highlights": [[0, 7]],
}


class HitAnswer(ApiModel):
    """One document that was found."""

    model_config = examples(_HIT)

    kind: Kind
    id: str
    at: Time
    version: int
    language: str
    text: str
    fields: dict[str, str | int | float | bool | list[str]]
    highlights: list[tuple[int, int]]
    """Start and end of each match in `text`, in code points."""


class SearchAnswer(ApiModel):
    """Newest first."""

    model_config = examples(
        {
            "items": [_HIT],
            "total": 1,
            "facets": {"polarity": {"negative": 1}},
            "next_cursor": None,
        }
    )

    items: list[HitAnswer]
    total: int
    facets: dict[str, dict[str, int]]
    next_cursor: str | None


class VolumeAnswer(ApiModel):
    """Customers' posts in the period, and the cases that it opened."""

    posts: int
    cases: int
    by_network: dict[str, int]
    by_polarity: dict[str, int]
    by_contact_reason: dict[str, int]


class TimesAnswer(ApiModel):
    """In seconds of wall time, over the `count` cases of `of` that have the time."""

    count: int
    of: int
    mean: float | None
    median: float | None
    p90: float | None


class AttainmentAnswer(ApiModel):
    """Promises that were kept or ran out in the period."""

    met: int
    missed: int
    share: float | None


_TIMES = {"count": 40, "of": 44, "mean": 1310.5, "median": 900.0, "p90": 3100.0}


class KpiAnswer(ApiModel):
    """Key figures of one period; `formulas` says which version of each was used."""

    model_config = examples(
        {
            "since": "2026-02-01T00:00:00Z",
            "until": "2026-03-01T00:00:00Z",
            "formulas": {"volume": 1, "first_response": 1, "resolution": 1, "sla_attainment": 1},
            "volume": {
                "posts": 61,
                "cases": 44,
                "by_network": {"mastodon": 61},
                "by_polarity": {"negative": 30, "neutral": 20, "positive": 11},
                "by_contact_reason": {"unknown": 61},
            },
            "first_response": _TIMES,
            "resolution": _TIMES,
            "sla_attainment": {"first_reply": {"met": 38, "missed": 2, "share": 0.95}},
        }
    )

    since: Time
    until: Time
    formulas: dict[str, int]
    volume: VolumeAnswer
    first_response: TimesAnswer
    resolution: TimesAnswer
    sla_attainment: dict[ClockKind, AttainmentAnswer]
