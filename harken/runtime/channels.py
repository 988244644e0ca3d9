"""Every network's channel, as the settings say."""

from __future__ import annotations

from harken.channels.registry import Channels, build_channels
from harken.channels.vault import Vault
from harken.clock import Clock
from harken.runtime.settings import Settings


def make_channels(settings: Settings, clock: Clock, vault: Vault) -> Channels:
    return build_channels(
        clock,
        vault,
        private_addresses=settings.private_addresses,
        feed_pause=settings.feed_pause,
        look_again=settings.look_again,
    )
