"""Who may do what about log-ins: rows of the table in ``tests/test_permissions.py``.

Whatever a call changes about its caller it changes back, so that every caller meets the same state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyotp

from app.auth import store_second_factor
from app.auth.core import Role
from app.kit.ids import new_id
from tests.auth.administering import SECURITY, Call, about, listing, new_account
from tests.auth.people import PASSWORD

if TYPE_CHECKING:
    from tests.test_permissions import World

OTHER = "seven geese over water"
SESSIONS = "/api/v1/sessions"
FACTOR = "/api/v1/me/second-factor"


def account_with_factor(world: World, whose: str) -> UUID:
    town, account_id = world.town_of(whose), new_account(world, whose)
    town.run(lambda c, a: store_second_factor.insert_factor(c, a.district_id, account_id, b"x", a.at))
    return account_id


def log_in(world: World, login: str) -> Any:
    return world.client.post(SESSIONS, json={"login": login, "password": PASSWORD})


def fresh_login(world: World) -> str:
    """An account of nobody who calls."""
    login = f"x{new_id().hex}"
    world.town.appoint(login, Role.MEMBER, world.town.branch_path)
    return f"{world.town.district.code}/{login}"


def confirmed(world: World, headers: dict[str, str]) -> Any:
    """The answer to the confirmation of a second factor of whoever has the headers."""
    begun = world.client.post(FACTOR, json={"password": PASSWORD}, headers=headers)
    secret = begun.json().get("secret", pyotp.random_base32())
    code = pyotp.TOTP(secret).at(world.town.clock.now())
    return world.client.post(f"{FACTOR}/confirmation", json={"code": code}, headers=headers)


def giving_a_code(world: World, _: str, headers: dict[str, str]) -> Any:
    login = fresh_login(world)
    own = {"Authorization": f"Bearer {log_in(world, login).json()['access_token']}"}
    code = confirmed(world, own).json()["recovery_codes"][0]
    challenge = log_in(world, login).json()["challenge_token"]
    return world.client.post(f"{SESSIONS}/code", json={"challenge_token": challenge, "code": code}, headers=headers)


def refreshing(world: World, _: str, headers: dict[str, str]) -> Any:
    token = log_in(world, fresh_login(world)).json()["refresh_token"]
    return world.client.post(f"{SESSIONS}/refresh", json={"refresh_token": token}, headers=headers)


def ending(world: World, whose: str, headers: dict[str, str]) -> Any:
    """Another of the caller's own log-ins, or somebody else's."""
    current = world.client.get(f"{SESSIONS}/current", headers=headers).json()
    login = current.get("login") if whose == "own" else fresh_login(world)
    session_id = str(new_id())
    if login is not None:
        other = {"Authorization": f"Bearer {log_in(world, login).json()['access_token']}"}
        listed = world.client.get(SESSIONS, headers=other).json()["sessions"]
        session_id = next(row["id"] for row in listed if row["is_current"])
    return world.client.delete(f"{SESSIONS}/{session_id}", headers=headers)


def changing_password(world: World, _: str, headers: dict[str, str]) -> Any:
    path = "/api/v1/me/password"
    answer = world.client.put(path, json={"old_password": PASSWORD, "password": OTHER}, headers=headers)
    world.client.put(path, json={"old_password": OTHER, "password": PASSWORD}, headers=headers)
    return answer


def beginning(world: World, _: str, headers: dict[str, str]) -> Any:
    return world.client.post(FACTOR, json={"password": PASSWORD}, headers=headers)


def confirming(world: World, _: str, headers: dict[str, str]) -> Any:
    answer = confirmed(world, headers)
    for town in (world.town, world.other):
        for account_id in town.accounts.values():
            town.run(
                lambda c, a, account_id=account_id: store_second_factor.delete_factor(c, a.district_id, account_id)
            )
    return answer


#             m  g  o  d  h  s  c  d  s  s  a  n  o  s
#             e  r  r  i  r  e  o  i  y  e  u  o  u  t
#             m  o  g  s  .  c  m  s  s  c  d  b  t  r
EVERYBODY = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  +"}
KNOWN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}

LOG_INS: list[tuple[str, Call, dict[str, str]]] = [
    ("POST /api/v1/sessions/code", giving_a_code, EVERYBODY),
    ("POST /api/v1/sessions/refresh", refreshing, EVERYBODY),
    ("GET /api/v1/sessions", listing(SESSIONS), KNOWN),
    (
        "DELETE /api/v1/sessions/{session_id}",
        ending,
        {"own": KNOWN["any"], "colleague": "4  4  4  4  4  4  4  4  4  4  4  4  4  1"},
    ),
    ("PUT /api/v1/me/password", changing_password, KNOWN),
    ("GET /api/v1/me/second-factor", listing(FACTOR), KNOWN),
    ("POST /api/v1/me/second-factor", beginning, KNOWN),
    ("POST /api/v1/me/second-factor/confirmation", confirming, KNOWN),
    (
        "DELETE /api/v1/accounts/{account_id}/sessions",
        about(new_account, "DELETE", "/api/v1/accounts/{id}/sessions"),
        SECURITY,
    ),
    (
        "DELETE /api/v1/accounts/{account_id}/second-factor",
        about(account_with_factor, "DELETE", "/api/v1/accounts/{id}/second-factor"),
        SECURITY,
    ),
]
