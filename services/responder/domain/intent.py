"""From what somebody wants to say to a reply whose text is frozen under its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from harken.domain.ids import AgentId, CaseId, ReplyId
from harken.domain.mention import Mention, Visibility
from harken.domain.reply import Action, DeliveryState, Reply, reply_key
from harken.domain.time import Instant


@dataclass(frozen=True, slots=True)
class Writer:
    """``principal`` is the credential, ``agent`` the person behind it, if any."""

    principal: str
    agent: AgentId | None = None


def action_for(parent: Mention, visibility: Visibility) -> Action:
    """Answering a public post in private is another thing than answering it where it stands."""
    if visibility is Visibility.PRIVATE and parent.visibility is Visibility.PUBLIC:
        return Action.PRIVATE_REPLY
    return Action.REPLY


def ordinal(action: Action, answers: Iterable[Reply]) -> int:
    """Which reply in its place this would be, from 1: no two texts ever share a key."""
    return 1 + sum(reply.action is action for reply in answers)


def plan(
    id_: ReplyId,
    case: CaseId,
    parent: Mention,
    text: str,
    visibility: Visibility,
    writer: Writer,
    answers: Iterable[Reply],
    now: Instant,
    *,
    language: str = "",
    needs_approval: bool = False,
) -> Reply:
    """The first revision: PLANNED and due now, or AWAITING_APPROVAL."""
    action = action_for(parent, visibility)
    number = ordinal(action, answers)
    state = DeliveryState.AWAITING_APPROVAL if needs_approval else DeliveryState.PLANNED
    return Reply(
        tenant=parent.tenant,
        id=id_,
        revision=1,
        case=case,
        connection=parent.connection,
        network=parent.network,
        parent=parent.id,
        parent_source_id=parent.source_id,
        parent_revision=parent.revision,
        action=action,
        visibility=visibility,
        text=text,
        language=language or parent.language,
        author=writer.agent,
        written_by=writer.principal,
        automatic=False,
        key=reply_key(parent.tenant, parent.connection, parent.id, action, number),
        state=state,
        created_at=now,
        updated_at=now,
        due=now,
    )
