"""The script: who writes what, in which language, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files

import msgspec

LANGUAGES = ("en", "pl", "cs", "ru", "lv")
CALM_SECONDS = 60.0
"""Over which ordinary conversations begin."""
WAVE_AT, WAVE_SECONDS = 25.0, 12.0
"""When the crisis breaks, and how long it takes until everybody has written."""


class Conversation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One customer's issue: the first post, and what follows after each answer."""

    author: str
    posts: tuple[str, ...]
    kind: str = "post"
    private: bool = False
    followers: int = 0
    wave: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation in its language; ``starts`` is in seconds from the demo's start."""

    language: str
    starts: float
    conversation: Conversation


def load(languages: Iterable[str] = LANGUAGES) -> dict[str, Sequence[Conversation]]:
    folder = files("cli.demo") / "stream"
    decoder = msgspec.json.Decoder(Conversation)
    return {
        language: decoder.decode_lines((folder / f"{language}.jsonl").read_bytes())
        for language in languages
    }


def schedule(script: dict[str, Sequence[Conversation]]) -> list[Scene]:
    """Calm conversations evenly over time, languages taking turns; the wave all at once."""
    scenes: list[Scene] = []
    for wave, first, length in ((False, 0.0, CALM_SECONDS), (True, WAVE_AT, WAVE_SECONDS)):
        turns = [
            [(language, each) for each in conversations if each.wave is wave]
            for language, conversations in script.items()
        ]
        mixed = [turn[n] for n in range(max(map(len, turns))) for turn in turns if n < len(turn)]
        scenes += [
            Scene(language, first + length * n / len(mixed), conversation)
            for n, (language, conversation) in enumerate(mixed)
        ]
    return sorted(scenes, key=lambda scene: scene.starts)
