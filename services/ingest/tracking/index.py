"""Which of many trackers match a mention."""

from __future__ import annotations

from collections.abc import Mapping

from harken.domain.mention import Mention
from services.ingest.domain.tracking import Expression, QueryError, matches, parse
from services.ingest.tracking.hearing import hear
from services.ingest.tracking.words import Lexicon, read

_LEXICON = Lexicon()


def check_query(query: str) -> None:
    """Raises `QueryError`."""
    parse(query, _LEXICON)


class TrackerIndex:
    """Of queries by tracker id. Raises `QueryError` with the tracker's id."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        self._expressions = {tracker: _parse(tracker, query) for tracker, query in queries.items()}

    def match(self, mention: Mention) -> tuple[str, ...]:
        """The ids of the trackers that match, sorted."""
        heard = hear(mention)
        return tuple(
            sorted(
                tracker
                for tracker, expression in self._expressions.items()
                if matches(expression, heard, read)
            )
        )


def _parse(tracker: str, query: str) -> Expression:
    try:
        return parse(query, _LEXICON)
    except QueryError as error:
        raise QueryError(error.problem, error.position, error.length, tracker) from error
