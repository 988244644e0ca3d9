"""From bytes to text, whatever the server and the document say of their encoding.

UTF-8 is taken for UTF-8 whatever is declared, because other texts are not valid in it by chance.
Among the encodings of one byte per letter the declared one has the advantage, but the best is that
in which the letters beyond ASCII make sense in one language.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00?\x00", "utf-16-le"), (b"\x00<\x00?", "utf-16-be"))
_DECLARED = re.compile(r"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_META = re.compile(r"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

_SINGLE_BYTE = (
    "cp1251", "cp1250", "cp1257", "koi8-r", "iso8859-2", "cp1252", "iso8859-13", "iso8859-5",
    "iso8859-4",
)  # fmt: skip
_ONE_BYTE = ("cp125", "iso8859", "koi8", "mac", "cp866", "cp852", "cp775")
_MANY_BYTES = frozenset(
    {"gb2312", "gbk", "gb18030", "big5", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949"}
)
_LIKELY, _OTHERS = (
    tuple(frozenset(letters + letters.upper()) for letters in languages)
    for languages in (
        (
            "ąćęłńóśźż",
            "áčďéěíňóřšťúůýž",
            "áäčďéíĺľňóôŕšťúýž",
            "āčēģīķļņšūž",
            "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        ),
        (
            "ąčęėįšųūž",
            "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
            "äöüß",
            "àâæçéèêëîïôœùûüÿ",
            "áéíñóúü",
            "ãáàâçéêíóôõú",
            "åäöæø",
            "õäöüšž",
            "áéíóöőúüű",
        ),
    )
)
_UNLIKELY = 0.9
"""What a fit of other languages than Harken's own counts."""
_COMMON = frozenset("¿¡„“”‘’‚»«–—…•·°§€£©®™№×½\u00a0\u00ad")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAMPLE = 100_000
"""Letters that are looked at, from the first beyond ASCII."""
_ADVANTAGE = 0.1
"""Of the declared encoding, as a share of the letters looked at."""
_DAMAGED = 0.05
"""The share of a UTF-8 text's letters beyond ASCII that may be broken."""


def decode(body: bytes, content_type: str = "") -> str:
    """Never raises; what cannot be read becomes U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for beginning, name in _UNMARKED:
        if body.startswith(beginning):
            return body.decode(name, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        pass
    patched = body.decode("utf-8", "replace")
    if patched.count("\ufffd") <= len(_BEYOND.findall(patched)) * _DAMAGED:
        return patched
    return _best(body, list(_declared(body, content_type))) or patched


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Names of codecs, the document's own before the server's. Only those that write letters:
    Python's others (punycode, hex) are no answer, and some of them never end.
    """
    beginning = body[:2_000].decode("ascii", "replace")
    for pattern, text in ((_DECLARED, beginning), (_CHARSET, content_type), (_META, beginning)):
        found = pattern.search(text)
        try:
            name = codecs.lookup(found[1]).name if found else ""
        except (LookupError, ValueError):
            continue
        if name in _MANY_BYTES or name.startswith(_ONE_BYTE):
            yield name


def _best(body: bytes, declared: list[str]) -> str:
    """Empty where nothing can be read."""
    best, highest = "", float("-inf")
    for name in dict.fromkeys([*declared, *_SINGLE_BYTE]):
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        if name in _MANY_BYTES:
            return text
        sense = _sense(text) + (_ADVANTAGE if name in declared else 0.0)
        if sense > highest:
            best, highest = text, sense
    return best


def _sense(text: str) -> float:
    """At most 1: how well the letters beyond ASCII fit the one best language."""
    first = _BEYOND.search(text)
    start = max(first.start() - 20, 0) if first else len(text)
    sample = text[start : start + _SAMPLE]
    beyond: list[str] = _BEYOND.findall(sample)
    letters = [letter for letter in beyond if letter not in _COMMON]
    likely, others = (
        max(sum(letter in language for letter in letters) for language in languages)
        for languages in (_LIKELY, _OTHERS)
    )
    fitting = max(likely, _UNLIKELY * others)
    controls = sum("\x80" <= letter < "\xa0" for letter in letters)
    words = (word for word in _WORD.findall(sample) if not word.isascii())
    odd = 2 * sum(map(_is_odd, words)) + 3 * controls
    return (2 * fitting - len(letters) - odd) / max(len(letters), 1)


def _is_odd(word: str) -> bool:
    """Capitals within it, or letters of two scripts."""
    capitals = any(letter.isupper() for letter in word[1:]) and not word.isupper()
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in word)
    return capitals or 0 < cyrillic < len(word)
