"""Problems: errors that carry their policy, answered as RFC 9457 ``application/problem+json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """``kind`` is the last part of the problem's type URI and never changes its meaning.

    ``retry_after`` (seconds) is set where the same request may succeed later. ``more`` is added
    to the body; it must be JSON and hold nothing of another tenant.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        detail: str = "",
        *,
        retry_after: float | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {kind}: {detail or title}")
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.retry_after = retry_after
        self.more = dict(more or {})

    @property
    def retryable(self) -> bool:
        return self.retry_after is not None


def not_found(what: str) -> Problem:
    """Also for what exists but belongs to another tenant: the two look the same."""
    return Problem(404, "not-found", "Not found", f"There is no such {what}.")


def forbidden(detail: str) -> Problem:
    return Problem(403, "forbidden", "Not allowed", detail)


def conflict(kind: str, detail: str) -> Problem:
    return Problem(409, kind, "Conflict", detail)


def invalid(detail: str, **more: Any) -> Problem:
    return Problem(422, "invalid", "Invalid request", detail, more=more)


def unavailable(detail: str, retry_after: float) -> Problem:
    return Problem(503, "unavailable", "Try again later", detail, retry_after=retry_after)
