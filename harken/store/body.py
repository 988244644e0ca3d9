"""The ``body`` columns: frozen dataclasses as JSON.

Decoding is strict about types and tolerant about fields: unknown ones are skipped, absent ones
take their defaults, so that a dataclass may grow while old rows remain.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_encoder = msgspec.json.Encoder()


def encode(obj: object) -> str:
    """Compact JSON. Raises ``TypeError`` for what JSON cannot say.

    Numbers must be finite: JSON has none that are not, and null would come in their place.
    """
    return _encoder.encode(obj).decode()


def decode(text: str | bytes, kind: type[T]) -> T:
    """Raises ``msgspec.ValidationError`` where the text is not of this kind."""
    decoded: T = _decoder(kind).decode(text)  # type: ignore[arg-type] # types are hashable
    return decoded


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
