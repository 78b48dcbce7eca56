"""Queries of assistance cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, update

from app.cases.core_cases import OPEN, Case, CaseState, Failures
from app.cases.tables import assistance_case, line_finding
from app.kit.db import AnyRow, at_or_below, insert_rows
from app.points.ledger import DutyState
from app.points.tables import duty
from app.roster.tables import member, organisation

_NAMES = tuple(one.name for one in fields(Case))
_CASES = select(*(assistance_case.c[name] for name in _NAMES))
_OPEN = [one.value for one in sorted(OPEN)]


def insert_cases(connection: Connection, district_id: UUID, cases: Sequence[Case]) -> None:
    """Taken where the member has an open one: the next attempt of the transaction finds it."""
    insert_rows(connection, district_id, assistance_case, [_values(one) for one in cases])


def update_case(connection: Connection, district_id: UUID, changed: Case) -> None:
    values = {name: value for name, value in _values(changed).items() if name != "id"}
    statement = update(assistance_case).where(
        assistance_case.c.district_id == district_id, assistance_case.c.id == changed.id
    )
    connection.execute(statement.values(**values))


def find_case(connection: Connection, district_id: UUID, case_id: UUID) -> Case | None:
    return _one(connection, _by_id(district_id, case_id))


def lock_case(connection: Connection, district_id: UUID, case_id: UUID) -> Case | None:
    return _one(connection, _by_id(district_id, case_id).with_for_update())


def lock_cases(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> list[Case]:
    """In the order of their ids, held until the transaction ends."""
    statement = _CASES.where(assistance_case.c.district_id == district_id, assistance_case.c.id.in_(sorted(ids)))
    rows = connection.execute(statement.order_by(assistance_case.c.id).with_for_update())
    return [_case(row) for row in rows]


def list_of_members(connection: Connection, district_id: UUID, members: Collection[UUID]) -> list[Case]:
    """Every case of the members, the earliest first."""
    statement = _CASES.where(assistance_case.c.district_id == district_id, assistance_case.c.member_id.in_(members))
    return [_case(row) for row in connection.execute(statement.order_by(assistance_case.c.opened_at))]


def list_since(connection: Connection, district_id: UUID, since: datetime) -> list[Case]:
    """What is open, and what was opened since and is not annulled; by quarter."""
    statement = _CASES.where(
        assistance_case.c.district_id == district_id,
        assistance_case.c.state != CaseState.ANNULLED.value,
        or_(assistance_case.c.opened_at >= since, assistance_case.c.state.in_(_OPEN)),
    )
    return [_case(row) for row in connection.execute(statement.order_by(assistance_case.c.quarter))]


def list_open_members(connection: Connection, district_id: UUID) -> frozenset[UUID]:
    statement = select(assistance_case.c.member_id).where(
        assistance_case.c.district_id == district_id, assistance_case.c.state.in_(_OPEN)
    )
    return frozenset(connection.execute(statement).scalars())


def list_ended(connection: Connection, district_id: UUID, first: date, last: date) -> list[tuple[UUID, UUID, bool]]:
    """Case, branch and whether it was accepted, of those whose outcome was found in the days; by id.

    The outcome's day is that of the case's end (UTC) where it was accepted, else that of its failure.
    """
    columns = assistance_case.c
    ended_on = func.date(func.timezone("UTC", columns.ended_at))
    accepted = and_(columns.state == CaseState.ACCEPTED.value, ended_on.between(first, last))
    failed = and_(
        columns.state.in_((CaseState.FAILED.value, CaseState.CLOSED.value)), columns.failed_on.between(first, last)
    )
    statement = (
        select(columns.id, columns.branch_id, columns.state)
        .where(columns.district_id == district_id, or_(accepted, failed))
        .order_by(columns.id)
    )
    return [(row.id, row.branch_id, row.state == CaseState.ACCEPTED.value) for row in connection.execute(statement)]


def list_cases(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    state: CaseState | None,
    is_open: bool | None,
    late_on: date | None,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Case]:
    """By time of opening; ``paths`` None reaches everywhere, and the own account's are always there."""
    whose = and_(member.c.district_id == assistance_case.c.district_id, member.c.id == assistance_case.c.member_id)
    statement = (
        _CASES.select_from(assistance_case.join(member, whose))
        .where(assistance_case.c.district_id == district_id)
        .order_by(assistance_case.c.opened_at, assistance_case.c.id)
        .limit(count_max)
    )
    if paths is not None:
        statement = statement.where(or_(*map(_below, paths), member.c.account_id == own_account))
    if state is not None:
        statement = statement.where(assistance_case.c.state == state.value)
    if is_open is not None:
        in_open = assistance_case.c.state.in_(_OPEN)
        statement = statement.where(in_open if is_open else ~in_open)
    if late_on is not None:
        statement = statement.where(assistance_case.c.due_on < late_on)
    if after is not None:
        at, last = after
        later = and_(assistance_case.c.opened_at == at, assistance_case.c.id > last)
        statement = statement.where(or_(assistance_case.c.opened_at > at, later))
    return [_case(row) for row in connection.execute(statement)]


def count_open(connection: Connection, district_id: UUID, path: str, day: date) -> tuple[int, int]:
    """Open cases at the path or below it, and how many of them are overdue on the day."""
    late = func.count().filter(assistance_case.c.due_on < day)
    statement = select(func.count().label("number"), late.label("late")).where(
        assistance_case.c.district_id == district_id, _below(path), assistance_case.c.state.in_(_OPEN)
    )
    row = connection.execute(statement).one()
    return row.number, row.late


def count_open_by_path(connection: Connection, district_id: UUID, path: str) -> dict[str, int]:
    """Open cases at the path or below it, by the branch's path."""
    columns = assistance_case.c
    statement = (
        select(columns.path, func.count().label("number"))
        .where(columns.district_id == district_id, _below(path), columns.state.in_(_OPEN))
        .group_by(columns.path)
    )
    return {row.path: row.number for row in connection.execute(statement)}


def list_failures(
    connection: Connection, district_id: UUID, paths: Sequence[str] | None, count_min: int
) -> list[Failures]:
    """Members with so many failed cases or more, by branch; what was annulled never failed."""
    failed = (
        select(
            assistance_case.c.member_id,
            func.count().label("number"),
            func.max(assistance_case.c.failed_on).label("last_on"),
        )
        .where(
            assistance_case.c.district_id == district_id,
            assistance_case.c.failed_on.is_not(None),
            assistance_case.c.state != CaseState.ANNULLED.value,
        )
        .group_by(assistance_case.c.member_id)
        .having(func.count() >= count_min)
    )
    counts = {row.member_id: (row.number, row.last_on) for row in connection.execute(failed)}
    latest: dict[UUID, Case] = {}
    for one in list_of_members(connection, district_id, counts):
        latest[one.member_id] = one
    names = names_of(connection, district_id, counts, {one.branch_id for one in latest.values()})
    found = [
        Failures(one.member_id, names[one.member_id], one.branch_id, names[one.branch_id], *counts[one.member_id])
        for one in latest.values()
        if paths is None or any(one.path == path or one.path.startswith(path + ".") for path in paths)
    ]
    return sorted(found, key=lambda one: (one.branch, one.last_on, one.member_id))


def names_of(
    connection: Connection, district_id: UUID, members: Collection[UUID], branches: Collection[UUID]
) -> dict[UUID, str]:
    """Members and organisations, by id."""
    people = select(member.c.id, member.c.name).where(member.c.district_id == district_id, member.c.id.in_(members))
    places = select(organisation.c.id, organisation.c.name).where(
        organisation.c.district_id == district_id, organisation.c.id.in_(branches)
    )
    return {row.id: row.name for statement in (people, places) for row in connection.execute(statement)}


def count_duties_since(
    connection: Connection, district_id: UUID, member_id: UUID, since: date, until: date
) -> dict[DutyState, int]:
    """What became of the duties that fell due after a day, up to another, whatever the cycle."""
    statement = (
        select(duty.c.state, func.count().label("number"))
        .where(
            duty.c.district_id == district_id,
            duty.c.member_id == member_id,
            duty.c.due_on > since,
            duty.c.due_on <= until,
        )
        .group_by(duty.c.state)
    )
    return {DutyState(row.state): row.number for row in connection.execute(statement)}


def count_warned(connection: Connection, district_id: UUID, quarter: str, consequence: str) -> dict[UUID, int]:
    """By branch, how many members met a line of this consequence."""
    statement = (
        select(line_finding.c.branch_id, func.count(func.distinct(line_finding.c.member_id)).label("number"))
        .where(
            line_finding.c.district_id == district_id,
            line_finding.c.quarter == quarter,
            line_finding.c.consequence == consequence,
        )
        .group_by(line_finding.c.branch_id)
    )
    return {row.branch_id: row.number for row in connection.execute(statement)}


def _by_id(district_id: UUID, case_id: UUID) -> Select[Any]:
    return _CASES.where(assistance_case.c.district_id == district_id, assistance_case.c.id == case_id)


def _below(path: str) -> ColumnElement[bool]:
    column = assistance_case.c.path
    return at_or_below(column, path)


def _values(one: Case) -> dict[str, Any]:
    return {**asdict(one), "state": one.state.value}


def _one(connection: Connection, statement: Select[Any]) -> Case | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else _case(row)


def _case(row: AnyRow) -> Case:
    found = {name: getattr(row, name) for name in _NAMES}
    return Case(**{**found, "state": CaseState(row.state)})
