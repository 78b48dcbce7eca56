"""The standings of a cycle as a stream, with where each member belonged on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, and_, cast, exists, func, null, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from app.points.ledger import DutyKey, DutyRow, DutyState
from app.points.openings import OpeningForm
from app.points.tables import duty, entry, standing
from app.roster.tables import exemption, member, membership
from app.rules.core import OPENING

_FETCH = 1000


class Standing(NamedTuple):
    """A member's standing as stored; ``facts`` are the live entries of the items asked for.

    ``from_elsewhere``: the opening is a paper ledger's or the branch's mean, whatever the book's own is; None where
    that was not asked for.

    ``regimes`` is JSON as it stands: few of them differ, so each is read once.
    """

    member_id: UUID
    number: str
    name: str
    branch_id: UUID
    opening: int
    cells: Sequence[Sequence[Any]]
    regimes: str
    facts: Sequence[Sequence[Any]] | None
    from_elsewhere: bool | None = None


def count_standings(connection: Connection, district_id: UUID, cycle: str) -> int:
    statement = (
        select(func.count())
        .select_from(standing)
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle)
    )
    found: int = connection.execute(statement).scalar_one()
    return found


def stream_standings(
    connection: Connection, district_id: UUID, cycle: str, on: date, items: Collection[str], *, openings: bool = False
) -> Iterator[Standing]:
    """By member, of those who belonged to a branch on the day; one statement, so all of it is one moment's.

    A standing's cells are the sums of its entries (``longwen verify`` proves it), so the ledger is read for ``items``
    only: their live entries dated up to the day.
    """
    there = and_(
        membership.c.district_id == standing.c.district_id,
        membership.c.member_id == standing.c.member_id,
        membership.c.from_on <= on,
        or_(membership.c.until_on.is_(None), membership.c.until_on >= on),
    )
    person = and_(member.c.district_id == standing.c.district_id, member.c.id == standing.c.member_id)
    statement = (
        select(
            standing.c.member_id,
            member.c.number,
            member.c.name,
            membership.c.branch_id,
            standing.c.opening,
            standing.c.cells,
            cast(standing.c.regimes, Text),
            _facts(on, items) if items else null(),
            _opening_from_elsewhere() if openings else null(),
        )
        .select_from(standing.join(membership, there).join(member, person))
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle)
        .order_by(standing.c.member_id)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield Standing._make(row)


def _undone() -> ColumnElement[bool]:
    undoing = entry.alias("undoing")
    return exists().where(undoing.c.district_id == entry.c.district_id, undoing.c.reverses == entry.c.id)


def _opening_from_elsewhere() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            entry.c.district_id == standing.c.district_id,
            entry.c.cycle == standing.c.cycle,
            entry.c.member_id == standing.c.member_id,
            entry.c.item == OPENING,
            entry.c.tier.in_([OpeningForm.PAPER.value, OpeningForm.BRANCH_MEAN.value]),
            entry.c.reverses.is_(None),
            ~_undone(),
        )
        .correlate(standing)
    )


def _facts(on: date, items: Collection[str]) -> ColumnElement[Any]:
    told = (entry.c.item, entry.c.effective_on, entry.c.tier, entry.c.matter, entry.c.units, entry.c.points)
    return (
        select(func.jsonb_agg(func.jsonb_build_array(*told), type_=JSONB))
        .where(
            entry.c.district_id == standing.c.district_id,
            entry.c.cycle == standing.c.cycle,
            entry.c.member_id == standing.c.member_id,
            entry.c.item.in_(sorted(items)),
            entry.c.effective_on <= on,
            entry.c.reverses.is_(None),
            ~_undone(),
        )
        .correlate(standing)
        .scalar_subquery()
    )


def list_duties(
    connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID], items: Collection[str]
) -> list[DutyRow]:
    statement = select(duty).where(
        duty.c.district_id == district_id,
        duty.c.cycle == cycle,
        duty.c.member_id.in_(members),
        duty.c.item.in_(sorted(items)),
    )
    return [
        DutyRow(
            DutyKey(row.cycle, row.member_id, row.item, row.window),
            row.due_on,
            row.share,
            row.target,
            DutyState(row.state),
            row.source,
            row.entry_id,
        )
        for row in connection.execute(statement)
    ]


def list_exempt(connection: Connection, district_id: UUID, members: Collection[UUID]) -> list[UUID]:
    """Those of the members who were ever exempt."""
    statement = (
        select(exemption.c.member_id)
        .where(exemption.c.district_id == district_id, exemption.c.member_id.in_(members))
        .distinct()
    )
    return list(connection.execute(statement).scalars())
