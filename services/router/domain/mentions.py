"""Mentions: placed once, revised, taken back, or answered by our own hand elsewhere."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import Case, CaseState, ClockKind, Post, PostSide
from harken.domain.ids import CaseId, QueueId, derive
from harken.domain.severity import Severity, SeverityClass
from harken.domain.time import Instant
from services.router.domain import clocks, posts
from services.router.domain.answers import answered
from services.router.domain.commands import AnsweredElsewhere, PlaceMention, RetractMention
from services.router.domain.escalation import tell_if_critical
from services.router.domain.joining import case_of_answer, joining, thread_of
from services.router.domain.judging import judged, routed, severity_of
from services.router.domain.outcome import Placed, Result
from services.router.domain.placement import (
    attend,
    enqueue,
    give_back,
    somebody_could,
    withdraw_offer,
)
from services.router.domain.state import KnownMention, Source
from services.router.domain.survey import lacks
from services.router.domain.turn import Turn

BECAME_SEVERE = "became more severe"
_IN_HAND = (CaseState.QUEUED, CaseState.OFFERED, CaseState.ASSIGNED)


def place_mention(turn: Turn, mention: PlaceMention) -> Result:
    """Every revision is applied once, one older than the latest never."""
    known = turn.state.mentions.get(mention.mention)
    if known is not None and known.revision >= mention.revision:
        return turn.done(known.case or "")
    if known is not None and known.case is not None:
        before, is_new = turn.case(known.case), False
    else:
        joined = joining(turn.state, mention)
        before, is_new = joined.case or _opened(turn, mention, joined.previous), True
    severity = severity_of(mention, before, turn.policy, is_new=is_new)
    case = judged(_with_mention(turn, mention, before), mention, severity)
    case = routed(case, before, turn.policy)
    _move_on(turn, case, mention, is_new=is_new)
    turn.state.mentions[mention.mention] = KnownMention(case.id, mention.revision)
    turn.state.sources[(mention.connection, mention.source_id)] = Source(case.id, mention.mention)
    turn.outcome.placed.append(Placed(mention.mention, mention.revision, case.id, severity))
    return turn.done(case.id)


def retract_mention(turn: Turn, retraction: RetractMention) -> Result:
    """A case of which nothing is left that could be answered is closed."""
    known = turn.state.mentions.get(retraction.mention)
    if known is not None and known.revision >= retraction.revision:
        return turn.done(known.case or "")
    case = turn.case(known.case) if known is not None and known.case is not None else None
    id_ = case.id if case is not None else None
    turn.state.mentions[retraction.mention] = KnownMention(id_, retraction.revision)
    turn.outcome.placed.append(Placed(retraction.mention, retraction.revision, id_))
    if case is None:
        return turn.done("")
    case = posts.without_post(case, retraction.mention)
    if case.open and not case.posts:
        withdraw_offer(turn, case.id)
        case = replace(
            clocks.stopped(case, turn.now, turn.policy.sla),
            state=CaseState.RESOLVED,
            resolved_at=turn.now,
            lease_until=None,
            snoozed_until=None,
            no_reply_needed=True,
        )
    turn.put(case)
    return turn.done(case.id)


def answered_elsewhere(turn: Turn, echo: AnsweredElsewhere) -> Result:
    """Our own post came back: one of our deliveries, or an answer given in the network's app."""
    known = turn.state.mentions.get(echo.mention)
    if known is not None:
        return turn.done(known.case or "")
    key = (echo.connection, echo.source_id)
    case = None
    if key not in turn.state.sources:
        case = case_of_answer(turn.state, echo.connection, echo.parent, echo.thread_root)
    id_ = case.id if case is not None else None
    turn.state.mentions[echo.mention] = KnownMention(id_, echo.revision)
    turn.outcome.placed.append(Placed(echo.mention, echo.revision, id_))
    if case is None:
        return turn.done("")
    turn.state.sources[key] = Source(case.id, echo.mention)
    post = Post(
        ref=echo.mention,
        side=PostSide.BRAND,
        at=min(echo.created_at, turn.now),
        visibility=echo.visibility,
        historical=echo.historical,
    )
    case = posts.with_post(case, post)
    turn.put(case if echo.historical else answered(turn, case, post.at))
    return turn.done(case.id)


def _opened(turn: Turn, mention: PlaceMention, previous: Case | None) -> Case:
    tenant = turn.state.tenant
    return Case(
        tenant=tenant,
        id=CaseId(derive("case", tenant, mention.mention)),
        revision=0,
        network=mention.network,
        connection=mention.connection,
        author=mention.author,
        visibility=mention.visibility,
        thread_root=thread_of(mention),
        language=mention.language,
        state=CaseState.QUEUED,
        severity=Severity(0, SeverityClass.LOW),
        queue=QueueId(""),
        opened_at=turn.now,
        updated_at=turn.now,
        deadline=turn.now,
        historical=mention.historical,
        kind=mention.kind,
        direct=mention.direct,
        answerable=mention.answerable,
        previous=previous.id if previous else None,
    )


def _with_mention(turn: Turn, mention: PlaceMention, case: Case) -> Case:
    post = Post(
        ref=mention.mention,
        side=PostSide.CUSTOMER,
        at=min(mention.created_at, turn.now),
        visibility=mention.visibility,
        polarity=mention.facts.polarity,
        certainty=mention.facts.certainty,
        historical=mention.historical,
    )
    return replace(
        posts.with_post(case, post),
        historical=case.historical and mention.historical,
        answerable=case.answerable or mention.answerable,
        direct=case.direct or mention.direct,
        trackers=_merged(case.trackers, mention.trackers),
        language=case.language or mention.language,
        contact_reason=case.contact_reason or mention.contact_reason,
    )


def _merged(trackers: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*trackers, *more))) if more else trackers


def _move_on(turn: Turn, case: Case, mention: PlaceMention, *, is_new: bool) -> None:
    """What the mention does to the case's state and clocks. History does nothing."""
    fresh = case.revision == 0
    if mention.historical and not turn.policy.route_history:
        if fresh:
            case = replace(case, state=CaseState.RESOLVED, resolved_at=turn.now)
        turn.put(case)
        return
    tell_if_critical(turn, case)
    if is_new and not mention.historical:
        case = _promised(turn, case, min(mention.received_at, turn.now))
    if fresh:
        enqueue(turn, case, "a new case")
    elif not is_new or case.state in _IN_HAND:
        _stay(turn, case)
    else:
        attend(turn, _reopened(case), "the customer wrote again")


def _stay(turn: Turn, case: Case) -> None:
    """Whoever has it keeps it, unless it became too severe for them and somebody else is there."""
    if case.state is CaseState.QUEUED and case.queue != turn.state.cases[case.id].queue:
        enqueue(turn, case, BECAME_SEVERE)
        return
    case = turn.put(case)
    if case.state is not CaseState.ASSIGNED or case.assignee is None:
        return
    holder = turn.state.agents[case.assignee]
    outgrown = lacks(holder, turn.state.demand(case)) is not None and not holder.supervisor
    if outgrown and somebody_could(turn, case):
        give_back(turn, case, BECAME_SEVERE, turn.policy.returned_for)


def _reopened(case: Case) -> Case:
    """``reopened`` counts work that came back, not history that became work."""
    if case.state is not CaseState.RESOLVED:
        return case
    was_work = posts.answered_before(case) or not all(post.historical for post in case.posts[:-1])
    return replace(case, resolved_at=None, reopened=case.reopened + was_work, no_reply_needed=False)


def _promised(turn: Turn, case: Case, at: Instant) -> Case:
    """A reply where one is possible, and a resolution; a pause ends with the customer's word."""
    sla = turn.policy.sla
    case = clocks.resumed(case, at, sla)
    if not case.answerable:
        return clocks.started(case, at, sla, ClockKind.RESOLUTION)
    again = posts.answered_before(case)
    reply = ClockKind.NEXT_REPLY if again else ClockKind.FIRST_REPLY
    return clocks.started(case, at, sla, reply, ClockKind.RESOLUTION)
