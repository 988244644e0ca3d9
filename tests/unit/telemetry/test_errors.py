"""Errors in logs say what kind and where; only messages that cannot quote data are kept."""

from __future__ import annotations

import pytest

from harken.runtime.flow import Transient
from harken.telemetry.errors import describe, last_line, stack


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001 - that is the point
        return caught


@pytest.mark.parametrize("error", [Transient("the model is away"), FileNotFoundError("no model")])
def test_messages_of_our_own_and_of_the_system_are_kept(error: Exception) -> None:
    assert str(error) in describe(raised(error))


@pytest.mark.parametrize("error", [ValueError("Anna"), KeyError("Anna"), AssertionError("Anna")])
def test_messages_that_may_quote_data_are_left_out(error: Exception) -> None:
    assert "Anna" not in describe(raised(error)) + stack(raised(error))
    assert type(error).__name__ in describe(raised(error))
    assert "Anna" in last_line(error)


def test_an_error_that_was_never_raised_is_named() -> None:
    assert describe(ValueError("x")) == "ValueError"


def test_a_group_names_what_is_within() -> None:
    group = ExceptionGroup("several", [TypeError("no"), ValueError("Anna")])
    assert "within: TypeError" in stack(raised(group))
    assert "Anna" not in stack(raised(group))


def test_a_suppressed_cause_stays_out() -> None:
    def hide() -> None:
        try:
            raise KeyError("a")
        except KeyError:
            raise TypeError("b") from None

    with pytest.raises(TypeError) as caught:
        hide()
    assert "KeyError" not in stack(caught.value)
