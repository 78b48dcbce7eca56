"""The suite hears its own statements: it counts them for whom asks, and keeps those that break the rules."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, select, text

from app.kit.db import Database
from app.roster.tables import member
from tests.statements import Judge, count_statements


def read_members(connection: Connection, district: UUID) -> None:
    connection.execute(select(member.c.id).where(member.c.district_id == district)).all()


def test_statements_are_counted_without_the_one_that_sets_the_district(database: Database, district: UUID) -> None:
    with count_statements(database) as statements:
        database.run(lambda connection: read_members(connection, district), district)
        database.run(lambda connection: read_members(connection, district), district)
    database.run(lambda connection: read_members(connection, district), district)
    assert len(statements) == 2


def test_a_statement_that_forgets_its_district_is_kept_for_the_verdict(
    judge: Judge, database: Database, district: UUID
) -> None:
    database.run(lambda connection: connection.execute(text("SELECT id FROM member")), district)
    assert judge.verdict() == "member is not held to one district by equality: SELECT id FROM member"
    assert judge.verdict() == ""


def test_a_statement_within_its_district_is_not_kept(judge: Judge, database: Database, district: UUID) -> None:
    database.run(lambda connection: read_members(connection, district), district)
    assert judge.verdict() == ""
