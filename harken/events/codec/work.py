"""What the router tells the rest: placed mentions, cases, decisions, notices."""

from __future__ import annotations

from harken.domain.case import Case
from harken.domain.facts import (
    DecisionKind,
    DecisionMade,
    Notice,
    NoticeKind,
    PlacedMention,
    WorkFact,
)
from harken.domain.ids import AgentId, CaseId, DecisionId, TenantId
from harken.domain.severity import Severity
from harken.events.codec.case import decode_case, decode_severity, encode_case, encode_severity
from harken.events.codec.tone import decode_tagged
from harken.events.codec.wire import Words, instant, stamp
from harken.events.v1 import tone_pb2
from harken.events.v1 import work_pb2 as pb

DECISION_KINDS = Words(DecisionKind, pb.DecisionKind, "DECISION_KIND", DecisionKind.QUEUED)
"""Its default is never read: a decision of a kind not known here reads as nothing."""
NOTICE_KINDS = Words(NoticeKind, pb.NoticeKind, "NOTICE_KIND", NoticeKind.CRITICAL_CASE)
"""Its default is never read: a notice of a kind not known here reads as nothing."""


def place(tagged: tone_pb2.TaggedMention, case: CaseId, severity: Severity) -> pb.Work:
    """Wraps the tagged mention as it was received, with all that this code does not know of it."""
    return pb.Work(
        mention=pb.PlacedMention(tagged=tagged, case_id=case, severity=encode_severity(severity))
    )


def encode_work(fact: Case | DecisionMade | Notice) -> pb.Work:
    """For placed mentions see `place`."""
    match fact:
        case Case():
            return pb.Work(case=encode_case(fact))
        case DecisionMade():
            return pb.Work(
                decision=pb.Decision(
                    tenant=fact.tenant,
                    id=fact.id,
                    case_id=fact.case,
                    kind=DECISION_KINDS.name(fact.kind),
                    agent=fact.agent or "",
                    at=stamp(fact.at),
                )
            )
        case Notice():
            return pb.Work(
                notice=pb.Notice(
                    tenant=fact.tenant,
                    id=fact.id,
                    kind=NOTICE_KINDS.name(fact.kind),
                    case_id=fact.case,
                    detail=fact.detail,
                    at=stamp(fact.at),
                )
            )


def _decode_placed(message: pb.PlacedMention) -> PlacedMention:
    return PlacedMention(
        tagged=decode_tagged(message.tagged),
        case=CaseId(message.case_id),
        severity=decode_severity(message.severity),
    )


def _decode_decision(message: pb.Decision) -> DecisionMade | None:
    kind = DECISION_KINDS.known(message.kind)
    if kind is None:
        return None
    return DecisionMade(
        tenant=TenantId(message.tenant),
        id=DecisionId(message.id),
        case=CaseId(message.case_id),
        kind=kind,
        agent=AgentId(message.agent) if message.agent else None,
        at=instant(message.at),
    )


def _decode_notice(message: pb.Notice) -> Notice | None:
    kind = NOTICE_KINDS.known(message.kind)
    if kind is None:
        return None
    return Notice(
        tenant=TenantId(message.tenant),
        id=message.id,
        kind=kind,
        case=CaseId(message.case_id),
        detail=message.detail,
        at=instant(message.at),
    )


def decode_work(message: pb.Work) -> WorkFact | None:
    """None for a fact of a kind that this code does not know: to be passed over."""
    match message.WhichOneof("what"):
        case "mention":
            return _decode_placed(message.mention)
        case "case":
            return decode_case(message.case)
        case "decision":
            return _decode_decision(message.decision)
        case "notice":
            return _decode_notice(message.notice)
        case _:
            return None
