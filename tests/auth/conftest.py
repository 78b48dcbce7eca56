"""A district with people in it, and an application that knows the time they live in."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from tests.applications import Applications
from tests.auth.people import People, found_district
from tests.town import desk, town

__all__ = ["desk", "town"]


@pytest.fixture
def people(database: Database, owner_database: Database, clock: FixedClock) -> People:
    return People(database, found_district(owner_database), clock)


@pytest.fixture
def strangers(database: Database, owner_database: Database, clock: FixedClock) -> People:
    """The people of another district."""
    return People(database, found_district(owner_database), clock)


@pytest.fixture
def application(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> FastAPI:
    return applications.lend(settings, database, clock)


@pytest.fixture
def client(application: FastAPI) -> TestClient:
    return TestClient(application)
