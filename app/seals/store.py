"""Queries of notices and frozen standings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Integer, and_, cast, exists, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.auth.tables import account
from app.cycles.core import Quarter
from app.kit.db import AnyRow, insert_rows, joined_whole
from app.points.tables import duty, entry, standing
from app.roster.tables import exemption, membership
from app.rules.core import Kind
from app.seals.core import Correction, Frozen, Notice
from app.seals.tables import notice, quarter_standing

_FROZEN = tuple(one.name for one in fields(Frozen))


def list_branches_on(connection: Connection, district_id: UUID, day: date) -> list[UUID]:
    """The branches that have a member on the day."""
    statement = select(membership.c.branch_id).where(*_belonging(district_id, day)).distinct()
    return list(connection.execute(statement).scalars())


def _belonging(district_id: UUID, day: date) -> tuple[Any, ...]:
    open_still = or_(membership.c.until_on.is_(None), membership.c.until_on >= day)
    return (membership.c.district_id == district_id, membership.c.from_on <= day, open_still)


def list_account_names(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    statement = select(account.c.id, account.c.name).where(
        account.c.district_id == district_id, account.c.id.in_(list(ids))
    )
    return {row.id: row.name for row in connection.execute(statement)}


# Notices.


def list_notices(
    connection: Connection, district_id: UUID, quarter: str, branch_id: UUID | None = None
) -> list[Notice]:
    """Those of branches and of single rows, from the first on; of one branch only, where it is given."""
    statement = (
        select(notice)
        .where(notice.c.district_id == district_id, notice.c.quarter == quarter)
        .order_by(notice.c.begun_at, notice.c.id)
    )
    if branch_id is not None:
        statement = statement.where(notice.c.branch_id == branch_id)
    return [_notice(row) for row in connection.execute(statement)]


def _notice(row: AnyRow) -> Notice:
    return Notice(row.id, row.quarter, row.branch_id, row.member_id, row.from_on, row.until_on, row.begun_at)


def insert_notices(connection: Connection, district_id: UUID, notices: Sequence[Notice]) -> None:
    """A branch's first notice that is there stays as it is."""
    insert_rows(connection, district_id, notice, [asdict(one) for one in notices], unless_there=True)


def list_corrections(
    connection: Connection, district_id: UUID, quarter: str, since: datetime, ends_on: date
) -> list[Correction]:
    """Of each member for whom something was booked in the quarter after the moment, the last time that it was."""
    there = and_(
        membership.c.district_id == entry.c.district_id,
        membership.c.member_id == entry.c.member_id,
        *_belonging(district_id, ends_on),
    )
    statement = (
        select(entry.c.member_id, membership.c.branch_id, func.max(entry.c.recorded_at).label("at"))
        .select_from(entry.join(membership, there))
        .where(entry.c.district_id == district_id, entry.c.booked_in == quarter, entry.c.recorded_at > since)
        .group_by(entry.c.member_id, membership.c.branch_id)
        .order_by(entry.c.member_id)
    )
    return [Correction(row.member_id, row.branch_id, row.at) for row in connection.execute(statement)]


# What is decided of duties.


def count_duties(
    connection: Connection, district_id: UUID, cycle: str, due_by: date, members: Collection[UUID]
) -> dict[UUID, tuple[int, int]]:
    """Of these members: how many duties were due, those waived left out, and how many of them are decided."""
    counted = (
        select(duty.c.member_id, *_DUTY_COUNTS)
        .where(*_duties_by(district_id, cycle, due_by), duty.c.member_id.in_(list(members)))
        .group_by(duty.c.member_id)
    )
    return {row.member_id: (row.due, row.decided) for row in connection.execute(counted).all()}


_DUTY_COUNTS = (
    func.count().filter(duty.c.state != "waived").label("due"),
    func.count().filter(duty.c.state.in_(("kept", "missed"))).label("decided"),
)


def _duties_by(district_id: UUID, cycle: str, due_by: date) -> tuple[ColumnElement[bool], ...]:
    return (duty.c.district_id == district_id, duty.c.cycle == cycle, duty.c.due_on <= due_by)


# Frozen standings.


def list_regimes(connection: Connection, district_id: UUID, quarter: str, cycle: str) -> list[tuple[str, str]]:
    """Every edition and class by which somebody was judged in the quarter."""
    regime = standing.c.regimes[quarter]
    statement = (
        select(regime[0].astext, regime[1].astext)
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.regimes.has_key(quarter))
        .distinct()
    )
    return [(edition, profile) for edition, profile in connection.execute(statement)]


def insert_unchanged(
    connection: Connection,
    district_id: UUID,
    closed: Quarter,
    unranked: Sequence[tuple[str, str]],
    measured: Collection[str],
    today: date,
    at: datetime,
) -> int:
    """Freeze, in one statement, everybody for whom nothing was booked later that counts: their standing is that of the
    quarter.

    What is booked later and counts for nothing are duties kept: routine entries without points or matter, of items
    that are simply added up and so not among the ``measured``. It holds for whoever has entered the quarter. Ranked is
    who was a member on its last day and not exempt, is one still, and is under none of the ``unranked`` editions and
    classes. The number of those frozen; whoever is frozen already stays so.
    """
    quarter, cycle, ends_on = closed.code, closed.cycle, closed.ends_on
    duties = (
        select(duty.c.district_id, duty.c.member_id, *_DUTY_COUNTS)
        .where(*_duties_by(district_id, cycle, ends_on))
        .group_by(duty.c.district_id, duty.c.member_id)
        .subquery("duties")
    )
    owed = and_(duties.c.district_id == standing.c.district_id, duties.c.member_id == standing.c.member_id)
    there = and_(
        membership.c.district_id == standing.c.district_id,
        membership.c.member_id == standing.c.member_id,
        *_belonging(district_id, ends_on),
    )
    regime = standing.c.regimes[quarter]
    values: dict[str, Any] = {name: standing.c[name] for name in _FROZEN if name in standing.c}
    values |= {
        "branch_id": func.coalesce(membership.c.branch_id, standing.c.branch_id),
        "edition": regime[0].astext,
        "profile": regime[1].astext,
        "ranked": and_(
            membership.c.id.is_not(None),
            _goes_on(today),
            ~_is_exempt(ends_on),
            tuple_(regime[0].astext, regime[1].astext).not_in(list(unranked)),
        ),
        "duties_due": cast(func.coalesce(duties.c.due, 0), Integer),
        "duties_decided": cast(func.coalesce(duties.c.decided, 0), Integer),
    }
    chosen = (
        select(standing.c.district_id, literal(quarter), literal(at), *(values[name] for name in _FROZEN))
        .select_from(standing.outerjoin(membership, there).outerjoin(duties, owed))
        .where(
            standing.c.district_id == district_id,
            standing.c.cycle == cycle,
            standing.c.seq > 0,
            standing.c.regimes.has_key(quarter),
            ~_counts_later(district_id, quarter, measured),
        )
    )
    columns = ["district_id", "quarter", "frozen_at", *_FROZEN]
    statement = insert(quarter_standing).from_select(columns, chosen).on_conflict_do_nothing()
    with joined_whole(connection):
        return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def _counts_later(district_id: UUID, quarter: str, measured: Collection[str]) -> ColumnElement[bool]:
    """Whether anything of the standing's member that counts is booked after the quarter."""
    return exists().where(
        entry.c.district_id == district_id,
        entry.c.cycle == standing.c.cycle,
        entry.c.member_id == standing.c.member_id,
        entry.c.booked_in > quarter,
        or_(
            entry.c.kind != Kind.ROUTINE.value,
            entry.c.points != 0,
            entry.c.matter.is_not(None),
            entry.c.item.in_(list(measured)),
        ),
    )


def _goes_on(today: date) -> ColumnElement[bool]:
    """Whether the standing's member has not left: one whose last day is today is out at once."""
    spell = membership.alias("spell")  # any of theirs, not only that of the quarter's last day
    return exists().where(
        spell.c.district_id == standing.c.district_id,
        spell.c.member_id == standing.c.member_id,
        or_(spell.c.until_on.is_(None), spell.c.until_on > today),
    )


def _is_exempt(day: date) -> ColumnElement[bool]:
    return exists().where(
        exemption.c.district_id == standing.c.district_id,
        exemption.c.member_id == standing.c.member_id,
        exemption.c.from_on <= day,
        or_(exemption.c.until_on.is_(None), exemption.c.until_on >= day),
    )


def list_unfrozen(
    connection: Connection, district_id: UUID, quarter: str, cycle: str, after: UUID | None, count_max: int
) -> list[UUID]:
    """Members with a standing in the cycle who are not frozen for the quarter, in order."""
    statement = (
        select(standing.c.member_id)
        .where(*_unfrozen(district_id, quarter, cycle))
        .order_by(standing.c.member_id)
        .limit(count_max)
    )
    if after is not None:
        statement = statement.where(standing.c.member_id > after)
    return list(connection.execute(statement).scalars())


def count_standings(connection: Connection, district_id: UUID, cycle: str) -> int:
    """How many members have one in the cycle."""
    statement = select(func.count()).where(
        standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.seq > 0
    )
    return connection.execute(statement).scalar_one()


def _unfrozen(district_id: UUID, quarter: str, cycle: str) -> tuple[ColumnElement[bool], ...]:
    frozen = exists().where(
        quarter_standing.c.district_id == district_id,
        quarter_standing.c.quarter == quarter,
        quarter_standing.c.member_id == standing.c.member_id,
    )
    return (standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.seq > 0, ~frozen)


def insert_frozen(
    connection: Connection, district_id: UUID, quarter: str, rows: Sequence[Frozen], at: datetime
) -> None:
    values = [{"quarter": quarter, "frozen_at": at, **{name: getattr(one, name) for name in _FROZEN}} for one in rows]
    insert_rows(connection, district_id, quarter_standing, values, unless_there=True)


def has_frozen(connection: Connection, district_id: UUID, quarter: str) -> bool:
    statement = (
        select(quarter_standing.c.quarter)
        .where(quarter_standing.c.district_id == district_id, quarter_standing.c.quarter == quarter)
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def find_frozen_at(connection: Connection, district_id: UUID, quarter: str) -> datetime | None:
    """When the first standing of the quarter was frozen; None before that."""
    statement = select(func.min(quarter_standing.c.frozen_at)).where(
        quarter_standing.c.district_id == district_id, quarter_standing.c.quarter == quarter
    )
    found: datetime | None = connection.execute(statement).scalar_one()
    return found


def list_frozen_of(connection: Connection, district_id: UUID, member_id: UUID, cycle: str) -> dict[str, Frozen]:
    """One member's frozen standings of a cycle, by quarter."""
    statement = select(quarter_standing).where(
        quarter_standing.c.district_id == district_id,
        quarter_standing.c.member_id == member_id,
        quarter_standing.c.cycle == cycle,
    )
    return {row.quarter: _frozen(row) for row in connection.execute(statement)}


def list_frozen_at(
    connection: Connection, district_id: UUID, member_id: UUID, quarters: Collection[str]
) -> dict[str, Frozen]:
    """One member's frozen standings of the quarters, by quarter, whatever cycle they are of."""
    statement = select(quarter_standing).where(
        quarter_standing.c.district_id == district_id,
        quarter_standing.c.quarter.in_(sorted(quarters)),
        quarter_standing.c.member_id == member_id,
    )
    return {row.quarter: _frozen(row) for row in connection.execute(statement)}


def _frozen(row: AnyRow) -> Frozen:
    values = {name: getattr(row, name) for name in _FROZEN}
    return Frozen(**values | {"running_hash": bytes(row.running_hash)})
