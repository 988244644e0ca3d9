"""What of the stored past a command may ask for, beyond what is always in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harken.domain.ids import AuthorId, CaseId, ConnectionId, MentionId, OfferId
from services.router.domain.commands import (
    AcceptOffer,
    AgentActive,
    AnsweredElsewhere,
    Command,
    DeclineOffer,
    Merge,
    PlaceMention,
    ReplyDelivered,
    ReplyFailed,
    RetractMention,
)


@dataclass(slots=True)
class Needs:
    """``sources`` are posts by connection and the network's own id."""

    mentions: set[MentionId] = field(default_factory=set)
    sources: set[tuple[ConnectionId, str]] = field(default_factory=set)
    authors: set[tuple[ConnectionId, AuthorId]] = field(default_factory=set)
    cases: set[CaseId] = field(default_factory=set)
    offers: set[OfferId] = field(default_factory=set)


def needs(commands: Iterable[Command]) -> Needs:
    found = Needs()
    for command in commands:
        _add(found, command)
    found.sources = {source for source in found.sources if source[1]}
    return found


def _add(found: Needs, command: Command) -> None:
    match command:
        case PlaceMention():
            found.mentions.add(command.mention)
            found.authors.add((command.connection, command.author))
            found.sources.add((command.connection, command.parent))
        case RetractMention():
            found.mentions.add(command.mention)
        case AnsweredElsewhere(connection=connection):
            found.mentions.add(command.mention)
            for source_id in (command.source_id, command.parent, command.thread_root):
                found.sources.add((connection, source_id))
        case ReplyDelivered(delivery) | ReplyFailed(delivery):
            found.cases.add(delivery.case)
            found.sources.add((delivery.connection, delivery.network_id))
        case AcceptOffer() | DeclineOffer():
            found.offers.add(command.offer)
        case Merge():
            found.cases |= {command.case, command.into}
        case AgentActive():
            pass
        case _:
            case = getattr(command, "case", None)
            if case is not None:
                found.cases.add(case)
