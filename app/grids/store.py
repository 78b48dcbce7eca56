"""Queries of grids: who is in them, who leads them, what they plan, and what a day of the roster looks like."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Table, Update, and_, bindparam, func, or_, select, update

from app.auth.core import Role
from app.auth.tables import appointment
from app.grids.core import Grid, GridLead, GridMember, LeadState
from app.grids.core_plans import Plan, PlanLevel
from app.grids.tables import grid, grid_lead, grid_member, grid_plan
from app.kit.db import AnyRow, insert_rows, sent_rows, sent_values
from app.roster.core import Enterprise
from app.roster.tables import enterprise, member, membership

_GRID = tuple(grid.c[one.name] for one in fields(Grid))
_MEMBER = tuple(grid_member.c[one.name] for one in fields(GridMember))
_LEAD = tuple(grid_lead.c[one.name] for one in fields(GridLead))
_PLAN = tuple(grid_plan.c[one.name] for one in fields(Plan))


def write_rows(
    connection: Connection, district_id: UUID, table: Table, rows: Sequence[Mapping[str, Any]], *, new: bool
) -> None:
    """Insert rows, or let everything but the id follow; one statement however many they are."""
    if not rows:
        return
    if new:
        insert_rows(connection, district_id, table, rows)
        return
    names = tuple(rows[0])
    connection.execute(_updating(table, names), {"in_district": district_id, **sent_values(names, rows)})


@cache
def _updating(table: Table, names: tuple[str, ...]) -> Update:
    sent = sent_rows(table, names)
    return (
        update(table)
        .where(table.c.district_id == bindparam("in_district"), table.c.id == sent.c.id)
        .values({name: sent.c[name] for name in names if name != "id"})
    )


# Grids.


def lock_grids(connection: Connection, district_id: UUID) -> list[Grid]:
    """Every grid, held in the order of their ids: one change of grids runs after the other."""
    statement = select(*_GRID).where(grid.c.district_id == district_id).order_by(grid.c.id).with_for_update()
    return sorted((_grid(row) for row in connection.execute(statement)), key=lambda one: one.code)


def list_grids(connection: Connection, district_id: UUID) -> list[Grid]:
    statement = select(*_GRID).where(grid.c.district_id == district_id).order_by(grid.c.code)
    return [_grid(row) for row in connection.execute(statement)]


def write_grids(connection: Connection, district_id: UUID, grids: Sequence[Grid], *, new: bool) -> None:
    write_rows(connection, district_id, grid, [asdict(one) for one in grids], new=new)


def _grid(row: AnyRow) -> Grid:
    return Grid(row.id, row.code, row.name, tuple(row.trades), tuple(UUID(one) for one in row.neighbours), row.from_on)


# Enterprises.


def list_enterprises(connection: Connection, district_id: UUID) -> list[Enterprise]:
    columns = [enterprise.c[one.name] for one in fields(Enterprise)]
    statement = select(*columns).where(enterprise.c.district_id == district_id).order_by(enterprise.c.id)
    return [Enterprise(*row) for row in connection.execute(statement)]


def list_members(connection: Connection, district_id: UUID, day: date) -> list[GridMember]:
    """Those that hold on the day or start after it."""
    statement = (
        select(*_MEMBER)
        .where(
            grid_member.c.district_id == district_id,
            or_(grid_member.c.until_on.is_(None), grid_member.c.until_on >= day),
        )
        .order_by(grid_member.c.enterprise_id, grid_member.c.from_on)
    )
    return [GridMember(*row) for row in connection.execute(statement)]


def list_history(connection: Connection, district_id: UUID, enterprise_id: UUID) -> list[GridMember]:
    statement = (
        select(*_MEMBER)
        .where(grid_member.c.district_id == district_id, grid_member.c.enterprise_id == enterprise_id)
        .order_by(grid_member.c.from_on)
    )
    return [GridMember(*row) for row in connection.execute(statement)]


def close_members(connection: Connection, district_id: UUID, closed: Sequence[tuple[UUID, date]]) -> None:
    rows = [{"id": key, "until_on": last} for key, last in closed]
    write_rows(connection, district_id, grid_member, rows, new=False)


def insert_members(connection: Connection, district_id: UUID, members: Sequence[GridMember]) -> None:
    write_rows(connection, district_id, grid_member, [asdict(one) for one in members], new=True)


def update_members(connection: Connection, district_id: UUID, members: Sequence[GridMember]) -> None:
    write_rows(connection, district_id, grid_member, [asdict(one) for one in members], new=False)


def count_members(connection: Connection, district_id: UUID, day: date) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """How many belong to each branch on the day, and how many of them work at each enterprise."""
    statement = (
        select(membership.c.branch_id, member.c.enterprise_id, func.count())
        .select_from(
            membership.join(
                member,
                and_(member.c.district_id == membership.c.district_id, member.c.id == membership.c.member_id),
            )
        )
        .where(
            membership.c.district_id == district_id,
            membership.c.from_on <= day,
            or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
        )
        .group_by(membership.c.branch_id, member.c.enterprise_id)
    )
    branches: dict[UUID, int] = {}
    enterprises: dict[UUID, int] = {}
    for branch_id, enterprise_id, count in connection.execute(statement):
        branches[branch_id] = branches.get(branch_id, 0) + count
        if enterprise_id is not None:
            enterprises[enterprise_id] = enterprises.get(enterprise_id, 0) + count
    return branches, enterprises


def list_secretaries(connection: Connection, district_id: UUID, paths: Collection[str], day: date) -> dict[str, UUID]:
    """By path of a branch, the member who is its secretary on the day; of several the one longest in office."""
    columns = appointment.c
    joined = and_(member.c.district_id == columns.district_id, member.c.account_id == columns.account_id)
    belongs = and_(membership.c.district_id == member.c.district_id, membership.c.member_id == member.c.id)
    statement = (
        select(columns.path, member.c.id)
        .select_from(appointment.join(member, joined).join(membership, belongs))
        .where(
            columns.district_id == district_id,
            columns.role == Role.SECRETARY.value,
            columns.path.in_(sorted(paths)),
            columns.from_on <= day,
            or_(columns.until_on.is_(None), columns.until_on >= day),
            membership.c.from_on <= day,
            or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
        )
        .order_by(columns.from_on.desc(), member.c.id.desc())
    )
    return {row.path: row.id for row in connection.execute(statement)}


# Leads.


def list_leads(connection: Connection, district_id: UUID, *, ended: bool = False) -> list[GridLead]:
    """Those that lead; with ``ended`` the former ones too."""
    statement = select(*_LEAD).where(grid_lead.c.district_id == district_id)
    if not ended:
        statement = statement.where(grid_lead.c.state != LeadState.ENDED.value)
    found = connection.execute(statement.order_by(grid_lead.c.from_on, grid_lead.c.id))
    return [_lead(row) for row in found.mappings()]


def find_lead(connection: Connection, district_id: UUID, lead_id: UUID) -> GridLead | None:
    statement = select(*_LEAD).where(grid_lead.c.district_id == district_id, grid_lead.c.id == lead_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _lead(row)


def write_leads(connection: Connection, district_id: UUID, leads: Sequence[GridLead], *, new: bool) -> None:
    write_rows(connection, district_id, grid_lead, [asdict(one) for one in leads], new=new)


def _lead(row: RowMapping) -> GridLead:
    return GridLead(**{**row, "state": LeadState(row["state"])})


# Plans.


def list_plans(
    connection: Connection, district_id: UUID, grid_id: UUID, years: Collection[str] | None = None
) -> list[Plan]:
    """What the grid plans in these years, the dropped too, by window."""
    statement = select(*_PLAN).where(grid_plan.c.district_id == district_id, grid_plan.c.grid_id == grid_id)
    if years is not None:
        statement = statement.where(func.left(grid_plan.c.window, 4).in_(sorted(years)))
    found = connection.execute(statement.order_by(grid_plan.c.window, grid_plan.c.id))
    return [_plan(row) for row in found.mappings()]


def find_plan(connection: Connection, district_id: UUID, plan_id: UUID) -> Plan | None:
    statement = select(*_PLAN).where(grid_plan.c.district_id == district_id, grid_plan.c.id == plan_id)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else _plan(row)


def write_plan(
    connection: Connection, district_id: UUID, plan: Plan, *, by: UUID | None, at: datetime, new: bool
) -> None:
    row = {**asdict(plan), "recorded_by": by, "recorded_at": at}
    write_rows(connection, district_id, grid_plan, [row], new=new)


def list_hosted(connection: Connection, district_id: UUID) -> list[Plan]:
    """What has a host and was not dropped, by window."""
    statement = select(*_PLAN).where(
        grid_plan.c.district_id == district_id, grid_plan.c.host_id.is_not(None), ~grid_plan.c.dropped
    )
    found = connection.execute(statement.order_by(grid_plan.c.window, grid_plan.c.id))
    return [_plan(row) for row in found.mappings()]


def _plan(row: RowMapping) -> Plan:
    return Plan(**{**row, "level": PlanLevel(row["level"])})
