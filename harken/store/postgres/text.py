"""Texts with U+0000, which PostgreSQL's own text cannot hold: kept with an escape character.

Parameters and rows pass here alike, so that comparisons still hold.
"""

from __future__ import annotations

from psycopg import AsyncConnection
from psycopg.abc import AdaptContext, Buffer
from psycopg.rows import TupleRow
from psycopg.types.string import StrDumperUnknown, TextLoader

_ESCAPE = "\x1a"
_ESCAPED = str.maketrans({"\x00": f"{_ESCAPE}0", _ESCAPE: f"{_ESCAPE}1"})


class _Dumper(StrDumperUnknown):
    def dump(self, obj: str) -> Buffer | None:
        plain = "\x00" not in obj and _ESCAPE not in obj
        return super().dump(obj if plain else obj.translate(_ESCAPED))


class _Loader(TextLoader):
    def load(self, data: Buffer) -> bytes | str:
        text = super().load(data)
        if isinstance(text, str) and _ESCAPE in text:
            return text.replace(f"{_ESCAPE}0", "\x00").replace(f"{_ESCAPE}1", _ESCAPE)
        return text


async def keep_every_text(connection: AsyncConnection[TupleRow]) -> None:
    """For a pool's ``configure``."""
    context: AdaptContext = connection
    assert context.adapters is not None  # noqa: S101 - a connection has its own
    context.adapters.register_dumper(str, _Dumper)
    for name in ("text", "varchar"):
        context.adapters.register_loader(name, _Loader)
