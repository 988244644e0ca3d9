"""One trace from the caller's request through every stage, as a collector receives it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.e2e.calling import Caller, eventually
from tests.e2e.serve_null import start_null

HEARD = "4bf92f3577b34da6a3ce929d0e0e4736"
ANSWERED = "0af7651916cd43dd8448eb211c80319c"
STAGES = {"http request", "sentiment.urgent", "router", "search"}


class Collector:
    """The part of an OpenTelemetry collector that takes traces over HTTP."""

    def __init__(self) -> None:
        spans: dict[str, set[str]] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        for span in scope.spans:
                            spans.setdefault(span.trace_id.hex(), set()).add(span.name)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.end_headers()
                self.wfile.write(ExportTraceServiceResponse().SerializeToString())

            def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the library's
                """Says nothing."""

        self.spans = spans
        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


def traceparent(trace: str) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}


@pytest.mark.e2e
def test_a_trace_goes_the_whole_way(tmp_path: Path, collector: Collector) -> None:
    harken = start_null(tmp_path, settings={"otlp_endpoint": collector.address})
    headers = {"Authorization": f"Bearer {harken.key}"}
    with (
        Caller(harken.address, harken.key) as caller,
        httpx.Client(base_url=harken.address, headers=headers, trust_env=False) as client,
    ):
        connection = caller.post(
            "/v1/connections",
            {
                "network": "webhook",
                "name": "Forum",
                "settings": {"reply_url": "http://127.0.0.1:9/replies"},
                "secrets": {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
            },
        )
        said = {
            "connection": connection["id"],
            "source_id": "1",
            "author": {"id": "u1"},
            "text": "The kettle caught fire",
            "created_at": "2026-03-01T09:30:00Z",
        }
        client.post("/v1/mentions", json=said, headers=traceparent(HEARD)).raise_for_status()
        [case] = eventually(lambda: caller.get("/v1/cases")["items"])
        eventually(lambda: caller.get("/v1/search", kind="mention")["total"])
        client.post(
            f"/v1/cases/{case['id']}/replies",
            json={"text": "Please unplug it."},
            headers=traceparent(ANSWERED),
        ).raise_for_status()
        eventually(lambda: {"deliver reply"} <= collector.spans.get(ANSWERED, set()))
    assert harken.stop() == 0
    names = {name.removesuffix(" handle") for name in collector.spans[HEARD]}
    assert names >= STAGES, names
