"""What the table of ``test_permissions`` holds about meetings, attendance and windows that nobody is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from tests.files.samples import photograph
from tests.town import Desk, Json, Town

PATH = "/api/v1/activities"
# A theme day of October: the group leader's to record, the organisation commissioner's to review.
ITEM = "ORG-D02"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    activities: dict[str, str]
    sign_in_sheet: str

    def town_of(self, whose: str) -> Town: ...

    def member(self, whose: str) -> str: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """A session of the group in the own branch, and of the branch elsewhere, with a sheet of signatures: there one
    member was absent.
    """
    for whose in ("own", "neighbour", "elsewhere"):
        desk = Desk(world.town_of(whose), world.client)
        headers = desk.headers("recorder")
        files = {"file": ("签到表.jpg", photograph())}
        world.sign_in_sheet = world.client.post("/api/v1/files", files=files, headers=headers).json()["hash"]
        missed = [] if whose == "own" else [{"member_id": world.member(whose), "status": "absent"}]
        body = meeting(world, whose, evidence=[world.sign_in_sheet], attendance=missed)
        answer = world.client.post(PATH, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        world.activities[whose] = body["id"]


def place(world: World, whose: str) -> UUID | str:
    """Where a meeting about somebody is: the group leader's reach is the group."""
    return world.town_of(whose).group if whose == "own" else world.branch(whose)


def meeting(world: World, whose: str, **more: Any) -> Json:
    made = {"id": str(new_id()), "organisation_id": str(place(world, whose)), "item": ITEM}
    return {**made, "title": f"主题党日 {made['id']}", "held_on": "2026-10-15", **more}


def recording(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = meeting(world, whose, held_on="2026-11-12")  # of another day: one session of an item is recorded a day
    return world.client.post(PATH, json=body, params={"preview": "true"}, headers=headers)


def waiving(verb: str) -> Call:
    """The window before: nothing was held in it."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        body = {"id": str(new_id()), "organisation_id": str(place(world, whose)), "item": ITEM}
        body |= {"window": "2026-09", "reason": "企业停产"}
        return world.client.post(f"{PATH}/{verb}", json=body, params={"preview": "true"}, headers=headers)

    return call


def at(method: str, part: str = "") -> Call:
    """A call at a session; where it writes, with a member who was there, and as a preview."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        path = f"{PATH}/{world.activities[whose]}{part.format(sheet=world.sign_in_sheet)}"
        one = world.member("colleague" if whose == "own" else whose)
        came = world.member("neighbour" if whose == "own" else whose)  # a guest, or who made up on the day itself
        bodies: dict[str, Json] = {
            "PUT": {"version": 1, "attendance": [{"member_id": one, "status": "leave"}]},
            "POST": {"members": [{"member_id": came, "made_up_on": "2026-10-15"}]},
        }
        if part == "/undoing":
            bodies["POST"] = {"version": 1, "reason": "记错"}
        params = {} if method == "GET" else {"preview": "true"}
        return world.client.request(method, path, json=bodies.get(method), params=params, headers=headers)

    return call


def listing(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.get(PATH, headers=headers)


def listing_of_member(world: World, whose: str, headers: dict[str, str]) -> Any:
    return world.client.get(f"/api/v1/members/{world.member(whose)}/attendance", headers=headers)


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
RECORDING = {
    "own": "3  +  +  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  4  4  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  4  4  3  3  4  4  4  3  3  3  3  +  1",
}
# Everybody's attendance is for offices; members have their own list.
READING = {
    "own": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("POST /api/v1/activities", recording, RECORDING),
    ("GET /api/v1/activities", listing, {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}),
    ("POST /api/v1/activities/not-held", waiving("not-held"), RECORDING),
    (
        "POST /api/v1/activities/exceptions",
        waiving("exceptions"),
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
        },
    ),
    ("GET /api/v1/activities/{activity_id}", at("GET"), READING),
    ("GET /api/v1/activities/{activity_id}/files/{content_hash}", at("GET", "/files/{sheet}"), READING),
    ("PUT /api/v1/activities/{activity_id}/attendance", at("PUT", "/attendance"), RECORDING),
    ("POST /api/v1/activities/{activity_id}/make-ups", at("POST", "/make-ups"), RECORDING),
    ("POST /api/v1/activities/{activity_id}/undoing", at("POST", "/undoing"), RECORDING),
    (
        "GET /api/v1/members/{member_id}/attendance",
        listing_of_member,
        {
            "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
]
