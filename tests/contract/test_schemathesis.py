"""Every operation of the API's description, called with what the description allows and with what it forbids.

Schemathesis makes the requests: the edges of each schema, and a fixed number of random ones from a fixed seed. Each is
sent as several callers, because a refusal at the door hides what lies behind it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import allow_header_conformance, unsupported_method

from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.contract.callers import Callers
from tests.world import found_world

EXAMPLES_MAX = 4  # random ones for each operation, beside the edges
SEED = 20261121

_CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": SEED,
        "generation": {"deterministic": True, "max-examples": EXAMPLES_MAX, "database": "none", "no-shrink": True},
        "phases": {"stateful": {"enabled": False}},
        "checks": {
            # Well-formed requests may be refused: what they name is not there, not the caller's, or not its turn.
            "positive_data_acceptance": {"enabled": False},
            # Each would send its requests again; tests/test_permissions.py calls every route as everyone.
            "ignored_auth": {"enabled": False},
            "object_level_authorization": {"enabled": False},
        },
        "operations": [
            # What a phone queued is refused item by item, inside an answer of 200.
            {"include-operation-id": "send_queue", "checks": {"negative_data_rejection": {"enabled": False}}},
        ],
    }
)


def _description() -> dict[str, Any]:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", secret_key=SecretStr("x" * 32))
    return create_app(settings).openapi()


# Streams do not end by themselves; tests/boards/test_live.py follows them.
schema = schemathesis.openapi.from_dict(_description(), config=_CONFIG).exclude(path_regex="/events$")


def is_shadowed(path: str) -> bool:
    """Whether another path with a parameter matches this one too: there ``DELETE …/sessions/code`` is the end of a
    log-in whose id is not one, and so 422 rather than 405.
    """
    return any(
        other != path and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", other), path) for other in schema.raw_schema["paths"]
    )


@pytest.fixture(scope="module")
def callers(settings: Settings, database: Database, owner_database: Database) -> Callers:
    """In a world of its own: some of the requests are done."""
    return Callers(found_world(settings, database, owner_database))


@schema.parametrize()
@hypothesis_settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_is_answered_outside_the_description(case: schemathesis.Case[Any], callers: Callers) -> None:
    excluded = [unsupported_method, allow_header_conformance] if is_shadowed(case.operation.path) else []
    for _, answer in callers.send(case):
        case.validate_response(answer, excluded_checks=excluded)
