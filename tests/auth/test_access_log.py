"""What is unmasked, exported or administered is written down, for the auditor and for good."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import update

from app.kit.ids import new_id
from app.kit.settings import Settings
from app.main import cipher_of
from app.roster.core import field_context
from app.roster.tables import member
from tests.conftest import Addresses, Server
from tests.town import Desk, Json, Town

LOG = "/api/v1/access-log"
ID_NUMBER, PHONE = "000101190001010016", "13800005678"


@pytest.fixture
def known(desk: Desk, town: Town, settings: Settings) -> Desk:
    """A town in which the roster has an id number and a phone of 林晓明."""
    cipher = cipher_of(settings)
    values = {
        column: cipher.encrypt(text, field_context(town.district.id, column))
        for column, text in (("id_number", ID_NUMBER), ("phone", PHONE))
    }
    whose = (member.c.district_id == town.district.id, member.c.id == town.members["林晓明"])
    town.run(lambda connection, _: connection.execute(update(member).where(*whose).values(**values)))
    return desk


def unmask(desk: Desk, login: str, name: str = "林晓明", reason: str = "核对党员信息采集表", **headers: str) -> Any:
    path = f"/api/v1/members/{desk.town.members[name]}/personal-data"
    return desk.client.post(path, json={"reason": reason}, headers={**desk.headers(login), **headers})


def log(desk: Desk, **query: Any) -> Json:
    answer = desk.client.get(LOG, params=query, headers=desk.headers("auditor"))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def actions(desk: Desk, **query: Any) -> list[tuple[str, str]]:
    """Who did what, the newest first."""
    return [(row["login"], row["action"]) for row in log(desk, **query)["rows"]]


def test_personal_data_is_masked_until_it_is_asked_for_with_a_reason(known: Desk) -> None:
    path = f"/api/v1/members/{known.town.members['林晓明']}"
    for answer in (
        known.client.get(path, headers=known.headers("secretary")),
        known.client.get("/api/v1/members", headers=known.headers("secretary")),
    ):
        assert ID_NUMBER not in answer.text
        assert PHONE not in answer.text
        assert "138****5678" in answer.text
    answer = unmask(known, "secretary")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(known.town.members["林晓明"]), "id_number": ID_NUMBER, "phone": PHONE,
    }  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"


def test_every_look_is_written_down_with_who_whom_why_and_the_request(known: Desk) -> None:
    unmask(known, "secretary", **{"X-Request-Id": "req-20261121-01"})
    [row] = log(known, action="personal_data:read")["rows"]
    assert {name: value for name, value in row.items() if name not in ("id", "account_id")} == {
        "at": "2026-11-21T02:00:00Z",
        "login": "secretary",
        "name": "secretary",
        "action": "personal_data:read",
        "object_kind": "member",
        "object_id": str(known.town.members["林晓明"]),
        "path": known.town.path(known.town.committee, known.town.branch, known.town.group),
        "reason": "核对党员信息采集表",
        "operator": None,
        "request_id": "req-20261121-01",
    }
    assert row["account_id"] == str(known.town.accounts["secretary"])


@pytest.mark.parametrize("reason", ["", " ", " 看 ", "x" * 201])
def test_a_reason_is_a_reason(known: Desk, reason: str) -> None:
    answer = unmask(known, "secretary", reason=reason)
    assert answer.status_code == 422
    assert ID_NUMBER not in answer.text


def test_what_was_refused_was_not_seen_and_is_not_logged(known: Desk) -> None:
    assert unmask(known, "secretary", "周美玲").status_code == 404
    assert unmask(known, "group_leader").status_code == 403
    assert log(known, action="personal_data:read")["rows"] == []


def test_a_member_without_personal_data_is_told_as_such(known: Desk) -> None:
    answer = unmask(known, "secretary", "陈建国").json()
    assert (answer["id_number"], answer["phone"]) == (None, None)


def test_an_export_is_written_down_with_how_far_it_went(known: Desk) -> None:
    path = "/api/v1/quarters/2026Q4/sheet"
    answer = known.client.get(path, params={"reason": "季度公示"}, headers=known.headers("secretary"))
    assert answer.status_code == 200
    [row] = log(known, action="quarter:export")["rows"]
    assert (row["login"], row["object_kind"], row["object_id"]) == ("secretary", "quarter", "2026Q4")
    assert (row["path"], row["reason"]) == (known.town.branch_path, "季度公示")


def test_reading_the_log_is_written_down_too(known: Desk) -> None:
    log(known, member=str(known.town.members["林晓明"]))
    [row] = log(known, action="access_log:read")["rows"]
    assert row["login"] == "auditor"
    assert row["object_id"] == f"member={known.town.members['林晓明']}"


def test_the_log_is_found_by_who_whom_and_what(known: Desk) -> None:
    unmask(known, "secretary")
    unmask(known, "committee_officer", "陈建国")
    whom = str(known.town.members["陈建国"])
    assert actions(known, member=whom) == [("committee_officer", "personal_data:read")]
    who = str(known.town.accounts["secretary"])
    assert actions(known, account=who) == [("secretary", "personal_data:read")]
    assert actions(known, account=who, action="quarter:export") == []


def test_days_of_the_log_are_those_of_the_district(known: Desk, town: Town) -> None:
    town.clock.moment = datetime(2026, 11, 21, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    known.forget()
    unmask(known, "secretary")
    town.clock.moment = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    known.forget()
    unmask(known, "committee_officer")
    seen = {"action": "personal_data:read"}
    assert actions(known, until="2026-11-21", **seen) == [("secretary", "personal_data:read")]
    assert actions(known, since="2026-11-22", **seen) == [("committee_officer", "personal_data:read")]
    assert len(actions(known, since="2026-11-21", until="2026-11-22", **seen)) == 2


def test_pages_of_the_log_neither_repeat_nor_skip_though_it_grows(known: Desk) -> None:
    reasons = [f"第{number}次查看" for number in range(5)]
    for reason in reasons:
        unmask(known, "secretary", reason=reason)
    found: list[str] = []
    query: dict[str, Any] = {"action": "personal_data:read", "limit": 2}
    while True:
        page = log(known, **query)
        found += [row["reason"] for row in page["rows"]]
        if page["following"] is None:
            break
        query["cursor"] = page["following"]
        unmask(known, "committee_officer", reason="其间又一次")
    assert found == reasons[::-1]


@pytest.mark.parametrize("cursor", ["", "x", "9999999999999999.0", "0.zz", "-1." + "0" * 32])
def test_an_invented_cursor_is_refused(known: Desk, cursor: str) -> None:
    answer = known.client.get(LOG, params={"cursor": cursor}, headers=known.headers("auditor"))
    assert answer.status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_the_calendar_is_refused(known: Desk, day: str) -> None:
    answer = known.client.get(LOG, params={"until": day}, headers=known.headers("auditor"))
    assert answer.status_code == 422


def test_the_log_of_another_district_is_not_seen(known: Desk) -> None:
    unmask(known, "secretary")
    officer = known.headers("district_officer")
    assert known.client.get(LOG, headers=officer).status_code == 403
    assert {row["request_id"] for row in log(known)["rows"]}
    assert all(row["login"] in known.town.accounts for row in log(known)["rows"])


@pytest.mark.parametrize(
    "statement", ["UPDATE access_log SET reason = ''", "DELETE FROM access_log", "TRUNCATE access_log"]
)
def test_nobody_changes_or_removes_what_is_written(
    known: Desk, addresses: Addresses, server: Server, statement: str
) -> None:
    unmask(known, "secretary")
    admin = psycopg.connect(server.admin_url, dbname=addresses.name)
    for connection, refusal in (
        (psycopg.connect(addresses.application_url), errors.InsufficientPrivilege),
        (psycopg.connect(addresses.owner_url), errors.RestrictViolation),
        (admin, errors.RestrictViolation),
    ):
        with connection, pytest.raises(refusal):
            connection.execute(statement)


def test_the_day_is_kept_for_as_long_as_the_law_asks(known: Desk, town: Town) -> None:
    """200 days on, a look is still there: nothing deletes it."""
    unmask(known, "secretary")
    town.on(date(2027, 6, 30))
    known.forget()
    assert actions(known, action="personal_data:read") == [("secretary", "personal_data:read")]


def test_a_span_that_ends_before_it_begins_is_refused(desk: Desk) -> None:
    query = {"since": "2026-11-22", "until": "2026-11-21"}
    answer = desk.client.get(LOG, params=query, headers=desk.headers("auditor"))
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "span_reversed", "until")
    query["until"] = "2026-11-22"
    assert desk.client.get(LOG, params=query, headers=desk.headers("auditor")).status_code == 200


@pytest.mark.parametrize(
    ("login", "method", "path", "zh", "en"),
    [
        ("district_officer", "GET", LOG, "可以办理的是：审计员。", "done by the auditor."),
        (
            "secretary",
            "POST",
            "/api/v1/exemptions/00000000-0000-4000-8000-000000000001/end",
            "可以办理的是：基层党委、区两新工委。",
            "done by the Party committee or the district office.",
        ),
    ],
)
def test_who_may_not_is_told_who_may(desk: Desk, login: str, method: str, path: str, zh: str, en: str) -> None:
    body = None if method == "GET" else {"id": str(new_id()), "until_on": "2027-07-01"}
    for language, text in (("zh", zh), ("en", en)):
        headers = {**desk.headers(login), "Accept-Language": language}
        answer = desk.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == 403, answer.text
        assert answer.json()["detail"].endswith(text)
