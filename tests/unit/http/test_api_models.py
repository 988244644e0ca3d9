from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from harken.domain.time import LATEST, Instant, rfc3339
from harken.http.models import ApiModel, Time, Whole, bounded

TIME: TypeAdapter[Instant] = TypeAdapter(Time)

Short = Annotated[str, bounded(10)]
SHORT: TypeAdapter[str] = TypeAdapter(Short)


class Sample(ApiModel):
    """One of each."""

    at: Time = Instant(0)
    number: Whole = 0
    share: float = 0.0
    switch: bool = False
    text: Short = ""


@given(st.integers(0, LATEST).map(Instant))
def test_an_instant_survives_the_edge(instant: Instant) -> None:
    assert TIME.validate_json(TIME.dump_json(instant)) == instant
    assert TIME.validate_python(rfc3339(instant)) == instant


@given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_rfc3339_form_is_read(moment: datetime) -> None:
    text = moment.isoformat()
    instant = TIME.validate_python(text)
    assert TIME.validate_python(text.lower()) == instant
    assert TIME.validate_python(text.replace("+00:00", "Z")) == instant
    assert rfc3339(instant).startswith(text[:19])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-03-01",
        "2026-03-01T09:30:00",
        "2026-03-01T09:30Z",
        "20260301T093000Z",
        "2026-02-30T09:30:00Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T09:30:00+24:00",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "0001-01-01T00:00:00Z",
        "2026-03-01T09:30:00Z\n",
        "٢٠٢٦-03-01T09:30:00Z",
        "2026-03-01T09:30:00Z" + "0" * 10_000,
    ],
)
def test_what_is_no_rfc3339_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)


@pytest.mark.parametrize("number", [1772357400000000, 1.5, True, None])
def test_a_number_in_json_is_no_time(number: object) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_json(json.dumps(number))


@pytest.mark.parametrize(
    "body",
    [
        '{"number": "1"}',
        '{"number": true}',
        '{"number": 1.5}',
        '{"number": -1}',
        '{"number": 9007199254740992}',
        '{"share": "0.5"}',
        '{"share": NaN}',
        '{"share": 1e999}',
        '{"switch": 1}',
        '{"switch": "true"}',
        '{"unknown": 1}',
        "[]",
    ],
)
def test_types_are_strict(body: str) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate_json(body)


@given(st.text(max_size=12))
def test_a_bounded_string_is_short_and_holds_no_nul(text: str) -> None:
    fits = 1 <= len(text) <= 10 and "\0" not in text
    if fits:
        assert SHORT.validate_python(text) == text
    else:
        with pytest.raises(ValidationError):
            SHORT.validate_python(text)
