"""Where work goes: the first rule that fits the mention's facts."""

from __future__ import annotations

from collections.abc import Collection

from harken.domain.severity import SeverityClass
from services.router.domain.commands import PlaceMention
from services.router.domain.policy import RoutingPolicy, Rule


def rule_for(
    policy: RoutingPolicy,
    mention: PlaceMention,
    severity: SeverityClass,
    topics: Collection[str],
) -> Rule:
    fitting = (rule for rule in policy.rules if fits(rule, mention, severity, topics))
    return next(fitting, policy.default)


def fits(
    rule: Rule, mention: PlaceMention, severity: SeverityClass, topics: Collection[str]
) -> bool:
    one_of = (
        (rule.severity, severity),
        (rule.networks, mention.network),
        (rule.kinds, mention.kind),
        (rule.visibility, mention.visibility),
        (rule.languages, mention.language),
        (rule.contact_reasons, mention.contact_reason),
    )
    any_of = ((rule.risk_topics, topics), (rule.trackers, mention.trackers))
    return (
        all(not allowed or fact in allowed for allowed, fact in one_of)
        and all(not allowed or not set(allowed).isdisjoint(facts) for allowed, facts in any_of)
        and (rule.direct is None or rule.direct is mention.direct)
    )
