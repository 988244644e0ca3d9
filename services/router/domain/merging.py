"""Two cases become one."""

from __future__ import annotations

from dataclasses import replace

from harken.domain.case import CaseState
from services.router.domain import clocks, posts
from services.router.domain.casework import done, must_be_open
from services.router.domain.commands import Merge
from services.router.domain.judgement import MOST_TAGS
from services.router.domain.outcome import CONFLICT, Refused, Result
from services.router.domain.placement import enqueue, withdraw_offer
from services.router.domain.turn import Turn, need_authority


def merge(turn: Turn, command: Merge) -> Result:
    """The oldest age is kept, both assignments end, a redirect stays."""
    need_authority(command.by)
    source = turn.seen(command.case, command.expected)
    target = turn.case(command.into)
    if source.id != command.case:
        raise Refused(CONFLICT, "closed", "This case was merged before.")
    if source.id == target.id:
        raise Refused(CONFLICT, "same-case", "A case cannot be merged into itself.")
    must_be_open(source)
    must_be_open(target)
    for case in (source, target):
        withdraw_offer(turn, case.id)
    merged = target
    for entry in source.posts:
        merged = posts.with_post(merged, entry)
    worse = max(source.severity, target.severity, key=lambda severity: severity.score)
    merged = replace(
        merged,
        severity=worse,
        opened_at=min(source.opened_at, target.opened_at),
        deadline=min(source.deadline, target.deadline),
        tags=tuple(dict.fromkeys((*target.tags, *source.tags)))[:MOST_TAGS],
        risk_topics=tuple(sorted({*source.risk_topics, *target.risk_topics})),
        historical=source.historical and target.historical,
        posts_left_out=merged.posts_left_out + source.posts_left_out,
    )
    gone = clocks.stopped(source, turn.now, turn.policy.sla)
    turn.put(
        replace(
            gone,
            state=CaseState.MERGED,
            merged_into=target.id,
            assignee=None,
            lease_until=None,
            snoozed_until=None,
        )
    )
    turn.outcome.merged.append((source.id, target.id))
    for mention, known in turn.state.mentions.items():
        if known.case == source.id:
            turn.state.mentions[mention] = replace(known, case=target.id)
    enqueue(turn, merged, "merged")
    return done(turn, target)
