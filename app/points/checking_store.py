"""Queries of the quarter's check: which routine entries nobody has looked at yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, literal_column, select

from app.auth.core import Role
from app.auth.tables import appointment
from app.kit.db import insert_rows
from app.points.ledger import Entry
from app.points.store import ENTRY_COLUMNS, entry_of
from app.points.tables import entry, entry_check, entry_text
from app.points.views import Unchecked, UncheckedGroup
from app.roster.tables import member

# What an appeal or a review has decided was looked at; a shortfall that the service settled was not.
_CHECKED_SOURCES = ("record", "import", "job", "check")


def _unchecked(district_id: UUID) -> list[ColumnElement[bool]]:
    """Live routine entries that are not confirmed. Literals, so that the planner sees the index's own condition."""
    reversal = entry.alias("reversal")
    undone = exists().where(reversal.c.district_id == district_id, reversal.c.reverses == entry.c.id)
    checked = exists().where(entry_check.c.district_id == district_id, entry_check.c.entry_id == entry.c.id)
    return [
        entry.c.district_id == district_id,
        entry.c.kind == literal_column("'routine'"),
        entry.c.reverses.is_(None),
        entry.c.approved_by.is_(None),
        entry.c.source.in_(_CHECKED_SOURCES),
        ~undone,
        ~checked,
    ]


def count_unchecked(
    connection: Connection, district_id: UUID, quarter: str, branch_id: UUID | None = None
) -> dict[UUID, int]:
    """By branch of the day of the matter; branches without any are left out."""
    statement = (
        select(entry.c.branch_id, func.count().label("count"))
        .where(*_unchecked(district_id), entry.c.booked_in == quarter)
        .group_by(entry.c.branch_id)
    )
    if branch_id is not None:
        statement = statement.where(entry.c.branch_id == branch_id)
    return {row.branch_id: int(row[1]) for row in connection.execute(statement)}


def list_unchecked_groups(connection: Connection, district_id: UUID, quarter: str) -> list[UncheckedGroup]:
    """Entries that are alike for who may confirm them: of a branch, under an item, by one recorder.

    A member's account sets rows apart only where it holds an office: nobody else could confirm their own.
    """
    officer = exists().where(
        appointment.c.district_id == district_id,
        appointment.c.account_id == member.c.account_id,
        appointment.c.role != Role.MEMBER.value,
    )
    account = case((officer, member.c.account_id)).label("account_id")
    keys = (entry.c.branch_id, entry.c.item, entry.c.edition, entry.c.profile, entry.c.recorded_by, account)
    person = and_(member.c.district_id == entry.c.district_id, member.c.id == entry.c.member_id)
    statement = (
        select(*keys, func.count().label("rows"))
        .select_from(entry.join(member, person))
        .where(*_unchecked(district_id), entry.c.booked_in == quarter)
        .group_by(*keys)
    )
    return [
        UncheckedGroup(row.branch_id, row.item, row.edition, row.profile, row.recorded_by, row.account_id, row.rows)
        for row in connection.execute(statement)
    ]


def list_unchecked(
    connection: Connection,
    district_id: UUID,
    quarter: str,
    branch_id: UUID,
    *,
    ids: Collection[UUID] | None = None,
    after: tuple[date, UUID] | None = None,
    count_max: int | None = None,
) -> list[Unchecked]:
    """Of one branch, by day and id; of these ``ids`` only, where they are given."""
    words = and_(entry_text.c.district_id == entry.c.district_id, entry_text.c.entry_id == entry.c.id)
    statement = (
        select(*ENTRY_COLUMNS, entry_text.c.reason)
        .select_from(entry.outerjoin(entry_text, words))
        .where(*_unchecked(district_id), entry.c.booked_in == quarter, entry.c.branch_id == branch_id)
        .order_by(entry.c.effective_on, entry.c.id)
        .limit(count_max)
    )
    if ids is not None:
        statement = statement.where(entry.c.id.in_(list(ids)))
    if after is not None:
        day, last = after
        later = and_(entry.c.effective_on == day, entry.c.id > last)
        statement = statement.where((entry.c.effective_on > day) | later)
    return [Unchecked(entry_of(row), row.reason) for row in connection.execute(statement)]


def list_unchecked_of_cycle(
    connection: Connection, district_id: UUID, cycle: str, quarters: Sequence[str], dated_by: date
) -> list[Entry]:
    """Everybody's entries of a cycle dated up to a day, booked in one of the quarters."""
    statement = select(*ENTRY_COLUMNS).where(
        *_unchecked(district_id),
        entry.c.booked_in.in_(quarters),
        entry.c.cycle == cycle,
        entry.c.effective_on <= dated_by,
    )
    return [entry_of(row) for row in connection.execute(statement)]


def list_checked(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the entries that are confirmed."""
    statement = select(entry_check.c.entry_id).where(
        entry_check.c.district_id == district_id, entry_check.c.entry_id.in_(list(ids))
    )
    return set(connection.execute(statement).scalars())


def insert_checks(
    connection: Connection, district_id: UUID, ids: Sequence[UUID], by: UUID | None, at: datetime
) -> None:
    """Those that are there stay as they are."""
    rows = [{"entry_id": one, "checked_by": by, "checked_at": at} for one in ids]
    insert_rows(connection, district_id, entry_check, rows, unless_there=True)
