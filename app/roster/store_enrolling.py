"""The roster's queries for enrolment: the whole district at once, and writing in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or_keep

from app.roster.core import Enterprise, Exemption, KnownMember, Membership, OrganisationKind, OrganisationView
from app.roster.tables import enterprise, exemption, member, membership, organisation

Values = dict[str, Any]


def insert_root(connection: Connection, district_id: UUID, root: OrganisationView) -> None:
    """The root organisation, unless it is there."""
    statement = insert_or_keep(organisation).values(_with_district(district_id, asdict(root)))
    connection.execute(statement.on_conflict_do_nothing())


def lock_root(connection: Connection, district_id: UUID) -> None:
    """Hold the root organisation, so that one enrolment runs after the other."""
    connection.execute(
        select(organisation.c.id)
        .where(
            organisation.c.district_id == district_id,
            organisation.c.id == district_id,
            organisation.c.kind == OrganisationKind.DISTRICT,
        )
        .with_for_update()
    )


def list_enterprises(connection: Connection, district_id: UUID) -> tuple[Enterprise, ...]:
    columns = enterprise.c
    statement = select(
        columns.id, columns.credit_code, columns.name, columns.trade, columns.branch_id, columns.from_on,
        columns.until_on,
    ).where(columns.district_id == district_id)  # fmt: skip
    return tuple(Enterprise(*row) for row in connection.execute(statement))


def list_known_members(
    connection: Connection, district_id: UUID, ids: Collection[UUID] | None = None
) -> tuple[KnownMember, ...]:
    """Every member (or those of ``ids``) with every membership and exemption, by number."""
    memberships: dict[UUID, list[Membership]] = defaultdict(list)
    for row in connection.execute(
        select(
            membership.c.id, membership.c.member_id, membership.c.branch_id, membership.c.group_id,
            membership.c.path, membership.c.profile, membership.c.from_on, membership.c.until_on,
        )
        .where(membership.c.district_id == district_id, _among(membership.c.member_id, ids))
        .order_by(membership.c.from_on)
    ):  # fmt: skip
        memberships[row.member_id].append(Membership(*row))
    exemptions: dict[UUID, list[Exemption]] = defaultdict(list)
    for one in connection.execute(
        select(
            exemption.c.id, exemption.c.member_id, exemption.c.ground, exemption.c.from_on, exemption.c.until_on
        )
        .where(exemption.c.district_id == district_id, _among(exemption.c.member_id, ids))
        .order_by(exemption.c.from_on)
    ):  # fmt: skip
        exemptions[one.member_id].append(Exemption(*one))
    members = connection.execute(
        select(
            member.c.id, member.c.number, member.c.name, member.c.joined_on, member.c.enterprise_id,
            member.c.account_id, member.c.id_number_lookup, member.c.phone_lookup,
        )
        .where(member.c.district_id == district_id, _among(member.c.id, ids))
        .order_by(member.c.number)
    )  # fmt: skip
    return tuple(KnownMember(*row, tuple(memberships[row.id]), tuple(exemptions[row.id])) for row in members)


def _among(column: ColumnElement[UUID], ids: Collection[UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(sorted(ids))


def find_exemption_owner(connection: Connection, district_id: UUID, exemption_id: UUID) -> UUID | None:
    """Whose exemption it is."""
    statement = select(exemption.c.member_id).where(
        exemption.c.district_id == district_id, exemption.c.id == exemption_id
    )
    return connection.execute(statement).scalar_one_or_none()


def find_id_by_number(connection: Connection, district_id: UUID, number: str) -> UUID | None:
    """The member with the roster's number."""
    statement = select(member.c.id).where(member.c.district_id == district_id, member.c.number == number)
    return connection.execute(statement).scalar_one_or_none()


def list_belonging(connection: Connection, district_id: UUID, branch_id: UUID) -> list[UUID]:
    """Whoever has an open membership in the branch."""
    statement = (
        select(membership.c.member_id)
        .where(
            membership.c.district_id == district_id,
            membership.c.branch_id == branch_id,
            membership.c.until_on.is_(None),
        )
        .order_by(membership.c.member_id)
    )
    return list(connection.execute(statement).scalars())


def list_ever_belonged(connection: Connection, district_id: UUID, branch_id: UUID) -> list[UUID]:
    """Whoever has ever had a membership in the branch."""
    statement = select(membership.c.member_id).distinct()
    there = statement.where(membership.c.district_id == district_id, membership.c.branch_id == branch_id)
    return list(connection.execute(there).scalars())


def close_organisations(connection: Connection, district_id: UUID, closed: Sequence[tuple[UUID, date]]) -> None:
    """The last day of each."""
    _update(connection, organisation, district_id, [{"key": key, "until_on": last} for key, last in closed])


def hand_over_enterprises(connection: Connection, district_id: UUID, branch_id: UUID, to: UUID | None) -> None:
    """What one branch covered another one covers; or nobody."""
    covered = and_(enterprise.c.branch_id == branch_id, enterprise.c.until_on.is_(None))
    statement = update(enterprise).where(enterprise.c.district_id == district_id, covered)
    connection.execute(statement.values(branch_id=to))


def insert_organisations(connection: Connection, district_id: UUID, rows: Sequence[OrganisationView]) -> None:
    """Parents stand before their children."""
    _insert(connection, organisation, district_id, [asdict(row) for row in rows])


def update_organisations(connection: Connection, district_id: UUID, rows: Sequence[OrganisationView]) -> None:
    """Name, form and day of founding; the place in the tree never changes."""
    changed = [{"key": row.id, "name": row.name, "form": row.form, "founded_on": row.founded_on} for row in rows]
    _update(connection, organisation, district_id, changed)


def insert_enterprises(connection: Connection, district_id: UUID, rows: Sequence[Enterprise]) -> None:
    _insert(connection, enterprise, district_id, [asdict(row) for row in rows])


def update_enterprises(connection: Connection, district_id: UUID, rows: Sequence[Enterprise]) -> None:
    changed = [{"key": row.id, "name": row.name, "trade": row.trade, "branch_id": row.branch_id} for row in rows]
    _update(connection, enterprise, district_id, changed)


def insert_members(connection: Connection, district_id: UUID, rows: Sequence[Values], at: datetime) -> None:
    _insert(connection, member, district_id, [{**row, "created_at": at} for row in rows])


def update_members(connection: Connection, district_id: UUID, rows: Sequence[Values]) -> None:
    """Rows may set different columns: those of one set go together. Each names its member as ``key``."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row in rows:
        alike[tuple(sorted(row))].append(row)
    for group in alike.values():
        _update(connection, member, district_id, group)


def close_memberships(connection: Connection, district_id: UUID, closed: Sequence[tuple[UUID, date]]) -> None:
    _update(connection, membership, district_id, [{"key": key, "until_on": last} for key, last in closed])


def insert_memberships(connection: Connection, district_id: UUID, rows: Sequence[Membership]) -> None:
    _insert(connection, membership, district_id, [asdict(row) for row in rows])


def close_exemptions(connection: Connection, district_id: UUID, closed: Sequence[tuple[UUID, date]]) -> None:
    _update(connection, exemption, district_id, [{"key": key, "until_on": last} for key, last in closed])


def insert_exemptions(connection: Connection, district_id: UUID, rows: Sequence[Exemption]) -> None:
    _insert(connection, exemption, district_id, [asdict(row) for row in rows])


def _with_district(district_id: UUID, values: Values) -> Values:
    return {"district_id": district_id, **values}


def _insert(connection: Connection, table: Table, district_id: UUID, rows: Sequence[Values]) -> None:
    if rows:
        connection.execute(insert(table), [_with_district(district_id, row) for row in rows])


def _update(connection: Connection, table: Table, district_id: UUID, rows: Sequence[Values]) -> None:
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "key"}
    statement = update(table).where(table.c.district_id == district_id, table.c.id == bindparam("key"))
    connection.execute(statement.values(columns), list(rows))
