"""How severe a case is, and where it therefore goes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from harken.domain.case import Case, ClockKind, SkillLevel
from harken.domain.severity import Severity, SeverityClass
from harken.domain.time import after, days
from services.router.domain import clocks, posts
from services.router.domain.commands import PlaceMention
from services.router.domain.policy import RoutingPolicy, Rule
from services.router.domain.rules import rule_for
from services.router.severity.score import score

NOTHING_PROMISED = days(1)
"""The place in the queue of work for which the policy promises nothing."""

_ORDER = (SeverityClass.LOW, SeverityClass.NORMAL, SeverityClass.HIGH, SeverityClass.CRITICAL)


def severity_of(
    mention: PlaceMention, case: Case, policy: RoutingPolicy, *, is_new: bool
) -> Severity:
    """The mention's own severity; it weighs how often its author had to write."""
    written = posts.unanswered(case) + is_new
    return score(replace(mention.facts, posts_without_answer=max(written, 1)), policy.severity)


def judged(case: Case, mention: PlaceMention, severity: Severity) -> Case:
    """The case is as severe as its worst mention, unless a person said otherwise.

    A person's word stands until a risk comes up that was not there when it was given.
    """
    topics = {risk.topic.value for risk in mention.facts.risks}
    new_topics = topics - set(case.risk_topics)
    overridden = bool(case.severity.overridden_by) and not new_topics
    worst = severity.score > case.severity.score or len(case.posts) == 1
    if worst and not overridden:
        case = replace(case, severity=severity)
    if new_topics:
        case = replace(case, risk_topics=tuple(sorted({*case.risk_topics, *topics})))
    return case


def routed(case: Case, before: Case, policy: RoutingPolicy) -> Case:
    """Queue, requirements and promises follow the facts; none of them is eased."""
    fresh = before.revision == 0
    rose = _ORDER.index(case.severity.severity_class) > _ORDER.index(before.severity.severity_class)
    if not fresh and not rose and case.risk_topics == before.risk_topics:
        return case
    rule = rule_for(policy, case)
    required = _united(case.required, rule.required)
    return _sent(case, rule, required, policy, fresh=fresh)


def rerouted(case: Case, policy: RoutingPolicy) -> Case:
    """After a person judged it: what they did not find in it is not required any more."""
    rule = rule_for(policy, case)
    return _sent(case, rule, rule.required, policy, fresh=False)


def _sent(
    case: Case,
    rule: Rule,
    required: tuple[SkillLevel, ...],
    policy: RoutingPolicy,
    *,
    fresh: bool,
) -> Case:
    """The deadline may come forward, never go back."""
    class_ = case.severity.severity_class
    target = policy.sla.target(ClockKind.FIRST_REPLY, class_, rule.queue, case.network)
    deadline = after(case.opened_at, target.within if target else NOTHING_PROMISED)
    case = replace(
        case,
        queue=rule.queue,
        required=required,
        preferred=rule.preferred,
        deadline=deadline if fresh else min(case.deadline, deadline),
    )
    return clocks.tightened(case, policy.sla)


def _united(skills: Collection[SkillLevel], more: Collection[SkillLevel]) -> tuple[SkillLevel, ...]:
    """Each skill once, with the highest level asked."""
    levels: dict[str, int] = {}
    for skill in (*skills, *more):
        levels[skill.name] = max(skill.level, levels.get(skill.name, 0))
    return tuple(SkillLevel(name, level) for name, level in levels.items())
