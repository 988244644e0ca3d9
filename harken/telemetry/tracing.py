"""Traces: W3C trace context in record headers, spans exported only where that is configured.

Without an exporter no span is made, and a trace that came in is passed on as it came.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
)

Headers = tuple[tuple[str, bytes], ...]
Attribute = str | int | float | bool

TRACEPARENT = "traceparent"
_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_tracer: Tracer | None = None


def exporting() -> bool:
    return _tracer is not None


def use(tracer: Tracer | None) -> None:
    """The tracer of this process; None exports nothing."""
    global _tracer  # noqa: PLW0603 - one per process, like the log stream
    _tracer = tracer


def configure(endpoint: str, share: float, version: str = "") -> Callable[[], None]:
    """Exports to an OTLP/HTTP collector at this base address, or nothing where it is empty.

    Returns what to call at the end: it sends what is left, within a few seconds. A collector
    that is away costs spans, never records.
    """
    if not endpoint:
        use(None)
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    provider = TracerProvider(
        sampler=ParentBasedTraceIdRatio(share),
        resource=Resource.create({"service.name": "harken", "service.version": version}),
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    use(provider.get_tracer("harken"))

    def stop() -> None:
        use(None)
        provider.shutdown()

    return stop


def traceparent(headers: Headers) -> str:
    """The header as it is, "" where there is none or it is not in W3C form."""
    for name, value in headers:
        if name == TRACEPARENT:
            text = value.decode("latin-1")
            return text if _FORM.fullmatch(text) else ""
    return ""


def trace_id(parent: str) -> str:
    return parent[3:35]


def current_trace_id() -> str:
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else ""


def carry(headers: Headers = ()) -> Headers:
    """The headers with the current span as their ``traceparent``; as they are without one."""
    parent = _written(trace.get_current_span().get_span_context())
    return with_parent(headers, parent) if parent else headers


def with_parent(headers: Headers, parent: str) -> Headers:
    others = tuple(header for header in headers if header[0] != TRACEPARENT)
    return (*others, (TRACEPARENT, parent.encode("ascii")))


def _written(context: SpanContext) -> str:
    if not context.is_valid:
        return ""
    flags = int(context.trace_flags)
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{flags:02x}"


def _context(parent: str) -> otel_context.Context | None:
    """The context that a ``traceparent`` names; None, the current one, without a parent."""
    found = _FORM.fullmatch(parent)
    if found is None:
        return None
    trace_number, span_number, flags = (int(part, 16) for part in found.groups())
    remote = SpanContext(trace_number, span_number, is_remote=True, trace_flags=TraceFlags(flags))
    return trace.set_span_in_context(NonRecordingSpan(remote), otel_context.Context())


class RecordSpan:
    """The span of one record in one stage; ``parent`` is what its outputs should carry."""

    __slots__ = ("_span", "parent")

    def __init__(self, name: str, headers: Headers, **attributes: Attribute) -> None:
        self.parent = traceparent(headers)
        self._span: trace.Span | None = None
        if _tracer is not None:
            self._span = _tracer.start_span(
                name, _context(self.parent), SpanKind.CONSUMER, attributes
            )
            self.parent = _written(self._span.get_span_context()) or self.parent

    def end(self, outcome: str) -> None:
        if self._span is not None:
            self._span.set_attribute("outcome", outcome)
            self._span.end()
            self._span = None


@contextlib.contextmanager
def span(name: str, parent: str = "", **attributes: Attribute) -> Iterator[None]:
    """The current span within the block, under ``parent`` (a ``traceparent``) or the current one.

    Without an exporter the incoming parent itself is current, so that logs and headers carry it.
    An exception is noted by its type and passes.
    """
    if _tracer is None:
        context = _context(parent)
        token = None if context is None else otel_context.attach(context)
        try:
            yield
        finally:
            if token is not None:
                otel_context.detach(token)
        return
    with _tracer.start_as_current_span(
        name,
        _context(parent),
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as made:
        try:
            yield
        except BaseException as error:
            made.set_attribute("error.type", type(error).__qualname__)
            made.set_status(StatusCode.ERROR)
            raise
