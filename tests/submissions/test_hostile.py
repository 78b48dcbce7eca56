"""Whatever is sent, the answer is a refusal in words: never a failure, and nothing is saved."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.town import Desk, Json

PATH = "/api/v1/entries"
ENTRIES: dict[str, Json] = {
    "a NUL in the reason": {"reason": "a\0b"},
    "a NUL in the tier": {"tier": "a\0b"},
    "a NUL in the item": {"item": "ORG\0"},
    "a NUL in the matter": {"item": "EXC-F01", "outcome": None, "matter": "a\0b"},
    "half a character": {"reason": "\ud800"},
    "half a character in the item": {"item": "\udfff"},
    "a million letters": {"reason": "长" * 1_000_000},
    "a long item": {"item": "A" * 33},
    "a long matter": {"matter": "长" * 201},
    "an empty item": {"item": ""},
    "an empty reason": {"reason": ""},
    "a huge number of units": {"item": "SRV-D02", "outcome": None, "units": 10**30},
    "a negative number of units": {"item": "SRV-D02", "outcome": None, "units": -(2**63)},
    "half a unit": {"item": "SRV-D02", "outcome": None, "units": 1.5},
    "units in words": {"item": "SRV-D02", "outcome": None, "units": "五"},
    "units as a list": {"units": [1]},
    "an item as a number": {"item": 5},
    "an item as an object": {"item": {"$ne": None}},
    "no uuid": {"member_id": "1 OR 1=1"},
    "an id that is null": {"id": None},
    "no such day": {"effective_on": "2026-02-30"},
    "a day in words": {"effective_on": "today"},
    "the first day of all": {"effective_on": "0001-01-01"},
    "the last day of all": {"effective_on": "9999-12-31"},
    "no such outcome": {"outcome": "perhaps"},
    "a field that nobody knows": {"points": 500},
    "a field that only the service sets": {"recorded_by": "01937f3e-7d2a-7c3b-9f00-000000000001"},
    "a format string": {"item": "{0.__class__}"},
    "a quotation mark": {"item": "'; DROP TABLE entry"},
}
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"5",
    "no entries": b"{}",
    "an empty list": b'{"entries": []}',
    "entries as an object": b'{"entries": {}}',
    "an entry as a number": b'{"entries": [1]}',
    "not JSON": b'{"entries": [',
    "not a number": b'{"entries": NaN}',
    "a number of 6,000 digits": b'{"entries": ' + b"9" * 6000 + b"}",
    "invalid UTF-8": b'{"entries": "\xff\xfe"}',
    "half a character as a name": b'{"entries": [], "\\ud800": 1}',
    "a hundred thousand brackets": b"[" * 100_000,
    "nested objects": b'{"a":' * 50_000,
    "another encoding": '{"entries": []}'.encode("utf-16"),
    "more than is allowed": b'{"entries": "' + b"a" * (20 * 1024 * 1024) + b'"}',
}


def assert_refused(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_an_entry_that_is_wrong_in_any_way_is_refused(desk: Desk, subtests: pytest.Subtests) -> None:
    headers = {**desk.headers("district_officer"), "Content-Type": "application/json"}
    for name, changed in ENTRIES.items():
        content = json.dumps({"entries": [{**desk.town.missed("林晓明"), **changed}]})
        for mode in ("all", "each"):
            with subtests.test(name, mode=mode):
                answer = desk.client.post(PATH, content=content, headers=headers, params={"mode": mode})
                if answer.status_code == 200:
                    assert [one["status"] for one in answer.json()["results"]] == ["refused"]
                else:
                    assert_refused(answer)
    assert [one["seq"] for one in desk.entries("林晓明")] == [1]
    assert desk.submissions("district_officer") == []


def test_a_body_that_is_wrong_in_any_way_is_refused(desk: Desk, subtests: pytest.Subtests) -> None:
    headers = {**desk.headers("secretary"), "Content-Type": "application/json"}
    for name, body in BODIES.items():
        with subtests.test(name):
            assert_refused(desk.client.post(PATH, content=body, headers=headers))
    fact = json.dumps({"entries": [desk.town.missed("林晓明")]})
    for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"):
        assert_refused(desk.client.post(PATH, content=fact, headers={**headers, "Content-Type": media}))
    assert [one["seq"] for one in desk.entries("林晓明")] == [1]


def test_a_query_that_is_wrong_in_any_way_is_refused(desk: Desk) -> None:
    member = desk.town.members["林晓明"]
    for path in (
        f"{PATH}?mode=some",
        f"{PATH}?preview=perhaps",
    ):
        body = {"entries": [desk.town.missed("林晓明")]}
        assert_refused(desk.client.post(path, json=body, headers=desk.headers("secretary")))
    for path in (
        "/api/v1/submissions?state=x",
        "/api/v1/submissions?limit=0",
        "/api/v1/submissions?limit=99999999999999999999",
        "/api/v1/submissions?cursor=%00",
        f"/api/v1/submissions?cursor={'9' * 20}.{'0' * 32}",
        f"/api/v1/submissions?cursor={'9' * 18}.{'0' * 32}",
        f"/api/v1/members/{member}/entries?after=-1",
        f"/api/v1/members/{member}/entries?after=99999999999999999999999",
        f"/api/v1/members/{member}/entries?limit=501",
        f"/api/v1/members/{member}/entries?cycle=%00%00%00%00",
        f"/api/v1/members/{member}/standing?cycle=2026'--",
        "/api/v1/members/1/standing",
        "/api/v1/members?q=%00",
        "/api/v1/members?after=%00",
        "/api/v1/boards/branches/x",
        "/api/v1/boards/policies/everybody",
        "/api/v1/quarters/2026Q5/sheet",
        "/api/v1/quarters/2026q3%00/sheet",
        "/api/v1/lines/quarters/Q3",
    ):
        assert_refused(desk.client.get(path, headers=desk.headers("secretary")))


def test_a_decision_or_reversal_that_is_wrong_in_any_way_is_refused(desk: Desk) -> None:
    fact, proposal = desk.town.missed("林晓明"), desk.town.praise("林晓明")
    desk.recorded("group_leader", fact)
    desk.recorded("committee_officer", proposal)
    decision = f"/api/v1/submissions/{proposal['id']}/decision"
    reversal = f"/api/v1/entries/{fact['id']}/reversal"
    for path, body in (
        (decision, {"decision": "maybe"}),
        (decision, {"decision": "approve", "note": "a\0b"}),
        (decision, {"decision": "approve", "note": "长" * 501}),
        (decision, {"decision": "approve", "points": 5}),
        (reversal, {"id": proposal["id"]}),
        (reversal, {"id": fact["id"], "reason": "x"}),
        (reversal, {"id": "01937f3e-7d2a-7c3b-9f00-000000000001", "reason": "a\0b"}),
        (reversal, {"id": "01937f3e-7d2a-7c3b-9f00-000000000001", "reason": ""}),
        ("/api/v1/entries/x/reversal", {"id": fact["id"], "reason": "x"}),
    ):
        assert_refused(desk.client.post(path, json=body, headers=desk.headers("secretary")))
    assert desk.total("林晓明") == 990
