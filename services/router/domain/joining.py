"""Which case a mention belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from harken.domain.case import Case, CaseState
from harken.domain.ids import ConnectionId
from harken.domain.mention import Visibility
from harken.domain.time import elapsed
from services.router.domain.commands import PlaceMention
from services.router.domain.state import TenantState


@dataclass(frozen=True, slots=True)
class Joining:
    """``case`` to join, open or to be reopened; None opens one, after ``previous`` if there is."""

    case: Case | None = None
    previous: Case | None = None


def joining(state: TenantState, mention: PlaceMention) -> Joining:
    """The author's latest open case of the same conversation; else one resolved lately."""
    matching = [
        redirected(state, case)
        for case in state.cases_of(mention.connection, mention.author)
        if same_conversation(state, case, mention)
    ]
    matching.sort(key=lambda case: (case.open, case.updated_at, case.id))
    if not matching:
        return Joining()
    latest = matching[-1]
    if latest.open or _resolved_lately(state, latest, mention):
        return Joining(case=latest)
    return Joining(previous=latest)


def same_conversation(state: TenantState, case: Case, mention: PlaceMention) -> bool:
    """The same thread, an answer to one of its posts, or the same private channel."""
    if case.visibility is not mention.visibility:
        return False
    if mention.visibility is Visibility.PRIVATE:
        return True
    if case.thread_root == thread_of(mention):
        return True
    parent = state.sources.get((mention.connection, mention.parent))
    return bool(mention.parent) and parent is not None and parent.case == case.id


def thread_of(mention: PlaceMention) -> str:
    """A post without a thread begins one."""
    return mention.thread_root or mention.source_id


def case_of_answer(
    state: TenantState, connection: ConnectionId, parent: str, thread_root: str
) -> Case | None:
    """The case that a post of our own answers; None where we do not know what it answers."""
    for source_id in (parent, thread_root):
        source = state.sources.get((connection, source_id)) if source_id else None
        case = state.cases.get(source.case) if source is not None else None
        if case is not None:
            return redirected(state, case)
    return None


def redirected(state: TenantState, case: Case) -> Case:
    while case.state is CaseState.MERGED and case.merged_into is not None:
        into = state.cases.get(case.merged_into)
        if into is None:
            break
        case = into
    return case


def _resolved_lately(state: TenantState, case: Case, mention: PlaceMention) -> bool:
    if case.state is not CaseState.RESOLVED or case.resolved_at is None:
        return False
    return elapsed(case.resolved_at, mention.received_at) <= state.policy.reopens_within
