"""Builders: domain values with sensible defaults; name only what the test is about.

    mention(text="The kettle leaks", author="ola")     # ids follow from what is given

The brand is Tarn & Toll, which makes kettles and runs night trains, and does not exist.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harken.domain.case import Case, CaseState
from harken.domain.facts import Delivery, TaggedMention
from harken.domain.ids import (
    AgentId,
    AuthorId,
    CaseId,
    ConnectionId,
    QueueId,
    ReplyId,
    SourceId,
    TenantId,
    derive,
    mention_id,
)
from harken.domain.mention import (
    Author,
    Change,
    Counting,
    Kind,
    Mention,
    ReplyCapability,
    Visibility,
)
from harken.domain.reply import Action, DeliveryState, Reply, reply_key
from harken.domain.severity import Reason, Severity, SeverityClass
from harken.domain.time import Instant, after, minutes, parse_rfc3339, seconds
from harken.domain.tone import Emotion, Polarity, Tone

TENANT = TenantId("tarn-toll")
OTHER_TENANT = TenantId("brass-owl")
CONNECTION = ConnectionId("conn-hearth")
NETWORK = "mastodon"
SCOPE = "hearth.example"
NOW = parse_rfc3339("2026-03-02T09:30:00Z")
"""A Monday morning. Builders' mentions were written one minute before it."""

OPEN_REPLY = ReplyCapability(
    public=True, private=True, max_length=500, counting=Counting.MASTODON, url_length=23
)
NO_REPLY = ReplyCapability(why_not="Articles take no replies.")


def author(name: str = "ola", **changes: Any) -> Author:
    made = Author(AuthorId(f"author-{name}"), handle=f"{name}@{SCOPE}", name=name, followers=120)
    return replace(made, **changes)


def mention(
    text: str = "My kettle from Tarn & Toll leaks since yesterday.",
    *,
    author: str = "ola",
    source_id: str = "1001",
    tenant: TenantId = TENANT,
    network: str = NETWORK,
    **changes: Any,
) -> Mention:
    """A public post to us in English that can be answered. ``author`` is a name, see `author`."""
    made = Mention(
        tenant=tenant,
        id=mention_id(tenant, network, SCOPE, source_id),
        revision=1,
        network=network,
        connection=CONNECTION,
        source=SourceId("source-notifications"),
        scope=SCOPE,
        source_id=source_id,
        kind=Kind.POST,
        visibility=Visibility.PUBLIC,
        author=_author(author),
        text=text,
        created_at=after(NOW, minutes(-1)),
        received_at=after(NOW, seconds(-2)),
        capability=OPEN_REPLY,
        thread_root=source_id,
        language="en",
        language_certainty=0.98,
        url=f"https://{SCOPE}/@{author}/{source_id}",
        reach=120,
    )
    return replace(made, **changes)


_author = author


def direct_message(text: str = "Where is my refund?", **changes: Any) -> Mention:
    given = {"kind": Kind.DIRECT_MESSAGE, "visibility": Visibility.PRIVATE, **changes}
    return mention(text, **given)


def edited(earlier: Mention, text: str, **changes: Any) -> Mention:
    return replace(earlier, text=text, revision=earlier.revision + 1, **changes)


def retraction(earlier: Mention, **changes: Any) -> Mention:
    """Its author took it back."""
    return edited(earlier, "", change=Change.RETRACTION, **changes)


def tone(polarity: Polarity = Polarity.NEGATIVE, certainty: float = 0.875, **changes: Any) -> Tone:
    """Calm. The other polarities share what ``certainty`` leaves."""
    rest = (1 - certainty) / 2
    made = Tone(
        polarity=polarity,
        polarities={each: certainty if each is polarity else rest for each in Polarity},
        certainty=certainty,
        model="builder@1",
    )
    return replace(made, **changes)


def angry(anger: float = 0.875, **changes: Any) -> Tone:
    emotions = {Emotion.ANGER: anger, Emotion.DISGUST: 0.25}
    return tone(emotions=emotions, shown=(Emotion.ANGER,), urgency=0.5, **changes)


def tagged(
    mentioned: Mention | None = None,
    toned: Tone | None = None,
    *,
    tagged_at: Instant = NOW,
) -> TaggedMention:
    """Negative unless told otherwise; retractions and echoes have no tone."""
    one = mention() if mentioned is None else mentioned
    silent = one.echo or one.change is Change.RETRACTION
    return TaggedMention(one, None if silent else toned or tone(), tagged_at)


def severity(
    severity_class: SeverityClass = SeverityClass.NORMAL, score: int = 40, **changes: Any
) -> Severity:
    reason = Reason("polarity", value=0.875, weight=20.0, contribution=17.5, evidence="negative")
    return replace(Severity(score, severity_class, (reason,)), **changes)


def case(opened_by: Mention | None = None, **changes: Any) -> Case:
    """A queued case with no posts, opened by this mention."""
    one = mention() if opened_by is None else opened_by
    made = Case(
        tenant=one.tenant,
        id=CaseId(derive("case", one.tenant, one.id)),
        revision=1,
        network=one.network,
        connection=one.connection,
        author=one.author.id,
        visibility=one.visibility,
        thread_root=one.thread_root,
        language=one.language,
        state=CaseState.QUEUED,
        severity=severity(),
        queue=QueueId("general"),
        opened_at=NOW,
        updated_at=NOW,
        deadline=after(NOW, minutes(60)),
        latest_mention=one.id,
    )
    return replace(made, **changes)


def reply(
    to: Mention | None = None,
    text: str = "We are sorry. Please send us the number under the kettle.",
    *,
    action: Action = Action.REPLY,
    **changes: Any,
) -> Reply:
    """A planned public reply by an agent."""
    one = mention() if to is None else to
    made = Reply(
        tenant=one.tenant,
        id=ReplyId(derive("reply-of", one.tenant, one.id, action)),
        revision=1,
        case=CaseId(derive("case", one.tenant, one.id)),
        connection=one.connection,
        network=one.network,
        parent=one.id,
        parent_source_id=one.source_id,
        action=action,
        visibility=one.visibility,
        text=text,
        language="en",
        author=AgentId("agent-ida"),
        automatic=False,
        key=reply_key(one.tenant, one.connection, one.id, action, 1),
        state=DeliveryState.PLANNED,
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(made, **changes)


def delivery(of: Reply | None = None, **changes: Any) -> Delivery:
    """The reply was sent, ten seconds after `NOW`."""
    one = reply() if of is None else of
    made = Delivery(
        tenant=one.tenant,
        reply=one.id,
        revision=one.revision,
        case=one.case,
        connection=one.connection,
        network=one.network,
        parent=one.parent,
        action=one.action,
        visibility=one.visibility,
        state=DeliveryState.SENT,
        at=after(NOW, seconds(10)),
        agent=one.author,
        automatic=one.automatic,
        network_id="2002",
    )
    return replace(made, **changes)
