"""What a feed holds, whichever of its formats told it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harken.channels.feed.dates import Written
from harken.channels.port import Unreadable
from harken.channels.untrusted import as_bytes
from harken.domain.mention import Media


class NotAFeed(Exception):
    """``why`` is for people to read; ``offers`` are the addresses of feeds that the page names."""

    def __init__(self, why: str, offers: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why = why
        self.offers = offers


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote it, as told; each may be empty."""

    name: str = ""
    email: str = ""
    address: str = ""

    @property
    def known(self) -> bool:
        return bool(self.name or self.email or self.address)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; texts are plain. ``guid`` and ``link`` are as told and may be empty, repeated or
    wrong. ``parent`` is the id of what it answers, ``written`` None where no date can be read.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    body: str = ""
    writer: Writer = Writer()
    written: Written | None = None
    language: str = ""
    parent: str = ""
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """``pause`` is in seconds, 0 where the feed asks for none. ``whole`` is false where its end is
    missing; ``finished`` says that nothing more will come.
    """

    title: str = ""
    link: str = ""
    language: str = ""
    writer: Writer = Writer()
    pause: float = 0.0
    entries: tuple[Entry, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    whole: bool = True
    finished: bool = False


def sorted_out(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Unreadable, ...]]:
    """Those that say something; those of which only an id is told. Empty ones are nothing."""
    kept: list[Entry] = []
    silent: list[Unreadable] = []
    for entry in entries:
        if entry.title or entry.body or entry.link or entry.media:
            kept.append(entry)
        elif entry.guid:
            silent.append(Unreadable(as_bytes(entry.guid), "an entry without words or a link"))
    return tuple(kept), tuple(silent)
