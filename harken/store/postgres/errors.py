"""Which of PostgreSQL's errors pass by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout

from harken.store.changes import StoreUnavailable

_PASSING = (
    psycopg.OperationalError,  # the server is away, stopping, full, or chose us in a deadlock
    psycopg.InterfaceError,
    errors.InternalError_,
    PoolTimeout,
    PoolClosed,
    OSError,
)


@contextmanager
def as_store_unavailable() -> Iterator[None]:
    try:
        yield
    except errors.ProgramLimitExceeded:  # of one statement, such as a key that no index takes
        raise
    except _PASSING as error:
        raise StoreUnavailable(f"PostgreSQL: {type(error).__name__}: {error}") from error
