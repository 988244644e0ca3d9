"""Mentions as clients of the API submit them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def forum_mention(
    source_id: str, author: str, text: str = "My kettle leaks since yesterday."
) -> dict[str, Any]:
    """Of a network that we only listen to."""
    return {
        "network": "forum",
        "source_id": source_id,
        "author": {"id": author},
        "text": text,
        "created_at": datetime.now(UTC).isoformat(),
        "language": "en",
    }
