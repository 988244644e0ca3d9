"""The risk topics that the lexicons know."""

from __future__ import annotations

from enum import StrEnum


class RiskTopic(StrEnum):
    # By default these five are critical whatever the tone, the reach or the customer.
    INJURY = "injury"
    SELF_HARM = "self_harm"
    DATA_LEAK = "data_leak"
    REGULATOR = "regulator"
    FIRE_SAFETY = "fire_safety"
    # These raise the score and have a lower floor.
    LEGAL = "legal"
    FRAUD = "fraud"
    DISCRIMINATION = "discrimination"
    PRESS = "press"
    BOYCOTT = "boycott"
