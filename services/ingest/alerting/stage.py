"""Decides alerts over what trackers match: follows the mentions that were taken in.

Matches, rates and alerts change together with the positions, so a record that comes again, or a
mention that was taken in twice, counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harken.domain.ids import MentionId, TenantId, derive
from harken.domain.mention import Change, Mention
from harken.events.codec import decode_mention
from harken.events.topics import LANES, Topic
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet
from harken.store.port import Rows, Store
from services.ingest.alerting.matches import (
    Rates,
    counted,
    find_rates,
    last_matched,
    match_row,
    replace_rates,
    times_around,
)
from services.ingest.alerts import raised
from services.ingest.domain.alert import MOST_QUOTES, Alert, AlertKind, quoted
from services.ingest.domain.rate import Reached, count
from services.ingest.domain.tracker import AlertRule, Tracker, When
from services.ingest.trackers.rows import find_trackers

Mentions = Mapping[MentionId, Mention]


class TrackerAlerts:
    group = "alerts"
    topics: Sequence[Topic] = tuple(LANES.values())

    def __init__(self, store: Store, batch: int) -> None:
        self.batch = batch
        self._store = store

    async def handle(self, batch: Sequence[Received]) -> Decided:
        change = ChangeSet()
        found = _that_may_alert(batch)
        if found:
            async with self._store.reading() as snapshot:
                for tenant, mentions in found.items():
                    await _decide(snapshot.for_tenant(tenant), tenant, mentions, change)
        return Decided(change)


def _that_may_alert(batch: Sequence[Received]) -> Mapping[TenantId, Mentions]:
    """Of each mention the first revision in the batch. History and our own posts never alert."""
    found: dict[TenantId, dict[MentionId, Mention]] = defaultdict(dict)
    for received in batch:
        if received.message.trackers:
            mention = decode_mention(received.message)
            news = not (mention.historical or mention.echo) and mention.change is Change.CONTENT
            if news:
                found[mention.tenant].setdefault(mention.id, mention)
    return found


async def _decide(rows: Rows, tenant: TenantId, mentions: Mentions, change: ChangeSet) -> None:
    named = {tracker for mention in mentions.values() for tracker in mention.trackers}
    trackers = [each for each in (await find_trackers(rows, named)).values() if each.alerts]
    if not trackers:
        return
    before = await counted(rows, mentions)
    rates = await find_rates(rows, [tracker.id for tracker in trackers if tracker.rates])
    for tracker in sorted(trackers, key=lambda each: each.id):
        new = {
            mention.id: mention
            for mention in mentions.values()
            if tracker.id in mention.trackers and (tracker.id, mention.id) not in before
        }
        if not new:
            continue
        change.add(*(match_row(tenant, tracker.id, mention) for mention in new.values()))
        alerts = [*_each(tracker, new)]
        if tracker.rates:
            counting = _Counting(rows, tracker, new)
            revision, state = rates.get(tracker.id, (0, Rates()))
            more, state = await counting.rates(state)
            change.add(replace_rates(tenant, tracker.id, state, revision))
            alerts += more
        for alert in alerts:
            told = raised(alert)
            change.add(*told.writes)
            change.emit(*told.events)


def _each(tracker: Tracker, new: Mentions) -> list[Alert]:
    rules = [rule for rule in tracker.alerts if rule.when is When.EACH]
    title = f"{tracker.name}: a match"
    return [
        Alert(
            tracker.tenant,
            _id(tracker, rule, mention),
            AlertKind.TRACKER_MATCHED,
            tracker.id,
            mention.received_at,
            title,
            receivers=rule.receivers,
            quotes=quoted([mention]),
        )
        for rule in rules
        for mention in new.values()
    ]


@dataclass(frozen=True, slots=True)
class _Counting:
    """Of one tracker's new matches."""

    rows: Rows
    tracker: Tracker
    new: Mentions

    async def rates(self, before: Rates) -> tuple[list[Alert], Rates]:
        """The alerts, and the state after."""
        mentions = list(self.new.values())
        received = [mention.received_at for mention in mentions]
        most = max(rule.matches for rule in self.tracker.rates) - 1
        known = await times_around(self.rows, self.tracker.id, min(received), max(received), most)
        alerts, quiet = [], {}
        for rule in self.tracker.rates:
            reached, quiet[rule.id] = count(rule, known, received, before.of(rule.id))
            alerts += [await self._alert(each, mentions[each.by]) for each in reached]
        return alerts, Rates(quiet)

    async def _alert(self, reached: Reached, by: Mention) -> Alert:
        rule, tracker = reached.rule, self.tracker
        shown = await last_matched(self.rows, tracker.id, reached.at, self.new, MOST_QUOTES)
        span = "a minute" if rule.minutes == 1 else f"{rule.minutes} minutes"
        return Alert(
            tracker.tenant,
            _id(tracker, rule, by),
            AlertKind.TRACKER_RATE,
            tracker.id,
            reached.at,
            f"{tracker.name}: {rule.matches} matches within {span}",
            receivers=rule.receivers,
            quotes=quoted(shown),
        )


def _id(tracker: Tracker, rule: AlertRule, mention: Mention) -> str:
    return derive("alert", tracker.tenant, tracker.id, rule.id, mention.id)
