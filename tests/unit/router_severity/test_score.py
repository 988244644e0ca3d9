"""Severity: floors first, tone alone never pages, every point has its reason."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harken.domain.mention import Visibility
from harken.domain.risk import RiskFound, RiskTopic
from harken.domain.severity import SeverityClass
from harken.domain.tone import Emotion, Polarity
from services.router.severity.facts import SeverityFacts
from services.router.severity.policy import SeverityPolicy
from services.router.severity.score import score

POLICY = SeverityPolicy()
share = st.floats(0, 1)
risks = st.lists(st.sampled_from(list(RiskTopic)), unique=True, max_size=3)


@st.composite
def facts(draw: st.DrawFn, topics: st.SearchStrategy[list[RiskTopic]] = risks) -> SeverityFacts:
    return SeverityFacts(
        polarity=draw(st.sampled_from(Polarity) | st.none()),
        negative=draw(share),
        certainty=draw(share),
        emotions={emotion: draw(share) for emotion in Emotion},
        urgency=draw(share),
        offence=draw(share),
        risks=tuple(RiskFound(topic, "entry") for topic in draw(topics)),
        reach=draw(st.integers(-1, 10**9)),
        followers=draw(st.integers(-1, 10**9)),
        visibility=draw(st.sampled_from(Visibility)),
        posts_without_answer=draw(st.integers(0, 50)),
    )


@given(facts())
def test_the_reasons_add_up_to_the_score(given_facts: SeverityFacts) -> None:
    severity = score(given_facts, POLICY)
    total = sum(reason.contribution for reason in severity.reasons)
    assert 0 <= severity.score <= 100
    assert severity.score == pytest.approx(total, abs=1)


@given(facts(topics=st.just([])))
def test_tone_and_reach_alone_never_make_a_critical_mention(given_facts: SeverityFacts) -> None:
    assert score(given_facts, POLICY).severity_class is not SeverityClass.CRITICAL


@given(facts(), st.sampled_from(sorted(POLICY.floors)))
def test_a_floor_holds_whatever_the_rest(given_facts: SeverityFacts, topic: RiskTopic) -> None:
    found = (*given_facts.risks, RiskFound(topic, "entry"))
    lifted = SeverityFacts(
        given_facts.polarity, given_facts.negative, given_facts.certainty, risks=found
    )
    assert score(lifted, POLICY).score >= POLICY.floors[topic]


@pytest.mark.parametrize("polarity", [*Polarity, None])
def test_a_risk_is_critical_even_in_a_friendly_voice(polarity: Polarity | None) -> None:
    kind = SeverityFacts(
        polarity, negative=0.0, certainty=1.0, risks=(RiskFound(RiskTopic.FIRE_SAFETY, "x"),)
    )
    severity = score(kind, POLICY)
    assert severity.severity_class is SeverityClass.CRITICAL
    assert severity.reasons[0].factor == "risk:fire_safety"


def test_a_doubtful_tone_counts_for_less() -> None:
    def points(certainties: Sequence[float]) -> list[int]:
        return [
            score(SeverityFacts(Polarity.NEGATIVE, 0.9, sure), POLICY).score for sure in certainties
        ]

    doubtful, fair, sure = points([0.34, 0.6, 0.95])
    assert doubtful < fair < sure
