"""Does a text ask something? Then the clocks that may pause wait for the answer."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# Latin, inverted, Greek, Arabic, Armenian, Ethiopic, full and small forms, and the two ligatures.
_MARK = re.compile("[?¿\u037e؟՞፧？﹖⁇⁈⁉‽]")


def asks(text: str) -> bool:
    """By its question marks, those of addresses aside: no language is asked for."""
    return _MARK.search(_ADDRESS.sub(" ", text)) is not None
