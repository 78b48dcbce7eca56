"""What the table of ``test_permissions`` holds about the appraisal of secretaries and their duty lists.

In each town the appraisal of 2024 is open. Whoever is past the door and in reach, and is then told that it is not the
turn of this yet (409), has passed: what happens at each stage is held elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient

from app.appraisals import store
from app.appraisals.core import Appraisal, AppraisalRoundState, AppraisalState, Round
from app.auth.core import Role
from app.kit.ids import new_id
from app.ratings import store as ratings
from app.ratings.core import Round as RatingRound
from app.ratings.core import RoundState as RatingRoundState
from tests.files.samples import photograph
from tests.town import BOOK, Json, Town

ROUNDS = "/api/v1/appraisal-rounds"
ITEMS = "/api/v1/responsibilities"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    appraisals: dict[str, str]
    headers: dict[str, dict[str, str]]

    def town_of(self, whose: str) -> Town: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """An open round in each town with a secretary of each branch, an item on each list, and evidence of both."""
    (edition,) = BOOK.editions
    for whose in ("own", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        leads = "secretary" if whose == "own" else f"{whose}_secretary"
        path = town.neighbour_path if whose == "neighbour" else town.branch_path
        account = town.accounts["secretary"] if whose == "own" else town.appoint(leads, Role.SECRETARY, path)
        at = town.clock.now()
        stars = RatingRound(
            new_id(), "2024", edition.digest, date(2024, 12, 31), True, RatingRoundState.NAMED, None, at, b""
        )
        held = Round(new_id(), "2024", stars.id, edition.digest, stars.cut_off, AppraisalRoundState.OPEN, None, at, b"")
        if whose == "neighbour":
            held_id = UUID(world.appraisals["round own"])
        else:
            held_id = held.id
            world.appraisals[f"round {whose}"] = str(held.id)
        made = Appraisal(
            new_id(), held_id, account, UUID(world.branch(whose)), path, town.committee, date(2020, 1, 1), None, 60,
            False, AppraisalState.OPEN,
        )  # fmt: skip
        world.appraisals[whose] = str(made.id)

        def work(
            connection: Any,
            actor: Any,
            whose: str = whose,
            stars: RatingRound = stars,
            held: Round = held,
            made: Appraisal = made,
        ) -> None:
            if whose != "neighbour":
                ratings.insert_round(connection, actor.district_id, stars)
                store.insert_round(connection, actor.district_id, held)
            store.insert_appraisals(connection, actor.district_id, [made])

        town.run(work)
        officer = world.headers["outsider" if whose == "elsewhere" else "district_officer"]
        body = {"id": str(new_id()), **_list_of(world, whose)}
        sent = world.client.post(ITEMS, json=body, headers=officer)
        assert sent.status_code == 201, sent.text
        world.appraisals[f"item {whose}"] = sent.json()["responsibilities"][0]["id"]
    _prove(world)


def _list_of(world: World, whose: str) -> Json:
    items = [{"text": "述职", "due_on": "2026-12-20"}]
    return {"year": 2026, "branches": [world.branch(whose)], "items": items}


def _prove(world: World) -> None:
    """The votes on the own secretary, and a report on the own list, each with a file."""
    for caller, path, body in (
        (
            "committee_officer",
            f"/api/v1/appraisals/{world.appraisals['own']}/parts/masses",
            {"votes": {"excellent": 9}},
        ),
        ("secretary", f"{ITEMS}/{world.appraisals['item own']}/report", {"basis": "完成"}),
    ):
        headers = world.headers[caller]
        sent = world.client.post("/api/v1/files", files={"file": ("表.jpg", photograph())}, headers=headers)
        proof = world.appraisals["proof"] = sent.json()["hash"]
        method, more = ("PUT", {"note": "会议"}) if caller == "committee_officer" else ("POST", {})
        made = {"id": str(new_id()), "files": [proof], **body, **more}
        answer = world.client.request(method, path, json=made, headers=headers)
        assert answer.status_code == 200, answer.text


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


def listing_items(world: World, whose: str, headers: dict[str, str]) -> Any:
    return send(world, "POST", ITEMS, headers, {"id": str(new_id()), **_list_of(world, whose)})


def at_round(method: str, part: str = "", **more: Any) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        body = None if method == "GET" else {"id": str(new_id()), **more}
        if body is not None and part == "/decisions":
            body["committee_id"] = str(world.town_of(whose).committee)
        return send(world, method, f"{ROUNDS}/{world.appraisals[f'round {whose}']}{part}", headers, body)

    return call


def at(base: str, method: str, part: str = "", **more: Any) -> Call:
    """A call at the appraisal about somebody, or at an item of their list."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        key = whose if base == "appraisals" else f"item {whose}"
        body = None if method == "GET" else {"id": str(new_id()), **more}
        place = part.format(other=new_id(), proof=world.appraisals["proof"])
        return send(world, method, f"/api/v1/{base}/{world.appraisals[key]}{place}", headers, body)

    return call


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
PUBLISHED = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
# Of the own branch only the secretary, who sees it all when it is told; the papers are for who appraises and watches.
PAPERS = {
    "own": "4  4  4  4  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
GIVEN = {"own": "4  4  4  4  3  4  +  +  3  3  +  3  4  1"}
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
    "own": "4  4  4  4  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  3  3  +  1",
}
REPORTING = {
    "own": "3  3  3  3  3  +  3  3  3  3  3  3  3  1",
    "neighbour": "3  3  3  3  3  4  3  3  3  3  3  3  3  1",
    "elsewhere": "3  3  3  3  3  4  3  3  3  3  3  3  3  1",
}
READERS = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
BASIS = {"basis": "研究决定"}
A = "/api/v1/appraisals/{appraisal_id}"
I = f"{ITEMS}/{{item_id}}"  # noqa: E741 - beside A
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    (f"POST {ROUNDS}", opening, {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}),
    (f"GET {ROUNDS}", listing(ROUNDS), READERS),
    (f"GET {ROUNDS}/{{round_id}}", at_round("GET"), PUBLISHED),
    (f"GET {ROUNDS}/{{round_id}}/appraisals", at_round("GET", "/appraisals"), PUBLISHED),
    (f"POST {ROUNDS}/{{round_id}}/reckoning", at_round("POST", "/reckoning"), DECIDING),
    (f"POST {ROUNDS}/{{round_id}}/decisions", at_round("POST", "/decisions"), SIGNING_ROUND),
    (f"POST {ROUNDS}/{{round_id}}/filing", at_round("POST", "/filing"), DECIDING),
    (f"POST {ROUNDS}/{{round_id}}/withdrawal", at_round("POST", "/withdrawal", **BASIS), DECIDING),
    (f"GET {A}", at("appraisals", "GET"), PAPERS),
    (
        f"GET {A}/parts/{{part}}/files/{{content_hash}}",
        at("appraisals", "GET", "/parts/masses/files/{proof}"),
        GIVEN,
    ),
    (f"PUT {A}/parts/{{part}}", at("appraisals", "PUT", "/parts/organisation", points=5, note="一般"), SIGNING),
    (f"POST {A}/measurement", at("appraisals", "POST", "/measurement"), SIGNING),
    (f"POST {A}/veto", at("appraisals", "POST", "/veto", ground="discipline", **BASIS), SIGNING),
    (f"POST {A}/signature", at("appraisals", "POST", "/signature"), SIGNING),
    (f"POST {A}/reopening", at("appraisals", "POST", "/reopening", **BASIS), SIGNING),
    (f"POST {A}/decision", at("appraisals", "POST", "/decision", accept=False, **BASIS), DECIDING),
    (f"POST {A}/objections", at("appraisals", "POST", "/objections", **BASIS), OBJECTING),
    (
        f"POST {A}/objections/{{objection_id}}/answer",
        at("appraisals", "POST", "/objections/{other}/answer", upheld=False, **BASIS),
        DECIDING,
    ),
    (f"POST {ITEMS}", listing_items, SIGNING),
    (f"GET {ITEMS}", listing(ITEMS), READERS),
    (f"GET {I}", at("responsibilities", "GET"), PAPERS),
    (
        f"GET {I}/files/{{content_hash}}",
        at("responsibilities", "GET", "/files/{proof}"),
        {"own": PAPERS["own"]},
    ),
    (f"POST {I}/report", at("responsibilities", "POST", "/report", basis="完成"), REPORTING),
    (f"POST {I}/verdict", at("responsibilities", "POST", "/verdict", verdict="met", **BASIS), SIGNING),
]
