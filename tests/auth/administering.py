"""Who may administer accounts, offices, keys and screens: rows of the table in ``tests/test_permissions.py``.

Each call makes the object that it is about anew, so that every caller meets the same state. Of another district (whose
officer is the outsider) nothing is found.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.auth import service as auth
from app.auth import service_tokens
from app.auth.core import GRANTS, Role
from app.auth.core_tokens import ApiKey, Screen
from app.kit.ids import new_id
from tests.auth.people import PASSWORD

if TYPE_CHECKING:
    from tests.town import Town
    from tests.world import World

Call = Callable[["World", str, dict[str, str]], Any]
KEY_LAST_DAY = date(2027, 6, 30)


def new_account(world: World, whose: str) -> UUID:
    """One without password."""
    town = world.town_of(whose)
    return town.appoint(f"x{new_id().hex}", Role.MEMBER, town.branch_path)


def made_key(town: Town) -> tuple[ApiKey, str]:
    """One of the whole district that lists all that keys may, with its token."""
    facts: dict[str, Any] = {
        "path": town.root, "permissions": GRANTS[Role.INTEGRATION], "expires_on": KEY_LAST_DAY,
    }  # fmt: skip
    made: tuple[ApiKey, str] = town.run(
        lambda c, a: service_tokens.make_key(c, a, town.district, name="某系统", request_id="test-0001", **facts)
    )
    return made


def made_screen(town: Town) -> tuple[Screen, str]:
    """One of the whole district, with its token."""
    made: tuple[Screen, str] = town.run(
        lambda c, a: service_tokens.make_screen(
            c, a, town.district, name="大厅", path=town.root, request_id="test-0001"
        )
    )
    return made


def new_key(world: World, whose: str) -> UUID:
    return made_key(world.town_of(whose))[0].id


def new_screen(world: World, whose: str) -> UUID:
    return made_screen(world.town_of(whose))[0].id


TOKENS: dict[Role, Callable[[World], str]] = {
    Role.INTEGRATION: lambda world: made_key(world.town)[1],
    Role.SCREEN: lambda world: made_screen(world.town)[1],
}


def new_appointment(world: World, whose: str) -> UUID:
    town, account_id = world.town_of(whose), new_account(world, whose)
    made: UUID = town.run(lambda c, a: auth.appoint(c, a, account_id, Role.HR, town.branch_path, date(2026, 1, 1)))
    return made


def listing(path: str) -> Call:
    return lambda world, _, headers: world.client.get(path, headers=headers)


def about(make: Callable[[World, str], UUID], method: str, path: str, body: dict[str, Any] | None = None) -> Call:
    """A call about an object made for it."""

    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        address = path.format(id=make(world, whose))
        return world.client.request(method, address, headers=headers, json=body)

    return call


def opening(world: World, _: str, headers: dict[str, str]) -> Any:
    body = {"login": f"x{new_id().hex}", "name": "新同志"}
    return world.client.post("/api/v1/accounts", headers=headers, json=body)


def appointing(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = world.town_of(whose).branch_path
    body = {"account_id": str(new_account(world, whose)), "role": "hr", "path": path, "from_on": "2026-12-01"}
    return world.client.post("/api/v1/appointments", headers=headers, json=body)


def making_a_key(world: World, whose: str, headers: dict[str, str]) -> Any:
    facts = {"path": world.town_of(whose).root, "permissions": ["roster:read"], "expires_on": KEY_LAST_DAY.isoformat()}
    return world.client.post("/api/v1/api-keys", headers=headers, json={"name": "某系统", **facts})


def making_a_screen(world: World, whose: str, headers: dict[str, str]) -> Any:
    body = {"name": "大厅", "path": world.town_of(whose).root}
    return world.client.post("/api/v1/screens", headers=headers, json=body)


def unmasking(world: World, whose: str, headers: dict[str, str]) -> Any:
    path = f"/api/v1/members/{world.member(whose)}/personal-data"
    return world.client.post(path, headers=headers, json={"reason": "核对信息"})


#                                                      m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                                                      e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                                                      m  o  g  s  .  c  m  s  s  c  d  b  t  r
SYSTEM = {"own": "3  3  3  3  3  3  3  3  +  3  3  3  3  1", "elsewhere": "3  3  3  3  3  3  3  3  4  3  3  3  3  1"}
SECURITY = {"own": "3  3  3  3  3  3  3  3  3  +  3  3  3  1", "elsewhere": "3  3  3  3  3  3  3  3  3  4  3  3  3  1"}
SCREENS = {"own": "3  3  3  3  3  3  3  +  3  3  3  3  4  1", "elsewhere": "3  3  3  3  3  3  3  4  3  3  3  3  +  1"}

ADMINISTERING: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/accounts", listing("/api/v1/accounts"), {"any": "3  3  3  3  3  3  3  3  +  +  +  3  3  1"}),
    ("POST /api/v1/accounts", opening, {"any": "3  3  3  3  3  3  3  3  +  3  3  3  3  1"}),
    (
        "POST /api/v1/accounts/{account_id}/close",
        about(new_account, "POST", "/api/v1/accounts/{id}/close"),
        SYSTEM,
    ),
    (
        "POST /api/v1/accounts/{account_id}/reopening",
        about(new_account, "POST", "/api/v1/accounts/{id}/reopening"),
        SYSTEM,
    ),
    (
        "PUT /api/v1/accounts/{account_id}/password",
        about(new_account, "PUT", "/api/v1/accounts/{id}/password", {"password": PASSWORD}),
        SYSTEM,
    ),
    ("GET /api/v1/appointments", listing("/api/v1/appointments"), {"any": "3  3  3  3  3  3  3  3  3  +  +  3  3  1"}),
    # Elsewhere is no path of this district: refused for its path.
    (
        "POST /api/v1/appointments",
        appointing,
        {"own": SECURITY["own"], "elsewhere": "3  3  3  3  3  3  3  3  3  3  3  3  3  1"},
    ),
    (
        "POST /api/v1/appointments/{appointment_id}/end",
        about(new_appointment, "POST", "/api/v1/appointments/{id}/end", {}),
        SECURITY,
    ),
    (
        "POST /api/v1/api-keys",
        making_a_key,
        {"own": SYSTEM["own"], "elsewhere": "3  3  3  3  3  3  3  3  3  3  3  3  3  1"},
    ),
    ("GET /api/v1/api-keys", listing("/api/v1/api-keys"), {"any": "3  3  3  3  3  3  3  3  +  3  +  3  3  1"}),
    ("DELETE /api/v1/api-keys/{key_id}", about(new_key, "DELETE", "/api/v1/api-keys/{id}"), SYSTEM),
    (
        "POST /api/v1/screens",
        making_a_screen,
        {
            "own": "3  3  3  3  3  3  3  +  3  3  3  3  3  1",
            "elsewhere": "3  3  3  3  3  3  3  3  3  3  3  3  +  1",
        },
    ),
    ("GET /api/v1/screens", listing("/api/v1/screens"), {"any": "3  3  3  3  3  3  3  +  3  3  +  3  +  1"}),
    ("DELETE /api/v1/screens/{screen_id}", about(new_screen, "DELETE", "/api/v1/screens/{id}"), SCREENS),
    ("GET /api/v1/access-log", listing("/api/v1/access-log"), {"any": "3  3  3  3  3  3  3  3  3  3  +  3  3  1"}),
    (
        "POST /api/v1/members/{member_id}/personal-data",
        unmasking,
        {
            "own": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "colleague": "3  3  3  3  3  +  +  +  3  3  3  3  4  1",
            "neighbour": "3  3  3  3  3  4  +  +  3  3  3  3  4  1",
            "elsewhere": "3  3  3  3  3  4  4  4  3  3  3  3  +  1",
        },
    ),
]
