"""Domain values to the API's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from harken.domain.case import Case, PostSide, SkillLevel, SlaClock
from harken.domain.facts import TaggedMention
from harken.domain.mention import Author, Change, ReplyCapability
from harken.domain.reply import Reply
from harken.domain.severity import Severity
from harken.domain.time import Duration, Instant
from harken.domain.tone import Tone
from harken.events.codec import decode_tagged
from harken.events.v1 import tone_pb2
from services.router.api.case_models import (
    AuthorAnswer,
    CapabilityAnswer,
    CaseDetail,
    CaseSummary,
    ClockAnswer,
    Entry,
    MentionEntry,
    NoteEntry,
    PresentAnswer,
    ReasonAnswer,
    ReplyEntry,
    SeverityAnswer,
    SkillLevelAnswer,
    ToneAnswer,
)
from services.router.api.presence import Present

PREVIEW = 160
"""Characters of a text that lists show."""
_MICROSECONDS = 1_000_000


def read_tagged(row: Row[Any]) -> TaggedMention:
    return decode_tagged(tone_pb2.TaggedMention.FromString(bytes(row.tagged)))


def severity_answer(severity: Severity) -> SeverityAnswer:
    return SeverityAnswer(
        score=severity.score,
        severity_class=severity.severity_class,
        overridden_by=severity.overridden_by or None,
        reasons=[
            ReasonAnswer(
                factor=reason.factor,
                value=reason.value,
                weight=reason.weight,
                contribution=reason.contribution,
                evidence=reason.evidence,
            )
            for reason in severity.reasons
        ],
    )


def author_answer(author: Author) -> AuthorAnswer:
    return AuthorAnswer(
        id=author.id,
        handle=author.handle,
        name=author.name,
        followers=author.followers,
        verified=author.verified,
    )


def skill_answers(skills: Sequence[SkillLevel]) -> list[SkillLevelAnswer]:
    return [SkillLevelAnswer(name=skill.name, level=skill.level) for skill in skills]


def clock_answer(clock: SlaClock) -> ClockAnswer:
    return ClockAnswer(
        kind=clock.kind,
        started_at=clock.started_at,
        due=clock.due,
        target_seconds=_seconds(clock.target),
        paused_at=clock.paused_at,
        paused_seconds=_seconds(clock.paused_for),
        stopped_at=clock.stopped_at,
        met=None if clock.stopped_at is None else clock.stopped_at <= clock.due,
    )


def summary(case: Case, latest: TaggedMention | None) -> CaseSummary:
    return CaseSummary(**_summary(case, latest))


def detail(
    case: Case,
    latest: TaggedMention | None,
    timeline: list[Entry],
    present: Sequence[Present],
    decisions: list[str],
) -> CaseDetail:
    return CaseDetail(
        **_summary(case, latest),
        thread_root=case.thread_root,
        required=skill_answers(case.required),
        preferred=skill_answers(case.preferred),
        risk_topics=list(case.risk_topics),
        trackers=list(case.trackers),
        fence=case.fence,
        lease_until=case.lease_until,
        snoozed_until=case.snoozed_until,
        resolved_at=case.resolved_at,
        reopened=case.reopened,
        no_reply_needed=case.no_reply_needed,
        spam=case.spam,
        historical=case.historical,
        previous=case.previous,
        merged_into=case.merged_into,
        clocks=[clock_answer(clock) for clock in case.clocks],
        capability=capability_answer(latest.mention.capability) if latest else None,
        timeline=timeline,
        present=[PresentAnswer(agent=one.agent, typing=one.typing) for one in present],
        decisions=decisions,
    )


def mention_entry(tagged: TaggedMention, case: Case) -> MentionEntry:
    """A tone that a person corrected shows their word."""
    mention = tagged.mention
    return MentionEntry(
        type="mention",
        id=mention.id,
        at=Instant(max(mention.created_at, 0)),
        revision=mention.revision,
        kind=mention.kind,
        visibility=mention.visibility,
        author=author_answer(mention.author),
        text=mention.text,
        language=mention.language,
        url=mention.url,
        taken_back=mention.change is Change.RETRACTION,
        ours=mention.echo,
        historical=mention.historical,
        trackers=list(mention.trackers),
        tone=_tone_answer(tagged.tone, mention.id, case) if tagged.tone else None,
        capability=capability_answer(mention.capability),
    )


def reply_entry(reply: Reply) -> ReplyEntry:
    return ReplyEntry(
        type="reply",
        id=reply.id,
        at=reply.sent_at or reply.created_at,
        state=reply.state,
        action=reply.action,
        visibility=reply.visibility,
        agent=reply.author,
        automatic=reply.automatic,
        text=reply.text,
        parent=reply.parent,
        url=reply.network_url,
        why=reply.why,
    )


def note_entry(row: Row[Any]) -> NoteEntry:
    return NoteEntry(type="note", id=row.id, at=row.at, author=row.author, text=row.text)


def capability_answer(capability: ReplyCapability) -> CapabilityAnswer:
    return CapabilityAnswer(
        public=capability.public,
        private=capability.private,
        until=capability.until,
        max_length=capability.max_length,
        counting=capability.counting,
        by_person_only=capability.by_person_only,
        why_not=capability.why_not,
    )


def _summary(case: Case, latest: TaggedMention | None) -> dict[str, Any]:
    author = latest.mention.author if latest else Author(case.author, "")
    return {
        "id": case.id,
        "revision": case.revision,
        "state": case.state,
        "severity": severity_answer(case.severity),
        "network": case.network,
        "connection": case.connection,
        "visibility": case.visibility,
        "language": case.language,
        "queue": case.queue,
        "assignee": case.assignee,
        "author": author_answer(author),
        "preview": latest.mention.text[:PREVIEW] if latest else "",
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "deadline": case.deadline,
        "next_due": min(
            (clock.due for clock in case.clocks if clock.stopped_at is None), default=None
        ),
        "tags": list(case.tags),
        "contact_reason": case.contact_reason,
        "posts": len(case.posts) + case.posts_left_out,
    }


def _tone_answer(tone: Tone, mention: str, case: Case) -> ToneAnswer:
    post = next((p for p in case.posts if p.ref == mention), None)
    corrected = (
        post is not None and post.side is PostSide.CUSTOMER and post.polarity is not tone.polarity
    )
    said = post.polarity if post is not None and corrected else None
    return ToneAnswer(
        polarity=said or tone.polarity,
        certainty=post.certainty if said and post else tone.certainty,
        emotions=dict(tone.emotions),
        shown=list(tone.shown),
        urgency=tone.urgency,
        offence=tone.offence,
        corrected=said is not None,
        model=tone.model,
    )


def _seconds(duration: Duration) -> float:
    return duration / _MICROSECONDS
