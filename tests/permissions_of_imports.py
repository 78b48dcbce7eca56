"""What the table of ``test_permissions`` holds about imports of entries."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.auth.core import Role
from app.imports import service
from app.imports.template import write_template
from app.kit.ids import new_id
from tests.town import Town

PATH = "/api/v1/imports"
RECORDER = "importer"


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient
    imports: dict[str, str]

    def town_of(self, whose: str) -> Town: ...

    def fact(self, whose: str, item: str, **facts: Any) -> dict[str, Any]: ...


Call = Callable[[Any, str, dict[str, str]], Any]


def fill(world: World) -> None:
    """A batch about each, of one row: hours of service."""
    for whose in ("own", "colleague", "neighbour", "elsewhere"):
        town = world.town_of(whose)
        if RECORDER not in town.accounts:
            town.appoint(RECORDER, Role.COMMITTEE_OFFICER, town.root)
        headers = town.log_in(world.client, RECORDER)
        answer = _sending(world, whose, headers, reason="整理档案")
        assert answer.status_code == 201, answer.text
        world.imports[whose] = answer.json()["batch"]["id"]


def _sending(world: World, whose: str, headers: dict[str, str], *, verb: str = "", **cells: Any) -> Any:
    town = world.town_of(whose)
    member = world.fact(whose, "SRV-D02")["member_id"]
    name = next(name for name, one in town.members.items() if str(one) == member)
    number = f"N{list(town.members).index(name):04d}"
    row = {"number": number, "name": name, "item": "SRV-D02", "day": "2026-11-05", "units": 1, **cells}
    target = BytesIO()
    write_template(target, town.run(service.items_offered), [row])
    files, data = {"file": ("x.xlsx", BytesIO(target.getvalue()))}, {"id": str(new_id())}
    params = {} if verb or "reason" in cells else {"preview": "true"}
    return world.client.post(PATH + verb, files=files, data=data, params=params, headers=headers)


def importing(world: World, whose: str, headers: dict[str, str]) -> Any:
    """A preview, so that every caller meets the same state."""
    return _sending(world, whose, headers)


def marking(world: World, _: str, headers: dict[str, str]) -> Any:
    return _sending(world, "own", headers, verb="/faults")


def getting(path: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        return world.client.get(PATH + path.format(id=world.imports.get(whose, "")), headers=headers)

    return call


def reversing(world: World, whose: str, headers: dict[str, str]) -> Any:
    body, params = {"id": str(new_id()), "reason": "导错文件"}, {"preview": "true"}
    return world.client.post(f"{PATH}/{world.imports[whose]}/reversal", json=body, params=params, headers=headers)


#                m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                m  o  g  s  .  c  m  s  s  c  d  b  t  r
IMPORTING = {"any": "3  +  +  +  +  +  +  +  3  3  3  3  +  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/imports/template", getting("/template"), IMPORTING),
    ("POST /api/v1/imports/faults", marking, IMPORTING),
    ("GET /api/v1/imports", getting(""), {"any": "3  +  +  +  +  +  +  +  3  3  +  3  +  1"}),
    (
        "POST /api/v1/imports",
        importing,  # hours: an organisation commissioner's
        {
            "own": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  4  4  4  4  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  4  4  4  4  4  4  4  3  3  3  3  +  1",
        },
    ),
    (
        "GET /api/v1/imports/{import_id}",
        getting("/{id}"),
        {
            "own": "3  +  +  +  4  +  +  +  3  3  +  3  4  1",
            "colleague": "3  +  +  +  4  +  +  +  3  3  +  3  4  1",
            "neighbour": "3  4  4  4  4  4  +  +  3  3  +  3  4  1",
            "elsewhere": "3  4  4  4  4  4  4  4  3  3  4  3  +  1",
        },
    ),
    (
        "POST /api/v1/imports/{import_id}/reversal",
        reversing,
        {
            "own": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "3  3  +  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  4  4  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  4  4  3  4  4  4  3  3  3  3  +  1",
        },
    ),
]
