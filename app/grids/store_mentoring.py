"""Queries of mentorings and visits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, RowMapping, func, or_, select

from app.grids.assigning import HelpedKind, NeedGround
from app.grids.core_mentoring import Mentoring, MentoringOutcome, MentoringState, Progress, Visit, VisitKind
from app.grids.store import write_rows
from app.grids.tables import mentoring, mentoring_progress, mentoring_visit
from app.kit.db import at_or_below
from app.points.tables import standing

_MENTORING = tuple(mentoring.c[one.name] for one in fields(Mentoring))
_PROGRESS = tuple(mentoring_progress.c[one.name] for one in fields(Progress))
_VISIT = tuple(mentoring_visit.c[one.name] for one in fields(Visit))


def list_open(connection: Connection, district_id: UUID) -> list[Mentoring]:
    """All that have not ended; they are held by the lock on the grids."""
    statement = select(*_MENTORING).where(
        mentoring.c.district_id == district_id, mentoring.c.state != MentoringState.ENDED.value
    )
    return [_mentoring(row) for row in connection.execute(statement.order_by(mentoring.c.id)).mappings()]


def list_begun(connection: Connection, district_id: UUID, last: date) -> list[Mentoring]:
    """All that were under way on the day or before it, ended ones too; by id."""
    statement = select(*_MENTORING).where(mentoring.c.district_id == district_id, mentoring.c.active_on <= last)
    return [_mentoring(row) for row in connection.execute(statement.order_by(mentoring.c.id)).mappings()]


def list_ended(connection: Connection, district_id: UUID, leads: Collection[UUID], day: date) -> list[Mentoring]:
    """Those of the leads that ended on the day; by id."""
    if not leads:
        return []
    statement = select(*_MENTORING).where(
        mentoring.c.district_id == district_id, mentoring.c.lead_id.in_(sorted(leads)), mentoring.c.ended_on == day
    )
    return [_mentoring(row) for row in connection.execute(statement.order_by(mentoring.c.id)).mappings()]


def list_progress(connection: Connection, district_id: UUID, mentoring_id: UUID) -> list[Progress]:
    """By quarter."""
    columns = mentoring_progress.c
    statement = select(*_PROGRESS).where(columns.district_id == district_id, columns.mentoring_id == mentoring_id)
    return [Progress(*row) for row in connection.execute(statement.order_by(columns.quarter))]


def list_progress_of_quarter(connection: Connection, district_id: UUID, quarter: str) -> frozenset[UUID]:
    """The mentorings of which the quarter's progress is kept."""
    columns = mentoring_progress.c
    statement = select(columns.mentoring_id).where(columns.district_id == district_id, columns.quarter == quarter)
    return frozenset(connection.execute(statement).scalars())


def insert_progress(connection: Connection, district_id: UUID, made: Sequence[Progress]) -> None:
    write_rows(connection, district_id, mentoring_progress, [asdict(one) for one in made], new=True)


def list_ever_active(connection: Connection, district_id: UUID) -> list[Mentoring]:
    """All that were ever active, ended ones too."""
    statement = select(*_MENTORING).where(mentoring.c.district_id == district_id, mentoring.c.active_on.is_not(None))
    return [_mentoring(row) for row in connection.execute(statement.order_by(mentoring.c.id)).mappings()]


def find_mentoring(connection: Connection, district_id: UUID, mentoring_id: UUID) -> Mentoring | None:
    statement = select(*_MENTORING).where(mentoring.c.district_id == district_id, mentoring.c.id == mentoring_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _mentoring(row)


def page_mentorings(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Collection[str] | None,
    leads: Collection[UUID] | None,
    state: MentoringState | None,
    after: UUID | None,
    count_max: int,
) -> list[Mentoring]:
    """By id; ``paths`` None reaches all, ``leads`` None means whoever leads."""
    statement = select(*_MENTORING).where(mentoring.c.district_id == district_id)
    if paths is not None:
        reached = (
            at_or_below(column, path) for path in sorted(paths) for column in (mentoring.c.path, mentoring.c.lead_path)
        )
        statement = statement.where(or_(*reached))
    if leads is not None:
        statement = statement.where(mentoring.c.lead_id.in_(sorted(leads)))
    if state is not None:
        statement = statement.where(mentoring.c.state == state.value)
    if after is not None:
        statement = statement.where(mentoring.c.id > after)
    found = connection.execute(statement.order_by(mentoring.c.id).limit(count_max))
    return [_mentoring(row) for row in found.mappings()]


def write_mentorings(connection: Connection, district_id: UUID, rows: Sequence[Mentoring], *, new: bool) -> None:
    write_rows(connection, district_id, mentoring, [asdict(one) for one in rows], new=new)


def list_visits(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Visit]]:
    """By mentoring, the earliest first."""
    if not ids:
        return {}
    statement = select(*_VISIT).where(
        mentoring_visit.c.district_id == district_id, mentoring_visit.c.mentoring_id.in_(sorted(ids))
    )
    found: dict[UUID, list[Visit]] = {}
    rows = connection.execute(statement.order_by(mentoring_visit.c.held_on, mentoring_visit.c.id))
    for row in rows.mappings():
        found.setdefault(row["mentoring_id"], []).append(_visit(row))
    return found


def find_visit(connection: Connection, district_id: UUID, visit_id: UUID) -> Visit | None:
    statement = select(*_VISIT).where(mentoring_visit.c.district_id == district_id, mentoring_visit.c.id == visit_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _visit(row)


def insert_visit(connection: Connection, district_id: UUID, visit: Visit, at: datetime) -> None:
    write_rows(connection, district_id, mentoring_visit, [{**asdict(visit), "recorded_at": at}], new=True)


def _visit(row: RowMapping) -> Visit:
    return Visit(**{**row, "kind": VisitKind(row["kind"])})


def _mentoring(row: RowMapping) -> Mentoring:
    return Mentoring(
        **{
            **row,
            "kind": HelpedKind(row["kind"]),
            "state": MentoringState(row["state"]),
            "grounds": tuple(NeedGround(one) for one in row["grounds"]),
            "outcome": None if row["outcome"] is None else MentoringOutcome(row["outcome"]),
        }
    )


def find_average(connection: Connection, district_id: UUID, branch_id: UUID, cycle: str) -> int | None:
    """Hundredths of a point: the mean total of the branch's members who are ranked; None where nobody is."""
    statement = (
        select(func.sum(standing.c.total), func.count(), func.max(standing.c.decimals))
        .where(
            standing.c.district_id == district_id,
            standing.c.cycle == cycle,
            standing.c.branch_id == branch_id,
            standing.c.ranked,
        )
    )  # fmt: skip
    total, count, decimals = connection.execute(statement).one()
    if not count:
        return None
    scale: int = count * 10 ** int(decimals)
    rounded: int = (int(total) * 200 + scale) // (2 * scale)  # half up
    return rounded
