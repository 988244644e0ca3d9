"""From what somebody wants to say to a reply."""

from __future__ import annotations

from harken.domain.ids import AgentId, CaseId, ReplyId
from harken.domain.mention import Mention, Visibility
from harken.domain.reply import Action, Reply
from harken.domain.reply import DeliveryState as State
from harken.testing import builders
from services.responder.domain.intent import Writer, plan

MENTION = builders.mention(revision=3, language="pl")
IDA = Writer("key-1", AgentId("agent-ida"))


def planned(
    parent: Mention = MENTION,
    visibility: Visibility = Visibility.PUBLIC,
    answers: tuple[Reply, ...] = (),
    *,
    needs_approval: bool = False,
) -> Reply:
    return plan(
        ReplyId("r1"),
        CaseId("c1"),
        parent,
        "Przepraszamy.",
        visibility,
        IDA,
        answers,
        builders.NOW,
        needs_approval=needs_approval,
    )


def test_it_is_due_now_and_remembers_what_was_read() -> None:
    reply = planned()
    assert (reply.state, reply.due, reply.parent_revision) == (State.PLANNED, builders.NOW, 3)
    assert (reply.language, reply.author, reply.written_by) == ("pl", "agent-ida", "key-1")


def test_what_needs_approval_waits_for_it() -> None:
    assert planned(needs_approval=True).state is State.AWAITING_APPROVAL


def test_a_private_answer_to_a_public_post_is_another_action() -> None:
    assert planned().action is Action.REPLY
    assert planned(visibility=Visibility.PRIVATE).action is Action.PRIVATE_REPLY
    message = builders.direct_message()
    assert planned(message, Visibility.PRIVATE).action is Action.REPLY


def test_no_two_texts_share_a_key() -> None:
    first = planned()
    second = planned(answers=(first,))
    private = planned(visibility=Visibility.PRIVATE, answers=(first, second))
    assert len({first.key, second.key, private.key}) == 3
    assert planned().key == first.key
