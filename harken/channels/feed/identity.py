"""Which entry is which: ids for entries that have none, or share one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harken.channels.feed.cursor import digest
from harken.channels.feed.document import Entry

_LONGEST_ID = 400


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with the id that is its own within the feed. ``key`` is the id's digest, and
    ``content`` that of what its author can change.
    """

    id: str
    key: str
    content: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Identities:
    """``entries`` have ids of their own; ``reused`` are keys of guids that more than one has."""

    entries: tuple[Identified, ...]
    reused: frozenset[str]


def identify(
    entries: Sequence[Entry], known: Mapping[str, str], reused: frozenset[str]
) -> Identities:
    """The same entry gets the same id in every look.

    A guid that different entries share (a constant, the site's address) is told apart by link,
    date and author. The entry that was known under it before anybody could see that keeps it.
    """
    shared = reused | frozenset(_shared(entries))
    found: dict[str, Identified] = {}
    for entry in entries:
        name = _name(entry)
        content = content_digest(entry)
        key = digest(name)
        if key in shared and known.get(key) != content:
            name = f"{name}#{digest(*_marks(entry))}"
            key = digest(name)
        found.setdefault(key, Identified(name, key, content, entry))
    return Identities(tuple(found.values()), shared)


def content_digest(entry: Entry) -> str:
    return digest(entry.title, entry.body, *(media.url for media in entry.media))


def _shared(entries: Sequence[Entry]) -> Iterator[str]:
    marks: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        name = _name(entry)
        if marks.setdefault(name, _marks(entry)) != _marks(entry):
            yield digest(name)


def _name(entry: Entry) -> str:
    """Its guid, else its link, else what it says. An address is the same with http and https: a
    site's move must not bring all its entries again.
    """
    told = "".join(entry.guid.split()) or entry.link
    if not told:
        at = "" if entry.written is None else str(entry.written.at)
        return f"#{digest(entry.title, at, entry.body)}"
    for scheme in ("https://", "http://"):
        told = told.removeprefix(scheme)
    return told if len(told) <= _LONGEST_ID else f"{told[:_LONGEST_ID]}#{digest(told)}"


def _marks(entry: Entry) -> tuple[str, ...]:
    at = "" if entry.written is None else str(entry.written.at)
    return entry.link, at, entry.writer.name
