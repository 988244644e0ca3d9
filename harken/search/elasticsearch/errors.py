"""Which of Elasticsearch's errors pass by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import elasticsearch
from elasticsearch import ApiError

from harken.search.port import IndexUnavailable

_DENIED = (401, 403)
_BUSY = (408, 429)
_DENIED_PAUSE = 30.0


class AccessDenied(Exception):
    """The cluster refuses who we say we are, or what we may do: somebody must change that."""


def passes(status: int) -> bool:
    """Away, starting, full or busy."""
    return status in _BUSY or status >= 500


@contextmanager
def as_index_unavailable() -> Iterator[None]:
    """Credentials that are refused to a running process may be in the middle of a rotation:
    nothing is given up for them, and the reason says it clearly. All else is raised as it is."""
    try:
        yield
    except ApiError as error:
        if error.status_code in _DENIED:
            raise IndexUnavailable(_denial(error), _DENIED_PAUSE) from error
        if passes(error.status_code):
            raise IndexUnavailable(f"Elasticsearch: {error}", _pause(error)) from error
        raise
    except (elasticsearch.ConnectionError, elasticsearch.ConnectionTimeout) as error:
        raise IndexUnavailable(f"Elasticsearch: {type(error).__name__}: {error}") from error


@contextmanager
def as_access_denied() -> Iterator[None]:
    """For the start, where wrong credentials are a mistake to be told at once."""
    try:
        yield
    except ApiError as error:
        if error.status_code in _DENIED:
            raise AccessDenied(_denial(error)) from error
        raise


def _denial(error: ApiError) -> str:
    what = "the credentials" if error.status_code == _DENIED[0] else "what was asked"
    return f"Elasticsearch refuses {what} ({error.status_code}): {error.message}"


def _pause(error: ApiError) -> float:
    said = error.meta.headers.get("retry-after") or ""
    return float(said) if said.isdecimal() else 1.0
