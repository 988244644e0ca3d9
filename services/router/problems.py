"""Kinds of problem that only the router answers, with what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "closed": "The case is resolved or merged. Reopen it before working on it.",
        "command-failed": "A fault of ours; it was logged. Nothing was changed.",
        "no-agent": "The credential belongs to no agent, so nothing can be assigned to it. "
        "Use a key that was made for an agent.",
        "no-capacity": "The agent has as much work as their capacity allows. Finish or hand back "
        "something first.",
        "not-resolved": "Only a resolved case can be reopened.",
        "offer-over": "The offer was answered, withdrawn, or its time is up; the case may be with "
        "somebody else by now.",
        "offered": "The case is being offered to somebody for some seconds. Try again then.",
        "past": "The instant lies in the past.",
        "same-case": "A case cannot be merged into itself.",
        "skill-missing": "The case requires a skill that the agent has not, or not well enough.",
        "taken": "Somebody else has the case.",
        "too-many-tags": "A case has only so many tags.",
    }
)
