"""What a tracker sees of a mention: its text in words, and the facts that filters ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

Span: TypeAlias = tuple[int, int]
"""Places of the first word and of the one after the last."""


class Token(NamedTuple):
    """A word: as written, folded, and its stems, each tagged with its language."""

    written: str
    folded: str
    stems: frozenset[str]


ReadWord: TypeAlias = Callable[[str], Token]
"""Reads a query's word under every language that it could be in."""


class Lexis(Protocol):
    """What the parser must know about words."""

    def words(self, text: str) -> tuple[str, ...]:
        """The words of the text as written."""
        ...

    def mark(self, text: str) -> str:
        """The text as a hashtag or handle, folded; "" where it isn't one."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """``authors`` are the names that its author goes by, in lower case. ``language`` and
    ``network`` too. ``site`` is the host of the mention's address, ``addresses`` are that address
    and those of the text's links, without scheme and ``www.``, in lower case."""

    tokens: tuple[Token, ...]
    marks: tuple[tuple[str, Span], ...] = ()
    language: str = ""
    network: str = ""
    authors: frozenset[str] = frozenset()
    site: str = ""
    addresses: tuple[str, ...] = ()


_LONGEST_HOST = 253
"""Characters (RFC 1035)."""


def in_letters(address: str) -> str:
    """An address without scheme; its host as people write it (``żaba``, not ``xn--aba-g4a``)."""
    host = host_of(address)
    if "xn--" not in host or len(host) > _LONGEST_HOST:
        return address
    try:
        return host.encode("ascii").decode("idna") + address[len(host) :]
    except UnicodeError:
        return address


def host_of(address: str) -> str:
    """The host of an address without scheme."""
    for sign in "/?#:":
        address = address.partition(sign)[0]
    return address


def within(host: str, domain: str) -> bool:
    """Is the host that domain or a part of it?"""
    return host == domain or host.endswith(f".{domain}")
