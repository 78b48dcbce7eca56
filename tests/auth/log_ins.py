"""Who may do what about log-ins: rows of the table in ``tests/test_permissions.py``.

Whatever a call changes about its caller it changes back, so that every caller meets the same state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pyotp

from app.auth import service_accounts, store, store_second_factor, store_sign_on
from app.auth.core import Role
from app.auth.core_sign_on import Identity
from app.kit.ids import new_id
from tests.auth.administering import SECURITY, SYSTEM, Call, about, listing, new_account
from tests.auth.people import CHEAP, PASSWORD

if TYPE_CHECKING:
    from tests.world import World

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


IDENTITY = "/api/v1/me/identities"
SIGN_ON = "/api/v1/sign-on"
# What is no answer of a provider's: the row tells who gets as far as being told so.
HANDED = {"flow_token": "x", "code": "x", "state": "x"}


def account_without_password(world: World, whose: str) -> UUID:
    facts: dict[str, Any] = {"name": "某同志", "password": None, "passwords": CHEAP, "request_id": "test-0001"}
    made: UUID = world.town_of(whose).run(
        lambda c, a: service_accounts.open_account(c, a, login=f"x{new_id().hex}", **facts).id
    )
    return made


def linked(world: World, whose: str, account_id: UUID) -> UUID:
    """An identity of the account's, at a provider that nobody asks."""
    identity = Identity(new_id(), "https://id.example", world.town.clock.now())
    world.town_of(whose).run(
        lambda c, a: store_sign_on.insert_identity(c, a.district_id, account_id, identity, identity.id.bytes)
    )
    return identity.id


def unlinking(world: World, whose: str, headers: dict[str, str]) -> Any:
    """The caller's own, or somebody else's."""
    current = world.client.get(f"{SESSIONS}/current", headers=headers).json().get("login")
    identity_id = new_id()
    if current is not None and whose == "own":
        town = next(one for one in (world.town, world.other) if current.startswith(f"{one.district.code}/"))
        side = "own" if town is world.town else "elsewhere"
        login = current.partition("/")[2]
        identity_id = linked(world, side, town.run(lambda c, a: store.find_account(c, a.district_id, login)))
    return world.client.delete(f"{IDENTITY}/{identity_id}", headers=headers)


def at_identities(method: str) -> Call:
    def call(world: World, whose: str, headers: dict[str, str]) -> Any:
        account_id = new_account(world, whose)
        path, identity_id = f"/api/v1/accounts/{account_id}/identities", linked(world, whose, account_id)
        part = f"/{identity_id}" if method == "DELETE" else ""
        return world.client.request(method, path + part, headers=headers)

    return call


def signing_on(method: str, part: str, body: dict[str, Any] | None = None) -> Call:
    """Without a provider nobody gets further than this; with one: ``tests/auth/test_sign_on.py``."""
    return lambda world, _, headers: world.client.request(
        method,
        f"{SIGN_ON}{part}",
        json=body,
        headers=headers,
    )


#             m  g  o  d  h  s  c  d  s  s  a  n  o  s
#             e  r  r  i  r  e  o  i  y  e  u  o  u  t
#             m  o  g  s  .  c  m  s  s  c  d  b  t  r
EVERYBODY = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  +"}
KNOWN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}
NOBODY = {"any": "1  1  1  1  1  1  1  1  1  1  1  1  1  1"}
NOT_SET = {"any": "4  4  4  4  4  4  4  4  4  4  4  4  4  4"}
NOT_SET_FOR_KNOWN = {"any": "4  4  4  4  4  4  4  4  4  4  4  4  4  1"}
ACCOUNTS = {"own": "3  3  3  3  3  3  3  3  +  +  +  3  3  1", "elsewhere": "3  3  3  3  3  3  3  3  4  4  4  3  3  1"}

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
    ("GET /api/v1/sign-on", signing_on("GET", "?district=none"), NOT_SET),
    ("POST /api/v1/sign-on", signing_on("POST", "", {"district": "none"}), NOT_SET),
    ("GET /api/v1/sign-on/callback", signing_on("GET", "/callback"), NOBODY),
    ("POST /api/v1/sign-on/completion", signing_on("POST", "/completion", HANDED), NOBODY),
    ("GET /api/v1/me/identities", listing(IDENTITY), KNOWN),
    (
        "POST /api/v1/me/identities",
        lambda world, _, headers: world.client.post(IDENTITY, json={"password": PASSWORD}, headers=headers),
        NOT_SET_FOR_KNOWN,
    ),
    (
        "POST /api/v1/me/identities/completion",
        lambda world, _, headers: world.client.post(f"{IDENTITY}/completion", json=HANDED, headers=headers),
        NOBODY,
    ),
    (
        "DELETE /api/v1/me/identities/{identity_id}",
        unlinking,
        {"own": KNOWN["any"], "colleague": "4  4  4  4  4  4  4  4  4  4  4  4  4  1"},
    ),
    ("GET /api/v1/accounts/{account_id}/identities", at_identities("GET"), ACCOUNTS),
    ("DELETE /api/v1/accounts/{account_id}/identities/{identity_id}", at_identities("DELETE"), SECURITY),
    (
        "POST /api/v1/accounts/{account_id}/invitation",
        about(account_without_password, "POST", "/api/v1/accounts/{id}/invitation"),
        SYSTEM,
    ),
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
