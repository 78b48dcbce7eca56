"""A town of two branches whose year 2025 is rated, and the way to its rounds over HTTP.

The books of the town begin in 2026, so that there is nothing of 2025 to seal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import organisation
from app.rules.stars import BY_HAND, ScaleForm
from tests.files.samples import photograph
from tests.ratings.rounds import SHEET
from tests.town import FOUNDED, Desk, Json, client, desk, town

__all__ = ["client", "desk", "town"]


@dataclass
class Jury:
    """Opens, fills, signs and decides, under the log-in of whoever is named."""

    desk: Desk
    proof: str = ""

    def call(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1/{path}", json=body, params=query, headers=headers)

    def done(self, method: str, login: str, path: str, body: Json | None = None, **query: Any) -> Json:
        answer = self.call(method, login, path, body, **query)
        assert answer.status_code in {200, 201}, answer.text
        found: Json = answer.json()
        return found

    def step(self, login: str, path: str, **body: Any) -> Json:
        return self.done("POST", login, path, {"id": str(new_id()), **body})

    def refused(self, login: str, path: str, method: str = "POST", **body: Any) -> str:
        answer = self.call(method, login, path, {"id": str(new_id()), **body})
        assert 400 <= answer.status_code < 500, answer.text
        code: str = answer.json()["code"]
        return code

    def open(self, year: int = 2025, **more: Any) -> str:
        found: str = self.step("district_officer", "rating-rounds", year=year, **more)["id"]
        return found

    def rating_of(self, round_id: str, branch: Any) -> Json:
        found = self.done("GET", "district_officer", f"rating-rounds/{round_id}/ratings", limit=200)["ratings"]
        return next(one for one in found if one["branch_id"] == str(branch))

    def read(self, rating: str, login: str = "district_officer") -> Json:
        return self.done("GET", login, f"ratings/{rating}")

    def file(self, login: str) -> str:
        headers = self.desk.headers(login)
        sent = self.desk.client.post("/api/v1/files", files={"file": ("材料.jpg", photograph())}, headers=headers)
        found: str = sent.json()["hash"]
        return found

    def entries(self, login: str, *, share: float = 1.0, bonus: float = 0, innovation: bool = True) -> list[Json]:
        """Every indicator entered by hand, with that share of its points."""
        proof = self.file(login)
        made: list[Json] = []
        for one in SHEET.indicators:
            if one.measure == BY_HAND:
                entry: Json = {"indicator": one.code, "files": [proof]}
                if one.scale.form is ScaleForm.GIVEN:
                    entry["points"] = one.points * share / 10**SHEET.decimals
                else:
                    entry |= {"part": int(one.scale.of * share), "whole": one.scale.of}
                made.append(entry)
        made.append({"indicator": "bonus", "points": bonus, "files": [proof]})
        made.append({"indicator": "innovation_project", "part": int(innovation), "files": [proof]})
        return made

    def submitted(self, rating: str, login: str = "secretary", **said: Any) -> Json:
        body = {"id": str(new_id()), "indicators": self.entries(login, **said)}
        self.done("PUT", login, f"ratings/{rating}/indicators", body)
        return self.step(login, f"ratings/{rating}/submission")

    def signed(self, rating: str, **said: Any) -> Json:
        self.submitted(rating, **said)
        return self.step("committee_officer", f"ratings/{rating}/signature")


@pytest.fixture
def jury(desk: Desk) -> Jury:
    """The desk, with a secretary next door, a second officer of the committee and of the district."""
    town = desk.town
    town.appoint("neighbour_secretary", Role.SECRETARY, town.neighbour_path)
    town.appoint("other_officer", Role.COMMITTEE_OFFICER, town.path(town.committee))
    town.appoint("other_district", Role.DISTRICT_OFFICER, town.root)
    return Jury(desk)


@pytest.fixture
def many(jury: Jury) -> list[str]:
    """Eight more branches of the committee, so that there are ten: one place for five stars, three for four."""
    town = jury.desk.town
    made = [new_id() for _ in range(8)]

    def work(connection: Any, _actor: Any) -> None:
        for number, one in enumerate(made):
            row = {
                "district_id": town.district.id,
                "id": one,
                "path": town.path(town.committee, one),
                "parent_id": town.committee,
                "kind": "branch",
                "code": f"ZB{number + 10}",
                "name": f"第{number + 3}支部",
                "from_on": FOUNDED,
            }
            connection.execute(insert(organisation), row)

    town.run(work)
    return [str(one) for one in made]
