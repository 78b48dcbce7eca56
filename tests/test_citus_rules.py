"""The judge of statements finds what Citus refuses, and lets pass what it does not."""

from __future__ import annotations

import pytest

from tests.citus import breaches

TABLES = frozenset({"entry", "member", "standing"})

GOOD = [
    "SELECT entry.id FROM entry WHERE entry.district_id = %(d)s::UUID AND entry.item = %(i)s",
    "SELECT id FROM entry WHERE (district_id = %(d)s::UUID) AND seq > 3 FOR UPDATE",
    (
        "SELECT m.name FROM member AS m JOIN entry ON entry.district_id = m.district_id AND entry.member_id = m.id"
        " WHERE m.district_id = %(d)s::UUID"
    ),
    (
        "SELECT m.name FROM member AS m LEFT OUTER JOIN entry ON entry.district_id = %(d)s AND entry.member_id = m.id"
        " WHERE m.district_id = %(d)s::UUID"
    ),
    (
        "SELECT member.id FROM member WHERE member.district_id = %(d)s AND EXISTS (SELECT 1 FROM entry"
        " WHERE entry.district_id = member.district_id AND entry.member_id = member.id)"
    ),
    "SELECT member.id FROM member, entry WHERE member.district_id = entry.district_id AND entry.district_id = %(d)s",
    (
        "WITH late AS (SELECT id, district_id FROM entry WHERE district_id = %(d)s) SELECT late.id FROM late"
        " JOIN member ON member.district_id = late.district_id"
    ),
    "SELECT ranked.id FROM (SELECT entry.id AS id FROM entry WHERE entry.district_id = %(d)s) AS ranked",
    "INSERT INTO entry (district_id, id, item) VALUES (%(d)s::UUID, %(id)s::UUID, %(i)s::VARCHAR)",
    (
        "INSERT INTO entry (district_id, id, seq) VALUES (%(d)s, %(id)s, 1) ON CONFLICT (district_id, id) DO NOTHING"
        " RETURNING entry.id"
    ),
    (
        "INSERT INTO standing (district_id, member_id, total) VALUES (%(d)s, %(m)s, 1)"
        " ON CONFLICT (district_id, member_id) DO UPDATE SET total = excluded.total"
    ),
    (
        "INSERT INTO standing (district_id, member_id) SELECT member.district_id, member.id FROM member"
        " WHERE member.district_id = %(d)s"
    ),
    (
        "INSERT INTO entry (district_id, id) SELECT p0::UUID, p1::UUID FROM (VALUES (%(a)s, %(b)s, 0)) AS"
        " imp_sen(p0, p1, sen_counter) ORDER BY sen_counter RETURNING entry.id"
    ),
    "UPDATE standing SET total = %(t)s WHERE standing.district_id = %(d)s::UUID AND standing.member_id = %(m)s",
    (
        "UPDATE standing SET total = given.total FROM (VALUES (%(m)s::UUID, %(t)s)) AS given (member_id, total)"
        " WHERE standing.district_id = %(d)s AND standing.member_id = given.member_id"
    ),
    "DELETE FROM standing WHERE standing.district_id = %(d)s",
    "SELECT member.id FROM member WHERE member.district_id = %(d)s AND member.path ^@ %(p)s::VARCHAR",
    "SELECT member.id FROM member WHERE member.district_id = %(d)s AND member.name = 'now() or random()'",
    "SELECT id FROM district WHERE code = %(c)s",
    "SELECT now()",
    "SELECT pg_advisory_lock(%(n)s)",
    "SET LOCAL app.district_id = '0198a000-0000-7000-8000-000000000000'",
    "CREATE TABLE entry (id uuid DEFAULT gen_random_uuid())",
]

BREAKING = [
    ("SELECT * FROM entry", "not held"),
    ("SELECT * FROM entry WHERE id = %(id)s", "not held"),
    ("SELECT * FROM entry WHERE district_id <> %(d)s", "not held"),
    ("SELECT * FROM entry WHERE district_id = %(d)s OR id = %(id)s", "not held"),
    ("SELECT * FROM entry WHERE district_id = ANY (%(d)s)", "not held"),
    ("SELECT * FROM entry WHERE district_id = (SELECT id FROM district WHERE code = 'x')", "not held"),
    ("SELECT * FROM entry WHERE district_id = district_id", "not held"),
    ("SELECT * FROM entry WHERE entry.district_id IN (%(a)s, %(b)s)", "not by IN"),
    ("SELECT 1 FROM member JOIN entry ON entry.member_id = member.id WHERE member.district_id = %(d)s", "entry is not"),
    ("SELECT 1 FROM member JOIN entry ON entry.district_id = member.district_id", "member is not held"),
    (
        (
            "SELECT 1 FROM member WHERE member.district_id = %(d)s AND EXISTS (SELECT 1 FROM entry"
            " WHERE entry.member_id = member.id)"
        ),
        "entry is not held",
    ),
    ("WITH all_of AS (SELECT id FROM entry) SELECT id FROM all_of", "entry is not held"),
    ("SELECT id FROM entry WHERE district_id = %(d)s UNION ALL SELECT id FROM member", "member is not held"),
    ("SELECT id FROM entry FOR UPDATE", "not held"),
    ("UPDATE standing SET total = 1", "not held"),
    ("DELETE FROM standing WHERE member_id = %(m)s", "not held"),
    ("UPDATE standing SET updated_at = now() WHERE district_id = %(d)s", "parameters"),
    ("SELECT id FROM entry WHERE district_id = %(d)s AND effective_on <= CURRENT_DATE", "parameters"),
    ("SELECT id FROM entry WHERE district_id = %(d)s ORDER BY random()", "parameters"),
    ("UPDATE standing SET cells = jsonb_build_object('a', 1) WHERE district_id = %(d)s", "built by the program"),
    (
        (
            "INSERT INTO standing (district_id, total) VALUES (%(d)s, 1) ON CONFLICT (district_id)"
            " DO UPDATE SET updated_at = clock_timestamp()"
        ),
        "parameters",
    ),
    (
        (
            "INSERT INTO standing (district_id, total) VALUES (%(d)s, 1) ON CONFLICT (district_id)"
            " DO UPDATE SET band = to_char(1, '9')"
        ),
        "built by the program",
    ),
    ("INSERT INTO entry (id) VALUES (%(id)s)", "names district_id"),
    ("INSERT INTO entry VALUES (%(d)s, %(id)s)", "names district_id"),
    ("INSERT INTO entry (district_id, seq) VALUES (%(d)s, (SELECT 1))", "VALUES"),
    ("INSERT INTO entry (district_id, id) VALUES (%(d)s, %(id)s) RETURNING (SELECT 1)", "RETURNING"),
    ("INSERT INTO standing (district_id, member_id) SELECT district_id, id FROM member", "member is not held"),
    (
        "MERGE INTO standing USING member ON standing.district_id = member.district_id WHEN MATCHED THEN DELETE",
        "MERGE",
    ),
    ("SELECT sum(points) FROM entry WHERE district_id = %(d)s GROUP BY ROLLUP (item)", "ROLLUP"),
    ("SELECT pg_advisory_xact_lock(1) FROM entry WHERE district_id = %(d)s", "advisory"),
    ("SELECT set_config('app.district_id', %(d)s, true)", "SET LOCAL"),
    ("SET app.district_id = 'x'", "SET LOCAL"),
    ("SELECT FROM WHERE entry", "cannot be judged"),
]


@pytest.mark.parametrize("statement", GOOD)
def test_a_statement_within_one_district_passes(statement: str) -> None:
    assert breaches(statement, TABLES) == ()


@pytest.mark.parametrize(("statement", "reason"), BREAKING)
def test_a_statement_that_citus_refuses_is_found(statement: str, reason: str) -> None:
    assert reason in "; ".join(breaches(statement, TABLES))
