"""What supervisors and crisis teams are told at once."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case
from harken.domain.facts import NoticeKind
from harken.domain.severity import Severity, SeverityClass
from services.router.domain.survey import lacks
from services.router.domain.turn import Turn


def tell_if_critical(turn: Turn, case: Case) -> None:
    """Once when a case becomes critical. ``case`` is as it will be stored. History pages nobody."""
    before = turn.state.cases.get(case.id)
    was = before is not None and not before.historical and _critical(before.severity)
    if _critical(case.severity) and not was and not case.historical:
        reasons = case.severity.reasons
        detail = reasons[0].factor if reasons else "severity"
        turn.notify(NoticeKind.CRITICAL_CASE, case, detail, case.revision)


def escalated(turn: Turn, case: Case) -> bool:
    """Supervisors are told once of a case in the line that waits for somebody who is not there.

    For critical work that is everybody; else somebody on duty with the required skills.
    """
    if case.escalated or case.historical or case.id not in turn.state.line:
        return case.escalated
    demand = turn.state.demand(case)
    on_duty = (agent for agent in turn.state.agents.values() if agent.on_duty)
    capable = any(lacks(agent, demand) is None for agent in on_duty)
    if not _critical(case.severity) and (capable or not demand.required):
        return False
    skills = ", ".join(f"{skill.name}:{skill.level}" for skill in demand.required)
    detail = f"nobody can take it now; it needs {skills or 'somebody at work'}"
    turn.notify(NoticeKind.NOBODY_AVAILABLE, case, detail, case.fence)
    turn.put(replace(case, escalated=True))
    return True


def _critical(severity: Severity) -> bool:
    return severity.severity_class is SeverityClass.CRITICAL
