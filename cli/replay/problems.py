"""Why a file cannot be replayed, and why a row of it is refused."""

from __future__ import annotations

from dataclasses import dataclass


class CannotReplay(Exception):
    """Nothing can be sent, or nothing more: said to a person in one line."""


class CannotTell(CannotReplay):
    """What a file means is not certain; ``option`` is how a person says it."""

    def __init__(self, what: str, option: str) -> None:
        super().__init__(f"{what}: say it with {option}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """``reason`` is one of few, so that rows can be counted by it; ``detail`` is of this row."""

    reason: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.reason}: {self.detail}" if self.detail else self.reason
