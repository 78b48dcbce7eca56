"""Queries of commendations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from app.cases.core import Exclusion
from app.cases.core_commendations import STANDING, Commendation, ListAction, ListState, OnNotice
from app.cases.tables import case_step, commendation
from app.kit.db import AnyRow, at_or_below, insert_rows
from app.roster.tables import member, organisation
from app.submissions.tables import veto

_NAMES = tuple(one.name for one in fields(Commendation))
_ROWS = select(*(commendation.c[name] for name in _NAMES))


def insert_commendations(connection: Connection, district_id: UUID, rows: Sequence[Commendation]) -> None:
    insert_rows(connection, district_id, commendation, [_values(one) for one in rows])


def update_commendation(connection: Connection, district_id: UUID, changed: Commendation) -> None:
    values = {name: value for name, value in _values(changed).items() if name != "id"}
    statement = update(commendation).where(commendation.c.district_id == district_id, commendation.c.id == changed.id)
    connection.execute(statement.values(**values))


def find_commendation(connection: Connection, district_id: UUID, commendation_id: UUID) -> Commendation | None:
    statement = _ROWS.where(commendation.c.district_id == district_id, commendation.c.id == commendation_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _commendation(row)


def lock_commendation(connection: Connection, district_id: UUID, commendation_id: UUID) -> Commendation | None:
    statement = _ROWS.where(commendation.c.district_id == district_id, commendation.c.id == commendation_id)
    row = connection.execute(statement.with_for_update()).one_or_none()
    return None if row is None else _commendation(row)


def lock_quarter(connection: Connection, district_id: UUID, quarter: str) -> list[Commendation]:
    """The whole list of a quarter, in the order of ids."""
    return _locked(connection, district_id, commendation.c.quarter == quarter)


def lock_pools(
    connection: Connection, district_id: UUID, quarter: str, pools: Collection[str]
) -> dict[UUID, Commendation]:
    """Everybody of these pools, held: places are given under this lock."""
    found = _locked(connection, district_id, commendation.c.quarter == quarter, commendation.c.pool.in_(sorted(pools)))
    return {one.id: one for one in found}


def lock_below(connection: Connection, district_id: UUID, quarter: str, path: str) -> list[Commendation]:
    """Everybody on a quarter's list at a place or below."""
    return _locked(connection, district_id, commendation.c.quarter == quarter, _below(path))


def _locked(connection: Connection, district_id: UUID, *where: ColumnElement[bool]) -> list[Commendation]:
    statement = _ROWS.where(commendation.c.district_id == district_id, *where).order_by(commendation.c.id)
    return [_commendation(row) for row in connection.execute(statement.with_for_update())]


def list_pools(connection: Connection, district_id: UUID, quarter: str, branch_id: UUID) -> frozenset[str]:
    """The pools that the branch's members of the list are in."""
    statement = select(commendation.c.pool).where(
        commendation.c.district_id == district_id,
        commendation.c.quarter == quarter,
        commendation.c.branch_id == branch_id,
    )
    return frozenset(connection.execute(statement).scalars())


def list_commendations(
    connection: Connection,
    district_id: UUID,
    quarter: str,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    after: tuple[str, int, UUID] | None,
    count_max: int,
) -> list[Commendation]:
    """By pool and order; those kept off come after. ``paths`` None reaches everywhere, the own one is always there."""
    whose = and_(member.c.district_id == commendation.c.district_id, member.c.id == commendation.c.member_id)
    place = func.coalesce(commendation.c.position, _LAST)
    statement = (
        _ROWS.select_from(commendation.join(member, whose))
        .where(commendation.c.district_id == district_id, commendation.c.quarter == quarter)
        .order_by(commendation.c.pool, place, commendation.c.id)
        .limit(count_max)
    )
    if paths is not None:
        statement = statement.where(or_(*map(_below, paths), member.c.account_id == own_account))
    if after is not None:
        pool, position, last = after
        statement = statement.where(
            or_(
                commendation.c.pool > pool,
                and_(commendation.c.pool == pool, place > position),
                and_(commendation.c.pool == pool, place == position, commendation.c.id > last),
            )
        )
    return [_commendation(row) for row in connection.execute(statement)]


_LAST = 2_000_000_000  # behind everybody who has an order


def order_of(one: Commendation) -> tuple[str, int, UUID]:
    """Where a page ends."""
    return one.pool, _LAST if one.position is None else one.position, one.id


def list_on_notice(connection: Connection, district_id: UUID, paths: Sequence[str], today: date) -> list[OnNotice]:
    if not paths:
        return []
    person = and_(member.c.district_id == commendation.c.district_id, member.c.id == commendation.c.member_id)
    branch = and_(
        organisation.c.district_id == commendation.c.district_id, organisation.c.id == commendation.c.branch_id
    )
    statement = (
        select(
            commendation.c.id,
            member.c.name.label("member"),
            commendation.c.branch_id,
            organisation.c.name.label("branch"),
            commendation.c.quarter,
            commendation.c.notice_from,
            commendation.c.notice_until,
        )
        .select_from(commendation.join(member, person).join(organisation, branch))
        .where(
            commendation.c.district_id == district_id,
            commendation.c.state == ListState.NOTICED.value,
            commendation.c.notice_until >= today,
            or_(*map(_below, paths)),
        )
        .order_by(commendation.c.branch_id, member.c.number)
    )
    return [OnNotice(*row) for row in connection.execute(statement)]


def list_vetoed(connection: Connection, district_id: UUID, today: date) -> list[tuple[Commendation, UUID, datetime]]:
    """Commendations that stand, each with a standing veto on the member that was decided after the list was made.

    What was considered and kept since is left out; of several vetoes the latest counts.
    """
    same = and_(veto.c.district_id == commendation.c.district_id, veto.c.member_id == commendation.c.member_id)
    statement = (
        select(*(commendation.c[name] for name in _NAMES), veto.c.id.label("veto_id"), veto.c.decided_at)
        .select_from(commendation.join(veto, same))
        .where(
            commendation.c.district_id == district_id,
            commendation.c.state.in_([one.value for one in sorted(STANDING)]),
            veto.c.lifted_at.is_(None),
            veto.c.cycle_ends_on >= today,
            veto.c.decided_at > commendation.c.listed_at,
        )
        .order_by(commendation.c.quarter, commendation.c.id, veto.c.decided_at)
    )
    found = {row.id: (_commendation(row), row.veto_id, row.decided_at) for row in connection.execute(statement)}
    kept = select(case_step.c.commendation_id, func.max(case_step.c.at).label("at")).where(
        case_step.c.district_id == district_id,
        case_step.c.commendation_id.in_(list(found)),
        case_step.c.action == ListAction.KEPT.value,
    )
    considered = {row.commendation_id: row.at for row in connection.execute(kept.group_by(case_step.c.commendation_id))}
    return [one for key, one in found.items() if key not in considered or considered[key] < one[2]]


def _below(path: str) -> ColumnElement[bool]:
    column = commendation.c.path
    return at_or_below(column, path)


def _values(one: Commendation) -> dict[str, Any]:
    return {**asdict(one), "state": one.state.value, "grounds": [ground.value for ground in one.grounds]}


def _commendation(row: AnyRow) -> Commendation:
    found = {name: getattr(row, name) for name in _NAMES}
    found["state"] = ListState(row.state)
    found["grounds"] = tuple(map(Exclusion, row.grounds))
    return Commendation(**found)
