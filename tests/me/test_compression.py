"""Long answers go out compressed, keep their tags, and what holds a secret never does."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.auth.core import DISTRICT_ROLES, TOKEN_ROLES, Role
from app.kit.sending import may_hold_a_secret
from tests.auth.people import PASSWORD
from tests.me.conftest import MEMBER, Phone
from tests.submissions.flows import praise, upload


def is_secret(field: str) -> bool:
    return field in {"secret", "uri", "recovery_codes"} or (field.endswith("token") and not field.startswith("is_"))


def properties(description: dict[str, Any], schema: dict[str, Any]) -> set[str]:
    """The names of all fields of a schema, at any depth."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting: list[Any] = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            found |= set(one.get("properties", {}))
            reference = one.get("$ref")
            if reference is not None and reference not in seen:
                seen.add(reference)
                waiting.append(description["components"]["schemas"][reference.rpartition("/")[2]])
            waiting += [value for name, value in one.items() if name not in {"example", "examples"}]
    return found


def test_every_route_whose_answer_has_a_secret_is_left_uncompressed(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    description = app.openapi()
    telling = {
        path
        for path, methods in description["paths"].items()
        for method in methods.values()
        for status, answer in method["responses"].items()
        if status.startswith("2")
        for field in properties(description, answer.get("content", {}).get("application/json", {}).get("schema", {}))
        if is_secret(field)
    }
    assert len(telling) > 5, "the schemas have changed their names"
    assert [path for path in telling if not may_hold_a_secret(path)] == []


def test_an_answer_with_a_secret_is_left_as_it_is(phone: Phone, client: TestClient) -> None:
    """However long it is: here of a person with many offices."""
    town = phone.desk.town
    for role in Role:
        if role not in DISTRICT_ROLES | TOKEN_ROLES | {Role.SECRETARY}:
            town.appoint("secretary", role, town.branch_path)
            town.appoint("secretary", role, town.neighbour_path)
    body = {"login": f"{town.district.code}/secretary", "password": PASSWORD}
    answer = client.post("/api/v1/sessions", json=body, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 201
    assert len(answer.content) > 1024
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/me", "/me/items", "/me/duties"])
def test_a_long_answer_is_compressed_and_its_tag_is_that_of_the_plain_one(phone: Phone, path: str) -> None:
    desk = phone.desk
    plain = desk.client.get(f"/api/v1{path}", headers={**desk.headers(MEMBER), "Accept-Encoding": "identity"})
    small = desk.client.get(f"/api/v1{path}", headers={**desk.headers(MEMBER), "Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert small.json() == plain.json()
    assert small.headers["etag"] == plain.headers["etag"]
    assert "accept-encoding" in small.headers["vary"].lower()
    known = {**desk.headers(MEMBER), "Accept-Encoding": "gzip", "If-None-Match": small.headers["etag"]}
    again = desk.client.get(f"/api/v1{path}", headers=known)
    assert (again.status_code, again.content) == (304, b"")


def test_pictures_and_archives_are_not_compressed_again(phone: Phone) -> None:
    desk = phone.desk
    proof = upload(desk, MEMBER)
    desk.recorded(MEMBER, praise(desk, evidence=[proof]))
    (kept,) = phone.read("/evidence")["evidence"]
    for path in (kept["href"], "/api/v1/me/file"):
        answer = desk.client.get(path, headers={**desk.headers(MEMBER), "Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers
