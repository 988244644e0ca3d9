"""How often the detector is right on held-out rows, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from models.languages.rows import Row
from services.ingest.language.detector import Detector
from services.ingest.language.letters import letters_of

LONG = 20


@dataclass(slots=True)
class Score:
    """Counts of texts, and of those with 20 letters or more. Neither right nor unknown: wrong."""

    texts: int = 0
    right: int = 0
    unknown: int = 0
    long: int = 0
    long_right: int = 0
    trained: bool = True

    def add(self, other: Score) -> None:
        for name in ("texts", "right", "unknown", "long", "long_right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def right_of_told(self) -> float:
        return self.right / max(self.texts - self.unknown, 1)


def measure(detector: Detector, rows: Iterable[Row]) -> tuple[dict[tuple[str, str], Score], float]:
    """Per language and set; and the CPU time per text, in seconds."""
    scores: dict[tuple[str, str], Score] = {}
    rows = list(rows)
    started = time.process_time()
    answers = [detector.detect(row.text) for row in rows]
    spent = time.process_time() - started
    for row, answer in zip(rows, answers, strict=True):
        score = scores.setdefault((row.language, row.set), Score(trained=row.trained))
        score.texts += 1
        score.right += answer.language == row.language
        score.unknown += not answer.language
        if letters_of(row.text).count >= LONG:
            score.long += 1
            score.long_right += answer.language == row.language
    return scores, spent / max(len(rows), 1)


def table(scores: dict[tuple[str, str], Score]) -> str:
    """In Markdown: one line per language, then one per language and set."""
    head = "| texts | right | unknown | right where told | right of 20 letters or more |"
    rule = "|---|---|---|---|---|---|"
    lines = [f"| language {head}", rule]
    for language in dict.fromkeys(language for language, _ in sorted(scores)):
        whole = Score()
        for (of, _), score in scores.items():
            if of == language:
                whole.add(score)
        lines.append(_line(language, whole))
    lines += ["", f"| set {head}", rule]
    for (language, name), score in sorted(scores.items()):
        note = "" if score.trained else " (never trained on)"
        lines.append(_line(f"{language} {name}{note}", score))
    return "\n".join(lines)


def _line(name: str, score: Score) -> str:
    shares = (
        score.right / score.texts,
        score.unknown / score.texts,
        score.right_of_told,
        score.long_right / max(score.long, 1),
    )
    return f"| {name} | {score.texts} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"
