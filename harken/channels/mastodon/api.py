"""Reading from an instance: what each kind of failure means, and what is kept for a while."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from harken.channels.exchange import AddressRefused, Answer, Clients, NeverSent, NoAnswer, Params
from harken.channels.mastodon.limits import Limits, read_limits
from harken.channels.mastodon.payload import read_account_entity
from harken.channels.mastodon.settings import Account, authorization
from harken.channels.mastodon.ways import read_streaming
from harken.channels.patience import patience
from harken.channels.port import ChannelUnavailable, ConnectionRefused
from harken.clock import Clock
from harken.domain.mention import Counting
from harken.domain.time import Instant, after, hours, minutes

READ_SECONDS = 20.0
_ABOUT_KEPT = hours(1)
_GUESS_KEPT = minutes(1)
_SELF_KEPT = hours(1)


class Missing(Exception):
    """404 or 410: the thing is not there, or not for us."""


class RateLimited(ChannelUnavailable):
    """The instance asks us to be slower."""


@dataclass(frozen=True, slots=True)
class About:
    """What an instance tells of itself: its limits, and where it streams ("" for nothing said)."""

    limits: Limits = field(default_factory=Limits)
    streaming: str = ""

    @property
    def is_mastodon(self) -> bool:
        """By its own word, and not one of the other servers that speak its API."""
        return self.limits.counting is Counting.MASTODON


class MastodonApi:
    def __init__(self, clients: Clients, clock: Clock) -> None:
        self.clients = clients
        self.clock = clock
        self._about: dict[str, tuple[About, Instant]] = {}
        self._own: dict[Account, tuple[str, Instant]] = {}

    async def read(
        self, account: Account, path: str, params: Params = (), *, seconds: float = READ_SECONDS
    ) -> Answer:
        """A successful answer. Raises `ChannelUnavailable`, `ConnectionRefused`, `Missing`."""
        try:
            answer = await self.clients.exchange(
                "GET",
                account.base.join(path),
                deadline=seconds,
                params=params,
                headers=authorization(account),
            )
        except AddressRefused as refused:
            raise ConnectionRefused(str(refused)) from refused
        except (NeverSent, NoAnswer) as failed:
            raise ChannelUnavailable(str(failed)) from failed
        if answer.ok:
            return answer
        if answer.status in {404, 410}:
            raise Missing(path)
        said = f"{account.host} answered {answer.status}{explanation(answer)}"
        if answer.status == 429:
            raise RateLimited(said, patience(answer.headers, self.clock.now()))
        if answer.status >= 500:
            raise ChannelUnavailable(said, patience(answer.headers, self.clock.now()))
        raise ConnectionRefused(said)

    async def own_id(self, account: Account) -> str:
        """Our account's id. Raises `ChannelUnavailable`, `ConnectionRefused`."""
        now = self.clock.now()
        known, until = self._own.get(account, ("", now))
        if now < until:
            return known
        try:
            answer = await self.read(account, "/api/v1/accounts/verify_credentials")
            own = str(read_account_entity(answer.json()).id)
        except (Missing, ValueError) as wrong:
            raise ConnectionRefused(
                f"{account.host} does not speak Mastodon's API at this address"
            ) from wrong
        self._own[account] = (own, after(now, _SELF_KEPT))
        return own

    async def about(self, account: Account) -> About:
        """The instance's own word; the defaults (asked again soon) where it does not tell."""
        now = self.clock.now()
        known, until = self._about.get(account.host, (About(), now))
        if now < until:
            return known
        found = await self._read_about(account)
        kept = _GUESS_KEPT if found is None else _ABOUT_KEPT
        self._about[account.host] = (found or known, after(now, kept))
        return found or known

    async def limits(self, account: Account) -> Limits:
        return (await self.about(account)).limits

    def known_limits(self, account: Account) -> Limits:
        known, _ = self._about.get(account.host, (About(), 0))
        return known.limits

    async def _read_about(self, account: Account) -> About | None:
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                body = (await self.read(account, path)).json()
                return About(read_limits(body), read_streaming(body))
            except (Missing, ValueError):
                continue
            except (ChannelUnavailable, ConnectionRefused):
                return None
        return None


class _Error(msgspec.Struct):
    error: str = ""


def explanation(answer: Answer) -> str:
    """``": …"`` with the server's own words, or nothing."""
    try:
        said = msgspec.convert(answer.json(), _Error).error.strip()
    except ValueError:
        return ""
    return f": {said[:300]}" if said else ""
