"""Queries of what the lines found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.cases.core import Count, Finding
from app.cases.core_found import CountRow, FoundRow
from app.cases.tables import line_count, line_finding, line_setting
from app.kit.db import at_or_below
from app.kit.ids import new_id
from app.roster.tables import member, organisation


def find_setting(connection: Connection, district_id: UUID) -> bool | None:
    """Whether the half-year decides; None where the district has not chosen."""
    statement = select(line_setting.c.half_year_decides).where(line_setting.c.district_id == district_id)
    return connection.execute(statement).scalar_one_or_none()


def upsert_setting(connection: Connection, district_id: UUID, *, half_year_decides: bool) -> None:
    values = {"half_year_decides": half_year_decides}
    statement = insert(line_setting).values(district_id=district_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["district_id"], set_=values))


def replace_findings(
    connection: Connection,
    district_id: UUID,
    quarter: str,
    findings: Sequence[Finding],
    counts: Sequence[Count],
    at: datetime,
) -> None:
    """What was found before for the quarter gives way: the same state finds the same again."""
    for table in (line_finding, line_count):
        connection.execute(delete(table).where(table.c.district_id == district_id, table.c.quarter == quarter))
    rows = [
        {
            "district_id": district_id,
            "id": new_id(),
            "quarter": quarter,
            "line": one.line.code,
            "member_id": one.member.member_id,
            "branch_id": one.member.branch_id,
            "edition": one.member.edition,
            "basis": one.line.basis.value,
            "value": one.value,
            "bound": one.line.bound,
            "exclusions": [ground.value for ground in one.exclusions],
            "position": one.position,
            "consequence": one.line.consequence,
            "pool": one.pool,
            "places": one.places,
            "found_at": at,
        }
        for one in findings
    ]
    if rows:
        connection.execute(insert(line_finding), rows)
    counted = [
        {
            "district_id": district_id,
            "quarter": quarter,
            "line": one.line.code,
            "tested": one.tested,
            "met": one.met,
            "out_of_reach": one.out_of_reach,
            "named": one.named,
            "quota": one.quota,
            "found_at": at,
        }
        for one in counts
    ]
    if counted:
        connection.execute(insert(line_count), counted)


def list_findings(
    connection: Connection, district_id: UUID, quarter: str, paths: Sequence[str] | None
) -> list[FoundRow]:
    """By line and branch, then in the order of recommendation; ``paths`` None reaches everywhere."""
    person = and_(member.c.district_id == line_finding.c.district_id, member.c.id == line_finding.c.member_id)
    branch = and_(
        organisation.c.district_id == line_finding.c.district_id, organisation.c.id == line_finding.c.branch_id
    )
    statement = (
        select(line_finding, member.c.name, organisation.c.name.label("branch"), organisation.c.path)
        .select_from(line_finding.join(member, person).join(organisation, branch))
        .where(line_finding.c.district_id == district_id, line_finding.c.quarter == quarter)
        .order_by(line_finding.c.line, organisation.c.path, line_finding.c.position, member.c.number)
    )
    if paths is not None:
        reached = [at_or_below(organisation.c.path, path) for path in paths]
        statement = statement.where(or_(*reached))
    return [
        FoundRow(
            row.line,
            row.member_id,
            row.name,
            row.branch_id,
            row.branch,
            row.basis,
            row.value,
            row.bound,
            tuple(row.exclusions),
            row.position,
            row.edition,
            row.consequence,
            row.path,
            pool=row.pool,
            places=row.places,
        )
        for row in connection.execute(statement)
    ]


def list_counts(connection: Connection, district_id: UUID, quarter: str) -> list[CountRow]:
    statement = (
        select(line_count)
        .where(line_count.c.district_id == district_id, line_count.c.quarter == quarter)
        .order_by(line_count.c.line)
    )
    return [
        CountRow(row.line, row.tested, row.met, row.out_of_reach, row.named, row.quota, row.found_at)
        for row in connection.execute(statement)
    ]
