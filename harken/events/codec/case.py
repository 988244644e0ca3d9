"""Cases and severities. What only the router needs (leases, exclusions) stays out of the event."""

from __future__ import annotations

from harken.domain.case import Case, CaseState, ClockKind, Post, PostSide, SkillLevel, SlaClock
from harken.domain.ids import AgentId, AuthorId, CaseId, ConnectionId, MentionId, QueueId, TenantId
from harken.domain.severity import Reason, Severity, SeverityClass
from harken.domain.time import Duration
from harken.events.codec.mention import KINDS, VISIBILITIES
from harken.events.codec.tone import POLARITIES
from harken.events.codec.wire import Words, instant, optional_instant, optional_stamp, stamp
from harken.events.v1 import case_pb2 as pb

SEVERITY_CLASSES = Words(SeverityClass, pb.SeverityClass, "SEVERITY_CLASS", SeverityClass.HIGH)
"""What cannot be judged is not taken lightly, and pages nobody."""
STATES = Words(CaseState, pb.CaseState, "CASE_STATE", CaseState.QUEUED)
CLOCKS = Words(ClockKind, pb.ClockKind, "CLOCK_KIND", ClockKind.NEXT_REPLY)
"""Its default is never read: a clock of a kind not known here is left out."""
SIDES = Words(PostSide, pb.PostSide, "POST_SIDE", PostSide.CUSTOMER)
"""Its default is never read: a post of a side not known here is left out."""


def encode_severity(severity: Severity) -> pb.Severity:
    return pb.Severity(
        score=severity.score,
        severity_class=SEVERITY_CLASSES.name(severity.severity_class),
        reasons=[
            pb.SeverityReason(
                factor=reason.factor,
                value=reason.value,
                weight=reason.weight,
                contribution=reason.contribution,
                evidence=reason.evidence,
            )
            for reason in severity.reasons
        ],
        overridden_by=severity.overridden_by,
    )


def decode_severity(message: pb.Severity) -> Severity:
    return Severity(
        score=message.score,
        severity_class=SEVERITY_CLASSES.member(message.severity_class),
        reasons=tuple(
            Reason(r.factor, r.value, r.weight, r.contribution, r.evidence) for r in message.reasons
        ),
        overridden_by=message.overridden_by,
    )


def _encode_clock(clock: SlaClock) -> pb.SlaClock:
    return pb.SlaClock(
        kind=CLOCKS.name(clock.kind),
        started_at=stamp(clock.started_at),
        target_microseconds=clock.target,
        due=stamp(clock.due),
        paused_at=optional_stamp(clock.paused_at),
        paused_microseconds=clock.paused_for,
        stopped_at=optional_stamp(clock.stopped_at),
        warned=clock.warned,
        calendar=clock.calendar,
    )


def _decode_clock(message: pb.SlaClock) -> SlaClock:
    return SlaClock(
        kind=CLOCKS.member(message.kind),
        started_at=instant(message.started_at),
        target=Duration(message.target_microseconds),
        due=instant(message.due),
        paused_at=optional_instant(message, "paused_at"),
        paused_for=Duration(message.paused_microseconds),
        stopped_at=optional_instant(message, "stopped_at"),
        warned=tuple(message.warned),
        calendar=message.calendar,
    )


def _encode_post(post: Post) -> pb.Post:
    return pb.Post(
        ref=post.ref,
        side=SIDES.name(post.side),
        at=stamp(post.at),
        visibility=VISIBILITIES.name(post.visibility),
        polarity=None if post.polarity is None else POLARITIES.name(post.polarity),
        certainty=post.certainty,
        automatic=post.automatic,
        agent=post.agent or "",
        historical=post.historical,
    )


def _decode_post(message: pb.Post) -> Post:
    return Post(
        ref=message.ref,
        side=SIDES.member(message.side),
        at=instant(message.at),
        visibility=VISIBILITIES.member(message.visibility),
        polarity=POLARITIES.known(message.polarity),
        certainty=message.certainty,
        automatic=message.automatic,
        agent=AgentId(message.agent) if message.agent else None,
        historical=message.historical,
    )


ROUTERS_OWN = frozenset({"lease_until", "excluded"})
"""Fields of a case that its event leaves out; they read as their defaults."""


def encode_case(case: Case) -> pb.Case:
    """Leaves out `ROUTERS_OWN`."""
    return pb.Case(
        tenant=case.tenant,
        id=case.id,
        revision=case.revision,
        network=case.network,
        connection=case.connection,
        author=case.author,
        visibility=VISIBILITIES.name(case.visibility),
        thread_root=case.thread_root,
        language=case.language,
        state=STATES.name(case.state),
        severity=encode_severity(case.severity),
        queue=case.queue,
        opened_at=stamp(case.opened_at),
        updated_at=stamp(case.updated_at),
        deadline=stamp(case.deadline),
        required=[pb.SkillLevel(name=s.name, level=s.level) for s in case.required],
        preferred=[pb.SkillLevel(name=s.name, level=s.level) for s in case.preferred],
        assignee=case.assignee or "",
        fence=case.fence,
        posts=[_encode_post(post) for post in case.posts],
        clocks=[_encode_clock(clock) for clock in case.clocks],
        tags=case.tags,
        contact_reason=case.contact_reason,
        no_reply_needed=case.no_reply_needed,
        spam=case.spam,
        historical=case.historical,
        resolved_at=optional_stamp(case.resolved_at),
        reopened=case.reopened,
        previous=case.previous or "",
        merged_into=case.merged_into or "",
        snoozed_until=optional_stamp(case.snoozed_until),
        risk_topics=case.risk_topics,
        latest_mention=case.latest_mention or "",
        answerable=case.answerable,
        posts_left_out=case.posts_left_out,
        escalated=case.escalated,
        kind=KINDS.name(case.kind),
        direct=case.direct,
        trackers=case.trackers,
    )


def decode_case(message: pb.Case) -> Case:
    return Case(
        tenant=TenantId(message.tenant),
        id=CaseId(message.id),
        revision=message.revision,
        network=message.network,
        connection=ConnectionId(message.connection),
        author=AuthorId(message.author),
        visibility=VISIBILITIES.member(message.visibility),
        thread_root=message.thread_root,
        language=message.language,
        state=STATES.member(message.state),
        severity=decode_severity(message.severity),
        queue=QueueId(message.queue),
        opened_at=instant(message.opened_at),
        updated_at=instant(message.updated_at),
        deadline=instant(message.deadline),
        required=tuple(SkillLevel(s.name, s.level) for s in message.required),
        preferred=tuple(SkillLevel(s.name, s.level) for s in message.preferred),
        assignee=AgentId(message.assignee) if message.assignee else None,
        fence=message.fence,
        posts=tuple(_decode_post(p) for p in message.posts if SIDES.known(p.side)),
        clocks=tuple(_decode_clock(c) for c in message.clocks if CLOCKS.known(c.kind)),
        tags=tuple(message.tags),
        contact_reason=message.contact_reason,
        no_reply_needed=message.no_reply_needed,
        spam=message.spam,
        historical=message.historical,
        resolved_at=optional_instant(message, "resolved_at"),
        reopened=message.reopened,
        previous=CaseId(message.previous) if message.previous else None,
        merged_into=CaseId(message.merged_into) if message.merged_into else None,
        snoozed_until=optional_instant(message, "snoozed_until"),
        risk_topics=tuple(message.risk_topics),
        latest_mention=MentionId(message.latest_mention) if message.latest_mention else None,
        answerable=message.answerable,
        posts_left_out=message.posts_left_out,
        escalated=message.escalated,
        kind=KINDS.member(message.kind),
        direct=message.direct,
        trackers=tuple(message.trackers),
    )
