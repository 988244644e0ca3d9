"""Every field that a log line may have. A field that is not listed here does not type-check.

Nothing here holds what a person wrote, or who they are: ids, counts, times and words of ours
only. ``docs/log-fields.md`` is generated from this list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypedDict, get_args, get_type_hints


class Fields(TypedDict, total=False):
    """Given by the caller of a `harken.telemetry.logs.Log`."""

    # Where it happened
    service: Annotated[str, "Service (ingest, sentiment, router, responder, search)"]
    worker: Annotated[str, "Loop within a service"]
    group: Annotated[str, "Consumer group"]
    topic: Annotated[str, "Topic of the record"]
    partition: Annotated[int, "Partition of the record"]
    offset: Annotated[int, "Offset of the record"]
    # What it was about
    tenant: Annotated[str, "Tenant's id"]
    network: Annotated[str, "Name of the network"]
    connection: Annotated[str, "Connection's id"]
    source: Annotated[str, "Source's id"]
    mention: Annotated[str, "Mention's id"]
    revision: Annotated[int, "Revision of the aggregate"]
    case: Annotated[str, "Case's id"]
    reply: Annotated[str, "Reply's id"]
    agent: Annotated[str, "Agent's id"]
    command: Annotated[str, "Kind of the command"]
    kind: Annotated[str, "Kind of the timer, event, fact or document"]
    aggregate: Annotated[str, "Id of the aggregate"]
    model: Annotated[str, "Name and version of the tone model"]
    dead_letter: Annotated[str, "Dead letter's id"]
    lease: Annotated[str, "Name of the lease"]
    # Of a request
    method: Annotated[str, "HTTP method"]
    route: Annotated[str, "Path as the route declares it, without the values in it"]
    status: Annotated[int, "HTTP status of the answer"]
    principal: Annotated[str, "Id of the credential that called"]
    problem: Annotated[str, "Kind of the problem that was answered"]
    size: Annotated[int, "Bytes of the body"]
    # What became of it
    outcome: Annotated[str, "What became of the record, request or round, in one word"]
    seconds: Annotated[float, "How long it took"]
    age_seconds: Annotated[float, "Time from its publication to its handling"]
    lag: Annotated[int, "Records that wait behind it"]
    batch: Annotated[int, "Records handled together with it"]
    count: Annotated[int, "How many"]
    attempt: Annotated[int, "Which attempt this was, from 1"]
    retry_after: Annotated[float, "Seconds until the next attempt"]
    why: Annotated[str, "Reason, in words of ours"]
    trace_id: Annotated[str, "W3C trace id; added where a span is current"]
    # Of errors
    error: Annotated[str, "Type of the exception and where it was raised"]
    stack: Annotated[str, "Calls that led to it"]
    # Of the process
    signal: Annotated[str, "Signal that was received"]
    address: Annotated[str, "Address that it listens on"]
    version: Annotated[str, "Version of the program, the schema or a format"]


class Added(TypedDict, total=False):
    """Added to each line."""

    at: Annotated[str, "When, RFC 3339 in UTC"]
    level: Annotated[str, "debug, info, warning, error or critical"]
    event: Annotated[str, "What happened, in fixed words"]
    module: Annotated[str, "Module that says so"]


def _rows(listed: type) -> Iterator[str]:
    hints: dict[str, Any] = get_type_hints(listed, include_extras=True)
    for name, hint in hints.items():
        kind, meaning = get_args(hint)
        yield f"| `{name}` | {kind.__name__} | {meaning} |"


def table() -> str:
    """The document, in Markdown."""
    head = ("| Field | Type | Meaning |", "|---|---|---|")
    return "\n".join(
        (
            "# Log fields",
            "",
            "Generated from `harken/telemetry/fields.py`. Logs hold no text that people wrote.",
            "",
            "## On each line",
            "",
            *head,
            *_rows(Added),
            "",
            "## Where they apply",
            "",
            *head,
            *_rows(Fields),
            "",
        )
    )
