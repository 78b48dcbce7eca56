"""The roster over HTTP: masked, paged, and only what is in reach."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi.testclient import TestClient

from app.auth.core import Role
from tests.roster.conftest import Place


@pytest.fixture
def secretary(place: Place, client: TestClient) -> dict[str, str]:
    place.people.open("secretary", Role.SECRETARY, place.organisations["B1"].path, date(2026, 1, 1))
    return place.people.log_in(client, "secretary")


def test_members_are_listed_masked_and_by_page(client: TestClient, secretary: dict[str, str]) -> None:
    answer = client.get("/api/v1/members", params={"limit": 1}, headers=secretary)
    assert answer.status_code == 200, answer.text
    (first,) = answer.json()["members"]
    assert (first["number"], first["id_number"], first["phone"]) == ("M1", "000*************13", "100****0001")
    following = client.get("/api/v1/members", params={"limit": 1, "after": answer.json()["next"]}, headers=secretary)
    assert [one["number"] for one in following.json()["members"]] == ["M3"]
    assert following.json()["next"] is None
    assert "000000198001010013" not in answer.text


def test_members_are_searched_by_pinyin(client: TestClient, secretary: dict[str, str]) -> None:
    found = client.get("/api/v1/members", params={"q": "ln"}, headers=secretary).json()["members"]
    assert [one["name"] for one in found] == ["李娜"]


def test_a_member_out_of_reach_is_not_found(place: Place, client: TestClient, secretary: dict[str, str]) -> None:
    assert client.get(f"/api/v1/members/{place.members['M1'].id}", headers=secretary).json()["number"] == "M1"
    hidden = client.get(f"/api/v1/members/{place.members['M2'].id}", headers=secretary)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not_found")


def test_organisations_in_reach_are_listed(client: TestClient, secretary: dict[str, str]) -> None:
    answer = client.get("/api/v1/organisations", headers=secretary)
    assert [one["code"] for one in answer.json()["organisations"]] == ["B1", "B1-G1", "B1-G2"]


def test_nobody_reads_the_roster_without_a_token(client: TestClient) -> None:
    for path in ("/api/v1/members", "/api/v1/organisations"):
        assert client.get(path).status_code == 401
