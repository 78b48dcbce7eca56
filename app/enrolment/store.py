"""Queries of transfers and of the paper of changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from app.enrolment.core_changes import Change, Result, Side, Transfer, TransferState, Verb
from app.enrolment.tables import roster_change, transfer
from app.kit.db import AnyRow, at_or_below
from app.roster.tables import member

_TRANSFER = tuple(one.name for one in fields(Transfer))
_CHANGE = tuple(one.name for one in fields(Change))
_TRANSFERS = select(*(transfer.c[name] for name in _TRANSFER))


# Transfers.


def insert_transfer(connection: Connection, district_id: UUID, proposed: Transfer) -> None:
    connection.execute(insert(transfer).values(district_id=district_id, **_values(proposed, _TRANSFER)))


def update_transfer(connection: Connection, district_id: UUID, changed: Transfer) -> None:
    values = {name: value for name, value in _values(changed, _TRANSFER).items() if name != "id"}
    connection.execute(
        update(transfer).where(transfer.c.district_id == district_id, transfer.c.id == changed.id).values(**values)
    )


def find_transfer(connection: Connection, district_id: UUID, transfer_id: UUID) -> Transfer | None:
    statement = _TRANSFERS.where(transfer.c.district_id == district_id, transfer.c.id == transfer_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _transfer(row)


def lock_transfer(connection: Connection, district_id: UUID, transfer_id: UUID) -> Transfer | None:
    statement = _TRANSFERS.where(transfer.c.district_id == district_id, transfer.c.id == transfer_id)
    row = connection.execute(statement.with_for_update()).one_or_none()
    return None if row is None else _transfer(row)


def lock_open(
    connection: Connection, district_id: UUID, *, members: Collection[UUID] = (), branch_id: UUID | None = None
) -> list[Transfer]:
    """What waits for an answer about the members, or from or to the branch, in the order of ids."""
    concerned: list[ColumnElement[bool]] = [transfer.c.member_id.in_(sorted(members))]
    if branch_id is not None:
        concerned += [transfer.c.from_branch_id == branch_id, transfer.c.to_branch_id == branch_id]
    statement = (
        _TRANSFERS.where(
            transfer.c.district_id == district_id,
            transfer.c.state == TransferState.PROPOSED.value,
            or_(*concerned),
        )
        .order_by(transfer.c.id)
        .with_for_update()
    )
    return [_transfer(row) for row in connection.execute(statement)]


def list_transfers(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    state: TransferState | None,
    before: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Transfer]:
    """From the latest on; ``paths`` None reaches everywhere, and the account's own is always there."""
    whose = and_(member.c.district_id == transfer.c.district_id, member.c.id == transfer.c.member_id)
    statement = (
        select(*(transfer.c[name] for name in _TRANSFER))
        .select_from(transfer.join(member, whose))
        .where(transfer.c.district_id == district_id)
        .order_by(transfer.c.recorded_at.desc(), transfer.c.id.desc())
        .limit(count_max)
    )
    if paths is not None:
        reached = [at_or_below(column, path) for path in paths for column in (transfer.c.from_path, transfer.c.to_path)]
        own = [] if own_account is None else [member.c.account_id == own_account]
        statement = statement.where(or_(*own, *reached))
    if state is not None:
        statement = statement.where(transfer.c.state == state.value)
    if before is not None:
        at, last = before
        earlier = and_(transfer.c.recorded_at == at, transfer.c.id < last)
        statement = statement.where(or_(transfer.c.recorded_at < at, earlier))
    return [_transfer(row) for row in connection.execute(statement)]


def _transfer(row: AnyRow) -> Transfer:
    values = row._asdict()
    values["asked_by"] = Side(row.asked_by)
    values["state"] = TransferState(row.state)
    values["result"] = None if row.result is None else Result.of(row.result)
    values["input_digest"] = bytes(row.input_digest)
    return Transfer(**values)


# Every other change.


def insert_change(connection: Connection, district_id: UUID, change: Change) -> None:
    connection.execute(insert(roster_change).values(district_id=district_id, **_values(change, _CHANGE)))


def find_change(connection: Connection, district_id: UUID, change_id: UUID) -> Change | None:
    statement = select(*(roster_change.c[name] for name in _CHANGE)).where(
        roster_change.c.district_id == district_id, roster_change.c.id == change_id
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _change(row)


def list_changes(connection: Connection, district_id: UUID, member_id: UUID) -> list[Change]:
    """What was done about the member alone, in the order of time."""
    statement = (
        select(*(roster_change.c[name] for name in _CHANGE))
        .where(roster_change.c.district_id == district_id, roster_change.c.member_id == member_id)
        .order_by(roster_change.c.recorded_at, roster_change.c.id)
    )
    return [_change(row) for row in connection.execute(statement)]


def _change(row: AnyRow) -> Change:
    values = row._asdict()
    values["verb"] = Verb(row.verb)
    values["result"] = Result.of(row.result)
    values["input_digest"] = bytes(row.input_digest)
    return Change(**values)


def _values(kept: Transfer | Change, names: Sequence[str]) -> dict[str, Any]:
    return {name: _stored(getattr(kept, name)) for name in names}


def _stored(value: Any) -> Any:
    if isinstance(value, Result):
        return value.as_kept()
    return value.value if isinstance(value, StrEnum) else value
