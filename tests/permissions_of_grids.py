"""What the table of ``test_permissions`` holds about grids, leads, assignments, mentorings and plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import insert

from app.auth.core import Role
from app.kit.ids import new_id
from app.roster.tables import enterprise
from tests.town import FOUNDED, Json, Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    grids: dict[str, dict[str, str]]

    def town_of(self, whose: str) -> Town: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]
PREVIEW = {"preview": "true"}
GRANTOR = "grid_officer"


def fill(world: World) -> None:
    """In each town the six grids, and the neighbouring branch helps the own one; in ours it also helps a firm that no
    branch covers, with which the own branch has nothing to do.
    """
    for whose in ("own", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        if GRANTOR not in town.accounts:
            town.appoint(GRANTOR, Role.DISTRICT_OFFICER, town.root)
        headers = town.log_in(world.client, GRANTOR)
        facts = world.grids[whose] = dict[str, str]()
        grids = _sent(world, "POST", "/grids/standard", None, headers)["grids"]
        facts["grid"] = grids[0]["id"]
        facts["firm"] = str(_firm(town, None if whose == "neighbour" else town.branch))
        facts["lead"] = world.grids["own"]["lead"] if whose == "neighbour" else str(new_id())
        facts["branch"] = str(town.neighbour)
        _sent(world, "PUT", f"/grids/leads/{facts['lead']}", {**_lead(facts), "star": 5}, headers)
        facts |= {"kind": "branch", "helped": str(town.branch)}
        if whose == "neighbour":
            facts |= {"kind": "enterprise", "helped": facts["firm"]}
        facts["mentoring"] = _sent(world, "POST", "/mentorings/overrides", _choice(facts), headers)["id"]
        for side in ("lead", "helped"):
            _sent(world, "POST", f"/mentorings/{facts['mentoring']}/agreement", {"side": side}, headers)


def _sent(world: World, method: str, path: str, body: Json | None, headers: dict[str, str]) -> Any:
    answer = world.client.request(method, f"/api/v1{path}", json=body, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _firm(town: Town, branch: UUID | None) -> UUID:
    key = new_id()
    row = {
        "district_id": town.district.id, "id": key, "credit_code": key.hex, "name": "某厂", "trade": "household",
        "branch_id": branch, "from_on": FOUNDED,
    }  # fmt: skip
    town.database.run(lambda connection: connection.execute(insert(enterprise), row), town.district.id)
    return key


def reading(path: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        facts = {} if whose == "any" else world.grids[whose]
        return world.client.get(f"/api/v1{path.format(**facts)}", headers=headers)

    return call


def sending(method: str, path: str, body: Callable[[dict[str, str]], Json | None]) -> Call:
    """A call that writes, as a preview."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        facts = {**world.grids["own" if whose == "any" else whose], "new": str(new_id())}
        target = f"/api/v1{path.format(**facts)}"
        return world.client.request(method, target, json=body(facts), params=PREVIEW, headers=headers)

    return call


def territory(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = f"/api/v1/enterprises/{world.grids[whose]['firm']}/territory"
    body = {"territory_id": str(world.town_of(whose).committee)}
    return world.client.put(path, json=body, params=PREVIEW, headers=headers)


def _visit(facts: dict[str, str]) -> Json:
    return {"id": facts["new"], "kind": "visit", "held_on": "2026-11-21", "text": "走访"}


def _lead(facts: dict[str, str]) -> Json:
    return {"grid_id": facts["grid"], "branch_id": facts["branch"], "capacity": 5}


def _choice(facts: dict[str, str]) -> Json:
    return {"kind": facts["kind"], "helped_id": facts["helped"], "lead_id": facts["lead"], "reason": "就近"}


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
# Grids are for everybody of the district to see, and the district office's to set.
SEEN = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
SEEN_THERE = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
SET = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
SET_THERE = {
    "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
}
# Either side's secretary, and who is above: of the second no side is the own branch.
FOLLOWED = {
    "own": "3  3  3  3  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  4  3  +  1",
}
RECORDED = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
# The district's, and the lead's own; the own branch only is helped.
PLANNED = {
    "own": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
MENTORING = "/mentorings/{mentoring}"
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/grids", reading("/grids"), SEEN),
    ("POST /api/v1/grids/standard", sending("POST", "/grids/standard", lambda _: None), SET),
    (
        "PUT /api/v1/grids/{grid_id}",
        sending("PUT", "/grids/{new}", lambda _: {"code": "WG99", "name": "其他", "trades": []}),
        SET,
    ),
    ("GET /api/v1/grids/{grid_id}/enterprises", reading("/grids/{grid}/enterprises"), SEEN_THERE),
    ("PUT /api/v1/enterprises/{enterprise_id}/territory", territory, SET_THERE),
    ("PUT /api/v1/grids/leads/{lead_id}", sending("PUT", "/grids/leads/{lead}", _lead), SET_THERE),
    (
        "POST /api/v1/grids/leads/{lead_id}/end",
        sending("POST", "/grids/leads/{lead}/end", lambda _: {"reason": "搬迁"}),
        SET_THERE,
    ),
    ("POST /api/v1/grids/assignment", sending("POST", "/grids/assignment", lambda _: {"stars": []}), SET),
    ("POST /api/v1/grids/indicators", sending("POST", "/grids/indicators", lambda _: None), SET),
    ("POST /api/v1/mentorings/overrides", sending("POST", "/mentorings/overrides", _choice), SET_THERE),
    (
        "GET /api/v1/mentorings",
        reading("/mentorings"),
        {"any": "3  3  3  3  3  +  +  +  3  3  +  3  +  1"},
    ),
    ("GET /api/v1/mentorings/{mentoring_id}", reading(MENTORING), FOLLOWED),
    (
        "POST /api/v1/mentorings/{mentoring_id}/agreement",
        sending("POST", MENTORING + "/agreement", lambda _: {"side": "helped"}),
        # For a firm that no branch covers, and of no committee's territory yet, the district agrees.
        {**RECORDED, "neighbour": "3  3  3  3  3  4  4  +  3  3  3  3  4  1"},
    ),
    ("POST /api/v1/mentorings/{mentoring_id}/visits", sending("POST", MENTORING + "/visits", _visit), RECORDED),
    (
        "POST /api/v1/mentorings/{mentoring_id}/end",
        sending("POST", MENTORING + "/end", lambda _: {"reason": "已达标", "outcome": "risen"}),
        RECORDED,
    ),
    ("GET /api/v1/grids/{grid_id}/calendar/{year}", reading("/grids/{grid}/calendar/2026"), SEEN_THERE),
    (
        "PUT /api/v1/grids/{grid_id}/plans/{plan_id}",
        sending(
            "PUT",
            "/grids/{grid}/plans/{new}",
            lambda facts: {"level": "month", "window": "2026-11", "title": "初心大家谈"},
        ),
        PLANNED,
    ),
]
