"""What cannot be taken in, and why: for the sender to read and mend."""

from __future__ import annotations

from harken.domain.mention import Change, Mention
from harken.domain.time import Instant, after, minutes

LONGEST_TEXT = 100_000
"""Characters; longer than any network allows, short enough for every engine."""
CLOCK_SKEW = minutes(10)
"""How far a sender's clock may be ahead of ours."""


def refusal(mention: Mention, now: Instant) -> str:
    """Empty where the mention is acceptable."""
    if not mention.source_id:
        return "source_id is empty"
    if mention.change is Change.CONTENT and not mention.text.strip() and not mention.media:
        return "the mention has neither text nor media"
    if len(mention.text) > LONGEST_TEXT:
        return f"the text is longer than {LONGEST_TEXT} characters"
    if mention.created_at > after(now, CLOCK_SKEW):
        return "created_at lies in the future"
    if mention.created_at < 0:
        return "created_at lies before 1970"
    return ""
