"""From a request to a judged intent: which text would answer which mention, and what of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from harken.channels.registry import Channels
from harken.domain.case import Case, CaseState
from harken.domain.ids import CaseId, MentionId
from harken.domain.mention import Mention
from harken.domain.reply import Reply
from harken.domain.time import Instant
from harken.http.principal import Principal
from harken.http.problem import Problem, conflict, invalid, not_found
from harken.store.port import Rows
from services.responder.api.access import leads
from services.responder.api.models import Composition
from services.responder.domain.guards import (
    Guard,
    Intended,
    Objection,
    Situation,
    objections,
)
from services.responder.domain.intent import action_for
from services.responder.domain.saved_reply import GIVEN, Rendered, render
from services.responder.saved_replies import find_saved_reply, usual_values
from services.responder.situations import find_case, find_connection, find_mention, situation

_WRONG_TEXT = frozenset({Guard.EMPTY, Guard.TOO_LONG})


@dataclass(frozen=True, slots=True)
class Composed:
    """What would be sent, and what speaks against it."""

    situation: Situation
    rendered: Rendered
    intended: Intended
    objections: tuple[Objection, ...]

    @property
    def parent(self) -> Mention:
        return self.situation.parent

    def check(self, waived: Collection[str]) -> None:
        """Raises the problem of the first objection that was not waived."""
        against = [o for o in self.objections if not (o.waivable and o.guard in waived)]
        if against:
            raise self._problem(against)
        if self.rendered.missing:
            missing = list(self.rendered.missing)
            detail = f"The saved reply lacks values: {', '.join(missing)}."
            raise Problem(
                422, "missing-variables", "Values missing", detail, more={"missing": missing}
            )

    def _problem(self, against: list[Objection]) -> Problem:
        first = against[0]
        more: dict[str, object] = {"objections": [one.guard.value for one in against]}
        if first.reply is not None:
            more["reply"] = first.reply
        if first.guard is Guard.EDITED:
            more |= {"text": self.parent.text, "revision": self.parent.revision}
        if first.guard is Guard.TOO_LONG:
            more |= {"length": self.intended.length, "limit": self.parent.capability.max_length}
        status = 422 if first.guard in _WRONG_TEXT else 409
        return Problem(status, first.guard.value, "Not sent", first.detail, more=more)


class Composer:
    """Everything is read from one snapshot; nothing is asked of a network."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels

    async def compose(
        self, rows: Rows, now: Instant, caller: Principal, case_id: CaseId, body: Composition
    ) -> Composed:
        """Raises problems for what cannot be judged: no such case, mention or saved reply."""
        case, parent = await answered(rows, case_id, body.parent)
        visibility = body.visibility or parent.visibility
        rendered = await self._rendered(rows, caller, parent, body)
        intended = Intended(
            text=rendered.text,
            length=0,
            visibility=visibility,
            action=action_for(parent, visibility),
            agent=caller.agent,
            authority=leads(caller),
            seen_revision=body.expected_revision,
        )
        known = await situation(rows, case, parent)
        return await self._judged(rows, now, known, rendered, intended)

    async def judge(self, rows: Rows, now: Instant, reply: Reply) -> Composed:
        """A reply that was accepted before, on the point of being approved."""
        case, parent = await answered(rows, reply.case, reply.parent)
        intended = Intended(
            text=reply.text,
            length=0,
            visibility=reply.visibility,
            action=reply.action,
            agent=reply.author,
            authority=True,
            seen_revision=reply.parent_revision,
        )
        known = await situation(rows, case, parent)
        others = tuple(other for other in known.answers if other.id != reply.id)
        rendered = Rendered(reply.text, reply.language)
        return await self._judged(rows, now, replace(known, answers=others), rendered, intended)

    async def _judged(
        self, rows: Rows, now: Instant, known: Situation, rendered: Rendered, intended: Intended
    ) -> Composed:
        parent = known.parent
        connection = await find_connection(rows, parent.connection, self._channels.vault)
        if connection is None or connection.network not in self._channels.networks:
            unreachable = Objection(Guard.NOT_ANSWERABLE, "There is no connection to answer by.")
            return Composed(known, rendered, intended, (unreachable,))
        channel = self._channels.of(connection.network)
        length = channel.length(connection, rendered.text, parent.capability)
        counted = replace(intended, length=length)
        return Composed(known, rendered, counted, objections(counted, known, now))

    async def _rendered(
        self, rows: Rows, caller: Principal, parent: Mention, body: Composition
    ) -> Rendered:
        language = body.language or parent.language
        if body.text is not None:
            return Rendered(body.text.strip(), language)
        saved = await find_saved_reply(rows, body.saved_reply or "")
        if saved is None:
            raise not_found("saved reply")
        unknown = sorted(body.variables.keys() - {*GIVEN, *saved.asked})
        if unknown:
            raise invalid(f"The saved reply has no such variable: {', '.join(unknown)}.")
        usual = await usual_values(rows, parent, caller.agent)
        return render(saved, language, {**usual, **body.variables})


async def answered(rows: Rows, case_id: CaseId, wanted: str | None) -> tuple[Case, Mention]:
    """The case, and the mention to answer: the latest where none is wanted."""
    case = await find_case(rows, case_id)
    if case is None:
        raise not_found("case")
    if case.state is CaseState.MERGED:
        problem = conflict("merged", "This case was merged into another one.")
        problem.more["into"] = case.merged_into
        raise problem
    parent = MentionId(wanted) if wanted is not None else case.latest_mention
    found = None if parent is None else await find_mention(rows, parent)
    if found is None or found[0] != case.id:
        raise not_found("mention in this case")
    return case, found[1]
