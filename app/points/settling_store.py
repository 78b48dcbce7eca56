"""Queries of duties for the work that the calendar brings."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.dialects.postgresql import array

from app.kit.db import at_or_below
from app.points.ledger import DutyRow, Entry
from app.points.store import duty_of, find_entries
from app.points.tables import duty, standing
from app.roster.core import BranchForm
from app.roster.tables import organisation


def list_members_with_standing(connection: Connection, district_id: UUID, cycle: str) -> list[UUID]:
    statement = (
        select(standing.c.member_id)
        .where(standing.c.district_id == district_id, standing.c.cycle == cycle)
        .order_by(standing.c.member_id)
    )
    return list(connection.execute(statement).scalars())


def has_entered(
    connection: Connection, district_id: UUID, quarters: Sequence[str], path: str, form: BranchForm | None
) -> bool:
    """Whether anybody at ``path`` or below, in branches of the form if one is given, is in one of the quarters."""
    branch = and_(organisation.c.district_id == district_id, organisation.c.id == standing.c.branch_id)
    statement = (
        select(standing.c.member_id)
        .select_from(standing.join(organisation, branch))
        .where(
            standing.c.district_id == district_id,
            standing.c.regimes.has_any(array(quarters)),
            at_or_below(organisation.c.path, path),
        )
    )
    if form is not None:
        statement = statement.where(organisation.c.form == form.value)
    return connection.execute(statement.limit(1)).first() is not None


def has_entered_under(
    connection: Connection, district_id: UUID, quarters: Sequence[str], digests: Collection[str]
) -> bool:
    """Whether anybody is in one of the quarters under one of the editions."""
    judged = or_(*(standing.c.regimes[quarter][0].astext.in_(digests) for quarter in quarters))
    statement = select(standing.c.member_id).where(standing.c.district_id == district_id, judged).limit(1)
    return connection.execute(statement).first() is not None


def list_duties_to_settle(
    connection: Connection, district_id: UUID, cycle: str, members: Sequence[UUID]
) -> list[DutyRow]:
    """Duties not yet decided, and those settled by amount, whose value may still change."""
    statement = (
        select(duty)
        .where(
            duty.c.district_id == district_id,
            duty.c.cycle == cycle,
            duty.c.member_id.in_(members),
            (duty.c.state == "expected") | duty.c.target.is_not(None),
        )
        .order_by(duty.c.member_id, duty.c.item, duty.c.window)
    )
    return [duty_of(row) for row in connection.execute(statement)]


def entries_of(connection: Connection, district_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Entry]:
    return find_entries(connection, district_id, ids) if ids else {}
