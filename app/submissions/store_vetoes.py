"""Queries of vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app.kit.db import AnyRow, at_or_below
from app.roster.tables import member
from app.rules.core import Effect, VetoGround
from app.submissions.core_vetoes import LiftedWhy, SoughtVetoes, Veto, VetoState
from app.submissions.tables import veto

_COLUMNS = tuple(veto.c[name] for name in Veto.__slots__)


def insert_veto(connection: Connection, district_id: UUID, made: Veto) -> None:
    connection.execute(insert(veto).values(district_id=district_id, **_values(made)))


def update_veto(connection: Connection, district_id: UUID, changed: Veto) -> None:
    values = {name: value for name, value in _values(changed).items() if name != "id"}
    connection.execute(update(veto).where(veto.c.district_id == district_id, veto.c.id == changed.id).values(**values))


def lock_vetoes(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> list[Veto]:
    """Those of the ids that are vetoes, locked in the order of their ids."""
    statement = (
        select(*_COLUMNS)
        .where(veto.c.district_id == district_id, veto.c.id.in_(sorted(ids)))
        .order_by(veto.c.id)
        .with_for_update()
    )
    return [_veto(row) for row in connection.execute(statement)]


def list_vetoes(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    sought: SoughtVetoes,
    today: date,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Veto]:
    """By the time of their decision; ``paths`` None reaches everywhere, and the own ones are always there."""
    whose = and_(member.c.district_id == veto.c.district_id, member.c.id == veto.c.member_id)
    statement = (
        select(*_COLUMNS)
        .select_from(veto.join(member, whose))
        .where(veto.c.district_id == district_id, *_sought(sought, today))
        .order_by(veto.c.decided_at, veto.c.id)
        .limit(count_max)
    )
    if paths is not None:
        reached = [at_or_below(veto.c.path, path) for path in paths]
        statement = statement.where(or_(member.c.account_id == own_account, *reached))
    if after is not None:
        at, last = after
        statement = statement.where(or_(veto.c.decided_at > at, and_(veto.c.decided_at == at, veto.c.id > last)))
    return [_veto(row) for row in connection.execute(statement)]


def _sought(sought: SoughtVetoes, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.filed is not None:
        found.append(veto.c.filed_at.is_not(None) if sought.filed else veto.c.filed_at.is_(None))
    if sought.member_id is not None:
        found.append(veto.c.member_id == sought.member_id)
    if sought.state is VetoState.LIFTED:
        found.append(veto.c.lifted_at.is_not(None))
    elif sought.state is not None:
        is_over = veto.c.cycle_ends_on < today
        found += [veto.c.lifted_at.is_(None), is_over if sought.state is VetoState.ENDED else ~is_over]
    return found


def _values(one: Veto) -> dict[str, Any]:
    why = None if one.lifted_why is None else one.lifted_why.value
    return {**asdict(one), "effect": one.effect.value, "ground": one.ground.value, "lifted_why": why}


def _veto(row: AnyRow) -> Veto:
    found: dict[str, Any] = dict(zip(Veto.__slots__, row, strict=True))
    found["effect"], found["ground"] = Effect(row.effect), VetoGround(row.ground)
    found["lifted_why"] = None if row.lifted_why is None else LiftedWhy(row.lifted_why)
    return Veto(**found)
