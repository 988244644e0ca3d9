"""A query that cannot be read, as a problem that points at the place."""

from __future__ import annotations

from harken.http.problem import Problem
from services.ingest.tracking import QueryError

AROUND = 40
"""Characters shown on either side of where a query stops making sense."""


def bad_query(query: str, error: QueryError) -> Problem:
    """The problem 422."""
    shown = _shown(query, error.position, error.length)
    return Problem(
        422,
        "bad-query",
        "Unreadable query",
        f"{error.problem} See character {error.position + 1}: {shown}",
        more={
            "position": error.position,
            "length": error.length,
            "shown": shown,
            "errors": [
                {"in": "body", "field": "query", "code": "bad_query", "detail": error.problem}
            ],
        },
    )


def _shown(query: str, position: int, length: int) -> str:
    end = position + length
    before, after = query[:position], query[end:]
    return "".join(
        (
            "…" if len(before) > AROUND else "",
            before[-AROUND:],
            "⟦",
            query[position:end],
            "⟧",
            after[:AROUND],
            "…" if len(after) > AROUND else "",
        )
    )
