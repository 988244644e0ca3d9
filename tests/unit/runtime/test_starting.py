"""A start waits a while for what is away, then tells a person and gives up."""

from __future__ import annotations

import pytest

from harken.runtime import starting
from harken.runtime.starting import CannotStart, NotYet, patiently
from harken.store.changes import StoreUnavailable


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "LOOK_SECONDS", 0.001)


async def test_what_comes_back_in_time_is_waited_for() -> None:
    errors: list[Exception] = [StoreUnavailable("away"), NotYet("no topics")]

    async def attempt() -> str:
        if errors:
            raise errors.pop()
        return "open"

    assert await patiently(attempt, 30.0) == "open"


async def test_what_stays_away_ends_the_start_with_its_reason() -> None:
    async def attempt() -> None:
        raise StoreUnavailable("PostgreSQL: nobody answers")

    said = r"PostgreSQL: nobody answers \(waited 0.01 s; see HARKEN_POSTGRES_URL\)"
    with pytest.raises(CannotStart, match=said):
        await patiently(attempt, 0.01, "HARKEN_POSTGRES_URL")


async def test_what_no_patience_mends_is_raised_at_once() -> None:
    async def attempt() -> None:
        raise CannotStart("the database is newer")

    with pytest.raises(CannotStart, match=r"the database is newer$"):
        await patiently(attempt, 1e9)
