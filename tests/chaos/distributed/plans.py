"""What goes wrong: in `make chaos`, and in its smaller form, which the tests run."""

from __future__ import annotations

from tests.chaos.distributed.faults import Away, Plan

FULL = Plan(
    mentions=20_000,
    kills=40,
    away=(
        Away("kafka", 0.0),
        Away("kafka", 3.0),
        Away("kafka", 120.0),
        Away("elasticsearch", 0.0),
        Away("elasticsearch", 90.0),
        Away("postgres", 0.0),
        Away("postgres", 90.0),
    ),
    paused=(("router", 60.0), ("sentiment", 60.0), ("ingest", 60.0), ("responder", 60.0)),
    severed=(False, False, False, True),
    seconds=600.0,
)

SMALL = Plan(
    mentions=1_500,
    kills=12,
    away=(Away("kafka", 8.0), Away("postgres", 8.0), Away("elasticsearch", 2.0)),
    paused=(("router", 25.0),),
    severed=(False, True),
    seconds=80.0,
)
