"""Tells how a file's bytes are written, or says that it cannot be told.

Between the single-byte code pages only the letters decide: a page fits where nearly all that lies
beyond ASCII are letters of one of its languages, or typographers' marks. In windows-1251 nearly
every byte is a letter, but no word mixes them with Latin ones.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

from cli.replay.problems import CannotTell

UTF_8 = "utf-8"
_MARKS = "„“”‚‘’‹›«»–—…•€£§©®™°±·×\u00a0\u00ad´¨"
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű")
_ALPHABETS = {
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё№", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя№"),
    "cp1252": ("äöüß", "àâæçéèêëîïôœùûü", "áéíñóúü¿¡", "àèéìòù", "ãáàâçéêíõóôú", "åäöæøé"),
    "cp1257": ("āčēģīķļņšūžōŗ", "ąčęėįšųūž", "äõöüšž"),
}
"""Of the languages of a page, each."""
_SEVERAL = "".join(_CENTRAL[:3])
"""For exports of a company in several countries: a little less likely than one language alone."""
_SEVERAL_COSTS = 0.05


def _with_capitals(letters: str) -> frozenset[str]:
    return frozenset(letters + letters.upper() + _MARKS)


_LETTERS = {page: [_with_capitals(one) for one in found] for page, found in _ALPHABETS.items()}
_CYRILLIC = "cp1251"
_MIXED = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff]|[\xc0-\xff](?=[A-Za-z])")
_IN_A_ROW = re.compile(rb"[\xc0-\xff]{4,}")
"""No Latin word has so many accented letters together."""
_FITS = 0.9
_AMONG = 20
_CLEARLY = 0.1
"""By so much the best page must fit better than any other that reads another text."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def detect_encoding(head: bytes, *, whole: bool) -> str:
    """Of a file that begins with ``head``; ``whole`` where that is all of it.

    Raises `CannotTell`.
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    wide = _without_mark(head)
    if wide:
        return wide
    if _is_utf_8(head, whole=whole):
        return UTF_8
    return _code_page(head)


def named_encoding(name: str) -> str:
    """The encoding that a person named. Raises `CannotTell` where there is none of that name."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except LookupError:
        raise CannotTell(f"there is no encoding {name!r}", "--encoding") from None
    # A byte-order mark is no part of the first heading, whoever named the encoding.
    return "utf-8-sig" if found.name == UTF_8 else found.name


def _without_mark(head: bytes) -> str:
    """UTF-16 has a zero in every other byte of what is ASCII; no text has zeros otherwise."""
    zeros = [head[start::2].count(0) for start in (0, 1)]
    half = len(head) // 2
    if zeros[1] > half * 0.2 and not zeros[0]:
        return "utf-16-le"
    if zeros[0] > half * 0.2 and not zeros[1]:
        return "utf-16-be"
    return ""


def _is_utf_8(head: bytes, *, whole: bool) -> bool:
    """Other encodings never look like it for long; a few stray bytes refuse their rows later."""
    text = codecs.getincrementaldecoder(UTF_8)("surrogateescape").decode(head, final=whole)
    strays = sum(1 for letter in text if "\udc80" <= letter <= "\udcff")
    return not strays or len(text.encode("ascii", "ignore")) < len(text) - strays * _AMONG


def _code_page(head: bytes) -> str:
    beyond = Counter(byte for byte in head if byte > 127)
    total = sum(beyond.values())
    fits = {page: _fit(beyond, page) for page in _LETTERS}
    in_a_row = sum(len(letters) for letters in _IN_A_ROW.findall(head)) / total
    for page in fits:
        fits[page] -= in_a_row if page != _CYRILLIC else len(_MIXED.findall(head)) / total
    if _shouts(beyond):
        fits[_CYRILLIC] = 0.0
    best = max(fits, key=lambda page: fits[page])
    same = _read(beyond, best)
    rival = max((fit for page, fit in fits.items() if _read(beyond, page) != same), default=0.0)
    if fits[best] < _FITS or fits[best] - rival < _CLEARLY:
        shares = ", ".join(f"{page} {max(fit, 0):.0%}" for page, fit in fits.items())
        raise CannotTell(
            f"the encoding cannot be told (it is no UTF; the letters fit {shares})", "--encoding"
        )
    return best


def _fit(beyond: Counter[int], page: str) -> float:
    """The share of what lies beyond ASCII that the best fitting language of the page explains."""
    total = sum(beyond.values())
    read = {byte: bytes([byte]).decode(page, "replace") for byte in beyond}

    def share(letters: frozenset[str]) -> float:
        return sum(count for byte, count in beyond.items() if read[byte] in letters) / total

    alone = max(share(letters) for letters in _LETTERS[page])
    several = _ALPHABETS[page] is _CENTRAL
    return max(alone, share(_with_capitals(_SEVERAL)) - _SEVERAL_COSTS) if several else alone


def _shouts(beyond: Counter[int]) -> bool:
    """More capitals than small letters: so other Cyrillic pages look when they are read as this."""
    read = {bytes([byte]).decode(_CYRILLIC, "replace"): count for byte, count in beyond.items()}
    capitals = sum(count for letter, count in read.items() if letter.isupper())
    return capitals > sum(count for letter, count in read.items() if letter.islower())


def _read(beyond: Counter[int], page: str) -> str:
    return bytes(sorted(beyond)).decode(page, "replace")
