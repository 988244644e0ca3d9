"""Which server the instance says it is, and in what its streams are unlike others'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Name = Literal["mastodon", "gotosocial", "pleroma"]


@dataclass(frozen=True, slots=True)
class Software:
    """``events``: server-sent events too. ``in_header``: an ``Authorization`` header counts for a
    WebSocket. ``echoes``: it says which of the protocols it took (the token). ``subscribes``: what
    is followed can be changed by messages. ``pings``: its signs of life are pings, not empty
    messages.
    """

    version: str
    events: bool = False
    in_header: bool = True
    echoes: bool = True
    subscribes: bool = False
    pings: bool = True


KINDS: dict[Name, Software] = {
    "mastodon": Software("4.4.0", events=True, subscribes=True),
    "gotosocial": Software("0.19.1+git-3cd4d5c", echoes=False),
    "pleroma": Software("2.7.2 (compatible; Pleroma 2.9.1)", in_header=False, pings=False),
}
