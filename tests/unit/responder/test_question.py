"""Does a text ask?"""

from __future__ import annotations

import pytest

from harken.domain.reply import DeliveryState as State
from harken.testing import builders
from services.responder.domain.outcome import OUTCOMES, outcome
from services.responder.domain.question import asks


@pytest.mark.parametrize(
    "text",
    [
        "Which kettle do you have?",
        "Jaki to model? Dziękujemy.",
        "Jaký je to model?!",
        "Какой у вас чайник?",
        "Kurš modelis tas ir?",
        "何色ですか？",
        "ما هو الطراز؟",
        "Ποιο μοντέλο;\u037e",
    ],
)
def test_it_asks(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text", ["", "Thank you.", "See https://hearth.example/help?topic=leak", "www.hearth.example?q"]
)
def test_it_does_not_ask(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize("state", State)
def test_others_hear_of_outcomes_only(state: State) -> None:
    reply = builders.reply(text="Which one?", state=state, network_id="2002", why="because")
    told = outcome(reply)
    assert (told is not None) == (state in OUTCOMES)
    if told is not None:
        assert (told.state, told.reply, told.asks) == (state, reply.id, True)
        assert (told.network_id, told.why) == ("2002", "because")


def test_an_outcome_is_dated_by_when_it_was_posted() -> None:
    sent_at = builders.NOW
    reply = builders.reply(state=State.SENT, sent_at=sent_at, updated_at=sent_at + 5)
    told = outcome(reply)
    assert told is not None
    assert told.at == sent_at
