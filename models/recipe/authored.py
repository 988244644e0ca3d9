"""Care sentences written for this project, for what the labelled sets lack.

Russian, Polish and Slovak tweets were labelled positive or negative only, no set has neutral
customer questions in Polish, Czech, Russian or Latvian, and none teaches negation, sarcasm, emoji
against words, or thanks that go on as a complaint. The frames in ``sentences/<language>.txt`` are
filled with everyday words. They only train; nothing is measured on them, and the behavioural
suite's cases aren't among them.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("sentences")
PER_FRAME = {"negative": 20, "neutral": 36, "positive": 20}
_SLOT = re.compile(r"\{(\w+)\}")
_OPENINGS = ("", "@user ", "RT @user ")
_ENDINGS = ("", " http", " #info")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One filled frame and what it says."""

    text: str
    language: str
    polarity: str


def sentences(seed: int) -> Iterator[Sentence]:
    """At most ``PER_FRAME`` sentences of every frame, the same for the same seed."""
    for path in sorted(FOLDER.glob("*.txt")):
        words, frames = _read(path)
        for polarity, frame in frames:
            rng = random.Random(f"{seed}{path.stem}{frame}")
            every = sorted(_filled(frame, words))
            for text in rng.sample(every, min(PER_FRAME[polarity], len(every))):
                yield Sentence(text, path.stem, polarity)


def _read(path: Path) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The words by name, and (polarity, frame) of every frame."""
    words: dict[str, list[str]] = {}
    frames: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        polarity, bar, frame = line.partition(" | ")
        if line.startswith("#"):
            continue
        if bar:
            frames.append((polarity, frame))
        else:
            name, _, values = line.partition(" = ")
            words[name] = values.split("; ")
    return words, frames


def _filled(frame: str, words: dict[str, list[str]]) -> set[str]:
    """The frame with every choice of words; the same name twice takes the same word."""
    names = list(dict.fromkeys(_SLOT.findall(frame)))
    choices = itertools.product(*(words[name] for name in names))
    texts = {frame.format(**dict(zip(names, choice, strict=True))) for choice in choices}
    return {
        f"{opening}{text[0].upper()}{text[1:]}{ending}"
        for text, opening, ending in itertools.product(texts, _OPENINGS, _ENDINGS)
    }
