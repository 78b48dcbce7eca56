"""What the table of ``test_permissions`` holds about review packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from fastapi.testclient import TestClient
from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.ids import new_id
from app.reviews import making, store
from app.reviews.core_packs import Pack, PackKind, PackState
from tests.town import Town

QUARTER = "2026Q2"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    town: Town
    other: Town
    headers: dict[str, dict[str, str]]

    def town_of(self, whose: str) -> Town: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """The second quarter's packs of both districts, and of the branch of each; a copy that the officer took."""
    for town in (world.town, world.other):
        for scope, path in ((town.district.id, town.root), (town.branch, town.branch_path)):
            pack = wait(town, PackKind.QUARTER, scope, path)
            assert making.make(making.Workshop(town.database, town.clock, town.district), pack.id)


def wait(town: Town, kind: PackKind, scope: UUID, path: str) -> Pack:
    """A pack that is asked for; of the second quarter, in which these towns have nothing booked yet."""

    def ask(connection: Connection, actor: Actor) -> Pack:
        pack = Pack(new_id(), kind, QUARTER, QUARTER, scope, path, PackState.WAITING, 0, actor.at)
        store.insert_pack(connection, actor.district_id, pack)
        return pack

    asked: Pack = town.run(ask)
    return asked


def found(world: World, whose: str, kind: PackKind = PackKind.QUARTER) -> Pack | None:
    """``own``: the branch's; ``above``: the district's; ``elsewhere``: that of a branch of another district."""
    town = world.town_of(whose)
    scope: UUID = town.district.id if whose == "above" else town.branch
    pack: Pack | None = town.run(lambda c, a: store.find_pack(c, a.district_id, kind, QUARTER, scope))
    return pack


def id_of(world: World, whose: str) -> str:
    pack = found(world, whose)
    assert pack is not None
    return str(pack.id)


def at_pack(method: str, part: str = "", body: Any = None) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        return world.client.request(method, f"/api/v1/packs/{id_of(world, whose)}{part}", json=body, headers=headers)

    return call


def cancelling(world: World, whose: str, headers: dict[str, str]) -> Any:
    """Of a pack that waits: what is made cannot be taken back."""
    town = world.town_of(whose)
    scope, path = (town.district.id, town.root) if whose == "above" else (town.branch, town.branch_path)
    wait(town, PackKind.HALF, scope, path)
    pack = found(world, whose, PackKind.HALF)
    assert pack is not None
    return world.client.delete(f"/api/v1/packs/{pack.id}", headers=headers)


def asking(world: World, whose: str, headers: dict[str, str]) -> Any:
    town = world.town_of(whose)
    scope = town.district.id if whose == "above" else town.branch
    return world.client.post(f"/api/v1/quarters/{QUARTER}/pack", params={"scope": str(scope)}, headers=headers)


def listing(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.get(f"/api/v1/quarters/{QUARTER}/packs", headers=headers)


def hanging(world: World, whose: str, headers: dict[str, str]) -> Any:
    branch = world.town_of(whose).branch
    return world.client.get(f"/api/v1/quarters/2026Q3/branches/{branch}/wall", headers=headers)


def fetching(world: World, whose: str, headers: dict[str, str]) -> Any:
    """What the officer of that district took; nobody else fetches it, whoever may take one of their own."""
    officer = world.headers["outsider" if whose == "elsewhere" else "district_officer"]
    pack = found(world, whose)
    assert pack is not None
    body = {"part": "table", "reason": "季度例会"}
    copy = world.client.post(f"/api/v1/packs/{pack.id}/copies", json=body, headers=officer).json()
    return world.client.get(f"/api/v1/packs/copies/{copy['id']}", headers=headers)


#            m  g  o  d  h  s  c  d  s  s  a  n  o  s
#            e  r  r  i  r  e  o  i  y  e  u  o  u  t
#            m  o  g  s  .  c  m  s  s  c  d  b  t  r
PACK = {
    "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
    "above": "3  3  3  3  3  4  4  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
_TAKEN = {
    "own": "3  3  3  3  3  4  4  +  3  3  3  3  4  1",
    "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
}
OF_BRANCH = {"own": PACK["own"], "elsewhere": PACK["elsewhere"]}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("POST /api/v1/quarters/{quarter}/pack", asking, PACK),
    ("GET /api/v1/quarters/{quarter}/packs", listing, {"any": "3  3  3  3  3  +  +  +  3  3  3  3  +  1"}),
    ("GET /api/v1/quarters/{quarter}/branches/{branch_id}/wall", hanging, OF_BRANCH),
    ("GET /api/v1/packs/{pack_id}", at_pack("GET"), PACK),
    ("GET /api/v1/packs/{pack_id}/progress", at_pack("GET", "/progress"), PACK),
    ("DELETE /api/v1/packs/{pack_id}", cancelling, PACK),
    ("GET /api/v1/packs/{pack_id}/copies", at_pack("GET", "/copies"), PACK),
    ("POST /api/v1/packs/{pack_id}/copies", at_pack("POST", "/copies", {"part": "table", "reason": "季度例会"}), PACK),
    ("GET /api/v1/packs/copies/{copy_id}", fetching, _TAKEN),
]
