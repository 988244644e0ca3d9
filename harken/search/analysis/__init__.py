"""Text analysis for search: ours, so that every engine finds the same.

An engine stores two fields of a text: `Analysed.words`, in order for phrases, and
`Analysed.keys`. It looks for the `Term` s that `parse` makes of a query, and shows by
`highlights` where they are. `VERSION` changes with whatever changes an analysis: then an index
must be made anew.
"""

from harken.search.analysis.matching import highlights, matches
from harken.search.analysis.query import Parsed, Term, parse
from harken.search.analysis.text import Analysed, Mark, Span, analyse, warm_up
from harken.search.analysis.version import version

__all__ = [
    "Analysed",
    "Mark",
    "Parsed",
    "Span",
    "Term",
    "analyse",
    "highlights",
    "matches",
    "parse",
    "version",
    "warm_up",
]
