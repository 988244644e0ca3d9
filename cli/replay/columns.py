"""Knows exports' columns by their names, in five languages."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

_CAMEL = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])")
_WORDS = re.compile(r"[^\W_]+")
_ZONES = frozenset({"utc", "gmt"})
_PLAIN = str.maketrans({"ł": "l"})


@cache
def known_names() -> Mapping[str, Mapping[str, int]]:
    """By field, each plain name with its rank: 0 is the best."""
    text = files("cli.replay").joinpath("columns.toml").read_text(encoding="utf-8")
    return {
        field: {plain(name): rank for rank, name in enumerate(names)}
        for field, names in tomllib.loads(text).items()
    }


def plain(name: str) -> str:
    """Without case, accents, punctuation and zone: ``createdAt`` is ``Created_at (UTC)``."""
    return " ".join(word for word in _words(name) if word not in _ZONES)


def says_utc(name: str) -> bool:
    return not _ZONES.isdisjoint(_words(name))


def _words(name: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name)).casefold().translate(_PLAIN)
    return _WORDS.findall("".join(one for one in apart if not unicodedata.combining(one)))


def candidates(names: Sequence[str], field: str) -> list[str]:
    """The columns that may fill the field, the best first."""
    ranks = known_names()[field]
    found = [name for name in names if plain(name) in ranks]
    return sorted(found, key=lambda name: ranks[plain(name)])


def recognised(names: Sequence[str]) -> int:
    """How many fields these names would fill: what a row of headings is known by."""
    return sum(1 for field in known_names() if candidates(names, field))
