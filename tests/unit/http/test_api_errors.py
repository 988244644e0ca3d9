"""Bad input and failing parts: always a clear problem, never a word of the inside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from harken.telemetry import metrics
from harken.testing.api import Api, bearer

NOTE = {"text": "Called back.", "written_at": "2026-03-01T09:30:00Z"}
DEEP = b'{"text": ' + b"[" * 100_000


def _is_problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"].startswith("/")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "invalid", 422),
        (b"{", "malformed", 400),
        (b"\xff\xfe\x00", "malformed", 400),
        (b'{"text": "\xc3\x28"}', "malformed", 400),
        (b'{"text": "\\ud800"}', "malformed", 400),
        (json.dumps(NOTE).encode("utf-16"), "malformed", 400),
        (b"NaN", "invalid", 422),
        (DEEP[:50_000], "malformed", 400),
        (b"9" * 50_000, "malformed", 400),
        (b"[]", "invalid", 422),
        (b"null", "invalid", 422),
        (b'"text"', "invalid", 422),
        (b"{}", "invalid", 422),
        (json.dumps({**NOTE, "text": 1}).encode(), "invalid", 422),
        (json.dumps({**NOTE, "text": ""}).encode(), "invalid", 422),
        (json.dumps({**NOTE, "text": "x" * 51}).encode(), "invalid", 422),
        (json.dumps({**NOTE, "text": "a\0b"}).encode(), "invalid", 422),
        (json.dumps({**NOTE, "stars": 10**40}).encode(), "invalid", 422),
        (json.dumps({**NOTE, "k" * 50_000: 1}).encode(), "invalid", 422),
        (b"x" * 100_001, "too-large", 413),
    ],
)
async def test_a_bad_body_is_a_problem(
    api: Api, agent: str, body: bytes, kind: str, status: int
) -> None:
    headers = bearer(agent, content_type="application/json")
    _is_problem(await api.client.post("/v1/notes", content=body, headers=headers), status, kind)


async def test_each_field_that_does_not_fit_is_named(api: Api, agent: str) -> None:
    body = {"text": "", "tags": ["ok", 5], "more": 1}
    answer = await api.client.post("/v1/notes", json=body, headers=bearer(agent))
    errors = {(one["in"], one["field"]): one["code"] for one in answer.json()["errors"]}
    assert errors == {
        ("body", "text"): "string_too_short",
        ("body", "written_at"): "missing",
        ("body", "tags.1"): "string_type",
        ("body", "more"): "extra_forbidden",
    }


async def test_what_was_sent_is_not_echoed(api: Api, agent: str) -> None:
    body = {**NOTE, "text": "my card is 4111 " + "x" * 60}
    answer = await api.client.post("/v1/notes", json=body, headers=bearer(agent))
    assert "4111" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/octet-stream"},
        {"content-type": ";;;"},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_other_kinds_of_body_are_415(api: Api, agent: str, headers: dict[str, str]) -> None:
    answer = await api.client.post(
        "/v1/notes", content=json.dumps(NOTE), headers={**bearer(agent), **headers}
    )
    _is_problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/x+json"]
)
async def test_json_by_any_of_its_names_is_read(api: Api, agent: str, kind: str) -> None:
    headers = bearer(agent, content_type=kind)
    answer = await api.client.post("/v1/notes", content=json.dumps(NOTE), headers=headers)
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/notes/", "/v1/n%00tes", "/v1/%ff", "/v1/" + "x" * 9_000]
)
async def test_unknown_paths_are_404(api: Api, path: str) -> None:
    _is_problem(await api.client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    "path", ["/v1/notes/%00", "/v1/notes/%FF%FE", "/v1/notes/..%2f..", "/v1/notes/" + "x" * 201]
)
async def test_unusable_ids_are_client_errors(api: Api, path: str) -> None:
    answer = await api.client.put(path, json=NOTE, headers=bearer(api.admin))
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["PATCH", "TRACE", "QUERY", "BREW", "DELETE"])
async def test_other_methods_are_405_and_say_which_there_are(api: Api, method: str) -> None:
    answer = await api.client.request(method, "/v1/notes")
    _is_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_options_names_the_methods(api: Api) -> None:
    answer = await api.client.options("/v1/notes/n-1")
    assert (answer.status_code, answer.text) == (204, "")
    assert answer.headers["allow"] == "DELETE, OPTIONS, PUT"


async def test_head_is_get_without_the_body(api: Api, agent: str) -> None:
    got = await api.client.get("/v1/notes", headers=bearer(agent))
    head = await api.client.head("/v1/notes", headers=bearer(agent))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
    assert (await api.client.head("/v1/notes")).status_code == 401


async def test_a_query_of_any_length_and_bytes_is_answered(api: Api, agent: str) -> None:
    for query in ("x=" + "y" * 60_000, "%00=%ff&&&=;", "since=" + "0" * 60_000, "limit=1&limit=2"):
        answer = await api.client.get(f"/v1/notes?{query}", headers=bearer(agent))
        assert answer.status_code in (200, 422)


@pytest.mark.parametrize(
    ("how", "status", "kind", "retry"),
    [
        ("store", 503, "unavailable", "3"),
        ("log", 503, "unavailable", "1"),
        ("index", 503, "unavailable", "1"),
        ("revision", 409, "conflict", None),
        ("fenced", 409, "conflict", "1"),
        ("fault", 500, "internal", None),
        ("timeout", 500, "internal", None),
        ("framework", 418, "i'm-a-teapot", None),
        ("else", 404, "not-found", None),
    ],
)
async def test_whatever_fails_inside_stays_inside(
    api: Api, how: str, status: int, kind: str, retry: str | None
) -> None:
    answer = await api.client.get(f"/v1/failing/{how}")
    _is_problem(answer, status, kind)
    assert answer.headers.get("retry-after") == retry
    assert "secret" not in answer.text


async def test_a_fault_is_logged_with_its_stack_and_without_its_values(api: Api) -> None:
    with capture_logs() as lines:
        await api.client.get("/v1/failing/fault")
    (line,) = (line for line in lines if line["log_level"] == "error")
    assert "KeyError" in line["error"]
    assert "failing" in line["stack"]
    assert "secret" not in str(lines)


async def test_each_request_is_one_line_and_one_count(api: Api, agent: str) -> None:
    labels = {"method": "PUT", "route": "/v1/notes/{note}", "status": "404"}
    before = metrics.REGISTRY.get_sample_value("harken_requests_total", labels) or 0
    with capture_logs() as lines:
        await api.client.put("/v1/notes/x", json=NOTE, headers=bearer(agent))
    (line,) = lines
    assert line["event"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("PUT", "/v1/notes/{note}", 404)
    assert (line["tenant"], line["problem"]) == ("riverbend", "not-found")
    assert line["principal"] == agent.split("_")[1]
    assert metrics.REGISTRY.get_sample_value("harken_requests_total", labels) == before + 1


async def test_unknown_methods_do_not_become_metrics(api: Api) -> None:
    with capture_logs() as lines:
        await api.client.request("X" * 500, "/v1/notes")
    assert lines[0]["method"] == "other"


async def test_answers_carry_safe_headers(api: Api) -> None:
    for path in ("/openapi.json", "/v1/notes", "/nowhere"):
        headers = (await api.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]


async def test_a_request_that_takes_too_long_is_503(hasty: Api) -> None:
    answer = await hasty.client.get("/v1/waiting")
    _is_problem(answer, 503, "timeout")
    assert answer.headers["retry-after"] == "1"


async def test_a_body_without_a_length_is_cut_at_the_limit(hasty: Api) -> None:
    taken = []

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            taken.append(1)
            yield b"x" * 100

    answer = await hasty.client.post("/v1/raw", content=endless())
    _is_problem(answer, 413, "too-large")


async def test_only_the_named_origins_may_be_asked_from(hasty: Api) -> None:
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "if-match"}
    ours = await hasty.client.options(
        "/v1/notes", headers={**wish, "Origin": "https://desk.example"}
    )
    assert ours.headers["access-control-allow-origin"] == "https://desk.example"
    other = await hasty.client.get("/v1/notes", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers
    problem = await hasty.client.get("/v1/notes", headers={"Origin": "https://desk.example"})
    assert problem.headers["access-control-allow-origin"] == "https://desk.example"


async def test_without_the_setting_no_origin_may(api: Api) -> None:
    answer = await api.client.get("/v1/notes", headers={"Origin": "https://desk.example"})
    assert "access-control-allow-origin" not in answer.headers


async def test_every_kind_of_problem_explains_itself(api: Api) -> None:
    for kind in ("not-found", "too-rude"):
        answer = await api.client.get(f"/problems/{kind}")
        assert answer.status_code == 200
        assert len(answer.json()["explanation"]) > 5
    _is_problem(await api.client.get("/problems/unheard-of"), 404, "not-found")
