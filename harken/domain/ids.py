"""Identifiers. Derived things have derived ids, so that doing work twice makes one thing.

Things that people make (notes, replies, agents) get a UUIDv7 passed in from outside.
"""

from __future__ import annotations

from typing import NewType
from uuid import UUID, uuid5

TenantId = NewType("TenantId", str)
"""One brand's workspace: lower-case letters, digits and hyphens."""
ConnectionId = NewType("ConnectionId", str)
"""Our account on a network; opaque, safe in a URL."""
SourceId = NewType("SourceId", str)
MentionId = NewType("MentionId", str)
AuthorId = NewType("AuthorId", str)
"""The network's own id of a person, unique within the network only."""
CaseId = NewType("CaseId", str)
AgentId = NewType("AgentId", str)
QueueId = NewType("QueueId", str)
ReplyId = NewType("ReplyId", str)
OfferId = NewType("OfferId", str)
DecisionId = NewType("DecisionId", str)

NO_MENTION = MentionId("")

_NAMESPACE = UUID("6b1f1d2a-3c0e-5a57-9d0c-5d1f0a6e7c11")
_SEPARATOR = "\x1f"
# So that no part can forge a boundary, whatever a network calls its posts.
_ESCAPED = str.maketrans({"\x1f": "\x1b1", "\x1b": "\x1b0"})


def derive(kind: str, *parts: str | int) -> str:
    """The id of a derived thing: equal parts give the equal id, everywhere and always."""
    words = [kind, *(str(part).translate(_ESCAPED) for part in parts)]
    name = _SEPARATOR.join(words).encode("utf-8", "surrogatepass")
    # uuid5 takes bytes from Python 3.12 only; latin-1 carries the same bytes on 3.11.
    return str(uuid5(_NAMESPACE, name.decode("latin-1")))


def mention_id(tenant: TenantId, network: str, scope: str, source_id: str) -> MentionId:
    """``scope`` is what the channel says a source id is unique within (an instance, a feed)."""
    return MentionId(derive("mention", tenant, network, scope, source_id))
