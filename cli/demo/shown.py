"""What the display shows: one state, changed by events, drawn by pure functions."""

from __future__ import annotations

import statistics
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cli.demo.network import Status

LATEST = 14
SEVERITIES = ("critical", "high", "normal", "low")
CLOSED = ("resolved", "merged")


@dataclass(slots=True)
class AgentLine:
    name: str
    language: str
    crisis: bool = False
    held: int = 0
    answered: int = 0
    doing: str = ""


@dataclass(slots=True)
class CaseLine:
    revision: int
    state: str
    severity: str
    assignee: str


@dataclass(slots=True)
class Shown:
    """``tones`` are polarity and language by the network's own id of a post."""

    harken: str = ""
    network: str = ""
    key: str = ""
    elapsed: float = 0.0
    conversations: int = 0
    finished: int = 0
    heard: int = 0
    answered: int = 0
    accepted: int = 0
    resolved: int = 0
    posted: int = 0
    delivered: int = 0
    latest: deque[Status] = field(default_factory=lambda: deque(maxlen=LATEST))
    tones: dict[str, tuple[str, str]] = field(default_factory=dict)
    cases: dict[str, CaseLine] = field(default_factory=dict)
    agents: dict[str, AgentLine] = field(default_factory=dict)
    first_replies: list[float] = field(default_factory=list)
    _firsts: dict[str, Status] = field(default_factory=dict)
    _authors: dict[str, str] = field(default_factory=dict)

    @property
    def tagged(self) -> int:
        return len(self.tones)

    @property
    def median_first_reply(self) -> float | None:
        """Seconds from a customer's first post to the brand's first answer, on the network."""
        return statistics.median(self.first_replies) if self.first_replies else None

    def counted(self) -> Mapping[tuple[str, str], int]:
        """Cases by severity and state."""
        return Counter((case.severity, case.state) for case in self.cases.values())

    def see_post(self, status: Status) -> None:
        """Something new stands on the network."""
        self.latest.append(status)
        if not status.ours:
            self.posted += 1
            self._authors[status.id] = status.account
            self._firsts.setdefault(status.account, status)
            return
        self.delivered += 1
        author = self._authors.get(status.in_reply_to_id or "", "")
        first = self._firsts.get(author)
        if first is not None and first.id == status.in_reply_to_id:
            self.first_replies.append(_seconds(first, status))

    def see_event(self, event: Mapping[str, Any]) -> str:
        """An event of Harken's stream; the agent whom it concerns, or ""."""
        payload = event.get("payload") or {}
        if "mention" in payload:
            tagged = payload["mention"].get("tagged", {})
            mention, tone = tagged.get("mention", {}), tagged.get("tone")
            if tone is not None:
                polarity = _word(tone.get("polarity", ""), "POLARITY_")
                self.tones[mention.get("source_id", "")] = polarity, mention.get("language", "")
        elif "case" in payload:
            return self._see_case(payload["case"])
        elif "decision" in payload:
            return str(payload["decision"].get("agent", ""))
        return ""

    def _see_case(self, case: Mapping[str, Any]) -> str:
        known, revision = self.cases.get(case["id"]), int(case["revision"])
        if known is None or known.revision < revision:
            severity = case.get("severity", {}).get("severity_class", "")
            self.cases[case["id"]] = CaseLine(
                revision,
                _word(case.get("state", ""), "CASE_STATE_"),
                _word(severity, "SEVERITY_CLASS_"),
                case.get("assignee", ""),
            )
        return str(case.get("assignee", ""))


def _word(constant: str, prefix: str) -> str:
    return constant.removeprefix(prefix).lower()


def _seconds(earlier: Status, later: Status) -> float:
    begun, ended = (datetime.fromisoformat(each.created_at) for each in (earlier, later))
    return (ended - begun).total_seconds()
