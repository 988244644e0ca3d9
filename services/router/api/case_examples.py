"""Examples of what the API shows of cases, for its document."""

from __future__ import annotations

from typing import Any

AT = "2026-03-01T09:30:00Z"
CASE_ID = "5d1f7a3e-8a5c-5b0e-9a8e-6f1d2c3b4a59"
MENTION_ID = "0f0f9a52-6f0b-5a7e-9f39-6d6a3c1f8f10"

REASON: dict[str, Any] = {
    "factor": "anger",
    "value": 0.9,
    "weight": 10.0,
    "contribution": 9.0,
    "evidence": "",
}
SEVERITY: dict[str, Any] = {
    "score": 34,
    "severity_class": "normal",
    "overridden_by": None,
    "reasons": [REASON],
}
AUTHOR: dict[str, Any] = {
    "id": "109382",
    "handle": "ola@social.example",
    "name": "Ola",
    "followers": 120,
    "verified": False,
}
SKILL: dict[str, Any] = {"name": "language:en", "level": 2}
CLOCK: dict[str, Any] = {
    "kind": "first_reply",
    "started_at": AT,
    "due": "2026-03-01T10:30:00Z",
    "target_seconds": 3600,
    "paused_at": None,
    "paused_seconds": 0,
    "stopped_at": None,
    "met": None,
}
SUMMARY: dict[str, Any] = {
    "id": CASE_ID,
    "revision": 4,
    "state": "assigned",
    "severity": SEVERITY,
    "network": "mastodon",
    "connection": "0190a8a2-7a55-7cc0-9d0b-1c2d3e4f5a6b",
    "visibility": "public",
    "language": "en",
    "queue": "general",
    "assignee": "eva",
    "author": AUTHOR,
    "preview": "My kettle leaks since yesterday.",
    "opened_at": AT,
    "updated_at": AT,
    "deadline": "2026-03-01T10:30:00Z",
    "next_due": "2026-03-01T10:30:00Z",
    "tags": ["kettles"],
    "contact_reason": "defect",
    "posts": 1,
}
TONE: dict[str, Any] = {
    "polarity": "negative",
    "certainty": 0.91,
    "emotions": {"anger": 0.8},
    "shown": ["anger"],
    "urgency": 0.3,
    "offence": 0.0,
    "corrected": False,
    "model": "harken-tone-small@1",
}
CAPABILITY: dict[str, Any] = {
    "public": True,
    "private": True,
    "until": None,
    "max_length": 500,
    "counting": "mastodon",
    "by_person_only": False,
    "why_not": "",
}
MENTION_ENTRY: dict[str, Any] = {
    "type": "mention",
    "id": MENTION_ID,
    "at": AT,
    "revision": 1,
    "kind": "post",
    "visibility": "public",
    "author": AUTHOR,
    "text": "My kettle leaks since yesterday.",
    "language": "en",
    "url": "https://social.example/@ola/1001",
    "taken_back": False,
    "ours": False,
    "historical": False,
    "trackers": [],
    "tone": TONE,
    "capability": CAPABILITY,
}
REPLY_ENTRY: dict[str, Any] = {
    "type": "reply",
    "id": "0190a8a2-7a55-7cc0-9d0b-2c2d3e4f5a6b",
    "at": AT,
    "state": "sent",
    "action": "reply",
    "visibility": "public",
    "agent": "eva",
    "automatic": False,
    "text": "We are sorry. Please send us the number under the kettle.",
    "parent": MENTION_ID,
    "url": "https://social.example/@tarnandtoll/1002",
    "why": "",
}
NOTE_ENTRY: dict[str, Any] = {
    "type": "note",
    "id": "0190a8a2-7a55-7cc0-9d0b-3c2d3e4f5a6b",
    "at": AT,
    "author": "eva",
    "text": "The same batch as last week.",
}
