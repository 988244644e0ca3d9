"""Saved replies: texts kept for reuse, one per language, with variables in double braces.

A variable is ``{{name}}``. Values are put in as they are, once: a value that looks like a variable
stays what it is, and nothing is escaped, since replies are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from harken.domain.ids import TenantId

GIVEN = ("agent_name", "customer_handle", "customer_name", "network")
"""Variables that Harken fills in by itself."""

_VARIABLE = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,39})\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class SavedReply:
    """``texts`` by language. ``fallback``: the languages to take, in order, where the wanted one
    is not there. ``asked``: variables whose values the writer gives.
    """

    tenant: TenantId
    id: str
    revision: int
    name: str
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fallback: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """``missing`` variables have no value yet: they stand in the text as they were written."""

    text: str
    language: str
    missing: tuple[str, ...] = ()


def problems(saved: SavedReply) -> tuple[str, ...]:
    """Why it cannot be kept, in sentences for people; nothing where it can."""
    found = [*_of_names(saved.asked)]
    for language, text in saved.texts.items():
        found += _of_text(language, text, {*GIVEN, *saved.asked})
    for language in saved.fallback:
        if language not in saved.texts:
            found.append(f"It falls back to '{language}', in which it has no text.")
    if not saved.texts:
        found.append("It needs a text in one language at least.")
    return tuple(found)


def _of_names(asked: tuple[str, ...]) -> Iterator[str]:
    for name in asked:
        if not _NAME.fullmatch(name):
            yield f"'{name}' cannot be a variable: small letters, digits and _ only."
        elif name in GIVEN:
            yield f"'{name}' is filled in by Harken: do not ask for it."


def _of_text(language: str, text: str, known: set[str]) -> Iterator[str]:
    if not _LANGUAGE.fullmatch(language):
        yield f"'{language}' is no language code, such as en or pt-BR."
    for name in sorted(variables(text) - known):
        yield f"The text in '{language}' has an unknown variable: {name}."
    if _BRACES.search(_VARIABLE.sub("", text)):
        yield f"The text in '{language}' has double braces that hold no variable."


def variables(text: str) -> frozenset[str]:
    return frozenset(_VARIABLE.findall(text))


def choose_language(saved: SavedReply, wanted: str) -> str:
    """The wanted language, its base (``pt`` for ``pt-BR``), the fallbacks, then the first there is.

    Raises ``ValueError`` for a saved reply without texts.
    """
    base = wanted.partition("-")[0]
    for language in (wanted, base, *saved.fallback, *sorted(saved.texts)):
        if language in saved.texts:
            return language
    raise ValueError("a saved reply without texts")


def render(saved: SavedReply, wanted: str, values: Mapping[str, str]) -> Rendered:
    """Empty values count as missing."""
    language = choose_language(saved, wanted)
    text = saved.texts[language]
    missing = tuple(sorted(name for name in variables(text) if not values.get(name)))
    filled = _VARIABLE.sub(lambda found: values.get(found[1]) or found[0], text)
    return Rendered(filled, language, missing)
