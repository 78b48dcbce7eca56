"""What clients are generated from: the same every time, named for people, and with examples that hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from app.kit.description import polish
from app.kit.settings import Settings
from app.main import create_app

Json = dict[str, Any]
_OPERATION = re.compile(r"[a-z]+(_[a-z]+)*")
_SCHEMA = re.compile(r"([A-Z][a-z]+)+")
# Names that classes of several rooms have: each room's name stands before its own, and a new pair renames a schema
# that clients know already. Give the newer class another name rather than a line here.
SHARED = {"Action", "Kind"}


def describe(settings: Settings) -> Json:
    return create_app(settings).openapi()


@pytest.fixture
def description(settings: Settings) -> Json:
    return describe(settings)


def operations(description: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_description_is_the_same_every_time(settings: Settings) -> None:
    assert json.dumps(describe(settings)) == json.dumps(describe(settings))


def test_operations_are_called_by_what_they_do(description: Json) -> None:
    names = [operation["operationId"] for _, _, operation in operations(description)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not _OPERATION.fullmatch(name)] == []


def test_schemas_are_called_by_what_they_are(description: Json) -> None:
    schemas = description["components"]["schemas"]
    assert [name for name in schemas if not _SCHEMA.fullmatch(name)] == []
    assert [name for name, schema in schemas.items() if schema["title"] != name] == []


def test_no_further_name_is_shared_by_two_rooms(settings: Settings) -> None:
    raw = FastAPI.openapi(create_app(settings))["components"]["schemas"]
    assert {name.rpartition("__")[2] for name in raw if "__" in name} == SHARED


def test_every_reference_leads_somewhere(description: Json) -> None:
    referred = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(description)))
    assert referred <= set(description["components"]["schemas"])


def test_every_schema_has_an_example_that_it_takes(description: Json) -> None:
    faults = []
    for name, schema in description["components"]["schemas"].items():
        known = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        validator = Draft202012Validator(known, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert schema["examples"], name
        faults += [f"{name}: {one.message}" for example in schema["examples"] for one in validator.iter_errors(example)]
    assert faults == []


def test_every_operation_tells_its_refusals(description: Json) -> None:
    for path, method, operation in operations(description):
        for status in ("4XX", "5XX"):
            told = operation["responses"][status]["content"]
            assert told == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, path
        assert any(status.startswith("2") for status in operation["responses"]), (method, path)


def test_what_a_client_makes_under_its_own_id_may_be_sent_again(description: Json) -> None:
    told = description["paths"]["/api/v1/entries"]["post"]["responses"]
    assert told["200"]["content"] == told["201"]["content"]
    assert "Idempotent-Replay" in told["200"]["headers"]
    assert "200" not in description["paths"]["/api/v1/sessions"]["post"]["responses"]


def test_two_schemas_of_one_name_are_refused() -> None:
    schemas = {"app__boards__schemas__RowAnswer": {"type": "object"}, "BoardsRowAnswer": {"type": "string"}}
    with pytest.raises(ValueError, match="BoardsRowAnswer"):
        polish({"paths": {}, "components": {"schemas": schemas}})
