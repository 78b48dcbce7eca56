"""What the table of ``test_permissions`` holds about quarters, rule books, digests, reforms, leads, keys and key work.

Forms are sent empty, as in ``permissions_of_web``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from app.auth.core import Actor
from app.digests import service as digests
from app.digests.core import DigestKind
from tests import permissions_of_grids as grids
from tests.permissions_of_web import Call, visit

_BOOK = "/rule-books/longwen/2026"


def at_grid(method: str, path: str) -> Call:
    """A page about a grid of somebody."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        return visit(method, path.replace("{grid}", world.grids[whose]["grid"]))(world, whose, headers)

    return call


def at_digest(method: str, part: str = "") -> Call:
    """A page about the committee's digest of October, or above it the district's."""

    def call(world: Any, whose: str, headers: dict[str, str]) -> Any:
        town = world.other if whose == "elsewhere" else world.town
        scope = town.district.id if whose == "above" else town.committee

        def find(connection: Connection, actor: Actor) -> Any:
            found = digests.digests(connection, actor, kind=DigestKind.MONTH).snapshots
            return next(one.id for one in found if one.scope_id == scope)

        return visit(method, f"/digests/{town.run(find)}{part}")(world, "any", headers)

    return call


#               m  g  o  d  h  s  c  d  s  s  a  n  o  s
#               e  r  r  i  r  e  o  i  y  e  u  o  u  t
#               m  o  g  s  .  c  m  s  s  c  d  b  t  r
_SIGNED_IN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}
_READERS = {"any": "+  +  +  +  +  +  +  +  +  +  +  3  +  1"}
_DISTRICT = {"any": "3  3  3  3  3  3  3  +  3  3  3  3  +  1"}
_CHECKERS = {"any": "3  3  +  +  3  +  +  +  3  3  +  3  +  1"}
_DIGESTS = {
    "own": "3  3  3  3  3  3  +  +  3  3  +  3  4  1",
    "above": "3  3  3  3  3  3  4  +  3  3  +  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  4  3  +  1",
}
_INSPECTING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "above": "3  3  3  3  3  3  4  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
_REFORMING = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
_UNMASKING = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /quarters", visit("GET", "/quarters"), _CHECKERS),
    ("GET /quarters/{quarter}", visit("GET", "/quarters/2026Q4"), _CHECKERS),
    ("GET /quarters/{quarter}/certificate", visit("GET", "/quarters/2026Q4/certificate"), _CHECKERS),
    ("GET /calendar", visit("GET", "/calendar"), _SIGNED_IN),
    ("GET /calendar/{year}", visit("GET", "/calendar/2026"), _SIGNED_IN),
    ("GET /rule-books", visit("GET", "/rule-books"), _READERS),
    ("GET /rule-books/simulation", visit("GET", "/rule-books/simulation"), _DISTRICT),
    ("POST /rule-books/simulation", visit("POST", "/rule-books/simulation"), _DISTRICT),
    ("GET /rules/{item}", visit("GET", "/rules/ORG-D02"), _READERS),
    ("GET /rule-books/{book}/{edition}", visit("GET", _BOOK), _READERS),
    ("GET /rule-books/{book}/{edition}/items/{item}", visit("GET", f"{_BOOK}/items/ORG-D02"), _READERS),
    ("GET /rule-books/{book}/{edition}/changes", visit("GET", f"{_BOOK}/changes"), _READERS),
    ("GET /digests", visit("GET", "/digests"), {"any": "3  3  3  3  3  3  +  +  3  3  +  3  +  1"}),
    ("GET /digests/{digest_id}", at_digest("GET"), _DIGESTS),
    ("GET /digests/{digest_id}/paper", at_digest("GET", "/paper"), _DIGESTS),
    ("POST /digests/{digest_id}/inspections", at_digest("POST", "/inspections"), _INSPECTING),
    ("GET /branches/{branch_id}/reform", visit("GET", "/branches/{branch}/reform"), _REFORMING),
    *(
        (f"POST /branches/{{branch_id}}/{verb}", visit("POST", f"/branches/{{branch}}/{verb}"), _REFORMING)
        for verb in ("merger", "division", "move", "closing")
    ),
    ("POST /members/{member_id}/personal-data", visit("POST", "/members/{member}/personal-data"), _UNMASKING),
    ("POST /grids/new", visit("POST", "/grids/new"), _DISTRICT),
    ("POST /grids/{grid_id}/change", at_grid("POST", "/grids/{grid}/change"), grids.SET_THERE),
    *(
        (f"POST /grids/{{grid_id}}/{verb}", at_grid("POST", f"/grids/{{grid}}/{verb}"), grids.SET_THERE)
        for verb in ("leads", "territories")
    ),
    ("POST /mentorings/overrides", visit("POST", "/mentorings/overrides"), _DISTRICT),
    ("POST /api-keys/new", visit("POST", "/api-keys/new"), {"any": "3  3  3  3  3  3  3  3  +  3  3  3  3  1"}),
    ("GET /key-work", visit("GET", "/key-work"), _READERS),
    ("POST /key-work", visit("POST", "/key-work"), _DISTRICT),
]
