"""Generated requests against every operation of the API: never a 5xx, never an undocumented answer.

The document is the committed one, so what integrators read is what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from harken.testing.processes import RunningHarken
from tests.e2e.serve_null import start_null

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
STREAM = "stream_events"
"""It ends when its reader goes: what is read of it is bounded here."""
EXAMPLES = 25
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)

load_all_checks()


@schemathesis.serializer("application/x-ndjson")
def lines(_: schemathesis.SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


document = schemathesis.openapi.from_path(DOCUMENT)
schema = document.exclude(operation_id=STREAM)
stream = document.include(operation_id=STREAM)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHarken]:
    harken = start_null(tmp_path_factory.mktemp("openapi"))
    yield harken
    assert harken.process.poll() is None, "a request ended the process"
    harken.stop()


generated = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.e2e
@schema.parametrize()
@generated
def test_every_operation_keeps_its_word(
    case: schemathesis.Case[Any], running: RunningHarken
) -> None:
    case.call_and_validate(
        base_url=running.address,
        headers={"Authorization": f"Bearer {running.key}"},
        checks=list(CHECKS),
        timeout=60,
    )


@pytest.mark.e2e
@stream.parametrize()
@generated
def test_the_event_stream_keeps_its_word(
    case: schemathesis.Case[Any], running: RunningHarken
) -> None:
    headers = {"Authorization": f"Bearer {running.key}"}
    asked = case.as_transport_kwargs(base_url=running.address, headers=headers)
    with requests.Session() as session:
        answer = session.request(**asked, stream=True, timeout=60)
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            answer._content = next(answer.iter_content(None))
            assert answer.content.startswith(b"retry: ")
        case.validate_response(answer, checks=list(CHECKS))
        answer.close()
