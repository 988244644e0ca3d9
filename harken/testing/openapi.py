"""Whether an app's OpenAPI document says enough: for people, for clients, for generated tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
from fastapi import FastAPI

from harken.http.answers import PROBLEM_JSON
from harken.http.body import JSON
from harken.http.openapi import Operation, document, operations, shared_problems

Schema = Mapping[str, Any]


def check_openapi(app: FastAPI) -> list[str]:
    """What is missing, one line each; empty where all is well.

    Every operation needs a summary, a description, an id of its own, a tag, its problems, and
    valid examples of what it takes and gives. Whatever callers send has a bound: strings a
    length (or a pattern that implies one), whole numbers a least and a most.
    """
    made = document(app)
    found = list(operations(made))
    ids = Counter(operation.get("operationId") for _, _, operation in found)
    complaints = [f"two operations are called {name}" for name, n in ids.items() if n > 1]
    for path, method, operation in found:
        about = f"{method.upper()} {path}"
        complaints += [f"{about}: {why}" for why in _of(made, path, method, operation)]
    return complaints


def _of(made: Schema, path: str, method: str, operation: Operation) -> Iterator[str]:
    for needed in ("summary", "description", "operationId", "tags"):
        if not operation.get(needed):
            yield f"has no {needed}"
    yield from _problems(made, path, method, operation)
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _example(made, content, f"request as {media}")
        if media == JSON:
            yield from _unbounded(made, content.get("schema", {}), "body")
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            for media, content in _resolve(made, response).get("content", {}).items():
                yield from _example(made, content, f"response {status} as {media}")
    for parameter in operation.get("parameters", ()):
        where = f"{parameter['in']} {parameter['name']}"
        if parameter["in"] != "path" and not parameter.get("description"):
            yield f"{where} has no description"
        yield from _unbounded(made, parameter["schema"], where)


def _problems(made: Schema, path: str, method: str, operation: Operation) -> Iterator[str]:
    for status in sorted(shared_problems(path, method, operation)):
        if str(status) not in operation["responses"]:
            yield f"does not document {status}"
    for status, response in operation["responses"].items():
        if status[0] in "45" and set(_resolve(made, response).get("content", ())) != {PROBLEM_JSON}:
            yield f"documents {status} as something else than a problem"


def _example(made: Schema, content: Schema, what: str) -> Iterator[str]:
    shown = list(_examples(made, content))
    if not shown:
        yield f"{what} has no example"
        return
    schema = {**content.get("schema", {}), "components": made["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for example in shown:
        for error in validator.iter_errors(example):
            yield f"{what}: the example is wrong: {error.message}"


def _examples(made: Schema, content: Schema) -> Iterator[Any]:
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield example["value"]
    yield from _schema_examples(made, content.get("schema", {}))


def _schema_examples(made: Schema, schema: Schema) -> Iterator[Any]:
    """Its own, or made of those of its parts: lists and pages show what they hold."""
    schema = _resolve(made, schema)
    if "examples" in schema:
        yield from schema["examples"]
    elif schema.get("type") == "array":
        for example in _schema_examples(made, schema["items"]):
            yield [example]
    elif "items" in schema.get("properties", {}):
        for example in _schema_examples(made, schema["properties"]["items"]):
            yield {"items": example}
    else:
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from _schema_examples(made, choice)


def _unbounded(
    made: Schema, schema: Schema, where: str, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    name = schema.get("$ref", "")
    if name in seen:
        return
    schema, seen = _resolve(made, schema), seen | {name}
    kind = schema.get("type")
    if kind == "string" and not schema.keys() & {"maxLength", "pattern", "enum", "const", "format"}:
        yield f"{where} is a string without a bound: say bounded(...)"
    if kind == "integer" and not _between(schema):
        yield f"{where} is a whole number without bounds"
    for inner, part in schema.get("properties", {}).items():
        yield from _unbounded(made, part, f"{where}.{inner}", seen)
    for part in ("items", "additionalProperties"):
        if isinstance(schema.get(part), dict):
            yield from _unbounded(made, schema[part], f"{where}[]", seen)
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _unbounded(made, choice, where, seen)


def _between(schema: Schema) -> bool:
    if schema.keys() & {"enum", "const"}:
        return True
    least = schema.keys() & {"minimum", "exclusiveMinimum"}
    return bool(least and schema.keys() & {"maximum", "exclusiveMaximum"})


def _resolve(made: Schema, part: Schema) -> Schema:
    while "$ref" in part:
        target: Any = made
        for step in part["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
