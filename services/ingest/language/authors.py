"""The language that each author usually writes: a short text borrows it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from harken.clock import Clock
from harken.domain.ids import AuthorId, TenantId
from harken.domain.time import Instant, before, days, hours
from harken.runtime.pulse import Pulse
from harken.store.changes import ChangeSet, PutNewer, Remove, Statement, StoreUnavailable
from harken.store.port import Store
from harken.store.schema.ingest import AUTHOR_LANGUAGES
from services.ingest.domain.language import UNKNOWN, Guess, used

REMEMBERED = 50_000
"""Authors kept in memory besides the store."""
PER_CHANGE_SET = 500
KEPT = days(180)
"""An author who was silent for so long is forgotten."""
_TOLD_AGAIN = days(1)
_TIDIED = hours(1)

_Key = tuple[TenantId, str, AuthorId]


@dataclass(frozen=True, slots=True)
class _Known:
    guess: Guess
    written_at: Instant


class AuthorLanguages:
    """Knows at once, writes later: its worker carries news to the store in large change sets.

    What a crash takes with it is learnt again: it only advises.
    """

    name = "ingest.author_languages"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recent: OrderedDict[_Key, _Known] = OrderedDict()
        self._unwritten: OrderedDict[_Key, Guess] = OrderedDict()
        self._tidied_at = Instant(0)

    async def usual(
        self, tenant: TenantId, network: str, authors: Iterable[AuthorId]
    ) -> Mapping[AuthorId, Guess]:
        """Of those that are known. Raises `StoreUnavailable`."""
        wanted = {author for author in authors if author}
        missing = [one for one in wanted if (tenant, network, one) not in self._recent]
        if missing:
            table = AUTHOR_LANGUAGES.c
            query = select(table.author, table.language, table.percent, table.revision).where(
                table.network == network, table.author.in_(missing)
            )
            async with self._store.reading() as snapshot:
                rows = await snapshot.for_tenant(tenant).all(query)
            found = {AuthorId(row.author): row for row in rows}
            for author in missing:
                row = found.get(author)
                guess = UNKNOWN if row is None else Guess(row.language, row.percent / 100)
                at = Instant(0 if row is None else row.revision)
                self._keep((tenant, network, author), _Known(guess, at))
        return {
            one: known.guess
            for one in wanted
            if (known := self._recent.get((tenant, network, one))) and known.guess.language
        }

    def learn(self, tenant: TenantId, network: str, author: AuthorId, shown: Guess) -> None:
        """``shown`` must be sure."""
        if not author:
            return
        key, now = (tenant, network, author), self._clock.now()
        known = self._recent.get(key, _Known(UNKNOWN, Instant(0)))
        guess = used(known.guess, shown)
        news = guess.language != known.guess.language
        if news or known.written_at < before(now, _TOLD_AGAIN):
            self._unwritten[key] = guess
            known = _Known(guess, now)
        self._keep(key, _Known(guess, known.written_at))

    async def forget(self, tenant: TenantId, network: str, author: AuthorId) -> None:
        """For an erasure. Raises `StoreUnavailable`."""
        key = (tenant, network, author)
        self._recent.pop(key, None)
        self._unwritten.pop(key, None)
        row = {"tenant": tenant, "network": network, "author": author}
        await self._store.submit(ChangeSet(writes=[Remove(AUTHOR_LANGUAGES, row)]))

    async def run(self, pulse: Pulse) -> None:
        while await pulse.sleep(0.5):
            await self._write(pulse)
            await self.tidy()
        await self._write(pulse)

    def _keep(self, key: _Key, known: _Known) -> None:
        self._recent[key] = known
        self._recent.move_to_end(key)
        while len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)

    async def _write(self, pulse: Pulse) -> None:
        while self._unwritten:
            size = min(len(self._unwritten), PER_CHANGE_SET)
            batch = [self._unwritten.popitem(last=False) for _ in range(size)]
            writes = [PutNewer(AUTHOR_LANGUAGES, self._row(key, guess)) for key, guess in batch]
            try:
                await self._store.submit(ChangeSet(writes=[*writes]))
            except StoreUnavailable:
                for key, guess in batch:
                    self._unwritten.setdefault(key, guess)
                return
            pulse.beat()

    async def tidy(self) -> None:
        """Removes who was silent for long; looks once an hour."""
        now = self._clock.now()
        if now < self._tidied_at + _TIDIED:
            return
        old = delete(AUTHOR_LANGUAGES).where(AUTHOR_LANGUAGES.c.revision < before(now, KEPT))
        try:
            await self._store.submit(ChangeSet(writes=[Statement(old)]))
        except StoreUnavailable:
            return
        self._tidied_at = now

    def _row(self, key: _Key, guess: Guess) -> dict[str, object]:
        tenant, network, author = key
        return {
            "tenant": tenant,
            "network": network,
            "author": author,
            "revision": self._clock.now(),
            "language": guess.language,
            "percent": round(guess.certainty * 100),
        }
