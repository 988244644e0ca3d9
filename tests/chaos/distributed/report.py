"""What a run did and what became of it, as a table and as a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harken.domain.reply import DeliveryState
from tests.chaos.ledger import Ledger
from tests.chaos.verdict import (
    Kept,
    OnNetwork,
    assert_each_mention_went_its_way_once,
    assert_nobody_shares_a_case,
    assert_offers_were_settled_once,
    assert_replies_at_most_once,
)


@dataclass(frozen=True, slots=True)
class Report:
    """``expected`` are the ids of all mentions that were taken in or stand on the network;
    ``found`` counts what the search finds by kind and id; ``records`` those in each topic;
    ``ended`` the processes that ended by themselves; times are in seconds."""

    ledger: Ledger
    expected: set[str]
    kept: Kept
    network: OnNetwork
    found: Mapping[str, Counter[str]]
    records: Mapping[str, int]
    told: Mapping[str, int]
    ended: Mapping[str, int]
    took: float
    caught_up: float

    def judge(self) -> None:
        """Raises ``AssertionError`` at the first promise that was not kept."""
        assert self.kept.dead == 0
        assert_each_mention_went_its_way_once(self.kept, self.expected)
        assert self.found["mention"] == Counter(self.expected)
        assert self.found["case"] == Counter(case.id for case in self.kept.cases)
        assert self.found["reply"] == Counter(self.kept.replies.keys())
        assert_nobody_shares_a_case(self.kept, self.ledger)
        assert_offers_were_settled_once(self.kept, self.ledger)
        assert_replies_at_most_once(self.kept, self.ledger, self.network)
        assert not self.ended, self.ended

    def table(self) -> str:
        rows = [(what, f"{count:,}") for what, count in self._rows()]
        widest = max(len(what) for what, _ in rows)
        return "\n".join(f"  {what:<{widest}}  {count:>8}" for what, count in rows)

    def _rows(self) -> Iterator[tuple[str, int]]:
        kept, states = self.kept, Counter(reply.state for reply in self.kept.replies.values())
        yield from sorted(self.told.items())
        yield "processes that ended by themselves", sum(self.ended.values())
        yield "requests answered 503", self.ledger.outages["503"]
        yield "of these by the intake", self.ledger.turned_away
        yield "requests that got no answer", self.ledger.outages.total() - self._answered()
        yield "mentions accepted by the intake", len(self.ledger.accepted)
        yield "mentions on the network", len(self.network.customers)
        lanes = [count for name, count in self.records.items() if name in _LANES]
        yield "records of mentions in the log", sum(lanes)
        yield "records of tagged mentions", self.records["mentions.tagged"]
        yield "mentions stored", len(kept.mentions)
        yield "of these tagged", sum(one.tone is not None for _, one in kept.mentions.values())
        yield "mentions indexed", len(self.found["mention"])
        yield "cases", len(kept.cases)
        yield "commands applied", len(kept.applied)
        yield "times that a case was assigned", len({(c.id, c.fence) for c in kept.told})
        yield "replies asked for", len(self.ledger.asked)
        yield "replies sent", states[DeliveryState.SENT]
        yield "replies that went to a person", len(kept.replies) - states[DeliveryState.SENT]
        yield "replies on the network", len(self.network.ours)
        yield "dead letters", kept.dead
        yield "seconds of load", round(self.took)
        yield "seconds until all had caught up", round(self.caught_up)

    def _answered(self) -> int:
        return sum(count for what, count in self.ledger.outages.items() if what.isdecimal())


_LANES: Sequence[str] = ("mentions.urgent", "mentions.live", "mentions.bulk")
