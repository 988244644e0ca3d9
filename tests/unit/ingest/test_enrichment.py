"""What ingest adds is added to news only, in order, and before the lane is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harken.domain.ids import TenantId
from harken.domain.mention import Lane, Mention
from harken.events.topics import LANES
from harken.testing.builders import TENANT, mention
from harken.testing.fakes.clock import FakeClock
from harken.testing.fakes.store import store_in
from services.ingest.intake import Intake
from services.ingest.seen import SeenBefore
from tests.unit.ingest.kit import Notebook


@dataclass
class Adding:
    """Appends its words to every text."""

    words: str
    asked: list[tuple[TenantId, int]] = field(default_factory=list)

    async def enrich(self, tenant: TenantId, mentions: Sequence[Mention]) -> Sequence[Mention]:
        self.asked.append((tenant, len(mentions)))
        return [replace(one, text=one.text + self.words) for one in mentions]


async def test_only_news_is_enriched_and_the_lane_sees_it(tmp_path: Path) -> None:
    first, second = Adding(" It caught"), Adding(" fire!")
    log, clock = Notebook(), FakeClock()
    async with store_in(tmp_path, clock) as store:
        seen = SeenBefore(store)
        intake = Intake(log, seen, 100, 5.0, [first, second])  # type: ignore[arg-type]
        known, new = mention("My kettle.", source_id="1"), mention("My lamp.", source_id="2")
        await intake.take(TENANT, [known])
        taken = await intake.take(TENANT, [known, new])
    assert (taken.new, taken.doubles) == ((1,), (0,))
    assert first.asked == second.asked == [(TENANT, 1), (TENANT, 1)]
    assert [one.text for one in log.mentions] == [
        "My kettle. It caught fire!",
        "My lamp. It caught fire!",
    ]
    assert {record.topic for record in log.records} == {LANES[Lane.URGENT].name}
