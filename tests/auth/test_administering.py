"""Accounts and offices over HTTP, under the rule of the three separate offices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from app.auth import service as auth
from app.auth.core import Role
from app.kit.ids import new_id
from tests.auth.people import PASSWORD
from tests.town import Desk, Json

ACCOUNTS = "/api/v1/accounts"
APPOINTMENTS = "/api/v1/appointments"
FIRST = "a first password, told once"


def call(desk: Desk, login: str, method: str, path: str, body: Any = None) -> Any:
    return desk.client.request(method, path, json=body, headers=desk.headers(login))


def opened(desk: Desk, login: str = "newcomer", **more: Any) -> Json:
    answer = call(desk, "system_administrator", "POST", ACCOUNTS, {"login": login, "name": "新同志", **more})
    assert answer.status_code == 201, answer.text
    account: Json = answer.json()
    return account


def give(desk: Desk, account: Any, role: str, path: str | None = None, from_on: str = "2026-11-21") -> Any:
    body = {"account_id": str(account), "role": role, "path": path or desk.town.branch_path, "from_on": from_on}
    return call(desk, "security_administrator", "POST", APPOINTMENTS, body)


def attempt(desk: Desk, login: str, password: str) -> Any:
    body = {"login": f"{desk.town.district.code}/{login}", "password": password}
    return desk.client.post("/api/v1/sessions", json=body)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_account_is_opened_by_one_and_given_an_office_by_another(desk: Desk) -> None:
    account = opened(desk, "Newcomer", password=FIRST)
    assert (account["login"], account["has_password"], account["closed_at"]) == ("newcomer", True, None)
    made = give(desk, account["id"], "secretary")
    assert made.status_code == 201
    assert (made.json()["login"], made.json()["role"]) == ("newcomer", "secretary")
    session = attempt(desk, "newcomer", FIRST)
    assert session.status_code == 201
    assert session.json()["roles"] == [{"role": "secretary", "path": desk.town.branch_path}]


def test_an_account_without_password_lets_nobody_in_until_it_has_one(desk: Desk) -> None:
    account = opened(desk)
    assert not account["has_password"]
    assert attempt(desk, "newcomer", FIRST).status_code == 401
    path = f"{ACCOUNTS}/{account['id']}/password"
    assert call(desk, "system_administrator", "PUT", path, {"password": FIRST}).status_code == 204
    assert attempt(desk, "newcomer", FIRST).status_code == 201


def test_a_first_password_opens_nothing_but_its_own_change(desk: Desk) -> None:
    """Whoever set it knows it."""
    account = opened(desk, password=FIRST)
    give(desk, account["id"], "secretary")
    token = attempt(desk, "newcomer", FIRST).json()["access_token"]
    answer = desk.client.get("/api/v1/members", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_a_login_is_taken_once(desk: Desk) -> None:
    opened(desk)
    answer = call(desk, "system_administrator", "POST", ACCOUNTS, {"login": "NEWCOMER", "name": "另一人"})
    assert code(answer) == (409, "login_taken")


def test_a_closed_account_is_out_at_once_and_comes_back_without_its_old_log_ins(desk: Desk) -> None:
    account = desk.town.accounts["secretary"]
    headers = desk.headers("secretary")
    for _ in range(2):
        closed = call(desk, "system_administrator", "POST", f"{ACCOUNTS}/{account}/close")
        assert (closed.status_code, closed.json()["closed_at"]) == (200, "2026-11-21T02:00:00Z")
    assert desk.client.get("/api/v1/members", headers=headers).status_code == 401
    assert attempt(desk, "secretary", PASSWORD).status_code == 401
    reopened = call(desk, "system_administrator", "POST", f"{ACCOUNTS}/{account}/reopening")
    assert (reopened.status_code, reopened.json()["closed_at"]) == (200, None)
    assert desk.client.get("/api/v1/members", headers=headers).status_code == 401
    assert attempt(desk, "secretary", PASSWORD).status_code == 201


def test_accounts_are_paged_and_sought(desk: Desk) -> None:
    logins: list[str] = []
    after = None
    while True:
        query = {"limit": "4"} | ({"after": after} if after else {})
        answer = desk.client.get(ACCOUNTS, params=query, headers=desk.headers("auditor")).json()
        logins += [one["login"] for one in answer["accounts"]]
        after = answer["following"]
        if after is None:
            break
    assert logins == sorted(set(logins))
    assert set(desk.town.accounts) <= set(logins)
    found = desk.client.get(ACCOUNTS, params={"q": "SECRET"}, headers=desk.headers("auditor")).json()["accounts"]
    assert [one["login"] for one in found] == ["secretary"]
    closed = desk.client.get(ACCOUNTS, params={"closed": "true"}, headers=desk.headers("auditor")).json()["accounts"]
    assert closed == []


def test_whoever_opens_accounts_does_not_get_into_those_of_the_other_two(desk: Desk) -> None:
    for login in ("security_administrator", "auditor"):
        path = f"{ACCOUNTS}/{desk.town.accounts[login]}/password"
        answer = call(desk, "system_administrator", "PUT", path, {"password": FIRST})
        assert code(answer) == (403, "another_administrator")
        assert attempt(desk, login, PASSWORD).status_code == 201


def test_an_administrator_neither_closes_nor_resets_the_own_account(desk: Desk) -> None:
    own = f"{ACCOUNTS}/{desk.town.accounts['system_administrator']}"
    assert code(call(desk, "system_administrator", "POST", f"{own}/close")) == (403, "own_account")
    answer = call(desk, "system_administrator", "PUT", f"{own}/password", {"password": FIRST})
    assert code(answer) == (403, "own_account")


SEPARATE = ["system_administrator", "security_administrator", "auditor"]


@pytest.mark.parametrize("held", SEPARATE)
@pytest.mark.parametrize("wanted", SEPARATE)
def test_nobody_holds_two_of_the_three_separate_offices(desk: Desk, held: str, wanted: str) -> None:
    account = opened(desk)["id"]
    assert give(desk, account, held, desk.town.root, "2027-01-01").status_code == 201
    answer = give(desk, account, wanted, desk.town.root)
    assert code(answer) == (409, "already_appointed" if held == wanted else "offices_apart")


def test_two_offices_given_at_once_do_not_meet_in_one_account(desk: Desk) -> None:
    account = opened(desk)["id"]
    desk.headers("security_administrator")
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda role: give(desk, account, role, desk.town.root), SEPARATE))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


def test_the_three_offices_may_follow_each_other(desk: Desk) -> None:
    account = opened(desk)["id"]
    first = give(desk, account, "auditor", desk.town.root).json()["id"]
    path = f"{APPOINTMENTS}/{first}/end"
    assert call(desk, "security_administrator", "POST", path, {"until_on": "2026-12-01"}).status_code == 200
    assert code(give(desk, account, "system_administrator", desk.town.root)) == (409, "offices_apart")
    assert give(desk, account, "system_administrator", desk.town.root, "2026-12-01").status_code == 201


def test_the_operator_is_held_to_the_three_offices_too(desk: Desk) -> None:
    town, account = desk.town, desk.town.accounts["auditor"]
    with pytest.raises(Exception, match="three people"):
        town.run(lambda c, a: auth.appoint(c, a, account, Role.SYSTEM_ADMINISTRATOR, town.root, date(2026, 1, 1)))


def test_nobody_gives_an_office_to_themselves(desk: Desk) -> None:
    own = desk.town.accounts["security_administrator"]
    assert code(give(desk, own, "secretary")) == (403, "own_office")


@pytest.mark.parametrize("role", ["integration", "screen"])
def test_what_tokens_hold_is_no_office(desk: Desk, role: str) -> None:
    assert code(give(desk, opened(desk)["id"], role)) == (422, "not_an_office")


def test_an_office_of_the_district_is_held_at_its_root(desk: Desk) -> None:
    assert code(give(desk, opened(desk)["id"], "auditor")) == (422, "role_elsewhere")
    assert code(give(desk, opened(desk, "other")["id"], "secretary", new_id().hex)) == (403, "path_elsewhere")


def test_a_key_is_no_account_that_is_administered(desk: Desk) -> None:
    body = {"name": "某系统", "path": desk.town.root, "permissions": ["roster:read"], "expires_on": "2027-06-30"}
    key = call(desk, "system_administrator", "POST", "/api/v1/api-keys", body).json()["id"]
    assert key not in desk.client.get(f"{ACCOUNTS}?limit=200", headers=desk.headers("auditor")).text
    assert give(desk, key, "secretary").status_code == 404
    for method, part, sent in (("POST", "close", None), ("PUT", "password", {"password": FIRST})):
        assert call(desk, "system_administrator", method, f"{ACCOUNTS}/{key}/{part}", sent).status_code == 404


def test_an_office_that_ends_today_is_gone_at_the_next_request(desk: Desk) -> None:
    account = desk.town.accounts["secretary"]
    query = {"account": str(account), "on": "2026-11-21"}
    auditor = desk.headers("auditor")
    [held] = desk.client.get(APPOINTMENTS, params=query, headers=auditor).json()["appointments"]
    headers = desk.headers("secretary")
    assert desk.client.get("/api/v1/members", headers=headers).status_code == 200
    path = f"{APPOINTMENTS}/{held['id']}/end"
    ended = call(desk, "security_administrator", "POST", path, {})
    assert (ended.status_code, ended.json()["until_on"]) == (200, "2026-11-21")
    assert desk.client.get("/api/v1/members", headers=headers).status_code == 403
    assert desk.client.get(APPOINTMENTS, params=query, headers=auditor).json()["appointments"] == []
    assert code(call(desk, "security_administrator", "POST", path, {})) == (409, "appointment_over")


def test_an_office_that_was_to_come_can_be_taken_back(desk: Desk) -> None:
    made = give(desk, opened(desk)["id"], "secretary", from_on="2027-01-01").json()
    ended = call(desk, "security_administrator", "POST", f"{APPOINTMENTS}/{made['id']}/end", {}).json()
    assert (ended["from_on"], ended["until_on"]) == ("2027-01-01", "2027-01-01")


def test_appointments_are_paged_and_sought_by_role(desk: Desk) -> None:
    auditor = desk.headers("auditor")
    found: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        answer = desk.client.get(APPOINTMENTS, params=query, headers=auditor).json()
        found += [one["id"] for one in answer["appointments"]]
        if answer["following"] is None:
            break
        query["after"] = answer["following"]
    assert len(found) == len(set(found)) == len(desk.town.accounts)
    rows = desk.client.get(APPOINTMENTS, params={"role": "hr"}, headers=auditor).json()["appointments"]
    assert [one["login"] for one in rows] == ["hr"]


def test_each_change_is_written_down(desk: Desk) -> None:
    account = opened(desk)["id"]
    call(desk, "system_administrator", "PUT", f"{ACCOUNTS}/{account}/password", {"password": FIRST})
    call(desk, "system_administrator", "POST", f"{ACCOUNTS}/{account}/close")
    call(desk, "system_administrator", "POST", f"{ACCOUNTS}/{account}/reopening")
    office = give(desk, account, "secretary").json()["id"]
    call(desk, "security_administrator", "POST", f"{APPOINTMENTS}/{office}/end", {})
    rows = desk.client.get("/api/v1/access-log", headers=desk.headers("auditor")).json()["rows"]
    assert [(row["login"], row["action"], row["object_id"]) for row in rows[::-1]] == [
        ("system_administrator", "account:open", account),
        ("system_administrator", "password:set", account),
        ("system_administrator", "account:close", account),
        ("system_administrator", "account:reopen", account),
        ("security_administrator", "appointment:set", office),
        ("security_administrator", "appointment:end", office),
    ]
