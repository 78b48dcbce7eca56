"""Queries of appeals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Uuid,
    and_,
    any_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from app.appeals.core import OFFICES, Appeal, AppealOutcome, AppealState
from app.appeals.tables import appeal
from app.auth.core import Appointment, Role
from app.kit.db import AnyRow, at_or_below
from app.points.tables import entry, entry_check
from app.roster.tables import member
from app.submissions.core_states import Action
from app.submissions.tables import submission, submission_step

_NAMES = tuple(one.name for one in fields(Appeal))
_REVIEWS = [one.value for one in (Action.APPROVED, Action.RETURNED, Action.REFUSED)]
_APPEALS = select(*(appeal.c[name] for name in _NAMES))


def insert_appeal(connection: Connection, district_id: UUID, filed: Appeal) -> None:
    values = {name: _stored(getattr(filed, name)) for name in _NAMES}
    connection.execute(insert(appeal).values(district_id=district_id, **values))


def find_appeal(connection: Connection, district_id: UUID, appeal_id: UUID) -> Appeal | None:
    return _one(connection, _by_id(district_id, appeal_id))


def lock_appeal(connection: Connection, district_id: UUID, appeal_id: UUID) -> Appeal | None:
    return _one(connection, _by_id(district_id, appeal_id).with_for_update())


def lock_of_entry(connection: Connection, district_id: UUID, entry_id: UUID) -> list[Appeal]:
    """All there are against the entry, the earliest first, held until the transaction ends."""
    statement = (
        _APPEALS.where(appeal.c.district_id == district_id, appeal.c.entry_id == entry_id)
        .order_by(appeal.c.id)
        .with_for_update()
    )
    return sorted(map(_appeal, connection.execute(statement)), key=lambda one: (one.filed_at, one.id))


def lock_open_of(connection: Connection, district_id: UUID, members: Iterable[UUID]) -> list[Appeal]:
    """The open ones of the members, in the order of their ids, held until the transaction ends."""
    statement = (
        _APPEALS.where(
            appeal.c.district_id == district_id,
            appeal.c.member_id.in_(sorted(members)),
            appeal.c.state == AppealState.OPEN.value,
        )
        .order_by(appeal.c.id)
        .with_for_update()
    )
    return [_appeal(row) for row in connection.execute(statement)]


def list_of_entry(connection: Connection, district_id: UUID, entry_id: UUID) -> list[Appeal]:
    """All there are against the entry, the earliest first."""
    statement = _APPEALS.where(appeal.c.district_id == district_id, appeal.c.entry_id == entry_id)
    return [_appeal(row) for row in connection.execute(statement.order_by(appeal.c.filed_at, appeal.c.id))]


def list_reviewers(connection: Connection, district_id: UUID, entry_id: UUID) -> list[UUID | None]:
    """Whoever has approved, returned or refused the submission that became the entry (an entry has its id), or wrote
    down what the service proposed it from.
    """
    statement = select(submission_step.c.by).where(
        submission_step.c.district_id == district_id,
        submission_step.c.submission_id == entry_id,
        submission_step.c.action.in_(_REVIEWS),
    )
    writers = select(func.unnest(submission.c.writers)).where(
        submission.c.district_id == district_id, submission.c.id == entry_id
    )
    return [*connection.execute(statement).scalars(), *connection.execute(writers).scalars()]


def list_checkers(connection: Connection, district_id: UUID, entry_ids: Iterable[UUID]) -> list[UUID | None]:
    """Whoever has confirmed the entries in the quarter's check."""
    statement = select(entry_check.c.checked_by).where(
        entry_check.c.district_id == district_id, entry_check.c.entry_id.in_(sorted(entry_ids))
    )
    return list(connection.execute(statement).scalars())


def update_appeal(connection: Connection, district_id: UUID, appeal_id: UUID, values: Mapping[str, Any]) -> None:
    statement = update(appeal).where(appeal.c.district_id == district_id, appeal.c.id == appeal_id)
    connection.execute(statement.values(**values))


def list_appeals(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    state: AppealState | None,
    waiting: ColumnElement[bool] | None,
    after: tuple[datetime, UUID] | None,
    count_max: int,
    member_id: UUID | None = None,
) -> list[Appeal]:
    """By time of filing; ``paths`` None reaches everywhere, and what the own account appeals against is always there.

    ``waiting`` is from ``waits_for``.
    """
    of_member = and_(member.c.district_id == appeal.c.district_id, member.c.id == appeal.c.member_id)
    of_entry = and_(entry.c.district_id == appeal.c.district_id, entry.c.id == appeal.c.entry_id)
    statement = (
        _APPEALS.select_from(appeal.join(member, of_member).join(entry, of_entry))
        .where(appeal.c.district_id == district_id)
        .order_by(appeal.c.filed_at, appeal.c.id)
        .limit(count_max)
    )
    if paths is not None:
        statement = statement.where(or_(*map(_below, paths), member.c.account_id == own_account))
    if member_id is not None:
        statement = statement.where(appeal.c.member_id == member_id)
    if state is not None:
        statement = statement.where(appeal.c.state == state.value)
    if waiting is not None:
        statement = statement.where(appeal.c.state == AppealState.OPEN.value, waiting)
    if after is not None:
        at, last = after
        later = and_(appeal.c.filed_at == at, appeal.c.id > last)
        statement = statement.where(or_(appeal.c.filed_at > at, later))
    return [_appeal(row) for row in connection.execute(statement)]


def waits_for(
    district_id: UUID, account_id: UUID, appointments: Sequence[Appointment], today: date
) -> ColumnElement[bool]:
    """That it is the account's turn: its office is asked, or the one below has let the day pass, and it neither
    recorded, reviewed nor confirmed the entry or what was booked along, decided on it before, wrote the appeal down,
    nor is the member.
    """
    turns: list[ColumnElement[bool]] = []
    for held in appointments:
        if held.role in OFFICES:
            asked = appeal.c.asked == held.role.value
            below = OFFICES.index(held.role) - 1
            if below >= 0:
                asked = or_(asked, and_(appeal.c.asked == OFFICES[below].value, appeal.c.due_on < today))
            turns.append(and_(asked, _below(held.path)))
    before = appeal.alias("before")
    decided_before = exists().where(
        before.c.district_id == district_id,
        before.c.entry_id == appeal.c.entry_id,
        before.c.decided_by == account_id,
    )
    reviewed = exists().where(
        submission_step.c.district_id == district_id,
        or_(submission_step.c.submission_id == appeal.c.entry_id, submission_step.c.submission_id == entry.c.cause),
        submission_step.c.by == account_id,
        submission_step.c.action.in_(_REVIEWS),
    )
    wrote = exists().where(
        submission.c.district_id == district_id,
        or_(submission.c.id == appeal.c.entry_id, submission.c.id == entry.c.cause),
        literal(account_id, Uuid()) == any_(submission.c.writers),
    )
    along = entry.alias("along")
    booked_along = exists().where(
        along.c.district_id == district_id,
        along.c.cycle == entry.c.cycle,  # a cause is of one member and cycle, by which entries are found
        along.c.member_id == entry.c.member_id,
        along.c.cause == entry.c.cause,
        or_(along.c.recorded_by == account_id, along.c.approved_by == account_id),
    )
    checked_one = entry.alias("checked_one")
    confirmed = exists().where(
        entry_check.c.district_id == district_id,
        entry_check.c.checked_by == account_id,
        checked_one.c.district_id == entry_check.c.district_id,
        checked_one.c.id == entry_check.c.entry_id,
        checked_one.c.cycle == entry.c.cycle,
        checked_one.c.member_id == entry.c.member_id,
        or_(checked_one.c.id == entry.c.id, checked_one.c.cause == entry.c.cause),
    )
    return and_(
        or_(*turns) if turns else appeal.c.id.is_(None),
        entry.c.recorded_by.is_distinct_from(account_id),
        entry.c.approved_by.is_distinct_from(account_id),
        member.c.account_id.is_distinct_from(account_id),
        appeal.c.filed_by.is_distinct_from(account_id),
        ~booked_along,
        ~confirmed,
        ~decided_before,
        ~reviewed,
        ~wrote,
    )


def list_open_due(connection: Connection, district_id: UUID, by: date) -> list[Appeal]:
    """Open ones whose answer is due by the day."""
    statement = _APPEALS.where(
        appeal.c.district_id == district_id, appeal.c.state == AppealState.OPEN.value, appeal.c.due_on <= by
    ).order_by(appeal.c.due_on, appeal.c.id)
    return [_appeal(row) for row in connection.execute(statement)]


def _by_id(district_id: UUID, appeal_id: UUID) -> Select[Any]:
    return _APPEALS.where(appeal.c.district_id == district_id, appeal.c.id == appeal_id)


def _below(path: str) -> ColumnElement[bool]:
    return at_or_below(appeal.c.path, path)


def _stored(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value


def _one(connection: Connection, statement: Select[Any]) -> Appeal | None:
    row = connection.execute(statement).one_or_none()
    return None if row is None else _appeal(row)


def _appeal(row: AnyRow) -> Appeal:
    found = {name: getattr(row, name) for name in _NAMES}
    found["asked"] = Role(row.asked)
    found["state"] = AppealState(row.state)
    found["outcome"] = None if row.outcome is None else AppealOutcome(row.outcome)
    for name in ("input_digest", "decision_digest"):
        found[name] = None if found[name] is None else bytes(found[name])
    return Appeal(**found)
