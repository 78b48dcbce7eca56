"""What the table of ``test_permissions`` holds about quarters, their check and their notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from app.seals import keeping
from tests.town import Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    town: Town
    other: Town
    entries: dict[str, str]

    def branch(self, whose: str) -> str: ...

    def member(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """The third quarter's results are on notice in both towns; in the fourth, entries wait for the check."""
    for town in (world.town, world.other):
        town.run(keeping.keep)


def get(path: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        facts = {} if whose == "any" else {"branch": world.branch(whose), "member": world.member(whose)}
        return world.client.get(f"/api/v1/{path.format(**facts)}", headers=headers)

    return call


def proving(part: str) -> Call:
    """Nothing is sealed yet, which is told to who may know."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        answer = get(f"quarters/2026Q4/{part}")(world, whose, headers)
        answer.status_code = 200 if answer.status_code == 409 else answer.status_code
        return answer

    return call


def confirming(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = f"/api/v1/quarters/2026Q4/branches/{world.branch(whose)}/check"
    return world.client.post(path, json={}, params={"preview": "true"}, headers=headers)


def refusing(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"id": str(new_id()), "reason": "没有签到记录"}
    path = f"/api/v1/entries/{world.entries[whose]}/refusal"
    return world.client.post(path, json=body, params={"preview": "true"}, headers=headers)


#           m  g  o  d  h  s  c  d  s  s  a  n  o  s
#           e  r  r  i  r  e  o  i  y  e  u  o  u  t
#           m  o  g  s  .  c  m  s  s  c  d  b  t  r
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/quarters", get("quarters"), {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}),
    (
        "GET /api/v1/quarters/{quarter}",
        get("quarters/2026Q4"),
        {"any": "3  3  +  +  3  +  +  +  3  3  +  3  +  1"},
    ),
    *(
        (f"GET /api/v1/quarters/{{quarter}}/{part}", proving(part), {"any": "3  3  +  +  3  +  +  +  3  3  +  3  +  1"})
        for part in ("proof", "certificate")
    ),
    (
        "GET /api/v1/quarters/{quarter}/branches/{branch_id}/check",
        get("quarters/2026Q4/branches/{branch}/check"),
        {
            "own": "3  3  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
    (
        "POST /api/v1/quarters/{quarter}/branches/{branch_id}/check",
        confirming,
        {
            "own": "3  3  +  +  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    (
        "POST /api/v1/entries/{entry_id}/refusal",
        refusing,  # its reviewer is the organisation commissioner
        {
            "own": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
    (
        "GET /api/v1/members/{member_id}/quarters",
        get("members/{member}/quarters"),
        {
            "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "colleague": "4  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
    (
        "GET /api/v1/boards/notices/{quarter}/branches/{branch_id}",
        get("boards/notices/2026Q3/branches/{branch}"),
        {
            "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
            "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
            "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
        },
    ),
]
