"""Trackers: the query language and what it means. Pure; words are read by what is handed in."""

from services.ingest.domain.tracking.evaluation import matches
from services.ingest.domain.tracking.expression import Expression
from services.ingest.domain.tracking.heard import Heard, Lexis, ReadWord, Token
from services.ingest.domain.tracking.parser import parse
from services.ingest.domain.tracking.printing import print_query
from services.ingest.domain.tracking.problem import QueryError

__all__ = [
    "Expression",
    "Heard",
    "Lexis",
    "QueryError",
    "ReadWord",
    "Token",
    "matches",
    "parse",
    "print_query",
]
