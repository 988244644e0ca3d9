"""The cluster's objects that one index is made of: their names, mappings and templates.

A *generation* is one set of monthly indices, ``{prefix}-g{generation}-{month}``. Its template maps
them, and puts those of the generation that is read behind the alias that is searched. Mappings are
strict and come from the declared fields. ``words`` are analysed already and parted by spaces. What
was removed stays as a tombstone, a document of the same id and version without content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from harken.domain.time import Instant
from harken.search.fields import Fields, FieldType

_TYPES = {
    FieldType.KEYWORD: "keyword",
    FieldType.KEYWORDS: "keyword",
    FieldType.WHOLE: "long",
    FieldType.NUMBER: "double",
    FieldType.FLAG: "boolean",
}
_KEPT_ONLY = {"type": "text", "index": False, "norms": False}
_FIRST_YEAR, _END_YEAR = 2000, 2100
UNSEEN = "unseen"
"""In place of a month, for what was removed before it came."""


def _microseconds(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


_FIRST, _END = _microseconds(_FIRST_YEAR), _microseconds(_END_YEAR)


def month(at: Instant) -> str:
    """``2026.11``; all that lies before 2000 or after 2099 has one index each."""
    if at < _FIRST:
        return "earlier"
    if at >= _END:
        return "later"
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y.%m")


@dataclass(frozen=True, slots=True)
class Names:
    prefix: str

    @property
    def state(self) -> str:
        return f"{self.prefix}-state"

    @property
    def alias(self) -> str:
        """What is searched."""
        return f"{self.prefix}-documents"

    @property
    def written(self) -> str:
        """The alias of all generations: a search that meets a swap has refreshed both."""
        return f"{self.prefix}-written"

    @property
    def any_index(self) -> str:
        return f"{self.prefix}-g*-*"

    @property
    def any_template(self) -> str:
        return f"{self.prefix}-g*"

    def owns(self, name: str) -> bool:
        """Wildcards reach those of a longer prefix, too."""
        return re.match(r"-g\d+(-|$)", name.removeprefix(self.prefix)) is not None

    def template(self, generation: int) -> str:
        return f"{self.prefix}-g{generation}"

    def pattern(self, generation: int) -> str:
        return f"{self.prefix}-g{generation}-*"

    def index(self, generation: int, month: str) -> str:
        return f"{self.prefix}-g{generation}-{month}"

    def generation(self, index: str) -> int:
        return int(index.removeprefix(f"{self.prefix}-g").partition("-")[0])

    def month(self, index: str) -> str:
        return index.removeprefix(f"{self.prefix}-g").partition("-")[2]


def mappings(fields: Fields) -> dict[str, Any]:
    own = {name: {"type": _TYPES[type_]} for name, type_ in fields.items()}
    return {
        "dynamic": "strict",
        "properties": {
            "tenant": {"type": "keyword"},
            "kind": {"type": "keyword"},
            "id": {"type": "keyword"},
            "at": {"type": "long"},
            "removed": {"type": "boolean"},
            "language": _KEPT_ONLY,
            "text": _KEPT_ONLY,
            "words": {"type": "text", "analyzer": "whitespace", "norms": False},
            "keys": {"type": "keyword", "doc_values": False},
            "fields": {"dynamic": "strict", "properties": own},
        },
    }


def template(fields: Fields, replicas: int, aliases: Iterable[str]) -> dict[str, Any]:
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": replicas},
        "mappings": mappings(fields),
        "aliases": {alias: {} for alias in aliases},
    }


STATE_MAPPINGS = {
    "dynamic": "strict",
    "properties": {"shared": {"type": "object", "enabled": False}, "month": _KEPT_ONLY},
}
