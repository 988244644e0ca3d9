"""What a replay would send, to look at before it does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from cli.replay.mention import Prepared, Reading
from cli.replay.plan import Plan
from cli.replay.problems import CannotReplay, Refusal
from cli.replay.rows import Row, Unreadable
from harken.domain.time import rfc3339

SHOWN = 5
REFUSED_SHOWN = 5
_LEAST = 10


def preview(plan: Plan, reading: Reading) -> Iterator[str]:
    """The first rows as they would be sent, and what of the first would be refused."""
    found = [(row.line, _prepared(row, reading)) for row in plan.first]
    sent = [(line, one) for line, one in found if isinstance(one, Prepared)]
    refused = [(line, one) for line, one in found if isinstance(one, Refusal)]
    yield ""
    for line, one in sent[:SHOWN]:
        body = msgspec.json.encode({"created_at": rfc3339(one.at)} | one.body)
        yield f"line {line}: {body.decode()}"
    for line, refusal in refused[:REFUSED_SHOWN]:
        yield f"line {line} is refused: {refusal}"
    yield ""
    yield f"Of the first {len(found):,} rows {len(refused):,} are refused. Nothing was sent."


def check_order(plan: Plan, reading: Reading) -> None:
    """Raises `CannotReplay` where a recorded pace cannot be kept."""
    found = [_prepared(row, reading) for row in plan.first]
    times = [one.at for one in found if isinstance(one, Prepared)]
    back = sum(later < earlier for earlier, later in pairwise(times))
    if len(times) >= _LEAST and back > len(times) / 2:
        raise CannotReplay(
            "--speed needs rows from the oldest to the newest, and these go backwards: "
            "sort them, or use --rate"
        )


def _prepared(row: Row | Unreadable, reading: Reading) -> Prepared | Refusal:
    return row.refusal if isinstance(row, Unreadable) else reading.mention(row)
