"""Listens for what changes the fate of replies: our own posts coming back, edits, deletions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from harken.channels.comparison import same_text
from harken.domain.ids import ConnectionId, MentionId, mention_id
from harken.domain.mention import Change, Mention
from harken.domain.reply import Reply
from harken.domain.time import Instant
from harken.events.codec import decode_tagged
from harken.events.topics import MENTIONS_TAGGED, Topic
from harken.runtime.flow import InvalidRecord
from harken.runtime.stage import Decided, Received
from harken.store.changes import ChangeSet, InsertOnce
from harken.store.port import Snapshot, Store
from harken.store.schema.responder import OWN_POSTS
from harken.telemetry import tracing
from services.responder.domain.delivery import advance, maybe_posted
from services.responder.domain.delivery_events import Event, Posted, Withdrawn
from services.responder.domain.delivery_terms import Impossible
from services.responder.domain.recognition import OwnPost, recognise
from services.responder.replies import Kept, answers_to, bound_ids, moved

Place = tuple[str, ConnectionId]

DELETED = "The customer deleted what this answers."
EDITED = "The customer has edited what this answers."


class ResponderStage:
    """An echo binds the reply that it is. One that is none is kept: we answered elsewhere.

    Replies that wait when their parent is edited or deleted are withdrawn at once, so that their
    writers hear of it; right before sending it is looked at again, whatever comes late here.
    """

    group = "responder"
    topics: Sequence[Topic] = (MENTIONS_TAGGED,)

    def __init__(self, store: Store, batch: int) -> None:
        self.batch = batch
        self._store = store

    async def handle(self, batch: Sequence[Received]) -> Decided:
        """Only mentions that concern replies cost a look at the store."""
        heard = [(one, _mention(one)) for one in batch]
        telling = [(one, mention) for one, mention in heard if _tells(mention)]
        change = ChangeSet()
        if not telling:
            return Decided(change)
        async with self._store.reading() as snapshot:
            known = await _Known.load(snapshot, [mention for _, mention in telling])
        for received, mention in telling:
            parent = tracing.traceparent(received.record.headers)
            with tracing.span("responder mention", parent, mention=mention.id):
                known.hear(mention, change)
        return Decided(change)


class _Known:
    """The replies that a batch is about, as they are after what was heard so far."""

    def __init__(self, now: Instant) -> None:
        self._now = now
        self._answers: dict[tuple[Place, MentionId], list[Kept]] = defaultdict(list)
        self._bound: dict[Place, frozenset[str]] = {}

    @classmethod
    async def load(cls, snapshot: Snapshot, mentions: Iterable[Mention]) -> _Known:
        known = cls(snapshot.now)
        by_place: dict[Place, list[Mention]] = defaultdict(list)
        for mention in mentions:
            by_place[mention.tenant, mention.connection].append(mention)
        for place, heard in by_place.items():
            rows = snapshot.for_tenant(heard[0].tenant)
            answers = await answers_to(rows, place[1], {_answered(m) for m in heard})
            for kept in answers:
                known._answers[place, kept.reply.parent].append(kept)
            echoes = [mention.source_id for mention in heard if mention.echo]
            known._bound[place] = await bound_ids(rows, place[1], echoes)
        return known

    def hear(self, mention: Mention, change: ChangeSet) -> None:
        place = (mention.tenant, mention.connection)
        answers = self._answers[place, _answered(mention)]
        if mention.echo:
            change.add(InsertOnce(OWN_POSTS, _own_post(mention, self._now)))
            if mention.source_id not in self._bound[place]:
                self._bind(mention, answers, change)
            return
        why = DELETED if mention.change is Change.RETRACTION else EDITED
        for number, kept in enumerate(answers):
            if kept.reply.parent_revision < mention.revision:
                answers[number] = self._moved(kept, Withdrawn(why), change)

    def _bind(self, mention: Mention, answers: list[Kept], change: ChangeSet) -> None:
        """To the oldest reply that may be on the network and says the same."""
        for number in reversed(range(len(answers))):
            reply = answers[number].reply
            if maybe_posted(reply) and _is(mention, reply):
                event = Posted(mention.source_id, mention.url, mention.created_at)
                answers[number] = self._moved(answers[number], event, change)
                return

    def _moved(self, kept: Kept, event: Event, change: ChangeSet) -> Kept:
        try:
            after = advance(kept.reply, event, self._now)
        except Impossible:
            return kept
        step = moved(kept, after)
        change.add(*step.writes)
        change.emit(*step.outbox)
        return Kept(after, kept.trace)


def _mention(received: Received) -> Mention:
    mention = decode_tagged(received.message).mention
    if not (mention.tenant and mention.id):
        raise InvalidRecord(received.record, "a mention without tenant or id")
    return mention


def _tells(mention: Mention) -> bool:
    """First revisions of customers' posts concern no reply."""
    if mention.echo:
        return bool(mention.parent) and mention.change is Change.CONTENT
    return mention.revision > 1


def _answered(mention: Mention) -> MentionId:
    """The mention whose answers are concerned: what an echo answers, or what was changed."""
    if mention.echo:
        return mention_id(mention.tenant, mention.network, mention.scope, mention.parent)
    return mention.id


def _is(echo: Mention, reply: Reply) -> bool:
    said = same_text(reply.text, echo.text)
    post = OwnPost(echo.source_id, echo.created_at, same_text=said)
    return recognise(reply, [post], alone=False) is not None


def _own_post(mention: Mention, now: Instant) -> dict[str, Any]:
    return {
        "tenant": mention.tenant,
        "connection": mention.connection,
        "source_id": mention.source_id,
        "parent_source_id": mention.parent,
        "created_at": mention.created_at,
        "seen_at": now,
    }
