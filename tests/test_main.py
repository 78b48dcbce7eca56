"""The application as a whole: its doors, its documents, and whether it is ready."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.auth.api import Gate, OpenGate
from app.kit import http
from app.kit.clock import SystemClock
from app.kit.db import Database, opened
from app.kit.settings import Settings
from app.main import SettingMissing, create_app
from tests.applications import Applications
from tests.conftest import Addresses

VENDORED = Path(http.__file__).parent / "static" / "swagger-ui"


@pytest.fixture
def app(applications: Applications, settings: Settings, database: Database) -> FastAPI:
    return applications.lend(settings, database, SystemClock())


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


def gates(dependant: Any) -> list[Gate | OpenGate]:
    """Every gate among a route's dependencies."""
    found = [dependant.call] if isinstance(dependant.call, Gate | OpenGate) else []
    return found + [gate for inner in dependant.dependencies for gate in gates(inner)]


def test_every_route_stands_behind_one_gate(app: FastAPI) -> None:
    without = [
        f"{route.methods} {route.path}"
        for route in iter_route_contexts(app.routes)
        if len(set(gates(route.dependant))) != 1
    ]
    assert without == []


def test_only_these_routes_are_open_to_anyone(app: FastAPI) -> None:
    opened_routes = {
        f"{'/'.join(sorted(route.methods or ()))} {route.path}"
        for route in iter_route_contexts(app.routes)
        if any(gate.open for gate in gates(route.dependant))
    }
    assert opened_routes == {
        "POST /api/v1/sessions",
        "POST /api/v1/sessions/code",
        "POST /api/v1/sessions/refresh",
        "GET /api/v1/sign-on",
        "POST /api/v1/sign-on",
        "GET /api/v1/sign-on/callback",
        "POST /api/v1/sign-on/completion",
        "GET /api/v1/survey-forms/{district}/{survey_number}",
        "POST /api/v1/survey-forms/{district}/{survey_number}/answers",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /openapi.json",
        "GET /static/{name}",
        "GET /screen",
        "GET /answer/{district}/{survey_number}",
        "POST /answer/{district}/{survey_number}",
        "GET /login",
        "POST /login",
        "GET /login/code",
        "POST /login/code",
        "POST /display",
        "GET /docs",
        "GET /docs/{name}",
    }


def test_the_description_is_stable_and_complete(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert {"create_session", "read_session", "end_session", "healthz", "readyz", "metrics"} <= set(names)
    for operation in operations:
        assert operation["summary"]
        assert operation["tags"]
        assert set(operation["tags"]) <= {tag["name"] for tag in description["tags"]}
        assert "application/problem+json" in operation["responses"]["4XX"]["content"]
    assert "422" not in json.dumps([operation["responses"] for operation in operations])
    assert description["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert description["paths"]["/api/v1/sessions/current"]["get"]["security"] == [
        {"HTTPBearer": []},
        {"APIKeyCookie": []},
    ]
    assert "security" not in description["paths"]["/api/v1/sessions"]["post"]
    assert description["components"]["schemas"]["Problem"]
    schemas = description["components"]["schemas"]
    twice = [name for name, schema in schemas.items() if "__" in name and "enum" not in schema]
    assert not twice, "two models of one name stand under the names of their modules"


def test_the_documentation_needs_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert "//" not in "".join(loaded)
    for name in loaded:
        if not name.startswith("data:"):
            answer = client.get(f"/{name}")
            assert answer.status_code == 200, name
    assert "text/javascript" in client.get("/docs/swagger-ui-bundle.js").headers["content-type"]
    assert "http" not in client.get("/docs/docs.js").text
    assert "validatorUrl: null" in client.get("/docs/docs.js").text
    assert client.get("/docs/VENDORED.json").status_code == 404
    assert client.get("/docs/..%2Fsettings.py").status_code == 404


def test_what_is_vendored_is_what_was_published() -> None:
    record = json.loads((VENDORED / "VENDORED.json").read_text())
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.iterdir()
        if path.name != "VENDORED.json"
    }
    assert found == record["sha256"]


def test_a_process_lives_without_its_database(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/nothing"})
    with TestClient(create_app(nowhere)) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        answer = client.get("/readyz", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "not_ready"
    assert "does not answer" in answer.json()["detail"]
    assert "127.0.0.1" not in answer.text
    assert answer.headers["retry-after"]


def test_a_migrated_database_is_ready(fresh_database: Callable[..., Addresses], settings: Settings) -> None:
    with opened(fresh_database().application_url, settings) as database:
        answer = TestClient(create_app(settings, database=database)).get("/readyz")
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("change", ["UPDATE alembic_version SET version_num = '0000'", "DELETE FROM alembic_version"])
def test_a_database_of_another_version_is_not_ready(
    fresh_database: Callable[..., Addresses], settings: Settings, change: str, unjudged: None
) -> None:
    addresses = fresh_database()
    with opened(addresses.owner_url, settings) as owner:
        owner.run(lambda connection: connection.execute(text(change)), None)
    with opened(addresses.application_url, settings) as database:
        answer = TestClient(create_app(settings, database=database)).get("/readyz")
    assert answer.status_code == 503
    assert "longwen migrate" in answer.json()["detail"]


def test_a_database_without_tables_is_not_ready(fresh_database: Callable[..., Addresses], settings: Settings) -> None:
    addresses = fresh_database(empty=True)
    with opened(addresses.application_url, settings) as database:
        answer = TestClient(create_app(settings, database=database)).get("/readyz")
    assert answer.status_code == 503


@pytest.mark.parametrize("name", ["database_url", "secret_key"])
def test_an_application_without_its_settings_is_not_put_together(settings: Settings, name: str) -> None:
    with pytest.raises(SettingMissing, match=f"LONGWEN_{name.upper()}"):
        create_app(settings.model_copy(update={name: None}))


def test_an_application_closes_only_its_own_pool(settings: Settings, database: Database) -> None:
    with TestClient(create_app(settings, database=database)) as client:
        pool = database.engine.pool
        assert client.get("/api/v1/sessions/current").status_code == 401
    assert database.engine.pool is pool
    own = create_app(settings)
    own_pool = own.state.service.database.engine.pool
    with TestClient(own):
        pass
    assert own.state.service.database.engine.pool is not own_pool
