"""Measures, checked by hand and against their definitions."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sentiment.tone.metrics import (
    accuracy,
    calibration_error,
    confusion,
    f1,
    macro_f1,
    sign_test,
)


def test_f1_by_hand() -> None:
    counts = confusion(["a", "a", "a", "b"], ["a", "a", "b", "b"])
    assert f1(counts, "a") == pytest.approx(0.8)
    assert f1(counts, "b") == pytest.approx(2 / 3)
    assert f1(counts, "c") == 0.0
    assert macro_f1(counts, ["a", "b"]) == pytest.approx((0.8 + 2 / 3) / 2)
    assert accuracy(counts) == 0.75


def test_a_sure_and_right_model_is_calibrated() -> None:
    assert calibration_error([1.0, 1.0, 0.0], [True, True, False]) == 0.0


def test_a_boastful_model_is_off_by_its_boast() -> None:
    assert calibration_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)


def test_nothing_measured_is_no_error() -> None:
    assert calibration_error([], []) == 0.0
    assert accuracy({}) == 0.0
    assert macro_f1({}, []) == 0.0


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_sign_test_is_the_binomial_tail(first: int, second: int) -> None:
    total, least = first + second, min(first, second)
    tail = sum(math.comb(total, k) for k in range(least + 1)) / 2**total
    assert sign_test(first, second) == pytest.approx(min(1.0, 2 * tail))
