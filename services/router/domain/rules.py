"""Where work goes: the first rule that fits the case."""

from __future__ import annotations

from harken.domain.case import Case
from services.router.domain.policy import RoutingPolicy, Rule


def rule_for(policy: RoutingPolicy, case: Case) -> Rule:
    fitting = (rule for rule in policy.rules if fits(rule, case))
    return next(fitting, policy.default)


def fits(rule: Rule, case: Case) -> bool:
    one_of = (
        (rule.severity, case.severity.severity_class),
        (rule.networks, case.network),
        (rule.kinds, case.kind),
        (rule.visibility, case.visibility),
        (rule.languages, case.language),
        (rule.contact_reasons, case.contact_reason),
    )
    any_of = ((rule.risk_topics, case.risk_topics), (rule.trackers, case.trackers))
    return (
        all(not allowed or fact in allowed for allowed, fact in one_of)
        and all(not allowed or not set(allowed).isdisjoint(facts) for allowed, facts in any_of)
        and (rule.direct is None or rule.direct is case.direct)
    )
