"""What is wrong with a query, and where."""

from __future__ import annotations


class QueryError(ValueError):
    """``problem`` is for the person who wrote the query.

    ``position`` and ``length`` say which characters of it are meant; 0 <= position and
    position + length <= the length of the query. ``tracker`` is its id where several are read.
    """

    def __init__(self, problem: str, position: int, length: int, tracker: str = "") -> None:
        super().__init__(f"{problem} (at character {position + 1})")
        self.problem = problem
        self.position = position
        self.length = length
        self.tracker = tracker
