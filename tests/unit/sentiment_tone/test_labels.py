"""What foreign checkpoints' labels mean."""

from __future__ import annotations

import pytest

from harken.domain.tone import Emotion, Polarity
from services.sentiment.tone.labels import UnknownLabelsError, label_map


def test_polarity_words_in_any_order_and_case() -> None:
    labels = label_map(["Positive", "NEG", "neutral"], independent=False)
    assert labels.polarities([0.7, 0.2, 0.1]) == pytest.approx(
        {Polarity.NEGATIVE: 0.2, Polarity.NEUTRAL: 0.1, Polarity.POSITIVE: 0.7}
    )


def test_three_nameless_labels_are_negative_neutral_positive() -> None:
    labels = label_map(["LABEL_0", "LABEL_1", "LABEL_2"], independent=False)
    assert labels.polarity == tuple(Polarity)


def test_stars_are_summed() -> None:
    stars = ["1 star", "2 stars", "3 stars", "4 stars", "5 stars"]
    labels = label_map(stars, independent=False)
    assert labels.polarities([0.1, 0.2, 0.3, 0.1, 0.3]) == pytest.approx(
        {Polarity.NEGATIVE: 0.3, Polarity.NEUTRAL: 0.3, Polarity.POSITIVE: 0.4}
    )


def test_emotions_give_the_polarity_where_no_label_says_one() -> None:
    labels = label_map(["anger", "joy", "sadness", "neutral"], independent=False)
    shares = [0.5, 0.2, 0.2, 0.1]
    assert labels.polarities(shares)[Polarity.NEGATIVE] == pytest.approx(0.7)
    assert labels.polarities(shares)[Polarity.NEUTRAL] == pytest.approx(0.1)
    assert labels.emotions(shares) == pytest.approx(
        {Emotion.ANGER: 0.5, Emotion.JOY: 0.2, Emotion.SADNESS: 0.2}
    )


def test_emotions_beside_polarities_leave_these_alone() -> None:
    labels = label_map(["negative", "positive", "anger", "topic"], independent=True)
    shares = labels.polarities([0.6, 0.2, 0.9, 0.9])
    assert shares[Polarity.NEGATIVE] == pytest.approx(0.75)
    assert shares[Polarity.NEUTRAL] == 0.0


def test_no_evidence_at_all_is_chance() -> None:
    labels = label_map(["negative", "positive"], independent=True)
    assert labels.polarities([0.0, 0.0]) == pytest.approx(dict.fromkeys(Polarity, 1 / 3))


@pytest.mark.parametrize("names", [["spam", "ham"], ["LABEL_0", "LABEL_1"], ["neutral"], ["joy"]])
def test_labels_that_say_no_polarity_are_refused_by_name(names: list[str]) -> None:
    with pytest.raises(UnknownLabelsError, match=names[0]):
        label_map(names, independent=False)
