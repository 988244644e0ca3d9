"""What the router takes from a mention: whether it is to us, and a language that is likely."""

from __future__ import annotations

from typing import Any

import pytest

from harken.domain.facts import TaggedMention
from harken.domain.ids import QueueId
from harken.testing.builders import NOW, mention, tone
from services.router.domain.commands import PlaceMention
from services.router.domain.policy import RoutingPolicy, Rule
from services.router.facts import LIKELY_LANGUAGE, command_of
from tests.unit.router.making import Desk


def command(**changes: Any) -> PlaceMention:
    said = mention(**changes)
    found = command_of(TaggedMention(said, tone(), NOW))
    assert isinstance(found, PlaceMention)
    return found


@pytest.mark.parametrize(
    ("certainty", "language"), [(1.0, "pl"), (LIKELY_LANGUAGE, "pl"), (0.4, "")]
)
def test_an_unlikely_language_asks_for_nobody_who_speaks_it(
    certainty: float, language: str
) -> None:
    assert command(language="pl", language_certainty=certainty).language == language


def test_what_is_about_us_is_routed_as_such_until_somebody_speaks_to_us() -> None:
    about = Rule("about us", QueueId("listening"), direct=False)
    desk = Desk(RoutingPolicy(rules=(about,)))
    heard = desk.place("m1", "ana", direct=command(direct=False).direct)
    assert (heard.direct, heard.queue) == (False, "listening")
    addressed = desk.place("m2", "ana", parent="s-m1", direct=command().direct)
    assert (addressed.id, addressed.direct) == (heard.id, True)
