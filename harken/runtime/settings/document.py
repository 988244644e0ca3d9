"""``docs/settings.md``, from the settings themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from harken.runtime.settings import CONCERNS, PREFIX


def _default(field: FieldInfo) -> str:
    match field.get_default():
        case None | "" | ():
            return ""
        case bool(switch):
            return f"`{str(switch).lower()}`"
        case float(number) if number.is_integer():
            return f"`{int(number)}`"
        case other:
            return f"`{other}`"


def _kind(field: FieldInfo) -> str:
    if get_origin(field.annotation) is Literal:
        return ", ".join(f"`{word}`" for word in get_args(field.annotation))
    if get_origin(field.annotation) is tuple:
        return "JSON array"
    kinds = {str: "text", bool: "true or false", int: "whole number", float: "number"}
    return next((word for kind, word in kinds.items() if kind is field.annotation), "path")


def _lines() -> Iterator[str]:
    yield "# Settings"
    yield ""
    yield (
        "Generated from `harken/runtime/settings/`. Each is read from the environment, then "
        "from a `.env` file in the working folder, then takes its default."
    )
    for concern in CONCERNS:
        yield ""
        yield f"## {concern.__doc__}"
        yield ""
        yield "| Variable | Value | Default | Meaning |"
        yield "|---|---|---|---|"
        for name, field in concern.model_fields.items():
            variable = f"`{PREFIX}{name.upper()}`"
            yield f"| {variable} | {_kind(field)} | {_default(field)} | {field.description} |"


def table() -> str:
    """The document, in Markdown."""
    return "\n".join(_lines()) + "\n"
