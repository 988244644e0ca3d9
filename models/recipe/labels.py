"""From each set's own labels to the model's outputs; what a set doesn't say is left unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.recipe.sources import Reads, Source

POLARITIES = ("negative", "neutral", "positive")
EMOTIONS = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
REASONS = (
    "complaint",
    "account",
    "billing",
    "cancellation",
    "contact",
    "delivery",
    "fault",
    "order",
    "refund",
    "security",
)
FLAGS = (*EMOTIONS, "offence", "irony", *REASONS)
OUTPUTS = (*POLARITIES, *FLAGS)

_NEGATIVE = frozenset({"anger", "disgust", "fear", "sadness"})
_PARTIAL_EMOTIONS = {
    "emotion/en_brighter": ("anger", "fear", "joy", "sadness", "surprise"),
    "emotion/en_tweeteval_emotion": ("anger", "joy", "sadness"),
}
WEAK = 0.4
"""The weight of a polarity that was read off emotions."""


@dataclass(frozen=True, slots=True)
class Labels:
    """``flags`` holds only what is known; ``polarity_weight`` is below 1 where it is inferred."""

    polarity: str | None = None
    polarity_weight: float = 0.0
    flags: Mapping[str, bool] = field(default_factory=dict)


def labels_of(source: Source, row: Mapping[str, Any]) -> Labels:
    """What one row of ``source`` says."""
    match source.reads:
        case Reads.POLARITY:
            return Labels(row["label"], 1.0)
        case Reads.EMOTION:
            return _emotions(source, row)
        case Reads.OFFENCE:
            return Labels(flags={"offence": row["label"] in {"offensive", "harmful"}})
        case Reads.IRONY:
            return Labels(flags={"irony": row["label"] == "irony"})
        case Reads.COMPLAINT:
            complains = row["label"] == "complaint"
            return Labels("negative" if complains else None, WEAK, {"complaint": complains})
        case Reads.INTENT:
            return _intent(row)
        case _:
            return Labels()


def _emotions(source: Source, row: Mapping[str, Any]) -> Labels:
    shown = set(row["ekman"])
    if not shown:
        return Labels()
    known = _PARTIAL_EMOTIONS.get(source.path, EMOTIONS)
    flags = {name: name in shown for name in known}
    polarity = None
    if source.path != "emotion/pl_clarinemo":
        polarity = _polarity_of(shown - {"surprise"})
    return Labels(polarity, WEAK, flags)


def _polarity_of(shown: set[str]) -> str | None:
    if shown == {"joy"}:
        return "positive"
    if shown and shown <= _NEGATIVE:
        return "negative"
    return "neutral" if shown == {"neutral"} else None


def _intent(row: Mapping[str, Any]) -> Labels:
    name = f"_{str(row['label']).lower()}_"
    said = {
        reason
        for reason, phrases in _INTENTS.items()
        if any(f"_{phrase}_" in name for phrase in phrases)
    }
    return Labels(flags={reason: reason in said for reason in _INTENTS})


_INTENTS: Mapping[str, tuple[str, ...]] = {
    "account": (
        "account",
        "password",
        "passcode",
        "pin",
        "registration",
        "edit_personal",
        "verify",
    ),
    "billing": ("charge", "fee", "invoice", "bill", "payment_issue", "apr", "interest_rate"),
    "cancellation": ("cancel", "cancellation", "terminate", "delete_account"),
    "contact": ("customer_service", "human_agent"),
    "delivery": ("delivery", "arrival", "track_order", "order_status", "shipping", "lost_luggage"),
    "fault": ("not_working", "declined", "failed", "swallowed", "damaged", "blocked"),
    "order": ("place_order", "change_order", "order_checks", "order_physical", "track_order"),
    "refund": ("refund", "reverted"),
    "security": (
        "fraud",
        "compromised",
        "lost_or_stolen",
        "not_recognised",
        "report_lost",
        "freeze",
    ),
}
