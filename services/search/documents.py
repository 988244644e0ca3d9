"""What the index keeps of a mention, a case and a reply: full snapshots, flat fields."""

from __future__ import annotations

from harken.domain.case import Case
from harken.domain.facts import PlacedMention
from harken.domain.reply import Reply
from harken.search.fields import Fields, FieldType
from harken.search.port import Document, Value

MENTION = "mention"
CASE = "case"
REPLY = "reply"
KINDS = (MENTION, CASE, REPLY)

FIELDS: Fields = {
    "agent": FieldType.KEYWORD,
    "assignee": FieldType.KEYWORD,
    "author": FieldType.KEYWORD,
    "author_handle": FieldType.KEYWORD,
    "automatic": FieldType.FLAG,
    "case": FieldType.KEYWORD,
    "certainty": FieldType.NUMBER,
    "connection": FieldType.KEYWORD,
    "contact_reason": FieldType.KEYWORD,
    "copy_of": FieldType.KEYWORD,
    "direct": FieldType.FLAG,
    "echo": FieldType.FLAG,
    "emotions": FieldType.KEYWORDS,
    "historical": FieldType.FLAG,
    "language": FieldType.KEYWORD,
    "mention": FieldType.KEYWORD,
    "mention_kind": FieldType.KEYWORD,
    "network": FieldType.KEYWORD,
    "polarity": FieldType.KEYWORD,
    "posts": FieldType.WHOLE,
    "queue": FieldType.KEYWORD,
    "risk_topics": FieldType.KEYWORDS,
    "severity": FieldType.WHOLE,
    "severity_class": FieldType.KEYWORD,
    "state": FieldType.KEYWORD,
    "tags": FieldType.KEYWORDS,
    "trackers": FieldType.KEYWORDS,
    "url": FieldType.KEYWORD,
    "visibility": FieldType.KEYWORD,
}
"""Declared to the index when it is opened; their types never change."""

Values = dict[str, Value | tuple[str, ...]]


def mention_document(placed: PlacedMention, version: int | None = None) -> Document:
    """``version``: the mention's revision, unless it is told otherwise."""
    mention = placed.tagged.mention
    tone = placed.tagged.tone
    fields: Values = {
        "mention": mention.id,
        "case": placed.case,
        "network": mention.network,
        "connection": mention.connection,
        "mention_kind": mention.kind.value,
        "visibility": mention.visibility.value,
        "author": mention.author.id,
        "author_handle": mention.author.handle,
        "language": mention.language or "unknown",
        "direct": mention.direct,
        "historical": mention.historical,
        "echo": mention.echo,
        "trackers": mention.trackers,
        "url": mention.url,
        "severity": placed.severity.score,
        "severity_class": placed.severity.severity_class.value,
        "risk_topics": _risk_topics(placed),
    }
    if mention.copy_of:
        fields["copy_of"] = mention.copy_of
    if tone is not None:
        fields |= {
            "polarity": tone.polarity.value,
            "certainty": round(tone.certainty, 4),
            "emotions": tuple(emotion.value for emotion in tone.shown),
        }
    return Document(
        mention.tenant,
        MENTION,
        mention.id,
        mention.revision if version is None else version,
        mention.created_at,
        mention.text,
        mention.language,
        fields,
    )


def _risk_topics(placed: PlacedMention) -> tuple[str, ...]:
    prefix = "risk:"
    factors = (reason.factor for reason in placed.severity.reasons)
    return tuple(factor.removeprefix(prefix) for factor in factors if factor.startswith(prefix))


def case_document(case: Case) -> Document:
    fields: Values = {
        "network": case.network,
        "connection": case.connection,
        "author": case.author,
        "visibility": case.visibility.value,
        "language": case.language or "unknown",
        "state": case.state.value,
        "queue": case.queue,
        "assignee": case.assignee or "",
        "severity": case.severity.score,
        "severity_class": case.severity.severity_class.value,
        "risk_topics": case.risk_topics,
        "tags": case.tags,
        "trackers": case.trackers,
        "contact_reason": case.contact_reason,
        "posts": len(case.posts),
        "historical": case.historical,
    }
    return Document(case.tenant, CASE, case.id, case.revision, case.opened_at, fields=fields)


def reply_document(reply: Reply) -> Document:
    fields: Values = {
        "case": reply.case,
        "network": reply.network,
        "connection": reply.connection,
        "visibility": reply.visibility.value,
        "language": reply.language or "unknown",
        "state": reply.state.value,
        "agent": reply.author or "",
        "automatic": reply.automatic,
        "url": reply.network_url,
    }
    return Document(
        reply.tenant,
        REPLY,
        reply.id,
        reply.revision,
        reply.created_at,
        reply.text,
        reply.language,
        fields,
    )
