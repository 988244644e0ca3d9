"""What the API's models are made of.

    class NewNote(ApiModel):
        \"\"\"A note to a case.\"\"\"

        model_config = examples({"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"})

        text: Annotated[str, bounded(10_000)]
        written_at: Time

Types are strict: ``"1"`` is no number and ``1`` no boolean. Unknown fields are refused.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic.types import StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from harken.domain.time import LATEST, Instant, parse_rfc3339, rfc3339

NULL = "\0null"
"""Stands for null in examples until the OpenAPI document is made: FastAPI drops nulls from it."""

NO_NUL = r"^[^\x00]*$"

RFC3339 = (
    r"^(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_TIME = re.compile(RFC3339)


class ApiModel(BaseModel):
    """Base of every request and response of the API. Field names are ``snake_case``."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        ser_json_inf_nan="null",
        validate_default=False,
    )


def examples(*values: dict[str, Any]) -> ConfigDict:
    """For ``model_config``: what the OpenAPI document shows; each must be valid."""
    return ConfigDict(json_schema_extra={"examples": [_marked(value) for value in values]})


def bounded(most: int, least: int = 1) -> StringConstraints:
    """``Annotated[str, bounded(200)]``: that many code points, and no NUL, which no store keeps."""
    return StringConstraints(strict=True, min_length=least, max_length=most, pattern=NO_NUL)


class _Rfc3339:
    """What pydantic and OpenAPI need to know of `Time`."""

    def __get_pydantic_core_schema__(self, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.no_info_after_validator_function(
            _parse, core_schema.str_schema(strict=True, max_length=64)
        )
        instant = core_schema.int_schema(strict=True, ge=0, le=LATEST)
        return core_schema.json_or_python_schema(
            json_schema=text,
            # Query parameters come as strings, our own answers as instants.
            python_schema=core_schema.union_schema([instant, text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                rfc3339, return_schema=core_schema.str_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "format": "date-time",
            "pattern": RFC3339,
            "examples": ["2026-03-01T09:30:00Z"],
        }


Time = Annotated[Instant, _Rfc3339()]
"""An `Instant` inside; an RFC 3339 time with a zone, of the years 1970 to 9999, outside."""

Id = Annotated[str, bounded(200)]
"""An id as callers send it, in a path, a query or a body."""

Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A whole number that every JSON reader and every store keeps exactly."""


def _parse(text: str) -> Instant:
    if _TIME.fullmatch(text) is None:
        raise PydanticCustomError(
            "rfc3339", "Send an RFC 3339 time with a zone, such as 2026-03-01T09:30:00Z"
        )
    try:
        return _within(parse_rfc3339(text.upper()))
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("rfc3339", "There is no such time") from error


def _within(instant: Instant) -> Instant:
    if not 0 <= instant <= LATEST:
        raise ValueError("outside the years 1970 to 9999")
    return instant


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _marked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_marked(part) for part in value]
    return NULL if value is None else value
