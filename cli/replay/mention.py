"""One row as a mention of the API, or why it cannot be one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.replay.dates import Dates, UnreadableDate
from cli.replay.lines import is_text
from cli.replay.mapping import FIELDS, MentionMap, NoText
from cli.replay.problems import Refusal
from cli.replay.rows import NOT_TEXT, Row
from harken.domain.ids import derive
from harken.domain.time import BEGINNING, LATEST, Instant

NO_TEXT = "the text is missing"
NO_AUTHOR = "the author is missing"
NO_TIME = "the time is missing"
BAD_TIME = "the time cannot be read"
NO_NETWORK = "the network is missing or cannot be written in a-z (see --set network=)"
NUL = "a NUL character"
TOO_LONG = "the text is too long"
ROUNDED = "the id was rounded by a spreadsheet (leave ids out with --map id=)"

LONGEST_TEXT = 100_000
"""Characters; what the API takes."""
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d\d")
_GROUPS = re.compile(r"\d{1,3}(?:[., \u00a0\u202f']\d{3})+")
_TRUE = frozenset({"true", "yes", "1", "y", "tak", "ano", "да", "jā"})
_NETWORKS = {
    "x": "twitter",
    "x-twitter": "twitter",
    "twitter-x": "twitter",
    "форум": "forum",
    "форумы": "forum",
    "forums": "forum",
    "fora": "forum",
    "блог": "blog",
    "блоги": "blog",
    "blogs": "blog",
    "blogi": "blog",
    "новости": "news",
    "вконтакте": "vk",
    "одноклассники": "ok",
    "отзывы": "reviews",
    "фейсбук": "facebook",
    "ютуб": "youtube",
    "телеграм": "telegram",
}
_LANGUAGES = {
    "english": "en", "angielski": "en", "angličtina": "en", "английский": "en", "angļu": "en",
    "polish": "pl", "polski": "pl", "polština": "pl", "польский": "pl", "poļu": "pl",
    "czech": "cs", "czeski": "cs", "čeština": "cs", "чешский": "cs", "čehu": "cs",
    "russian": "ru", "rosyjski": "ru", "ruština": "ru", "русский": "ru", "krievu": "ru",
    "latvian": "lv", "łotewski": "lv", "lotyština": "lv", "латышский": "lv", "latviešu": "lv",
    "slovak": "sk", "german": "de", "french": "fr", "spanish": "es", "ukrainian": "uk",
    "lithuanian": "lt", "estonian": "et",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prepared:
    """``body`` as the API takes it, but for its time: ``at``, as the file has it."""

    row: Row
    at: Instant
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows become mentions. ``own`` are the brand's own handles, as `folded` gives them."""

    columns: MentionMap
    dates: Dates
    own: frozenset[str] = frozenset()
    connection: str = ""
    scope: str = ""

    def mention(self, row: Row) -> Prepared | Refusal:
        try:
            said = {name: self.columns.read(row.values, name) for name in FIELDS}
        except NoText as error:
            return error.refusal
        network = "" if self.connection else network_of(said["network"])
        flaw = _flaw(said, network or self.connection)
        if flaw is not None:
            return flaw
        try:
            at = self.dates.read(said["time"])
        except UnreadableDate as error:
            return Refusal(BAD_TIME, f"{said['time'][:60]!r}: {error}")
        if not BEGINNING <= at <= LATEST:
            return Refusal(BAD_TIME, f"{said['time'][:60]!r} is not of the years 1970 to 9999")
        return Prepared(row, at, self._body(said, network, at))

    def _body(self, said: Mapping[str, str], network: str, at: Instant) -> dict[str, Any]:
        text = said["text"].replace("\r\n", "\n").replace("\r", "\n")
        place = network or self.connection
        given: dict[str, Any] = {
            "network": network,
            "connection": self.connection,
            "scope": self.scope,
            "source_id": _bare(said["id"]) or derive("replayed", place, said["author"], at, text),
            "author": _given(_author(said)),
            "text": text,
            "kind": "_".join(said["kind"].lower().split()),
            "visibility": said["visibility"].lower(),
            "thread_root": said["thread"],
            "parent": said["parent"],
            "language": language_of(said["language"]),
            "url": said["url"],
            "reach": _count(said["reach"]),
            "revision": _count(said["revision"]),
        }
        body = _given(given)
        if said["direct"]:
            body["direct"] = _is_true(said["direct"])
        if not self.own.isdisjoint(folded(said[name]) for name in ("author", "handle")):
            body["own"] = True
        return body


def _bare(id_: str) -> str:
    """Without the apostrophe by which spreadsheets keep a number as it is."""
    return id_[1:] if id_.startswith("'") and id_[1:].isdecimal() else id_


def folded(handle: str) -> str:
    return handle.strip().removeprefix("@").casefold()


def network_of(written: str) -> str:
    """As the API writes networks; "" where it cannot be written so."""
    words = "-".join(re.findall(r"\w+", written.casefold()))
    known = _NETWORKS.get(words, words)
    apart = unicodedata.normalize("NFKD", known).translate({ord("ł"): "l"})
    slug = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return slug if _SLUG.fullmatch(slug) else ""


def language_of(written: str) -> str:
    """A code of two or three letters; "" where it is none, and Harken finds out itself."""
    word = written.strip().casefold()
    code = _LANGUAGES.get(word) or re.split("[-_]", word)[0]
    return code if re.fullmatch("[a-z]{2,3}", code) and code != "und" else ""


def _flaw(said: Mapping[str, str], place: str) -> Refusal | None:
    for name, value in said.items():
        if not is_text(value):
            return Refusal(NOT_TEXT, name)
        if "\0" in value:
            return Refusal(NUL, name)
    missing = {NO_TEXT: said["text"], NO_AUTHOR: said["author"], NO_TIME: said["time"]}
    for reason, value in missing.items():
        if not value:
            return Refusal(reason)
    if not place:
        return Refusal(NO_NETWORK, said["network"][:60])
    if len(said["text"]) > LONGEST_TEXT:
        return Refusal(TOO_LONG, f"{len(said['text'])} characters, {LONGEST_TEXT} may be")
    return Refusal(ROUNDED, said["id"]) if _EXPONENT.fullmatch(said["id"]) else None


def _author(said: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": said["author"].removeprefix("@"),
        "handle": said["handle"].removeprefix("@"),
        "name": said["name"],
        "followers": _count(said["followers"]),
        "verified": _is_true(said["verified"]),
    }


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is not known: the API has its own defaults."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and value is not False and value != ""
    }


def _is_true(written: str) -> bool:
    return written.casefold() in _TRUE


def _count(written: str) -> int | None:
    """``12 345``, ``12,345`` and ``12345.0`` are one number; None where it is none."""
    digits = re.sub(r"\D", "", written) if _GROUPS.fullmatch(written) else written
    if digits.isdecimal():
        return int(digits)
    try:
        return int(float(digits)) if digits else None
    except (ValueError, OverflowError):
        return None
