"""The one spelling that the tone model reads, in training and in serving alike.

Handles and addresses become constants, emoji stand alone, runs of capitals and stretched letters
leave a mark before everything is lower-cased, so that loudness survives as a feature.
"""

from __future__ import annotations

import html
import re
import unicodedata

LOUD = "⇧"
"""Stands before a run of words in capitals."""
STRETCHED = "↔"
"""Stands after a word whose letters were repeated ("sooo" reads "soo ↔")."""
HANDLE = "@user"
LINK = "http"
MAIL = "e-mail"

LONGEST_ACRONYM = 3

MAX_CHARS = 1_200
"""A longer text is read by its first and last parts: complaints end on the point."""
HEAD_CHARS = 800

_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_JOINER = re.compile("[\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u00ad\u200b]")
_MAIL = re.compile(r"(?<![@\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+|__email__")
_LINK = re.compile(r"(?:https?:\s?//|www\.)\S*|\bhttps?\b:?|\{link\}", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@])@[\w]+(?:@[\w-]+(?:\.[\w-]+)+)?")
_HANDLES = re.compile(rf"{HANDLE}(?:[\s,]+{HANDLE})+")
_EMOJI = re.compile("([\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff])")
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[^\W\d_A-ZА-Я])(?=[A-ZА-Я])")
_STRETCH = re.compile(r"([^\W\d_])\1{2,}(\w*)")
_RUN = re.compile(r"([^\w\s])\1{3,}")
_EMOJI_RUN = re.compile(r"(\S)(?: +\1){3,}(?=\s|$)")
_LETTERS = re.compile(r"[^\W\d_]+")


def well_formed(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shorten(text: str) -> str:
    """At most ``MAX_CHARS`` characters: the head and the tail of a longer text."""
    if len(text) <= MAX_CHARS:
        return text
    return f"{text[:HEAD_CHARS]} {text[HEAD_CHARS - MAX_CHARS :]}"


def normalise(text: str) -> str:
    """One line of lower-case text; empty where nothing readable is left. Never raises."""
    text = unicodedata.normalize("NFC", well_formed(html.unescape(well_formed(shorten(text)))))
    text = _CONTROL.sub(" ", _JOINER.sub("", text))
    text = _LINK.sub(f" {LINK} ", _MAIL.sub(f" {MAIL} ", text))
    text = _HANDLES.sub(HANDLE, _HANDLE.sub(HANDLE, text))
    text = _HASHTAG.sub(_split_hashtag, text)
    text = _RUN.sub(r"\1\1\1", _EMOJI.sub(r" \1 ", text))
    text = _EMOJI_RUN.sub(r"\1 \1 \1", text)
    text = _STRETCH.sub(rf"\1\1\2 {STRETCHED} ", text)
    return " ".join(_mark_loud(text.split()))


def masked(text: str) -> str:
    """The text as it was typed, but with handles and addresses masked: for foreign checkpoints."""
    text = _CONTROL.sub(" ", well_formed(html.unescape(well_formed(shorten(text)))))
    text = _LINK.sub(f" {LINK} ", _MAIL.sub(f" {MAIL} ", text))
    return " ".join(_HANDLE.sub(HANDLE, text).split())


def folded(text: str) -> str:
    """The text without diacritics, as many people type it."""
    decomposed = unicodedata.normalize("NFD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def _split_hashtag(match: re.Match[str]) -> str:
    return "#" + _HUMP.sub(" ", match.group(1))


def _mark_loud(words: list[str]) -> list[str]:
    """Words in lower case, each run of capitals after its mark; an acronym alone is no run."""
    marked: list[str] = []
    run: list[str] = []
    letters = 0
    for word in [*words, ""]:
        spelled = "".join(_LETTERS.findall(word))
        loud = len(spelled) > 1 and spelled.isupper()
        if loud or (run and word and not spelled):
            run.append(word.lower())
            letters += len(spelled)
            continue
        marked += [LOUD, *run] if letters > LONGEST_ACRONYM else run
        run, letters = [], 0
        if word:
            marked.append(word.lower())
    return marked
