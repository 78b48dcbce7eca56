"""A town with grids: more branches, enterprises of several trades, and the officer who pairs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, update

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import enterprise, member, organisation
from tests.town import FOUNDED, Desk, Json

OFFICER = "district_officer"


@dataclass
class Village:
    """The desk's town; ``branches`` and ``enterprises`` by name, ``grids`` by trade."""

    desk: Desk
    branches: dict[str, UUID] = field(default_factory=dict)
    enterprises: dict[str, UUID] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)

    def add_branch(self, name: str, *, committee: UUID | None = None) -> UUID:
        town, key = self.desk.town, new_id()
        above = committee or town.committee
        row = {
            "district_id": town.district.id, "id": key, "path": town.path(above, key), "parent_id": above,
            "kind": "branch", "code": f"Z{len(self.branches):03d}", "name": name, "form": "single",
            "from_on": FOUNDED,
        }  # fmt: skip
        town.database.run(lambda connection: connection.execute(insert(organisation), row), town.district.id)
        self.branches[name] = key
        return key

    def add_enterprise(self, name: str, trade: str, branch: UUID | None = None) -> UUID:
        town, key = self.desk.town, new_id()
        row = {
            "district_id": town.district.id, "id": key, "credit_code": f"C{len(self.enterprises):05d}", "name": name,
            "trade": trade, "branch_id": branch, "from_on": FOUNDED,
        }  # fmt: skip
        town.database.run(lambda connection: connection.execute(insert(enterprise), row), town.district.id)
        self.enterprises[name] = key
        return key

    def set_enterprise(self, name: str, **values: Any) -> None:
        """What an import would put right."""
        town = self.desk.town
        columns = enterprise.c
        statement = update(enterprise).where(
            columns.district_id == town.district.id, columns.id == self.enterprises[name]
        )
        town.database.run(lambda connection: connection.execute(statement.values(**values)), town.district.id)

    def employ(self, person: str, name: str) -> None:
        """The member works at the enterprise."""
        town = self.desk.town

        def work(connection: Connection) -> None:
            connection.execute(
                update(member)
                .where(member.c.district_id == town.district.id, member.c.id == town.members[person])
                .values(enterprise_id=self.enterprises[name])
            )

        town.database.run(work, town.district.id)

    def secretary_of(self, branch: str) -> str:
        """Their log-in."""
        login = f"书记{branch}"
        self.desk.town.appoint(login, Role.SECRETARY, self.path(branch))
        return login

    def path(self, branch: str) -> str:
        return self.desk.town.path(self.desk.town.committee, self.branches[branch])

    def ask(self, method: str, path: str, body: Json | None = None, login: str = OFFICER, **query: Any) -> Any:
        headers = self.desk.headers(login)
        return self.desk.client.request(method, f"/api/v1{path}", json=body, params=query, headers=headers)

    def got(self, method: str, path: str, body: Json | None = None, login: str = OFFICER, **query: Any) -> Any:
        """The answer to a request that is expected to succeed."""
        answer = self.ask(method, path, body, login, **query)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: Json | None = None, login: str = OFFICER, **query: Any) -> str:
        answer = self.ask(method, path, body, login, **query)
        assert 400 <= answer.status_code < 500, answer.text
        code: str = answer.json()["code"]
        return code

    def found_grids(self) -> None:
        for one in self.got("POST", "/grids/standard")["grids"]:
            self.grids[one["trades"][0]] = one["id"]

    def lead(self, branch: str, trade: str, capacity: int = 5, star: int = 5, **more: Any) -> str:
        key = str(new_id())
        body = {"grid_id": self.grids[trade], "branch_id": str(self.branches[branch]), "capacity": capacity}
        self.got("PUT", f"/grids/leads/{key}", {**body, "star": star, **more})
        return key

    def assign(self, stars: dict[str, int] | None = None, cases: list[UUID] | None = None, **query: Any) -> Json:
        known = [{"branch_id": str(self.branches[one]), "star": star} for one, star in (stars or {}).items()]
        body = {"stars": known, "cases": [str(one) for one in cases or []]}
        found: Json = self.got("POST", "/grids/assignment", body, **query)
        return found

    def mentorings(self, login: str = OFFICER, **query: Any) -> list[Json]:
        found: list[Json] = self.got("GET", "/mentorings", login=login, **query)["mentorings"]
        return found

    def agree(self, mentoring: str) -> None:
        for side in ("lead", "helped"):
            self.got("POST", f"/mentorings/{mentoring}/agreement", {"side": side})

    def on(self, day: date) -> None:
        self.desk.town.on(day)
        self.desk.forget()


def settled(desk: Desk) -> Village:
    """林晓明 and 陈建国 work at 甲厂 (furniture), which the first branch covers; 乙厂 of the same trade has no member;
    强支部 and 新支部 cover the firms that could lead.
    """
    village = Village(desk)
    village.branches |= {"第一支部": desk.town.branch, "第二支部": desk.town.neighbour}
    for name in ("强支部", "新支部"):
        village.add_branch(name)
    village.add_enterprise("甲厂", "household", desk.town.branch)
    village.add_enterprise("乙厂", "household")
    village.add_enterprise("强厂", "household", village.branches["强支部"])
    village.add_enterprise("新厂", "electronics", village.branches["新支部"])
    village.employ("林晓明", "甲厂")
    village.employ("陈建国", "甲厂")
    village.found_grids()
    return village
