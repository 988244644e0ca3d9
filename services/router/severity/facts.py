"""What severity is judged by: facts about a mention, without its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harken.domain.mention import Visibility
from harken.domain.risk import RiskFound
from harken.domain.tone import Emotion, Polarity


@dataclass(frozen=True, slots=True)
class SeverityFacts:
    """``polarity`` is None where there is no tone (retractions). Probabilities lie in [0, 1].

    ``posts_without_answer`` counts how often this author had to write since our last answer.
    """

    polarity: Polarity | None
    negative: float
    certainty: float
    emotions: Mapping[Emotion, float] = field(default_factory=dict)
    urgency: float = 0.0
    offence: float = 0.0
    risks: tuple[RiskFound, ...] = ()
    reach: int = -1
    followers: int = -1
    verified: bool = False
    visibility: Visibility = Visibility.PUBLIC
    posts_without_answer: int = 1
