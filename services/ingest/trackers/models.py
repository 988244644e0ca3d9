"""What the API says and takes of trackers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from harken.http.models import ApiModel, Id, Time, bounded, examples
from harken.http.problem import invalid
from services.ingest.domain.tracker import (
    LONGEST_ALERT_MINUTES,
    MOST_ALERT_MATCHES,
    USUAL_QUIET_MINUTES,
    AlertRule,
    Tracker,
    When,
)

Query = Annotated[str, bounded(5_000)]
Name = Annotated[str, bounded(200)]
Minutes = Annotated[int, Field(ge=1, le=LONGEST_ALERT_MINUTES)]

_RATE: dict[str, Any] = {
    "when": "rate",
    "matches": 20,
    "minutes": 10,
    "quiet_minutes": 60,
    "receivers": ["0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b"],
}
_MADE: dict[str, Any] = {
    "name": "Leaking kettles",
    "query": "brivanta AND leak",
    "alerts": [_RATE],
}
_TRACKER: dict[str, Any] = {
    "id": "0190a8a2-9b11-7d2a-8c77-3e5f60718293",
    "revision": 1,
    **_MADE,
    "created_at": "2026-03-01T09:30:00Z",
}


class TrackerAlert(ApiModel):
    """When to tell of a tracker's matches. Who follows `GET /v1/events` is told always."""

    model_config = examples(_RATE, {"when": "each"})

    when: Literal["each", "rate"]
    """At each match, or once `matches` came within `minutes`."""
    matches: Annotated[int, Field(ge=2, le=MOST_ALERT_MATCHES)] | None = None
    """Needed for a rate, and for it alone."""
    minutes: Minutes | None = None
    """Needed for a rate, and for it alone. What counts is when we received a mention."""
    quiet_minutes: Annotated[int, Field(ge=1, le=7 * LONGEST_ALERT_MINUTES)] | None = None
    """How long a rate that told is quiet: no shorter than `minutes`, an hour at least where it is
    left out."""
    receivers: Annotated[list[Id], Field(max_length=20, default_factory=list)]
    """Ids of `/v1/alert-receivers` that are told as well."""


class NewTracker(ApiModel):
    """A query that is matched against every mention that comes in."""

    model_config = examples(_MADE)

    name: Name
    """For people; no two of a tenant's trackers have the same."""
    query: Query
    alerts: Annotated[list[TrackerAlert], Field(max_length=5, default_factory=list)]


class TrackerEdit(ApiModel):
    """What is left out stays as it is; `alerts` replaces all of them."""

    model_config = examples({"query": "brivanta AND (leak OR drip)"}, {"alerts": []})

    name: Name | None = None
    query: Query | None = None
    alerts: Annotated[list[TrackerAlert], Field(max_length=5)] | None = None


class TrackerAnswer(ApiModel):
    """A tracker. Its matches are found by its id: `GET /v1/search?filter=trackers:…`."""

    model_config = examples(_TRACKER)

    id: str
    revision: int
    name: str
    query: str
    alerts: list[TrackerAlert]
    created_at: Time


def rules(given: list[TrackerAlert]) -> tuple[AlertRule, ...]:
    """Raises the problem 422."""
    made = tuple(_rule(one) for one in given)
    if len({rule.id for rule in made}) < len(made):
        raise invalid("Two of the alerts have the same condition: name all receivers in one.")
    return made


def _rule(given: TrackerAlert) -> AlertRule:
    receivers = tuple(dict.fromkeys(given.receivers))
    if given.when == "each":
        if (given.matches, given.minutes, given.quiet_minutes) != (None, None, None):
            raise invalid("An alert at each match takes no matches, minutes or quiet_minutes.")
        return AlertRule(When.EACH, receivers)
    if given.matches is None or given.minutes is None:
        raise invalid("An alert over a rate needs matches and minutes.")
    quiet = given.quiet_minutes or max(given.minutes, USUAL_QUIET_MINUTES)
    if quiet < given.minutes:
        raise invalid("quiet_minutes is shorter than minutes: a match would tell twice.")
    return AlertRule(When.RATE, receivers, given.matches, given.minutes, quiet)


def tracker_answer(revision: int, tracker: Tracker) -> TrackerAnswer:
    return TrackerAnswer(
        id=tracker.id,
        revision=revision,
        name=tracker.name,
        query=tracker.query,
        alerts=[_alert(rule) for rule in tracker.alerts],
        created_at=tracker.created_at,
    )


def _alert(rule: AlertRule) -> TrackerAlert:
    receivers = list(rule.receivers)
    if rule.when is When.EACH:
        return TrackerAlert(when="each", receivers=receivers)
    return TrackerAlert(
        when="rate",
        matches=rule.matches,
        minutes=rule.minutes,
        quiet_minutes=rule.quiet_minutes,
        receivers=receivers,
    )
