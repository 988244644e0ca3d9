"""The behavioural suite: what customer care needs of a model, capability by capability.

After Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList" (ACL
2020). Cases are lines ``capability | expectation | text``, one file per language; an expectation is
a polarity, ``not`` a polarity, ``urgent``, ``calm``, or ``same`` as the text in a fourth field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harken.domain.tone import Polarity, Tone, ToneModel, ToneText

URGENT = 0.5
CALM = 0.3


@dataclass(frozen=True, slots=True)
class Case:
    """One expectation; ``like`` is the text whose polarity is to be matched, else empty."""

    language: str
    capability: str
    expectation: str
    text: str
    like: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    tone: Tone
    passed: bool


def read_cases(folder: Path) -> list[Case]:
    """The cases of every ``<language>.txt``; ValueError names a line that isn't one."""
    return [
        _case(path, number, line)
        for path in sorted(folder.glob("*.txt"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]


def run(model: ToneModel, cases: Sequence[Case]) -> list[Outcome]:
    """Tag all texts of ``cases`` and judge them."""
    tones = model.tag([ToneText(case.text, case.language) for case in cases])
    likes = model.tag([ToneText(case.like or case.text, case.language) for case in cases])
    return [
        Outcome(case, tone, _meets(case, tone, like))
        for case, tone, like in zip(cases, tones, likes, strict=True)
    ]


def pass_rates(outcomes: Sequence[Outcome]) -> Mapping[tuple[str, str], tuple[int, int]]:
    """(capability, language) → (passed, asked)."""
    rates: dict[tuple[str, str], tuple[int, int]] = {}
    for outcome in outcomes:
        key = (outcome.case.capability, outcome.case.language)
        passed, asked = rates.get(key, (0, 0))
        rates[key] = (passed + outcome.passed, asked + 1)
    return rates


def _case(path: Path, number: int, line: str) -> Case:
    fields = [field.strip() for field in line.split(" | ")]
    if not 3 <= len(fields) <= 4 or (fields[1] == "same") != (len(fields) == 4):
        raise ValueError(f"{path.name}:{number}: expected capability | expectation | text")
    capability, expectation, text = fields[:3]
    return Case(path.stem, capability, expectation, text, fields[3] if len(fields) == 4 else "")


def _meets(case: Case, tone: Tone, like: Tone) -> bool:
    match case.expectation.split():
        case ["same"]:
            return tone.polarity is like.polarity
        case ["urgent"]:
            return tone.urgency >= URGENT
        case ["calm"]:
            return tone.urgency < CALM
        case ["not", name]:
            return tone.polarity is not Polarity(name)
        case _:
            return tone.polarity is Polarity(case.expectation)
