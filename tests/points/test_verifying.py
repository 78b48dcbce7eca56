"""What is changed past the service is found and named; and what one request costs is bounded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.points import verifying
from app.points.verifying import Verified
from tests.conftest import Addresses, Server
from tests.statements import count_statements
from tests.town import Desk, Town, found_town

Tamper = Callable[..., int]


@pytest.fixture
def tamper(server: Server, addresses: Addresses, desk: Desk) -> Tamper:
    """Runs a statement about the test's district (``d``) as a superuser, with every trigger off."""

    def run(statement: str, **facts: Any) -> int:
        url = make_url(server.admin_url).set(database=addresses.name).render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            return connection.execute(statement.encode(), {"d": desk.town.district.id, **facts}).rowcount

    return run


@pytest.fixture
def other_town(database: Database, owner_database: Database, clock: FixedClock) -> Town:
    return found_town(database, owner_database, clock)


def verify(desk: Desk) -> Verified:
    return desk.town.database.run(
        lambda connection: verifying.verify(connection, desk.town.actor()), desk.town.district.id, snapshot=True
    )


def fill(desk: Desk, *names: str) -> None:
    """Each gets the entries 2 to 6."""
    town = desk.town
    for name in names:
        desk.recorded(
            "committee_officer",
            town.missed(name, reason="缺席"),
            town.missed(name, "ORG-D03"),
            town.fact(name, "SRV-D02", units=4),
            town.fact(name, "SRV-D02", units=7),
            town.missed(name, "ORG-D01"),
        )


def test_a_sound_ledger_verifies(desk: Desk) -> None:
    fill(desk, "林晓明", "陈建国")
    found = verify(desk)
    assert (found.is_sound, found.members, found.entries, found.findings) == (True, 3, 13, [])


# What is done to the rows of a member of that name, and what is said to differ. Seq 4 and 5 differ in their units only.
ENTRY, STANDING = "UPDATE entry SET", "UPDATE standing SET"
COPY = (
    "INSERT INTO entry"
    " SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'seq', 7))).* FROM entry e"
)
CHANGED = {
    "points": (f"{ENTRY} points = 0 WHERE seq = 2", "cells"),
    "item": (f"{ENTRY} item = 'ORG-D04' WHERE seq = 6", "cells"),
    "units": (f"{ENTRY} units = 9 WHERE seq = 4", "cells"),
    "opening": (f"{ENTRY} points = 900 WHERE seq = 1", "opening"),
    "day": (f"{ENTRY} effective_on = '2026-11-06' WHERE seq = 2", "running hash"),
    "recorder": (f"{ENTRY} recorded_by = NULL WHERE seq = 2", "running hash"),
    "time": (f"{ENTRY} recorded_at = recorded_at - interval '1 microsecond' WHERE seq = 2", "running hash"),
    "edition": (f"{ENTRY} edition = upper(edition) WHERE seq = 2", "running hash"),
    "profile": (f"{ENTRY} profile = 'exempt' WHERE seq = 3", "running hash"),
    "text digest": (f"{ENTRY} text_digest = NULL WHERE seq = 2", "words of entry 2"),
    "last deleted": ("DELETE FROM entry WHERE seq = 6", "seq"),
    "one deleted": ("DELETE FROM entry WHERE seq = 3", "seq"),
    "all deleted": ("DELETE FROM entry WHERE true", "seq"),
    "one copied": (f"{COPY} WHERE seq = 2", "seq"),
    "one moved": (f"{ENTRY} seq = 8 WHERE seq = 5", "seq"),
    "two swapped": (f"{ENTRY} units = CASE units WHEN 4 THEN 7 ELSE 4 END WHERE seq IN (4, 5)", "running hash"),
    "one given away": (f"{ENTRY} member_id = %(other)s, seq = 2 WHERE seq = 6", "seq"),
    "total": (f"{STANDING} total = 1000 WHERE true", "total"),
    "effective": (f"{STANDING} effective = 2000 WHERE true", "effective"),
    "decimals": (f"{STANDING} decimals = 1 WHERE true", "decimals"),
    "daily": (f"{STANDING} daily = 900 WHERE true", "daily"),
    "band": (f"{STANDING} band = 'assistance' WHERE true", "band"),
    "matrix": (f"{STANDING} matrix = '{{}}' WHERE true", "matrix"),
    "vetoes": (f"{STANDING} vetoes = 1 WHERE true", "vetoes"),
    "cells": (f"{STANDING} cells = '[]' WHERE true", "cells"),
    "seq": (f"{STANDING} seq = 5 WHERE true", "seq"),
    "hash": (f"{STANDING} running_hash = '' WHERE true", "running hash"),
    "regimes": (f"{STANDING} regimes = '{{}}' WHERE true", "regime of entry 1"),
    "class": (
        f"{STANDING} regimes = replace(regimes::text, 'standard', 'exempt')::jsonb WHERE true",
        "regime of entry 1",
    ),
    "standing deleted": ("DELETE FROM standing WHERE true", "standing"),
}


def test_what_is_changed_past_the_service_is_found_and_named(
    desk: Desk, tamper: Tamper, subtests: pytest.Subtests
) -> None:
    for name in CHANGED:
        desk.town.add_member(name)
    fill(desk, "林晓明", *CHANGED)
    members = desk.town.members
    for name, (statement, _) in CHANGED.items():
        about_one = f"{statement} AND district_id = %(d)s AND member_id = %(m)s"
        assert tamper(about_one, m=members[name], other=members["陈建国"]) >= 1
    found = verify(desk)
    named = {one.member_id: one.what for one in found.findings}
    for name, (_, what) in CHANGED.items():
        with subtests.test(name):
            assert what in named[members[name]]
    assert named.keys() == {members[name] for name in (*CHANGED, "陈建国")}
    assert {one.cycle for one in found.findings} == {"2026"}


def test_words_put_into_somebodys_mouth_are_found(desk: Desk, tamper: Tamper) -> None:
    fill(desk, "林晓明", "陈建国")
    words = (
        "UPDATE entry_text SET reason = '旷会' WHERE district_id = %(d)s AND entry_id IN"
        " (SELECT id FROM entry WHERE district_id = %(d)s AND member_id = %(m)s)"
    )
    assert tamper(words, m=desk.town.members["陈建国"]) == 1
    (finding,) = verify(desk).findings
    assert (finding.member_id, finding.what) == (desk.town.members["陈建国"], "words of entry 2")


def test_words_that_were_erased_leave_the_ledger_sound(desk: Desk, tamper: Tamper) -> None:
    fill(desk, "林晓明")
    assert tamper("DELETE FROM entry_text WHERE district_id = %(d)s") == 1
    assert verify(desk).is_sound


def test_every_difference_is_counted_and_the_first_are_named(
    desk: Desk, tamper: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "FINDINGS_MAX", 2)
    tamper("UPDATE standing SET total = total - 1 WHERE district_id = %(d)s")
    found = verify(desk)
    assert (found.members, found.differing, len(found.findings)) == (3, 3, 2)


def test_one_district_is_verified_without_the_others(desk: Desk, tamper: Tamper, other_town: Town) -> None:
    other_town.add_member("吴德胜")
    assert tamper("UPDATE standing SET total = 0 WHERE district_id = %(other)s", other=other_town.district.id) == 1
    assert verify(desk).is_sound


# What a request costs.

STATEMENTS_MAX = 17  # of one request, whatever its size; each is one trip to the database
ASKING_MAX = 12  # more where proposals are handed in: their steps, the days, who reviews, and telling them


def test_the_statements_of_a_batch_do_not_grow_with_its_size(desk: Desk) -> None:
    town = desk.town
    for number in range(20):
        town.add_member(f"成员{number:03d}")
    desk.headers("secretary")
    sent = {}
    for size in (2, 1000):
        facts = [
            town.fact(
                f"成员{number % 20:03d}",
                "SRV-D02",
                units=1 + number // 20 % 3,
                reason="活动",
                effective_on=f"2026-{10 + number // 20 % 2}-{1 + number // 40 % 20:02d}",
            )
            for number in range(size)
        ]
        with count_statements(town.database) as statements:
            answer = desk.record("secretary", *facts)
        assert answer.status_code == 201, answer.text
        sent[size] = len(statements)
    assert sent[1000] <= sent[2] <= STATEMENTS_MAX, sent


def test_duties_findings_and_proposals_of_a_batch_do_not_ask_one_by_one(desk: Desk) -> None:
    town = desk.town
    for number in range(20):
        town.add_member(f"成员{number:03d}")
    desk.headers("committee_officer")
    sent = {}
    for size in (1, 20):
        names = [f"成员{number:03d}" for number in range(size)]
        facts = [
            *(town.missed(name, "ORG-D02" if size == 1 else "ORG-D03") for name in names),
            *(town.praise(name) for name in names),
        ]
        with count_statements(town.database) as statements:
            answer = desk.record("committee_officer", *facts)
        assert answer.status_code == 201, answer.text
        sent[size] = len(statements)
    assert sent[20] <= sent[1] <= STATEMENTS_MAX + ASKING_MAX, sent


def test_the_statements_of_a_reading_are_few(desk: Desk) -> None:
    fill(desk, "林晓明")
    member = desk.town.members["林晓明"]
    for path, most in (
        (f"/api/v1/members/{member}/standing", 10),
        (f"/api/v1/members/{member}/entries", 5),
        (f"/api/v1/members/{member}/explanation", 11),
        # What decides on boards is kept for a moment, but in tests.
        ("/api/v1/boards/district", 20),
        (f"/api/v1/boards/branches/{desk.town.branch}", 20),
        ("/api/v1/members", 4),
        ("/api/v1/submissions", 3),
    ):
        headers = desk.headers("secretary")
        with count_statements(desk.town.database) as statements:
            assert desk.client.get(path, headers=headers).status_code == 200
        assert len(statements) <= most, (path, statements)
