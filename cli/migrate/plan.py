"""What becomes of each table: every one is named here, and a test sees to it.

Positions belong to the old log, leases to processes that have ended, and of a drained outbox all
was sent: whoever resumes an event stream is told to load anew. Everything else goes with all its
rows, ids and revisions. In-flight states go as they are, too: each is durable and
made for a process that was killed, which is what a migration is to it. A reply that was claimed
is claimed again when its lease ends; one that was being sent is read back, never sent again.
"""

from __future__ import annotations

from harken.store.schema import infrastructure as kit
from harken.store.schema import ingest, responder, router, search

WHOLE = (
    kit.TENANTS,
    kit.API_KEYS,
    kit.IDEMPOTENCY,
    kit.TIMERS,
    kit.TOMBSTONES,
    kit.DEAD_LETTERS,
    ingest.CONNECTIONS,
    ingest.SOURCES,
    ingest.SOURCE_STATES,
    ingest.SEEN,
    ingest.AUTHOR_LANGUAGES,
    ingest.SKETCHES,
    ingest.TRACKERS,
    ingest.TRACKER_SETS,
    ingest.TRACKER_MATCHES,
    ingest.TRACKER_RATES,
    ingest.ALERT_RECEIVERS,
    ingest.ALERTS,
    ingest.ALERT_DELIVERIES,
    router.COMMANDS,
    router.MENTIONS,
    router.CASES,
    router.AGENTS,
    router.QUEUES,
    router.SKILLS,
    router.OFFERS,
    router.DECISIONS,
    router.NOTES,
    router.TONE_CORRECTIONS,
    router.POLICIES,
    router.RATES,
    responder.REPLIES,
    responder.DRAFTS,
    responder.SAVED_REPLIES,
    responder.OWN_POSTS,
    search.CASE_FACTS,
)

LEFT = (kit.POSITIONS, kit.LOG_IDENTITY, kit.LEASES, kit.OUTBOX, router.PRESENCE)

SEALED = (ingest.CONNECTIONS, ingest.ALERT_RECEIVERS)
"""Hold secrets, which are sealed under the first of the keys on the way."""

NUMBERED = (router.COMMANDS.c.seq, kit.OUTBOX.c.id)
"""Count on where the folder ended, so that no number is given twice."""
