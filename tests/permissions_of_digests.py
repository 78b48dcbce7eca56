"""What the table of ``test_permissions`` holds about digests and scheduled work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol

from fastapi.testclient import TestClient
from sqlalchemy import Connection, select

from app.auth.core import Actor
from app.digests import making, service, store
from app.digests.core import DigestKind, Snapshot
from app.digests.sampling import RULE
from app.kit.ids import new_id
from app.points.tables import entry
from tests.town import Town


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    town: Town
    other: Town

    def town_of(self, whose: str) -> Town: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """The digest of October in both towns, and one of a quarter with an opening in its sample."""
    for town in (world.town, world.other):
        town.run(lambda connection, actor: making.month(connection, actor, "2026-10"))
        town.run(partial(_put_samples, town=town))


def _put_samples(connection: Connection, actor: Actor, *, town: Town) -> None:
    drawn = _opening(connection, town)
    stratum = {"branch_id": str(town.branch), "name": "第一支部", "population": 1, "entries": [drawn]}
    ledger = {"quarter": "2026Q2", "members": 1, "digest": "00"}
    sample = {"rule": asdict(RULE), "seed": "00", "ledger": ledger, "population": 1, "drawn": 1, "branches": [stratum]}
    sample["inspect_by"] = "2026-12-01"
    months = {one.scope_id: one for one in service.digests(connection, actor, kind=DigestKind.MONTH).snapshots}
    committee = town.path(town.committee)
    for scope, path in ((town.district.id, town.root), (town.committee, committee)):
        content = {**months[scope].content, "sample": sample}
        one = Snapshot(new_id(), DigestKind.QUARTER, "2026Q2", scope, path, actor.at, content, b"")
        store.insert_snapshot(connection, actor.district_id, one)


def _opening(connection: Connection, town: Town) -> dict[str, str]:
    statement = select(entry.c.id).where(entry.c.district_id == town.district.id, entry.c.kind == "opening").limit(1)
    facts = {"member_number": "A1", "item": "OPENING", "kind": "opening", "effective_on": "2026-01-01"}
    return facts | {"points": "1000", "entry_id": str(connection.execute(statement).scalar_one())}


def at_digest(part: str = "", kind: DigestKind = DigestKind.MONTH) -> Callable[[World, str, dict[str, str]], Any]:
    """``own``: the committee's; ``above``: the district's; ``elsewhere``: that of a committee of another district."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        town = world.other if whose == "elsewhere" else world.town

        def find(connection: Connection, actor: Actor) -> Any:
            scope = town.district.id if whose == "above" else town.committee
            found = service.digests(connection, actor, kind=kind).snapshots
            return next(one.id for one in found if one.scope_id == scope)

        return world.client.get(f"/api/v1/digests/{town.run(find)}{part}", headers=headers)

    return call


def inspect(world: World, whose: str, headers: dict[str, str]) -> Any:
    """The opening of the sample, which the service itself has recorded."""
    town = world.other if whose == "elsewhere" else world.town
    scope = town.district.id if whose == "above" else town.committee

    def find(connection: Connection, actor: Actor) -> Any:
        found = service.digests(connection, actor, kind=DigestKind.QUARTER).snapshots
        one = next(one for one in found if one.scope_id == scope)
        return one.id, one.content["sample"]["branches"][0]["entries"][0]["entry_id"]

    digest_id, entry_id = town.run(find)
    body = {"inspections": [{"id": str(new_id()), "entry_id": entry_id, "in_order": True}]}
    return world.client.post(f"/api/v1/digests/{digest_id}/inspections", json=body, headers=headers)


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
_INSPECT = {
    "own": "3  3  3  3  3  3  +  +  3  3  3  3  4  1",
    "above": "3  3  3  3  3  3  4  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  3  4  4  3  3  3  3  +  1",
}
_LISTED = {"any": "3  3  3  3  3  3  +  +  3  3  +  3  +  1"}
_JOBS = {"any": "3  3  3  3  3  3  3  +  +  3  +  3  +  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/digests", get("digests"), _LISTED),
    ("GET /api/v1/digests/{digest_id}", at_digest(), _DIGEST),
    ("GET /api/v1/digests/{digest_id}/paper", at_digest("/paper"), _DIGEST),
    ("GET /api/v1/digests/{digest_id}/proof", at_digest("/proof"), _DIGEST),
    ("GET /api/v1/digests/{digest_id}/inspections", at_digest("/inspections", DigestKind.QUARTER), _DIGEST),
    ("POST /api/v1/digests/{digest_id}/inspections", inspect, _INSPECT),
    ("GET /api/v1/jobs", get("jobs"), _JOBS),
    ("GET /api/v1/jobs/runs", get("jobs/runs"), _JOBS),
]
