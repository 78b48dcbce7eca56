"""What the table of ``test_permissions`` holds about boards, their policy, playlists and screens.

Streams are asked for what there is now: they would not end else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.kit.ids import new_id
from tests.auth.administering import made_screen
from tests.town import Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    grids: dict[str, dict[str, str]]
    playlists: dict[str, str]
    headers: dict[str, dict[str, str]]

    def town_of(self, whose: str) -> Town: ...

    def branch(self, whose: str) -> str: ...


Call = Callable[[Any, str, dict[str, str]], Any]
PLAYLIST = {"name": "一楼大厅", "steps": [{"kind": "ranking", "seconds": 20}]}
POLICY = {"reach": "district", "top": 10, "names": "masked"}


def fill(world: World) -> None:
    """A playlist in each town."""
    for whose in ("own", "elsewhere"):
        world.playlists[whose] = str(new_id())
        officer = world.headers["outsider" if whose == "elsewhere" else "district_officer"]
        path = f"/api/v1/playlists/{world.playlists[whose]}"
        assert world.client.put(path, json=PLAYLIST, headers=officer).status_code == 200


def reading(path: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        if whose == "any":
            return world.client.get(f"/api/v1{path}", headers=headers)
        town = world.town_of(whose)
        facts = {"branch": world.branch(whose), "committee": town.committee, "grid": world.grids[whose]["grid"]}
        facts["playlist"] = world.playlists.get(whose, "")
        return world.client.get(f"/api/v1{path.format(**facts)}", headers=headers)

    return call


def putting(path: str, body: Any) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        facts: dict[str, Any] = {"new": new_id()}
        if whose != "any":
            facts |= {"screen": made_screen(world.town_of(whose))[0].id}
        return world.client.put(f"/api/v1{path.format(**facts)}", json=body, headers=headers)

    return call


#                  m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                  e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                  m  o  g  s  .  c  m  s  s  c  d  b  t  r
BOARDS = {"any": "+  +  +  +  3  +  +  +  3  3  +  3  +  1"}
DISTRICT = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
WATCHED = {"any": "3  3  3  3  3  3  3  +  3  3  +  3  +  1"}
NOBODY = {"any": "3  3  3  3  3  3  3  3  3  3  3  3  3  1"}
INSIDE = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "neighbour": "4  4  4  4  3  4  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
OF_THE_DISTRICT = {
    "own": "+  +  +  +  3  +  +  +  3  3  +  3  4  1",
    "elsewhere": "4  4  4  4  3  4  4  4  3  3  4  3  +  1",
}
PLACES = (
    ("district", "district", BOARDS),
    ("committees/{committee_id}", "committees/{committee}", OF_THE_DISTRICT),
    ("branches/{branch_id}", "branches/{branch}", INSIDE),
    ("grids/{grid_id}", "grids/{grid}", OF_THE_DISTRICT),
)
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    *((f"GET /api/v1/boards/{route}", reading(f"/boards/{path}"), expected) for route, path, expected in PLACES),
    *(
        (f"GET /api/v1/boards/{route}/events", reading(f"/boards/{path}/events?seconds=0"), expected)
        for route, path, expected in PLACES
    ),
    ("GET /api/v1/boards/branches", reading("/boards/branches"), BOARDS),
    ("GET /api/v1/boards/branches", reading("/boards/branches?by=stars"), BOARDS),
    ("GET /api/v1/boards/policies/{audience}", reading("/boards/policies/members"), BOARDS),
    ("GET /api/v1/boards/policies/{audience}/versions", reading("/boards/policies/members/versions"), BOARDS),
    ("PUT /api/v1/boards/policies/{audience}", putting("/boards/policies/members", POLICY), DISTRICT),
    ("GET /api/v1/me/position", reading("/me/position"), BOARDS),
    (
        "PUT /api/v1/me/board-name",
        putting("/me/board-name", {"shown": True}),
        {"any": "+  4  4  4  4  4  4  4  4  4  4  4  4  1"},
    ),
    ("GET /api/v1/playlists", reading("/playlists"), WATCHED),
    ("PUT /api/v1/playlists/{playlist_id}", putting("/playlists/{new}", PLAYLIST), DISTRICT),
    (
        "GET /api/v1/playlists/{playlist_id}/preview",
        reading("/playlists/{playlist}/preview"),
        {
            "own": "3  3  3  3  3  3  3  +  3  3  +  3  4  1",
            "elsewhere": "3  3  3  3  3  3  3  4  3  3  4  3  +  1",
        },
    ),
    (
        "PUT /api/v1/screens/{screen_id}/playlist",
        putting("/screens/{screen}/playlist", {"playlist_id": None}),
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1",
        },
    ),
    # A screen's alone: tests/boards/test_screens.py has what its token opens.
    ("GET /api/v1/screens/playlist", reading("/screens/playlist"), NOBODY),
    ("GET /api/v1/screens/playlist/events", reading("/screens/playlist/events?seconds=0"), NOBODY),
]
