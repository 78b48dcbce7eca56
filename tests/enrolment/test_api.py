"""A roster handed in over HTTP: the same as at the command line, for those who may."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.roster import service as roster
from tests.applications import Applications
from tests.auth.people import People, found_district
from tests.enrolment.conftest import small_roster, workbook_of
from tests.kit.test_workbook import a_bomb_in_a_sheet

PATH = "/api/v1/roster-imports"


@pytest.fixture
def people(database: Database, owner_database: Database, clock: FixedClock) -> People:
    return People(database, found_district(owner_database), clock)


@pytest.fixture
def client(applications: Applications, settings: Settings, database: Database, clock: FixedClock) -> TestClient:
    return TestClient(applications.lend(settings, database, clock))


@pytest.fixture
def officer(people: People, client: TestClient) -> dict[str, str]:
    people.open("officer", Role.DISTRICT_OFFICER, roster.root_of(people.district.id))
    return people.log_in(client, "officer")


def hand_in(client: TestClient, headers: dict[str, str], book: BytesIO, **query: str) -> Any:
    return client.post(PATH, params=query, files={"file": ("名册.xlsx", book)}, headers=headers)


def without_appointments() -> BytesIO:
    rows = small_roster()
    del rows["appointment"]
    return workbook_of(rows)


def test_a_preview_and_then_the_import(client: TestClient, officer: dict[str, str]) -> None:
    previewed = hand_in(client, officer, without_appointments(), preview="true")
    assert previewed.status_code == 200, previewed.text
    assert previewed.json()["preview"] is True
    assert client.get("/api/v1/members", headers=officer).json()["members"] == []
    done = hand_in(client, officer, without_appointments())
    assert {**done.json(), "preview": True} == previewed.json()
    assert done.json()["counts"]["member"] == {"new": 3}
    assert len(client.get("/api/v1/members", headers=officer).json()["members"]) == 3
    assert hand_in(client, officer, without_appointments()).json()["changes"] == []


def test_faults_come_as_a_list_with_their_places(client: TestClient, officer: dict[str, str]) -> None:
    rows = small_roster()
    del rows["appointment"]
    rows["member"][1]["branch"] = "B9"
    answer = hand_in(client, {**officer, "Accept-Language": "en"}, workbook_of(rows))
    assert (answer.status_code, answer.json()["code"]) == (422, "roster_refused")
    (fault,) = answer.json()["faults"]
    assert (fault["index"], fault["field"], fault["code"]) == (3, "党员!F3", "unknown_reference")
    assert "B9" in fault["detail"]


def test_a_bomb_is_refused_as_too_large(client: TestClient, officer: dict[str, str]) -> None:
    answer = hand_in(client, officer, a_bomb_in_a_sheet())
    assert (answer.status_code, answer.json()["code"]) == (413, "workbook_too_large")


def test_a_secretary_may_neither_import_nor_see_the_template(people: People, client: TestClient) -> None:
    people.open("secretary", Role.SECRETARY, roster.root_of(people.district.id))
    headers = people.log_in(client, "secretary")
    assert hand_in(client, headers, without_appointments()).status_code == 403
    assert client.get(f"{PATH}/template", headers=headers).status_code == 403
    assert client.post(PATH, files={"file": ("x.xlsx", b"x")}).status_code == 401


def test_the_template_can_be_imported_as_it_is(client: TestClient, officer: dict[str, str]) -> None:
    template = client.get(f"{PATH}/template", headers=officer)
    assert template.status_code == 200
    assert hand_in(client, officer, BytesIO(template.content)).json()["changes"] == []
