"""Keys of other systems and screens: what they open, for how long, and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from app.auth.core import GRANTS, Permission, Role
from app.auth.tables import api_key, screen_token
from app.kit.db import Database
from app.kit.ids import new_id
from app.points.tables import entry
from tests.auth.people import People
from tests.town import Desk, Json, Town

KEYS = "/api/v1/api-keys"
SCREENS = "/api/v1/screens"
SHOWN = "/api/v1/screens/playlist"
EVERYTHING = sorted(GRANTS[Role.INTEGRATION])


@dataclass(frozen=True)
class Made:
    """A key or screen as it was answered, and the headers that it opens with."""

    answer: Json
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return str(self.answer["id"])


def make(desk: Desk, route: str, login: str, **body: Any) -> Made:
    answer = desk.client.post(route, json=body, headers=desk.headers(login))
    assert answer.status_code == 201, answer.text
    return Made(answer.json(), {"Authorization": f"Bearer {answer.json()['token']}"})


def make_key(desk: Desk, *permissions: str, path: str | None = None, until: str = "2027-06-30") -> Made:
    facts = {"path": path or desk.town.root, "permissions": list(permissions), "expires_on": until}
    return make(desk, KEYS, "system_administrator", name="某系统", **facts)


def make_screen(desk: Desk, path: str | None = None) -> Made:
    return make(desk, SCREENS, "district_officer", name="一楼大厅", path=path or desk.town.root)


def refused_key(desk: Desk, language: str = "zh", **changed: Any) -> Any:
    facts = {"path": desk.town.root, "permissions": ["roster:read"], "expires_on": "2027-06-30", **changed}
    headers = {**desk.headers("system_administrator"), "Accept-Language": language}
    answer = desk.client.post(KEYS, json={"name": "某系统", **facts}, headers=headers)
    return answer.status_code, answer.json()["code"]


def status(desk: Desk, path: str, made: Made) -> int:
    return int(desk.client.get(path, headers=made.headers).status_code)


def listed(desk: Desk, path: str, of: str, made: Made) -> Json:
    found = desk.client.get(path, headers=desk.headers("auditor"))
    row: Json = next(one for one in found.json()[of] if one["id"] == made.id)
    return row


def test_a_key_may_what_it_lists_where_it_is_and_nothing_else(desk: Desk) -> None:
    key = make_key(desk, "roster:read", path=desk.town.branch_path)
    members = desk.client.get("/api/v1/members", headers=key.headers).json()["members"]
    assert {one["name"] for one in members} == {"林晓明", "陈建国"}
    assert status(desk, f"/api/v1/members/{desk.town.members['林晓明']}", key) == 200
    assert status(desk, f"/api/v1/members/{desk.town.members['周美玲']}", key) == 404
    assert status(desk, f"/api/v1/members/{desk.town.members['林晓明']}/standing", key) == 403
    assert status(desk, "/api/v1/boards/district", key) == 403


def test_a_key_that_lists_everything_is_still_no_person(desk: Desk) -> None:
    key = make_key(desk, *EVERYTHING)
    for path in ("/api/v1/sessions/current", "/api/v1/sessions"):
        assert status(desk, path, key) == 401
    for path in ("/api/v1/accounts", "/api/v1/appointments", KEYS, SCREENS, "/api/v1/access-log"):
        assert status(desk, path, key) == 403
    path = f"/api/v1/members/{desk.town.members['林晓明']}/personal-data"
    assert desk.client.post(path, json={"reason": "同步"}, headers=key.headers).status_code == 403


def test_what_a_key_records_is_booked_under_its_own_name(desk: Desk, town: Town) -> None:
    key = make_key(desk, "entry:record", path=town.branch_path)
    duty, praise = town.missed("林晓明"), town.praise("林晓明")
    answer = desk.client.post("/api/v1/entries", json={"entries": [duty, praise]}, headers=key.headers)
    assert answer.status_code == 201, answer.text
    statement = select(entry.c.recorded_by).where(entry.c.district_id == town.district.id, entry.c.id == duty["id"])
    by = town.database.run(lambda connection: connection.execute(statement).scalar_one(), town.district.id)
    assert str(by) == key.id
    elsewhere = desk.client.post("/api/v1/entries", json={"entries": [town.missed("周美玲")]}, headers=key.headers)
    assert elsewhere.status_code == 404
    path = f"/api/v1/submissions/{praise['id']}/decision"
    assert desk.client.post(path, json={"decision": "approve"}, headers=key.headers).status_code == 403


@pytest.mark.parametrize(
    "permission", sorted(set(Permission) - GRANTS[Role.INTEGRATION]), ids=lambda permission: permission.value
)
def test_deciding_unmasking_and_administering_are_never_given_to_a_key(desk: Desk, permission: Permission) -> None:
    assert refused_key(desk, permissions=["roster:read", permission.value]) == (422, "not_for_keys")


@pytest.mark.parametrize("until", ["2026-11-20", "2027-11-23"])
def test_a_key_ends_within_a_year(desk: Desk, until: str) -> None:
    assert refused_key(desk, expires_on=until) == (422, "key_lasts_too_long")


def test_a_key_reaches_no_other_district(desk: Desk) -> None:
    assert refused_key(desk, path=new_id().hex) == (403, "path_elsewhere")
    assert refused_key(desk, path=desk.town.root + "." + "x" * 32) == (422, "invalid_request")


def test_a_key_opens_through_its_last_day_where_the_district_is(desk: Desk, town: Town) -> None:
    key = make_key(desk, "roster:read", until="2026-11-30")
    town.clock.moment = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    assert status(desk, "/api/v1/members", key) == 200
    town.clock.moment = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert status(desk, "/api/v1/members", key) == 401


def test_a_revoked_key_is_out_at_the_next_request_and_stays_listed(desk: Desk) -> None:
    key = make_key(desk, "roster:read")
    assert status(desk, "/api/v1/members", key) == 200
    for _ in range(2):
        answer = desk.client.delete(f"{KEYS}/{key.id}", headers=desk.headers("system_administrator"))
        assert answer.status_code == 204
    assert status(desk, "/api/v1/members", key) == 401
    assert listed(desk, KEYS, "keys", key)["revoked_at"] == "2026-11-21T02:00:00Z"
    log = desk.client.get("/api/v1/access-log?action=key:revoke", headers=desk.headers("auditor")).json()
    assert len(log["rows"]) == 1


def test_a_token_is_told_once_and_only_its_digest_is_kept(desk: Desk, town: Town) -> None:
    for made, path, of, table in (
        (make_key(desk, "roster:read"), KEYS, "keys", api_key),
        (make_screen(desk), SCREENS, "screens", screen_token),
    ):
        token = made.answer["token"]
        prefix = {"keys": "key_", "screens": "screen_"}[of]
        assert token.startswith(f"{town.district.code}.{prefix}")
        assert "token" not in listed(desk, path, of, made)
        statement = select(table).where(table.c.district_id == town.district.id)
        row = town.run(lambda connection, _, asked=statement: connection.execute(asked).one())
        assert len(row.token_digest) == 32
        assert token not in str(tuple(row))


def test_the_day_of_the_last_use_is_told(desk: Desk, town: Town) -> None:
    key = make_key(desk, "roster:read")
    assert listed(desk, KEYS, "keys", key)["last_used_on"] is None
    status(desk, "/api/v1/members", key)
    assert listed(desk, KEYS, "keys", key)["last_used_on"] == "2026-11-21"
    town.on(date(2026, 11, 22))
    desk.forget()
    status(desk, "/api/v1/members", key)
    assert listed(desk, KEYS, "keys", key)["last_used_on"] == "2026-11-22"


def test_nobody_waits_for_the_request_that_first_uses_a_key_on_a_day(
    desk: Desk, town: Town, database: Database
) -> None:
    key = make_key(desk, "roster:read")
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"SET LOCAL app.district_id = '{town.district.id}'")
        mine = (api_key.c.district_id == town.district.id, api_key.c.id == key.id)
        connection.execute(update(api_key).where(*mine).values(last_used_on=date(2026, 11, 21)))
        assert status(desk, "/api/v1/members", key) == 200
        connection.rollback()


def test_a_token_is_worth_nothing_in_another_district(desk: Desk, strangers: People) -> None:
    # A screen for which nothing is chosen yet has nothing to show.
    for made, path, opened in (
        (make_key(desk, *EVERYTHING), "/api/v1/boards/district", 200),
        (make_screen(desk), SHOWN, 404),
    ):
        secret = made.answer["token"].partition(".")[2]
        forged = Made(made.answer, {"Authorization": f"Bearer {strangers.district.code}.{secret}"})
        assert status(desk, path, made) == opened
        assert status(desk, path, forged) == 401


@pytest.mark.parametrize("secret", ["key_", "key_x", f"key_{'A' * 43}", f"screen_{'A' * 43}", f"key_{'A' * 44}"])
def test_an_invented_token_opens_nothing(desk: Desk, secret: str) -> None:
    headers = {"Authorization": f"Bearer {desk.town.district.code}.{secret}"}
    assert desk.client.get("/api/v1/members", headers=headers).status_code == 401


def test_a_screen_opens_nothing_but_what_it_shows(desk: Desk) -> None:
    screen = make_screen(desk)
    for path in (
        "/api/v1/boards/district",
        "/api/v1/boards/policies/screens",
        "/api/v1/playlists",
        "/api/v1/me/position",
    ):
        assert status(desk, path, screen) == 403


def test_a_revoked_screen_is_dark_at_the_next_request(desk: Desk) -> None:
    screen = make_screen(desk)
    assert status(desk, SHOWN, screen) == 404
    assert listed(desk, SCREENS, "screens", screen)["last_used_on"] == "2026-11-21"
    path = f"{SCREENS}/{screen.id}"
    assert desk.client.delete(path, headers=desk.headers("district_officer")).status_code == 204
    assert status(desk, SHOWN, screen) == 401
    assert listed(desk, SCREENS, "screens", screen)["revoked_at"] is not None


def test_a_refusal_says_what_a_key_may_list_in_both_languages(desk: Desk) -> None:
    texts = []
    for language in ("zh", "en"):
        headers = {**desk.headers("system_administrator"), "Accept-Language": language}
        facts = {"path": desk.town.root, "permissions": ["submission:decide"], "expires_on": "2027-06-30"}
        answer = desk.client.post(KEYS, json={"name": "某系统", **facts}, headers=headers).json()
        assert answer["field"] == "permissions"
        texts.append(answer["detail"])
    assert all("submission:decide" in text and "roster:read" in text for text in texts)
    assert "密钥" in texts[0]
    assert "key" in texts[1]
