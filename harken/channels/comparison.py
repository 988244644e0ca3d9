"""Is this post, read back from a network, the text that we froze?"""

from __future__ import annotations

import unicodedata

import regex

_LEADING_HANDLES = regex.compile(r"\A(?:@[\w.-]+(?:@[\w.:-]+)?\s+)+")
_HANDLE_HOST = regex.compile(r"(?<![\w/])(@[\w.-]*\w)@[\w.:-]*\w")
_SPACES = regex.compile(r"\s+")


def same_text(frozen: str, posted: str) -> bool:
    """Equal but for what networks do to a post: they lead it with handles, shorten the handles
    to their local part, set white space anew and normalise characters.
    """
    return _essence(frozen) == _essence(posted)


def _essence(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).strip()
    bare = _LEADING_HANDLES.sub("", normal)
    return _SPACES.sub(" ", _HANDLE_HOST.sub(r"\1", bare)).strip()
