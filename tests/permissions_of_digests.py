"""What the table of ``test_permissions`` holds about digests and scheduled work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient
from sqlalchemy import Connection

from app.auth.core import Actor
from app.digests import making, service
from tests.town import Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    town: Town
    other: Town

    def town_of(self, whose: str) -> Town: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """The digest of October in both towns."""
    for town in (world.town, world.other):
        town.run(lambda connection, actor: making.month(connection, actor, "2026-10"))


def at_digest(part: str = "") -> Callable[[World, str, dict[str, str]], Any]:
    """``own``: the committee's; ``above``: the district's; ``elsewhere``: that of a committee of another district."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        town = world.other if whose == "elsewhere" else world.town

        def find(connection: Connection, actor: Actor) -> Any:
            scope = town.district.id if whose == "above" else town.committee
            return next(one.id for one in service.digests(connection, actor).snapshots if one.scope_id == scope)

        return world.client.get(f"/api/v1/digests/{town.run(find)}{part}", headers=headers)

    return call


def get(path: str) -> Call:
    return lambda world, _, headers: world.client.get(f"/api/v1/{path}", headers=headers)


#            m  g  o  d  h  s  c  d  s  s  a  n  o  s
#            e  r  r  i  r  e  o  i  y  e  u  o  u  t
#            m  o  g  s  .  c  m  s  s  c  d  b  t  r
_DIGEST = {
    "own": "3  3  3  3  3  3  +  +  3  3  +  3  4  1",
    "above": "3  3  3  3  3  3  4  +  3  3  +  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  4  3  +  1",
}
_LISTED = {"any": "3  3  3  3  3  3  +  +  3  3  +  3  +  1"}
_JOBS = {"any": "3  3  3  3  3  3  3  +  +  3  +  3  +  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/digests", get("digests"), _LISTED),
    ("GET /api/v1/digests/{digest_id}", at_digest(), _DIGEST),
    ("GET /api/v1/digests/{digest_id}/paper", at_digest("/paper"), _DIGEST),
    ("GET /api/v1/digests/{digest_id}/proof", at_digest("/proof"), _DIGEST),
    ("GET /api/v1/jobs", get("jobs"), _JOBS),
    ("GET /api/v1/jobs/runs", get("jobs/runs"), _JOBS),
]
