"""The queries of who holds an office where on a day: by appointment, or because the branch there is no more and theirs
stands in for it. Every look at offices in force goes through ``offices_on``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Subquery,
    Text,
    and_,
    any_,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)

from app.auth.core import HEIR_ROLES, Role, ancestors
from app.auth.tables import account, appointment, succession


def offices_on(district_id: UUID, day: date) -> Subquery:
    """Each office in force on the day: district, account, role, path, and whether it stands in for a closed branch."""
    columns = appointment.c
    own = select(
        columns.district_id, columns.account_id, columns.role, columns.path, literal(False).label("stands_in")
    ).where(columns.district_id == district_id, in_force(columns.from_on, columns.until_on, day))
    heir = and_(succession.c.district_id == columns.district_id, succession.c.heir_path == columns.path)
    inherited = (
        select(columns.district_id, columns.account_id, columns.role, succession.c.path, literal(True))
        .select_from(appointment.join(succession, heir))
        .where(
            columns.district_id == district_id,
            succession.c.district_id == district_id,
            columns.role.in_([role.value for role in sorted(HEIR_ROLES)]),
            in_force(columns.from_on, columns.until_on, day),
            in_force(succession.c.from_on, succession.c.until_on, day),
        )
    )
    return union_all(own, inherited).subquery("office")


def in_force(from_on: ColumnElement[date], until_on: ColumnElement[date], day: date) -> ColumnElement[bool]:
    """``until_on`` is the first day on which it no longer is."""
    return and_(from_on <= day, or_(until_on.is_(None), until_on > day))


def list_holders(
    connection: Connection, district_id: UUID, roles: Collection[Role], path: str, day: date
) -> list[tuple[UUID, Role]]:
    """The open accounts that hold one of the roles at the path or above it on the day, nearest first."""
    office = offices_on(district_id, day)
    same = and_(account.c.district_id == office.c.district_id, account.c.id == office.c.account_id)
    statement = (
        select(office.c.account_id, office.c.role)
        .select_from(office.join(account, same))
        .where(
            account.c.district_id == district_id,
            office.c.role.in_([role.value for role in roles]),
            office.c.path.in_(ancestors(path)),
            account.c.closed_at.is_(None),
        )
        .order_by(func.length(office.c.path).desc(), office.c.account_id)
    )
    return [(row.account_id, Role(row.role)) for row in connection.execute(statement)]


def list_holders_at(
    connection: Connection, district_id: UUID, roles: Collection[Role], paths: Collection[str], day: date
) -> list[tuple[UUID, Role, str]]:
    """The same for many paths, in the order of accounts, with the path at which each role is held."""
    above = sorted({place for path in paths for place in ancestors(path)})
    office = offices_on(district_id, day)
    same = and_(account.c.district_id == office.c.district_id, account.c.id == office.c.account_id)
    statement = (
        select(office.c.account_id, office.c.role, office.c.path)
        .select_from(office.join(account, same))
        .where(
            account.c.district_id == district_id,
            office.c.role.in_([role.value for role in roles]),
            office.c.path == any_(literal(above, ARRAY(Text))),
            account.c.closed_at.is_(None),
        )
        .order_by(office.c.account_id)
    )
    return [(row.account_id, Role(row.role), row.path) for row in connection.execute(statement)]


# Who stands in for a branch that is no more.


def find_heir(connection: Connection, district_id: UUID, path: str, day: date) -> str | None:
    """The path of the branch that stands in for the one at the path."""
    columns = succession.c
    statement = select(columns.heir_path).where(
        columns.district_id == district_id, columns.path == path, in_force(columns.from_on, columns.until_on, day)
    )
    return connection.execute(statement).scalar_one_or_none()


def replace_heir(connection: Connection, district_id: UUID, path: str, heir_path: str | None, day: date) -> None:
    """From the day on the heir stands in for the branch at the path, and for those that this one stood in for."""
    columns = succession.c
    open_ones = and_(columns.district_id == district_id, columns.heir_path == path, columns.until_on.is_(None))
    stood_in = select(columns.path).where(columns.district_id == district_id, open_ones)
    before = list(connection.execute(stood_in).scalars())
    connection.execute(update(succession).where(columns.district_id == district_id, open_ones).values(until_on=day))
    if heir_path is not None:
        rows = [
            {"district_id": district_id, "path": one, "heir_path": heir_path, "from_on": day}
            for one in sorted({path, *before})
        ]
        connection.execute(insert(succession), rows)
