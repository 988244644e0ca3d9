"""What an agent says in which situation: a small set of saved replies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib.resources import files
from typing import Any


class Situation(StrEnum):
    SAFETY = "safety"
    PRIVACY = "privacy"
    SORRY = "sorry"
    DETAILS = "details"
    ANSWER = "answer"
    GLAD = "glad"


Phrases = Mapping[Situation, Mapping[str, str]]
"""Texts by situation and language."""


def load() -> Phrases:
    text = (files("cli.demo") / "phrases.toml").read_text(encoding="utf-8")
    return {Situation(name): texts for name, texts in tomllib.loads(text).items()}


def situation(case: Mapping[str, Any]) -> Situation:
    """Judged by what the API shows of a case."""
    mention = last_word(case["timeline"])
    polarity = mention["tone"]["polarity"] if mention and mention["tone"] else "neutral"
    answered = any(entry["type"] == "reply" for entry in case["timeline"])
    if case["severity"]["severity_class"] == "critical":
        return Situation.PRIVACY if "data_leak" in case["risk_topics"] else Situation.SAFETY
    if polarity == "positive":
        return Situation.GLAD
    if answered:
        return Situation.DETAILS
    return Situation.SORRY if polarity == "negative" else Situation.ANSWER


def last_word(timeline: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The customer's latest mention that still stands."""
    theirs = (
        entry
        for entry in reversed(timeline)
        if entry["type"] == "mention" and not entry["ours"] and not entry["taken_back"]
    )
    return next(theirs, None)


def wants_answer(timeline: Sequence[Mapping[str, Any]]) -> str:
    """The id of the customer's latest mention where nothing was said to it yet, else ""."""
    mention = last_word(timeline)
    if mention is None:
        return ""
    void = {"refused", "cancelled", "withdrawn"}
    said = (
        entry["parent"]
        for entry in timeline
        if entry["type"] == "reply" and entry["state"] not in void
    )
    return "" if mention["id"] in said else str(mention["id"])
