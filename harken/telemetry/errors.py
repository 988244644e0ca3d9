"""Exceptions in logs: their type and where they were raised, without what people wrote."""

from __future__ import annotations

import traceback
from pathlib import PurePath

_OURS = ("harken.", "services.", "cli.")
_WITHOUT_VALUES = (
    OSError,
    ImportError,
    AttributeError,
    NameError,
    TypeError,
    IndexError,
    MemoryError,
    RecursionError,
)
"""Built-in errors whose messages hold names and types, never the values at hand."""


def describe(error: BaseException) -> str:
    """``ValueError at place.py:31 in choose``, with the message only where it cannot quote data.

    Messages of our own exceptions are written for logs. Others, such as ``ValueError`` and
    ``KeyError``, often quote the value that they complain of.
    """
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__.startswith(_OURS) or isinstance(error, _WITHOUT_VALUES):
        name = f"{name}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return name
    last = frames[-1]
    return f"{name} at {PurePath(last.filename).name}:{last.lineno} in {last.name}"


def stack(error: BaseException) -> str:
    """The calls that led to it, outermost first, then its causes; no messages, no values."""
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(lines) < 200:
        lines.append(describe(seen))
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}: {frame.line}"
            for frame in traceback.extract_tb(seen.__traceback__)
        ]
        if isinstance(seen, BaseExceptionGroup):
            lines += [f"  within: {describe(part)}" for part in seen.exceptions]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines)


def last_line(error: BaseException) -> str:
    """The last line of its traceback, message and all. It may quote data: not for logs."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
