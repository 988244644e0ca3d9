"""The networks by name: their channels, and what a connection to each of them needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from harken.channels.exchange import Clients
from harken.channels.feed import settings as feed
from harken.channels.feed.channel import FeedChannel
from harken.channels.mastodon import settings as mastodon
from harken.channels.mastodon.channel import MastodonChannel
from harken.channels.mastodon.live import Pace
from harken.channels.port import Channel, Connection, Source
from harken.channels.settings import Misconfigured
from harken.channels.vault import Vault
from harken.channels.webhook import settings as webhook
from harken.channels.webhook.channel import WebhookChannel
from harken.clock import Clock


@dataclass(frozen=True, slots=True)
class Network:
    """What a connection holds, by name; ``polled`` networks need a poller for each source."""

    settings: tuple[str, ...]
    secrets: tuple[str, ...]
    source_kinds: tuple[str, ...]
    polled: bool
    read_connection: Callable[[Connection], object]
    read_source: Callable[[Source], object]


NETWORKS: Mapping[str, Network] = {
    mastodon.NETWORK: Network(
        settings=("instance", "allow_http"),
        secrets=("access_token",),
        source_kinds=(mastodon.NOTIFICATIONS, mastodon.HASHTAG),
        polled=True,
        read_connection=mastodon.read_account,
        read_source=mastodon.read_source,
    ),
    webhook.NETWORK: Network(
        settings=("reply_url", "replies_url", "max_length", "scope", "handle", "allow_http"),
        secrets=("secret",),
        source_kinds=(webhook.DELIVERIES,),
        polled=False,
        read_connection=webhook.read_peer,
        read_source=webhook.read_source,
    ),
    feed.NETWORK: Network(
        settings=(),
        secrets=(),
        source_kinds=(feed.FEED,),
        polled=True,
        read_connection=feed.read_connection,
        read_source=feed.read_source,
    ),
}


def connection_problems(connection: Connection) -> Sequence[str]:
    """Sentences for people, naming the setting; none where the connection can be used."""
    network = NETWORKS.get(connection.network)
    if network is None:
        return [_unknown(connection.network)]
    unknown = [
        f"'{name}' is not known to {connection.network}"
        for names, known in (
            (connection.settings, network.settings),
            (connection.secrets, network.secrets),
        )
        for name in names
        if name not in known
    ]
    return unknown + _problems(lambda: network.read_connection(connection))


def source_problems(network_name: str, source: Source) -> Sequence[str]:
    network = NETWORKS.get(network_name)
    if network is None:
        return [_unknown(network_name)]
    return _problems(lambda: network.read_source(source))


class Channels:
    """One channel for each network, and the vault of the secrets that they need."""

    def __init__(self, channels: Iterable[Channel], vault: Vault) -> None:
        self.vault = vault
        self._channels = {channel.network: channel for channel in channels}

    @property
    def networks(self) -> tuple[str, ...]:
        return tuple(self._channels)

    def of(self, network: str) -> Channel:
        """Raises ``KeyError`` for a network that we do not speak."""
        return self._channels[network]

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()


def build_channels(
    clock: Clock,
    vault: Vault,
    user_agent: str = "Harken",
    *,
    private_addresses: bool,
    feed_pause: float = 300.0,
    look_again: float = Pace().again,
) -> Channels:
    """Every network's channel, each with its own HTTP clients. ``feed_pause`` and ``look_again``
    are in seconds.
    """

    def clients() -> Clients:
        return Clients(user_agent, private_addresses=private_addresses)

    return Channels(
        (
            MastodonChannel(clock, clients(), Pace(again=look_again)),
            WebhookChannel(clock, clients()),
            FeedChannel(clock, clients(), feed_pause),
        ),
        vault,
    )


def _unknown(network: str) -> str:
    return f"'{network}' is no network that we speak: {', '.join(NETWORKS)}"


def _problems(read: Callable[[], object]) -> list[str]:
    try:
        read()
    except Misconfigured as wrong:
        return list(wrong.problems)
    return []
