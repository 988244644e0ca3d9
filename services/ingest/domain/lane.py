"""Chooses the lane, so that nothing critical waits behind the model."""

from __future__ import annotations

from harken.domain.mention import Kind, Lane, Mention, Visibility
from harken.domain.risk import find_risks

FAR_REACH = 100_000
"""People who may see it; from here on a mention is heard at once whatever it says."""


def choose_lane(mention: Mention) -> Lane:
    """History goes to bulk; risk words, far reach and direct messages are urgent."""
    if mention.historical:
        return Lane.BULK
    if mention.kind is Kind.DIRECT_MESSAGE or mention.visibility is Visibility.PRIVATE:
        return Lane.URGENT
    if max(mention.reach, mention.author.followers) >= FAR_REACH:
        return Lane.URGENT
    return Lane.URGENT if find_risks(mention.text) else Lane.LIVE
