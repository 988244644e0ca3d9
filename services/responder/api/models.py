"""Replies as the API takes and shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from harken.domain.mention import Counting, Visibility
from harken.domain.reply import Action, DeliveryState, Reply
from harken.http.models import ApiModel, Id, Time, Whole, bounded, examples
from services.responder.domain.guards import Guard

LONGEST_TEXT = 20_000
Text = Annotated[str, bounded(LONGEST_TEXT)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=35)]
Variable = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Values = Annotated[dict[Variable, Annotated[str, bounded(2_000, least=0)]], Field(max_length=50)]
Why = Annotated[str, bounded(1_000, least=0)]
Waived = Annotated[
    list[Literal["wrote-again", "already-answered", "answered-elsewhere"]], Field(max_length=10)
]

_AT = "2026-03-01T09:30:00Z"
REPLY: dict[str, Any] = {
    "id": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "revision": 4,
    "case": "5b0c8c1e-9f39-5a7e-8f10-0f0f9a526d6a",
    "connection": "0190a8a2-1111-7cc0-9d0b-1c2d3e4f5a6b",
    "network": "mastodon",
    "parent": "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10",
    "parent_revision": 1,
    "action": "reply",
    "visibility": "public",
    "text": "We are sorry. Which kettle is it?",
    "language": "en",
    "agent": "eva",
    "automatic": False,
    "state": "sent",
    "why": "",
    "attempts": 1,
    "created_at": _AT,
    "updated_at": "2026-03-01T09:30:01Z",
    "sent_at": "2026-03-01T09:30:01Z",
    "network_id": "114012",
    "network_url": "https://social.example/@tarnandtoll/114012",
}


class Composition(ApiModel):
    """What is to be said: a text, or a saved reply with values for its variables."""

    text: Text | None = None
    """As it should appear; the network's way of addressing is added by itself."""
    saved_reply: Id | None = None
    variables: Values = Field(default_factory=dict)
    """For the saved reply: those that it asks for, and any that should be other than usual."""
    language: Language | None = None
    """Of the text, or the one to take of the saved reply; else that of the customer's post."""
    visibility: Visibility | None = None
    """As public as the customer's post where it is not said."""
    parent: Id | None = None
    """The mention to answer; the case's latest one where it is not said."""
    expected_revision: Whole | None = None
    """The revision of that mention that was read: an edit since is refused as `edited`."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.text is None) == (self.saved_reply is None):
            raise ValueError("give either `text` or `saved_reply`")
        return self


class NewReply(Composition):
    """A reply to send."""

    model_config = examples(
        {"text": "We are sorry. Which kettle is it?", "expected_revision": 1},
        {"saved_reply": "0190a8a2-3333-7cc0-9d0b-1c2d3e4f5a6b", "variables": {"parcel": "TT-7"}},
    )

    acknowledge: Waived = Field(default_factory=list)
    """What was seen and should not stop it."""
    needs_approval: bool = False
    """Wait until somebody else approves it."""


class ReplyToCheck(Composition):
    """What somebody thinks of sending."""

    model_config = examples(
        {"case": REPLY["case"], "text": "We are sorry. Which kettle is it?"},
    )

    case: Id


class ReplyAnswer(ApiModel):
    """A reply and what became of it.

    `state`: `awaiting_approval`, `planned`, `claimed`, `sending`, then `sent`, or `refused` (surely
    not posted; `why` tells), or `unknown` (no answer came: the thread is being read back).
    `absent`: it was not found there; a person decides by `confirm` or `cancel`. `cancelled` by a
    person; `withdrawn`: overtaken by what happened, as `why` tells.
    """

    model_config = examples(REPLY)

    id: str
    revision: int
    case: str
    connection: str
    network: str
    parent: str
    parent_revision: int
    action: Action
    visibility: Visibility
    text: str
    language: str
    agent: str | None
    automatic: bool
    state: DeliveryState
    why: str
    attempts: int
    created_at: Time
    updated_at: Time
    sent_at: Time | None
    network_id: str
    network_url: str


class ObjectionAnswer(ApiModel):
    """Something that speaks against sending it."""

    kind: Guard
    """The kind of problem that sending would be answered with."""
    detail: str
    waivable: bool
    """Can be named in `acknowledge`."""
    reply: str | None
    """The other reply, where one is in the way."""


OBJECTION: dict[str, Any] = {
    "kind": "wrote-again",
    "detail": "The customer has written again since.",
    "waivable": True,
    "reply": None,
}


class CheckAnswer(ApiModel):
    """What would happen to it now. `limit` 0: none is known."""

    model_config = examples(
        {
            "acceptable": False,
            "objections": [OBJECTION],
            "text": "We are sorry. Which kettle is it?",
            "language": "en",
            "missing": [],
            "length": 33,
            "limit": 494,
            "counting": "mastodon",
            "asks": True,
            "parent": REPLY["parent"],
            "parent_revision": 1,
            "action": "reply",
            "visibility": "public",
        }
    )

    acceptable: bool
    """Nothing speaks against it."""
    objections: list[ObjectionAnswer]
    text: str
    """As it would be frozen, its variables filled in."""
    language: str
    missing: list[str]
    """Variables without a value."""
    length: int
    """In the network's own counting."""
    limit: int
    counting: Counting
    asks: bool
    """It asks the customer something: clocks that may pause wait for the answer."""
    parent: str
    parent_revision: int
    action: Action
    visibility: Visibility


class Approval(ApiModel):
    """That it may go out."""

    model_config = examples({"acknowledge": ["wrote-again"]})

    acknowledge: Waived = Field(default_factory=list)


class Rejection(ApiModel):
    """That it may not go out."""

    model_config = examples({"why": "We do not promise dates."})

    why: Why = ""


class Cancellation(ApiModel):
    """That it should not go out after all."""

    model_config = examples({"why": "Answered by phone."})

    why: Why = ""


class Confirmation(ApiModel):
    """What a person found on the network.

    There: `network_id` and `network_url`, as far as they are known. Not there: `resend` sends it
    again, else it is cancelled.
    """

    model_config = examples(
        {
            "on_network": True,
            "network_id": "114012",
            "network_url": "https://social.example/@tarnandtoll/114012",
        },
        {"on_network": False, "resend": True},
    )

    on_network: bool
    network_id: Annotated[str, bounded(500, least=0)] = ""
    network_url: Annotated[str, bounded(2_000, least=0)] = ""
    resend: bool = False

    @model_validator(mode="after")
    def _one_story(self) -> Self:
        if self.on_network and self.resend:
            raise ValueError("what is on the network is not sent again")
        return self


def reply_answer(reply: Reply) -> ReplyAnswer:
    return ReplyAnswer(
        id=reply.id,
        revision=reply.revision,
        case=reply.case,
        connection=reply.connection,
        network=reply.network,
        parent=reply.parent,
        parent_revision=reply.parent_revision,
        action=reply.action,
        visibility=reply.visibility,
        text=reply.text,
        language=reply.language,
        agent=reply.author,
        automatic=reply.automatic,
        state=reply.state,
        why=reply.why,
        attempts=reply.attempts,
        created_at=reply.created_at,
        updated_at=reply.updated_at,
        sent_at=reply.sent_at,
        network_id=reply.network_id,
        network_url=reply.network_url,
    )
