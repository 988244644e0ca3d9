"""Short texts about brands that don't exist, queries, and what each query must find.

Written for this project in English, Polish, Czech, Russian and Latvian, with a few texts in
other languages. ``expected`` is what the analysis promises, its limits included (a softened
consonant parts *klient* from *klienci*).
"""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import msgspec

T = TypeVar("T")


class CorpusText(msgspec.Struct, frozen=True):
    id: str
    language: str
    text: str


class CorpusQuery(msgspec.Struct, frozen=True):
    """``about`` says what the query tries; ``expected`` are ids of texts, in no order."""

    about: str
    query: str
    language: str
    expected: tuple[str, ...]


def texts() -> list[CorpusText]:
    return _read("texts.jsonl", CorpusText)


def queries() -> list[CorpusQuery]:
    return _read("queries.jsonl", CorpusQuery)


def _read(name: str, type_: type[T]) -> list[T]:
    lines = files("harken.testing.corpus").joinpath(name).read_text("utf-8").splitlines()
    return [msgspec.json.decode(line, type=type_) for line in lines]
