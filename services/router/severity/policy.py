"""The severity policy: weights, floors and class bounds, as a tenant may set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from harken.domain.risk import RiskTopic

_FLOORS = MappingProxyType(
    {
        RiskTopic.INJURY: 85,
        RiskTopic.SELF_HARM: 95,
        RiskTopic.DATA_LEAK: 85,
        RiskTopic.REGULATOR: 80,
        RiskTopic.FIRE_SAFETY: 90,
        RiskTopic.DISCRIMINATION: 55,
        RiskTopic.FRAUD: 50,
        RiskTopic.LEGAL: 50,
        RiskTopic.PRESS: 50,
        RiskTopic.BOYCOTT: 50,
    }
)


@dataclass(frozen=True, slots=True)
class Weights:
    """Points that each factor gives at its fullest. Risk topics work by floors instead.

    The sum stays below the default bound of critical: tone, reach and repetition together make
    a mention high, never critical. Only a risk topic, or a person, does that.
    """

    polarity: float = 24.0
    anger: float = 10.0
    disgust: float = 4.0
    fear: float = 6.0
    urgency: float = 12.0
    offence: float = 4.0
    reach: float = 10.0
    public: float = 4.0
    repetition: float = 5.0


@dataclass(frozen=True, slots=True)
class SeverityPolicy:
    """``floors`` are least scores by risk topic. Bounds are the least score of each class.

    ``full_reach`` is the audience that counts as full reach (log scale below it);
    ``full_repetition`` the number of unanswered posts that counts as full repetition.
    """

    weights: Weights = field(default_factory=Weights)
    floors: Mapping[RiskTopic, int] = field(default_factory=lambda: _FLOORS)
    critical: int = 80
    high: int = 50
    normal: int = 20
    full_reach: int = 1_000_000
    full_repetition: int = 5
