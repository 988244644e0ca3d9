"""The heart: one command applied to a tenant's state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from harken.domain.ids import AgentId, CaseId
from harken.domain.time import Instant
from services.router.domain import (
    answers,
    casework,
    commands,
    desk,
    judgement,
    mentions,
    merging,
    roster,
    timers,
)
from services.router.domain.commands import Appended, By, Command
from services.router.domain.outcome import Outcome, Refused, Result
from services.router.domain.placement import dispatch
from services.router.domain.state import TenantState
from services.router.domain.turn import Turn

_HANDLERS: Mapping[type[Any], Callable[[Turn, Any], Result]] = {
    commands.PlaceMention: mentions.place_mention,
    commands.RetractMention: mentions.retract_mention,
    commands.AnsweredElsewhere: mentions.answered_elsewhere,
    commands.ReplyDelivered: answers.reply_delivered,
    commands.ReplyFailed: answers.reply_failed,
    commands.TimerFired: timers.timer_fired,
    commands.SetStatus: desk.set_status,
    commands.AgentActive: desk.agent_active,
    commands.AcceptOffer: desk.accept_offer,
    commands.DeclineOffer: desk.decline_offer,
    commands.Assign: casework.assign_case,
    commands.Transfer: casework.transfer,
    commands.Snooze: casework.snooze,
    commands.Resolve: casework.resolve,
    commands.Reopen: casework.reopen,
    commands.OverrideSeverity: judgement.override_severity,
    commands.CorrectTone: judgement.correct_tone,
    commands.Tag: judgement.tag,
    commands.Note: judgement.note,
    commands.Merge: merging.merge,
    commands.UpsertAgent: roster.upsert_agent,
    commands.RetireAgent: roster.retire_agent,
    commands.UpsertQueue: roster.upsert_queue,
    commands.RemoveQueue: roster.remove_queue,
    commands.UpsertSkill: roster.upsert_skill,
    commands.RemoveSkill: roster.remove_skill,
}


def apply(state: TenantState, appended: Appended, now: Instant) -> Outcome:
    """Changes the state and says what is to be stored and told.

    The same state, command and instant give the same outcome, always. A command that cannot be
    done changes nothing; its refusal is the result.
    """
    turn = Turn(state, appended, now)
    command = appended.command
    try:
        result = _HANDLERS[type(command)](turn, command)
    except Refused as refused:
        turn.outcome.result = refused.result
        return turn.outcome
    _keep_alive(turn, command)
    dispatch(turn)
    turn.outcome.result = _after(turn, result)
    return turn.outcome


def _keep_alive(turn: Turn, command: Command) -> None:
    """What a person does on a case shows that they are there and at work on it."""
    by = getattr(command, "by", None)
    if isinstance(by, By):
        desk.touch(turn, by.agent)
        case = getattr(command, "case", None)
        if case is not None:
            desk.touch_case(turn, by, case)


def _after(turn: Turn, result: Result) -> Result:
    """With the revision that the case, agent or offer has at the end of the turn."""
    case = turn.outcome.cases.get(CaseId(result.ref))
    agent = turn.outcome.agents.get(AgentId(result.ref))
    changed = case or agent
    return replace(result, revision=changed.revision) if changed is not None else result
