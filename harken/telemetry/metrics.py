"""Every metric of the program. They count in this process alone, in a registry of their own.

Labels never hold a tenant's or a person's words, nor ids without bound.
``docs/metrics.md`` is generated from this list.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry(auto_describe=True)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400)
_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)

_declared: list[Counter | Gauge | Histogram] = []


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    metric = Counter(name, meaning, labels, registry=REGISTRY)
    _declared.append(metric)
    return metric


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    metric = Gauge(name, meaning, labels, registry=REGISTRY)
    _declared.append(metric)
    return metric


def _histogram(name: str, meaning: str, *labels: str, buckets: tuple[float, ...]) -> Histogram:
    metric = Histogram(name, meaning, labels, registry=REGISTRY, buckets=buckets)
    _declared.append(metric)
    return metric


# Stages
RECORDS = _counter(
    "harken_records", "Records handled, by what became of them", "group", "topic", "outcome"
)
RECORD_AGE = _histogram(
    "harken_record_age_seconds",
    "Time from a record's publication to the end of its handling",
    "group",
    "topic",
    buckets=_LONG,
)
BATCH_SECONDS = _histogram(
    "harken_batch_seconds", "Time to handle one batch, commit included", "group", buckets=_SHORT
)
BATCH_RECORDS = _histogram(
    "harken_batch_records", "Records handled together", "group", buckets=_COUNTS
)
LAG = _gauge(
    "harken_lag_records", "Records of a partition not handled yet", "group", "topic", "partition"
)
RETRIES = _counter("harken_retries", "Batches tried again, by the exception's type", "group", "why")
DEAD_LETTERS = _counter("harken_dead_letters", "Records dead-lettered", "group", "topic")
PAUSED = _gauge("harken_paused", "1 while a loop is alive and not ready", "worker")

# Relays and timers
OUTBOX_SENT = _counter("harken_outbox_sent", "Outbox rows sent to the log", "service")
OUTBOX_AGE = _histogram(
    "harken_outbox_age_seconds",
    "Time from an outbox row's commit to its being sent",
    "service",
    buckets=_LONG,
)
TIMERS_FIRED = _counter("harken_timers_fired", "Timers handed to their handler", "service", "kind")
TIMER_LATENESS = _histogram(
    "harken_timer_lateness_seconds", "How late timers were handed over", "service", buckets=_LONG
)

# Listening
SOURCES = _gauge(
    "harken_sources",
    "Sources that this process listens to, by how (stream, poll) or whether they fail",
    "network",
    "state",
)
SOURCE_LAG = _histogram(
    "harken_source_lag_seconds",
    "Time from a mention's writing to its receipt, by how its source is listened to",
    "network",
    "mode",
    buckets=_LONG,
)
SOURCE_FAILURES = _counter("harken_source_failures", "Looks at sources that failed", "network")
SOURCE_GAPS = _counter(
    "harken_source_gaps", "Times in which a source was not listened to, bridged or not", "network"
)
STREAM_CUTS = _counter("harken_stream_cuts", "Streams that broke off or fell silent", "network")

# Replies
REPLY_STEPS = _counter("harken_reply_steps", "Steps of replies' delivery", "network", "state")
REPLY_SECONDS = _histogram(
    "harken_reply_seconds",
    "Time from a reply's acceptance to its being on the network",
    "network",
    buckets=_LONG,
)

# Alerts
ALERT_ATTEMPTS = _counter(
    "harken_alert_attempts", "Attempts to deliver an alert, by the state after it", "state"
)

# Router
COMMANDS = _counter(
    "harken_commands", "Router commands applied, by the status of their result", "kind", "status"
)
COMMAND_AGE = _histogram(
    "harken_command_age_seconds",
    "Time from a router command's being appended to its being applied",
    "priority",
    buckets=_LONG,
)

# HTTP
REQUESTS = _counter("harken_requests", "Requests answered", "method", "route", "status")
REQUEST_SECONDS = _histogram(
    "harken_request_seconds", "Time to answer a request", "method", "route", buckets=_SHORT
)

# The process
SILENT = _gauge("harken_worker_silent_seconds", "Time since a loop last made progress", "worker")


def exposition() -> bytes:
    """All of them, in Prometheus' text format."""
    return generate_latest(REGISTRY)


def names() -> tuple[str, ...]:
    """As Prometheus shows them: counters end in ``_total``."""
    return tuple(sorted(_shown(metric) for metric in _declared))


def _shown(metric: Counter | Gauge | Histogram) -> str:
    name = next(iter(metric.describe())).name
    return f"{name}_total" if isinstance(metric, Counter) else name


def table() -> str:
    """The document, in Markdown."""
    lines = [
        "# Metrics",
        "",
        "Generated from `harken/telemetry/metrics.py`; served at `/metrics`.",
        "",
        "| Metric | Type | Labels | Meaning |",
        "|---|---|---|---|",
    ]
    for metric in sorted(_declared, key=_shown):
        family = next(iter(metric.describe()))
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001
        lines.append(f"| `{_shown(metric)}` | {family.type} | {labels} | {family.documentation} |")
    return "\n".join(lines) + "\n"
