"""What each kind of problem means: shown at ``/problems/<kind>``, the problems' type URIs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROBLEMS_PATH = "/problems/"

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "already-exists": "Something with this id or name is there already.",
        "changed-meanwhile": "Somebody else edited it after it was loaded. Load it again, look at "
        "what changed, and send the edit with the new ETag.",
        "conflict": "The request was overtaken by another one. Load again and decide again.",
        "forbidden": "The credential is valid, but carries none of the roles that this needs.",
        "hung": "Loops of this process make no progress. An orchestrator restarts it.",
        "idempotency-in-progress": "The first request with this Idempotency-Key is still being "
        "done. Repeat the request after Retry-After: it never has its effect twice.",
        "idempotency-key-reused": "The Idempotency-Key came before with another body. A key "
        "belongs to one request: take a fresh one.",
        "internal": "A fault of ours; it was logged. Repeating the request may or may not help.",
        "invalid": "The request does not fit the API's description. `errors` names each field.",
        "invalid-cursor": "The cursor is none that this list gave. Start with the first page.",
        "malformed": "The body cannot be read: it is no UTF-8, no JSON, or nested too deeply.",
        "method-not-allowed": "The path exists, but not with this method. `Allow` names those.",
        "not-found": "There is nothing at this path, or it belongs to somebody else.",
        "own-key": "A key cannot revoke itself.",
        "precondition-required": "Edits of this need If-Match, so that none is lost.",
        "timeout": "It took too long. Whether it was done is unknown: repeat it with the same "
        "Idempotency-Key or the same ids.",
        "too-large": "The body is larger than this server takes. Send less at once.",
        "unauthenticated": "The Authorization header is missing, or its credential is unknown or "
        "was revoked.",
        "unavailable": "Something that this needs cannot be reached now, or is full. Whether it "
        "was done is unknown: repeat it, after Retry-After, with the same Idempotency-Key or ids.",
        "waiting": "Loops of this process wait for something outside. It will go on by itself.",
        "unsupported-media-type": "The body's Content-Type or Content-Encoding is not taken here.",
    }
)
"""Kinds of the kit; `build_app` takes those that services add."""


def type_uri(kind: str) -> str:
    """Stable, and relative to wherever the API is served."""
    return f"{PROBLEMS_PATH}{kind}"
