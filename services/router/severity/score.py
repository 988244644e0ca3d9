"""Scores one mention: the sum of its factors, lifted to the highest floor that applies."""

from __future__ import annotations

import math

from harken.domain.severity import Reason, Severity, SeverityClass
from harken.domain.tone import Emotion, Polarity
from services.router.severity.facts import SeverityFacts
from services.router.severity.policy import SeverityPolicy

MOST = 100


def score(facts: SeverityFacts, policy: SeverityPolicy) -> Severity:
    """The score is round(sum of weight times value), then floors; reasons add up to it."""
    reasons = [reason for reason in _factors(facts, policy) if reason.contribution > 0]
    total = min(sum(reason.contribution for reason in reasons), float(MOST))
    floor = _highest_floor(facts, policy, total)
    if floor is not None:
        reasons.insert(0, floor)
        total += floor.contribution
    points = round(total)
    return Severity(points, severity_class(points, policy), tuple(reasons))


def severity_class(points: int, policy: SeverityPolicy) -> SeverityClass:
    if points >= policy.critical:
        return SeverityClass.CRITICAL
    if points >= policy.high:
        return SeverityClass.HIGH
    if points >= policy.normal:
        return SeverityClass.NORMAL
    return SeverityClass.LOW


def _factors(facts: SeverityFacts, policy: SeverityPolicy) -> list[Reason]:
    weights = policy.weights
    # A doubtful tone counts for less: what the model is unsure of must not decide.
    sure = facts.certainty if facts.polarity is Polarity.NEGATIVE else 0.0
    audience = max(facts.reach, facts.followers, 0)
    return [
        _reason("polarity", facts.negative * sure, weights.polarity, str(facts.polarity or "")),
        _reason("anger", facts.emotions.get(Emotion.ANGER, 0.0), weights.anger),
        _reason("disgust", facts.emotions.get(Emotion.DISGUST, 0.0), weights.disgust),
        _reason("fear", facts.emotions.get(Emotion.FEAR, 0.0), weights.fear),
        _reason("urgency", facts.urgency, weights.urgency),
        _reason("offence", facts.offence, weights.offence),
        _reason("reach", _log_share(audience, policy.full_reach), weights.reach, str(audience)),
        _reason("public", float(facts.visibility == "public"), weights.public),
        _reason(
            "repetition",
            _share(facts.posts_without_answer - 1, policy.full_repetition - 1),
            weights.repetition,
            str(facts.posts_without_answer),
        ),
    ]


def _highest_floor(facts: SeverityFacts, policy: SeverityPolicy, total: float) -> Reason | None:
    lifts = [
        (policy.floors[risk.topic] - total, risk)
        for risk in facts.risks
        if risk.topic in policy.floors
    ]
    if not lifts:
        return None
    lift, risk = max(lifts, key=lambda found: found[0])
    return Reason(
        factor=f"risk:{risk.topic.value}",
        value=1.0,
        weight=float(policy.floors[risk.topic]),
        contribution=max(round(lift, 2), 0.0),
        evidence=risk.entry,
    )


def _reason(factor: str, value: float, weight: float, evidence: str = "") -> Reason:
    bounded = min(max(value, 0.0), 1.0)
    return Reason(factor, round(bounded, 4), weight, round(bounded * weight, 2), evidence)


def _share(count: int, full: int) -> float:
    return count / full if full > 0 else 0.0


def _log_share(count: int, full: int) -> float:
    """0 at nobody, 1 at ``full``, equal steps per tenfold audience."""
    return math.log10(count + 1) / math.log10(full + 1) if full > 0 else 0.0
