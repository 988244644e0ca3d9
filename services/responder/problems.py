"""Kinds of problem that only the responder answers, with what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "already-answered": "Another reply to the same post went out, or is on its way. `reply` "
        "names it. Look at it; to send all the same, acknowledge it.",
        "answered-elsewhere": "Somebody answered in the network's own app. To send all the same, "
        "acknowledge it.",
        "assigned-to-another": "Another agent has the case. Take it over first, or ask them.",
        "edited": "The customer edited what this answers. The problem holds the new `text` and "
        "its `revision`; to answer that, send the revision as `expected_revision`.",
        "empty-text": "There is nothing but white space to send.",
        "historical": "The post is older than this connection. History is not answered.",
        "id-of-another": "The network's id is known to be another reply.",
        "merged": "The case was merged into another one, which `into` names.",
        "missing-variables": "The saved reply asks for values that were not given; `missing` "
        "names them.",
        "not-answerable": "The network does not let us answer here, or not in this way.",
        "own-post": "The post is one of our own.",
        "own-reply": "Somebody else than the writer has to decide about a reply.",
        "reply-under-way": "A reply to the same post is not finished: `reply` names it. Wait for "
        "it, cancel it, or decide about it.",
        "retracted": "The customer deleted the post.",
        "too-long": "The text is longer than the network takes, in its own counting: `length` "
        "and `limit` tell both.",
        "wrong-state": "The reply is in a state in which this cannot happen; `state` tells which.",
        "wrote-again": "The customer has written again since. Answer the latest post; to answer "
        "this one all the same, acknowledge it.",
    }
)
