"""A trace that comes in goes out, whether spans are exported or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from harken.telemetry import tracing
from harken.telemetry.tracing import RecordSpan, carry, current_trace_id, span, traceparent

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
HEADERS = (("traceparent", PARENT.encode()), ("other", b"x"))


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.use(provider.get_tracer("test"))
    yield exporter
    tracing.use(None)
    provider.shutdown()


@pytest.mark.parametrize(
    "value",
    [b"", b"\xff\xfe", b"00-xyz", PARENT[:-1].encode(), b"ff" + PARENT[2:].encode()],
)
def test_a_header_in_another_form_is_no_parent(value: bytes) -> None:
    assert traceparent((("traceparent", value),)) == ""


def test_without_an_exporter_the_incoming_parent_is_passed_on() -> None:
    record = RecordSpan("router", HEADERS)
    assert record.parent == PARENT
    record.end("handled")
    with span("api", PARENT):
        assert current_trace_id() == TRACE
        assert dict(carry((("other", b"x"),))) == dict(HEADERS)
    assert current_trace_id() == ""


def test_without_a_parent_and_an_exporter_there_is_no_trace() -> None:
    assert RecordSpan("router", ()).parent == ""
    with span("api"):
        assert carry(()) == ()


def test_a_record_span_is_the_child_of_its_header_and_the_parent_of_its_outputs(
    spans: InMemorySpanExporter,
) -> None:
    record = RecordSpan("router", HEADERS, topic="work")
    record.end("handled")
    (made,) = spans.get_finished_spans()
    assert made.parent is not None
    assert f"{made.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert made.attributes == {"topic": "work", "outcome": "handled"}
    assert made.context is not None
    assert record.parent == f"00-{TRACE}-{made.context.span_id:016x}-01"


def test_spans_nest_and_a_failure_is_noted_by_its_type_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="Anna"), span("outer", PARENT), span("inner"):
        raise ValueError("Anna")
    inner, outer = spans.get_finished_spans()
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id
    assert inner.attributes == {"error.type": "ValueError"}
    assert "Anna" not in inner.to_json() + outer.to_json()


def test_a_root_span_starts_a_trace_that_headers_carry(spans: InMemorySpanExporter) -> None:
    with span("api"):
        parent = traceparent(carry(()))
    (made,) = spans.get_finished_spans()
    assert made.context is not None
    assert tracing.trace_id(parent) == f"{made.context.trace_id:032x}"


def test_no_address_means_no_exporter() -> None:
    stop = tracing.configure("", 1.0)
    assert not tracing.exporting()
    stop()


def test_an_exporter_whose_collector_is_away_costs_no_record() -> None:
    stop = tracing.configure("http://127.0.0.1:9", 0.0)
    try:
        assert tracing.exporting()
        assert tracing.trace_id(RecordSpan("router", HEADERS).parent) == TRACE
    finally:
        stop()
    assert not tracing.exporting()
