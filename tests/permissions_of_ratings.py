"""What the table of ``test_permissions`` holds about rounds of stars, ratings and plans.

In each town the round of 2025 is open and every branch's turn is to rate itself. Whoever is past the door and in reach,
and is then told that it is not the turn of this yet (409), has passed: what happens at each stage is held elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from app.ratings import store_plans
from app.ratings.core import Plan, PlanKind, PlanState, Problem
from tests.files.samples import photograph
from tests.town import Json, Town

ROUNDS = "/api/v1/rating-rounds"
_PLAN = Plan(
    id=new_id(),
    rating_id=new_id(),
    branch_id=new_id(),
    path="",
    kind=PlanKind.RECTIFICATION,
    state=PlanState.OPEN,
    problems=(Problem(1, "台账不全", "书记", date(2026, 12, 1)),),
    opened_on=date(2026, 11, 1),
    opened_by=None,
    due_on=date(2027, 2, 1),
    input_digest=b"",
)


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    ratings: dict[str, str]
    headers: dict[str, dict[str, str]]

    def town_of(self, whose: str) -> Town: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """An open round in each town, a plan of each branch, and evidence of one indicator of the own branch."""
    for whose in ("own", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        officer = world.headers["outsider" if whose == "elsewhere" else "district_officer"]
        if whose != "neighbour":
            opened = world.client.post(ROUNDS, json={"id": str(new_id()), "year": 2025}, headers=officer)
            assert opened.status_code == 201, opened.text
            world.ratings[f"round {whose}"] = opened.json()["id"]
        of_round = world.ratings["round elsewhere" if whose == "elsewhere" else "round own"]
        listed = world.client.get(f"{ROUNDS}/{of_round}/ratings", headers=officer).json()["ratings"]
        rating = next(one["id"] for one in listed if one["branch_id"] == world.branch(whose))
        path = town.neighbour_path if whose == "neighbour" else town.branch_path
        branch_id = UUID(world.branch(whose))
        made = replace(_PLAN, id=new_id(), rating_id=UUID(rating), branch_id=branch_id, path=path)
        town.run(lambda connection, actor, made=made: store_plans.insert_plan(connection, actor.district_id, made))
        world.ratings |= {whose: rating, f"plan {whose}": str(made.id)}
    secretary = world.headers["secretary"]
    sent = world.client.post("/api/v1/files", files={"file": ("章程.jpg", photograph())}, headers=secretary)
    proof = world.ratings["proof"] = sent.json()["hash"]
    body = {"id": str(new_id()), "indicators": [{"indicator": "S1.4", "points": 4, "files": [proof]}]}
    filled = world.client.put(f"/api/v1/ratings/{world.ratings['own']}/indicators", json=body, headers=secretary)
    assert filled.status_code == 200, filled.text


def send(world: World, method: str, path: str, headers: dict[str, str], body: Json | None = None) -> Any:
    params = {} if method == "GET" else {"preview": "true"}
    answer = world.client.request(method, path, json=body, params=params, headers=headers)
    if answer.status_code == 409:
        answer.status_code = 200
    return answer


def opening(world: World, _: str, headers: dict[str, str]) -> Any:
    return send(world, "POST", ROUNDS, headers, {"id": str(new_id()), "year": 2026})


def listing(path: str) -> Call:
    return lambda world, _, headers: send(world, "GET", path, headers)


def at_round(method: str, part: str = "", **more: Any) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        body = None if method == "GET" else {"id": str(new_id()), **more}
        if body is not None and part == "/filing":
            body["committee_id"] = str(world.town_of(whose).committee)
        return send(world, method, f"{ROUNDS}/{world.ratings[f'round {whose}']}{part}", headers, body)

    return call


def at_rating(method: str, part: str = "", **more: Any) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        body = None if method == "GET" else {"id": str(new_id()), **more}
        place = part.format(other=new_id(), proof=world.ratings["proof"])
        return send(world, method, f"/api/v1/ratings/{world.ratings[whose]}{place}", headers, body)

    return call


def at_plan(part: str, **more: Any) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"/api/v1/rating-plans/{world.ratings[f'plan {whose}']}{part}"
        return send(world, "POST", path, headers, {"note": "已补齐", **more})

    return call


def vetoing(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "ground": "accident", "decided_on": "2026-11-01", "basis": "事故通报"}
    return send(world, "POST", f"/api/v1/branches/{world.branch(whose)}/star-vetoes", headers, body)


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
PUBLISHED = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
# Until it is on notice a rating is for who works on it; whose reach is a group has no branch in it.
PAPERS = {
    "own": "4  4  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
FILLING = {
    "own": "3  3  3  3  3  +  3  3  3  3  3  3  3  1",
    "neighbour": "3  3  3  3  3  4  3  3  3  3  3  3  3  1",
    "elsewhere": "3  3  3  3  3  4  3  3  3  3  3  3  3  1",
}
SIGNING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
SIGNING_ROUND = {whose: SIGNING[whose] for whose in ("own", "elsewhere")}
DECIDING = {
    "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
}
OBJECTING = {
    "own": "4  4  +  +  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  3  3  +  1",
}
READERS = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
BASIS = {"basis": "材料不实"}
NOTHING = [{"indicator": "bonus", "points": 0, "note": "无"}]
PROBLEMS = [{"text": "台账不全", "person": "书记", "due_on": "2026-12-01"}]
R = "/api/v1/ratings/{rating_id}"
P = "/api/v1/rating-plans/{plan_id}"
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    (f"POST {ROUNDS}", opening, {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}),
    (f"GET {ROUNDS}", listing(ROUNDS), READERS),
    (f"GET {ROUNDS}/{{round_id}}", at_round("GET"), PUBLISHED),
    (f"GET {ROUNDS}/{{round_id}}/ratings", at_round("GET", "/ratings"), PUBLISHED),
    (f"POST {ROUNDS}/{{round_id}}/measurement", at_round("POST", "/measurement"), DECIDING),
    (f"POST {ROUNDS}/{{round_id}}/reckoning", at_round("POST", "/reckoning"), DECIDING),
    (f"POST {ROUNDS}/{{round_id}}/filing", at_round("POST", "/filing"), SIGNING_ROUND),
    (f"POST {ROUNDS}/{{round_id}}/naming", at_round("POST", "/naming"), DECIDING),
    (f"POST {ROUNDS}/{{round_id}}/withdrawal", at_round("POST", "/withdrawal", **BASIS), DECIDING),
    (f"GET {R}", at_rating("GET"), PAPERS),
    (
        f"GET {R}/indicators/{{indicator}}/files/{{content_hash}}",
        at_rating("GET", "/indicators/S1.4/files/{proof}"),
        {"own": PAPERS["own"]},
    ),
    (f"PUT {R}/indicators", at_rating("PUT", "/indicators", indicators=NOTHING), FILLING),
    (f"POST {R}/submission", at_rating("POST", "/submission"), FILLING),
    (f"POST {R}/withdrawal", at_rating("POST", "/withdrawal"), FILLING),
    (f"POST {R}/return", at_rating("POST", "/return", **BASIS), SIGNING),
    (f"POST {R}/corrections", at_rating("POST", "/corrections", indicators=NOTHING), SIGNING),
    (f"POST {R}/signature", at_rating("POST", "/signature"), SIGNING),
    (f"POST {R}/exception", at_rating("POST", "/exception", **BASIS), DECIDING),
    (f"POST {R}/decision", at_rating("POST", "/decision", accept=False, **BASIS), DECIDING),
    (f"POST {R}/objections", at_rating("POST", "/objections", **BASIS), OBJECTING),
    (
        f"POST {R}/objections/{{objection_id}}/answer",
        at_rating("POST", "/objections/{other}/answer", upheld=False, **BASIS),
        DECIDING,
    ),
    (f"POST {R}/downgrade", at_rating("POST", "/downgrade", ground="look-back", **BASIS), SIGNING),
    (f"POST {R}/plans", at_rating("POST", "/plans", problems=PROBLEMS), SIGNING),
    ("POST /api/v1/branches/{branch_id}/star-vetoes", vetoing, DECIDING),
    ("GET /api/v1/rating-plans", listing("/api/v1/rating-plans"), READERS),
    (
        "GET /api/v1/rating-treatments",
        listing("/api/v1/rating-treatments"),
        {"any": "3  3  3  3  3  3  +  +  3  3  3  3  +  1"},
    ),
    ("GET /api/v1/rating-list", listing("/api/v1/rating-list"), {"any": "3  3  3  3  3  3  +  +  3  3  3  3  +  1"}),
    (f"POST {P}/struck", at_plan("/struck", number=1), SIGNING),
    (f"POST {P}/extension", at_plan("/extension"), SIGNING),
    (f"POST {P}/closing", at_plan("/closing", accepted=True), SIGNING),
]
