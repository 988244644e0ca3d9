"""Which analysis made an index."""

from __future__ import annotations

import unicodedata
from importlib.metadata import version as installed

RULES = 1
"""Grows with every change of our own rules that gives a text other words or keys."""


def version() -> str:
    """Differs wherever the same text may be analysed otherwise."""
    libraries = (installed("pystemmer"), installed("simplemma"), unicodedata.unidata_version)
    return "/".join((str(RULES), *libraries))
