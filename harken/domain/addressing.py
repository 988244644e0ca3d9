"""Is a mention addressed to us, or is it about us? And how many people may see it?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from harken.domain.mention import Kind, Visibility

SEEN_PER_SHARE = 100
"""People who see one share. Networks tell how often a post was shared, not before whom."""

_HANDLE = re.compile(r"(?<![\w@])@([\w.-]{0,100}\w)(?:@([\w-]+(?:\.[\w-]+)+))?")


def handles_of(setting: str) -> frozenset[str]:
    """A connection's own handles, apart by spaces, with or without ``@``."""
    return frozenset(one.removeprefix("@").casefold() for one in setting.split() if one != "@")


def named(text: str, handles: Iterable[str]) -> bool:
    """Does the text name one of these handles? ``shop@host`` is also named by ``@shop``."""
    wanted = {one.casefold() for one in handles}
    short = {one.partition("@")[0] for one in wanted}
    for user, host in _HANDLE.findall(text.casefold()) if wanted else ():
        if f"{user}@{host}" in wanted or (user in short and not host):
            return True
        if host and user in wanted:
            return True
    return False


def addressed(
    kind: Kind, visibility: Visibility, text: str, handles: frozenset[str], *, at_ours: bool
) -> bool:
    """What is said in private, or names us, is to us; so is what came in ``at_ours`` (by an account
    of ours) where our handles are not known. All else is about us."""
    if kind is Kind.DIRECT_MESSAGE or visibility is Visibility.PRIVATE:
        return True
    return named(text, handles) if handles else at_ours


def reach_of(visibility: Visibility, followers: int, shares: int = 0) -> int:
    """How many people may see a post, by what a network tells; -1 where it tells nothing.

    Its author's followers, or those who see its shares, whichever are more; of what is private
    nobody is to be counted.
    """
    if visibility is Visibility.PRIVATE:
        return -1
    return max(followers, shares * SEEN_PER_SHARE if shares > 0 else -1)
