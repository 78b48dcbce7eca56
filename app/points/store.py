"""Queries of the ledger that postings need: what is locked, read and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Select, Table, Update, Uuid, and_, any_, bindparam, func, select, update

from app.kit.db import AnyRow, insert_rows, sent_rows, sent_values
from app.points.core import Cell, CellKey, Score
from app.points.ledger import Balance, DutyKey, DutyRow, DutyState, Entry, Posting, Source
from app.points.tables import duty, entry, entry_text, standing
from app.rules.core import Kind

BALANCE_COLUMNS = (
    standing.c.cycle,
    standing.c.member_id,
    standing.c.branch_id,
    standing.c.seq,
    standing.c.version,
    standing.c.opening,
    standing.c.cells,
    standing.c.regimes,
    standing.c.vetoes,
    standing.c.ranked,
    standing.c.running_hash,
)
ENTRY_COLUMNS = tuple(entry.c[name] for name in Entry.__slots__)
# Made once: building a statement anew for each request costs more than asking it.
_ENTRIES = select(*ENTRY_COLUMNS).where(
    entry.c.district_id == bindparam("in_district"), entry.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
)
_BALANCES = (
    select(*BALANCE_COLUMNS)
    .where(
        standing.c.district_id == bindparam("in_district"),
        standing.c.cycle == bindparam("in_cycle"),
        standing.c.member_id == any_(bindparam("members", type_=ARRAY(Uuid))),
    )
    .order_by(standing.c.member_id)
)
_LOCKED_BALANCES, _FREE_BALANCES = _BALANCES.with_for_update(), _BALANCES.with_for_update(skip_locked=True)


def insert_standings(
    connection: Connection, district_id: UUID, rows: Sequence[tuple[str, UUID, UUID]], at: datetime
) -> None:
    """Empty standings for (cycle, member, branch), in a fixed order; those that exist stay as they are."""
    values: list[dict[str, Any]] = [
        {
            "cycle": cycle,
            "member_id": member_id,
            "branch_id": branch_id,
            "seq": 0,
            "version": 0,
            "opening": 0,
            "cells": [],
            "regimes": {},
            "daily": 0,
            "innovation": 0,
            "fault": 0,
            "total": 0,
            "effective": 0,
            "decimals": 0,
            "matrix": {},
            "vetoes": 0,
            "band": None,
            "ranked": True,
            "running_hash": b"",
            "updated_at": at,
        }
        for cycle, member_id, branch_id in sorted(rows, key=lambda row: (row[0], row[1]))
    ]
    insert_rows(connection, district_id, standing, values, unless_there=True)


def lock_balances(
    connection: Connection, district_id: UUID, wanted: Mapping[str, Iterable[UUID]], *, skip_held: bool = False
) -> dict[tuple[str, UUID], Balance]:
    """The standings of each cycle's members, locked in the order of cycle and member, so that no two writers wait.

    With ``skip_held`` those that somebody else holds are left out instead of waited for.
    """
    statement = _FREE_BALANCES if skip_held else _LOCKED_BALANCES
    found: dict[tuple[str, UUID], Balance] = {}
    for cycle in sorted(wanted):
        values = {"in_district": district_id, "in_cycle": cycle, "members": sorted(wanted[cycle])}
        for row in connection.execute(statement, values):
            found[row.cycle, row.member_id] = balance_of(row)
    return found


def list_regimes(
    connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID]
) -> dict[UUID, dict[str, tuple[str, str]]]:
    """By member: for each entered quarter of the cycle the edition's digest and the class."""
    statement = select(standing.c.member_id, standing.c.regimes).where(
        standing.c.district_id == district_id, standing.c.cycle == cycle, standing.c.member_id.in_(members)
    )
    return {row.member_id: _regimes_of(row) for row in connection.execute(statement)}


def _regimes_of(row: AnyRow) -> dict[str, tuple[str, str]]:
    return {quarter: (digest, profile) for quarter, (digest, profile) in row.regimes.items()}


def balance_of(row: AnyRow) -> Balance:
    return Balance(
        cycle=row.cycle,
        member_id=row.member_id,
        branch_id=row.branch_id,
        seq=row.seq,
        version=row.version,
        opening=row.opening,
        cells=cells_of(row.cells),
        regimes=_regimes_of(row),
        vetoes=row.vetoes,
        ranked=row.ranked,
        running_hash=bytes(row.running_hash),
    )


def cells_of(stored: Iterable[Sequence[Any]]) -> dict[CellKey, Cell]:
    return {CellKey._make(one[:4]): Cell._make(one[4:]) for one in stored}


def update_standings(
    connection: Connection, district_id: UUID, scored: Sequence[tuple[Balance, Score]], at: datetime
) -> None:
    if not scored:
        return
    rows = [_standing_values(balance, score, at) for balance, score in scored]
    names = tuple(rows[0])
    values = {"in_district": district_id, **sent_values(names, rows)}
    connection.execute(_update_by(standing, names, ("cycle", "member_id")), values)


@cache
def _update_by(table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> Update:
    """Set the other columns of the rows that the key names."""
    sent = sent_rows(table, names)
    return (
        update(table)
        .where(table.c.district_id == bindparam("in_district"), *(table.c[name] == sent.c[name] for name in key))
        .values({name: sent.c[name] for name in names if name not in key})
    )


def _standing_values(balance: Balance, score: Score, at: datetime) -> dict[str, Any]:
    return {
        "cycle": balance.cycle,
        "member_id": balance.member_id,
        "branch_id": balance.branch_id,
        "seq": balance.seq,
        "version": balance.version,
        "opening": balance.opening,
        "cells": [[*key, *cell] for key, cell in balance.cells.items()],
        "regimes": balance.regimes,
        "daily": score.daily,
        "innovation": score.innovation,
        "fault": score.fault,
        "total": score.total,
        "effective": score.effective,
        "decimals": score.decimals,
        "matrix": matrix_of(score),
        "vetoes": balance.vetoes,
        "band": score.band or None,
        "ranked": balance.ranked,
        "running_hash": balance.running_hash,
        "updated_at": at,
    }


def matrix_of(score: Score) -> dict[str, dict[str, int]]:
    """Dimension → kind → points, as stored and shown."""
    matrix: dict[str, dict[str, int]] = {}
    for (dimension, kind), points in sorted(score.matrix.items()):
        matrix.setdefault(dimension, {})[kind.value] = points
    return matrix


def find_entries(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Entry]:
    rows = connection.execute(_ENTRIES, {"in_district": district_id, "ids": list(ids)})
    return {row.id: entry_of(row) for row in rows}


def find_reversal(connection: Connection, district_id: UUID, entry_id: UUID) -> Entry | None:
    """The entry that undid this one."""
    statement = select(*ENTRY_COLUMNS).where(entry.c.district_id == district_id, entry.c.reverses == entry_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else entry_of(row)


def find_by_cause(connection: Connection, district_id: UUID, cause: UUID) -> list[Entry]:
    statement = (
        select(*ENTRY_COLUMNS)
        .where(entry.c.district_id == district_id, entry.c.cause == cause)
        .order_by(entry.c.member_id, entry.c.seq)
    )
    return [entry_of(row) for row in connection.execute(statement)]


def list_entries_of_item(
    connection: Connection, district_id: UUID, cycle: str, member_id: UUID, item: str
) -> list[Entry]:
    """A member's entries of an item in a cycle, reversals among them, in the order of ``seq``."""
    statement = (
        select(*ENTRY_COLUMNS)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id == member_id,
            entry.c.item == item,
        )
        .order_by(entry.c.seq)
    )
    return [entry_of(row) for row in connection.execute(statement)]


def list_live_faults(connection: Connection, district_id: UUID, cycle: str, member_id: UUID) -> list[Entry]:
    """A member's findings of a cycle that no reversal has undone, in the order of ``seq``."""
    return list_live_faults_of(connection, district_id, cycle, [member_id]).get((cycle, member_id), [])


def list_live_faults_of(
    connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID]
) -> dict[tuple[str, UUID], list[Entry]]:
    """The same of many members, by cycle and member."""
    statement = (
        select(*ENTRY_COLUMNS)
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle == cycle,
            entry.c.member_id.in_(members),
            entry.c.kind == Kind.FAULT.value,
        )
        .order_by(entry.c.seq)
    )
    rows = [entry_of(row) for row in connection.execute(statement)]
    undone = {one.reverses for one in rows}
    found: dict[tuple[str, UUID], list[Entry]] = {}
    for one in rows:
        if one.reverses is None and one.id not in undone:
            found.setdefault((one.cycle, one.member_id), []).append(one)
    return found


def find_reversed(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the entries that a reversal has undone."""
    statement = select(entry.c.reverses).where(entry.c.district_id == district_id, entry.c.reverses.in_(list(ids)))
    return {row.reverses for row in connection.execute(statement)}


def entry_of(row: AnyRow) -> Entry:
    values = tuple(row)[: len(ENTRY_COLUMNS)]  # the order of ENTRY_COLUMNS is that of Entry
    found = dict(zip(Entry.__slots__, values, strict=True))
    found["kind"] = Kind(row.kind)
    found["source"] = Source(row.source)
    found["input_digest"] = bytes(row.input_digest)
    found["text_digest"] = None if row.text_digest is None else bytes(row.text_digest)
    return Entry(**found)


def insert_entries(connection: Connection, district_id: UUID, entries: Sequence[Entry]) -> None:
    rows = [{name: getattr(one, name) for name in Entry.__slots__} for one in entries]
    insert_rows(connection, district_id, entry, rows)


def insert_texts(connection: Connection, district_id: UUID, texts: Mapping[UUID, tuple[str, bytes]]) -> None:
    """The reason and its salt, by entry."""
    rows = [{"entry_id": entry_id, "reason": reason, "salt": salt} for entry_id, (reason, salt) in texts.items()]
    insert_rows(connection, district_id, entry_text, rows)


def sum_day_units(
    connection: Connection, district_id: UUID, postings: Collection[tuple[str, Posting]]
) -> dict[tuple[UUID, str, date], int]:
    """By member, item and day, what is recorded of the days of postings, which come with their cycles; a reversal takes
    away what it undoes.
    """
    if not postings:
        return {}
    keys = (entry.c.member_id, entry.c.item, entry.c.effective_on)
    statement = (
        select(*keys, func.sum(entry.c.units).label("units"))
        .where(
            entry.c.district_id == district_id,
            entry.c.cycle.in_(sorted({cycle for cycle, _ in postings})),
            entry.c.member_id.in_(sorted({one.member_id for _, one in postings})),
            entry.c.item.in_(sorted({one.item for _, one in postings})),
            entry.c.effective_on.in_(sorted({one.effective_on for _, one in postings})),
        )
        .group_by(*keys)
    )
    return {(row.member_id, row.item, row.effective_on): int(row.units) for row in connection.execute(statement)}


def find_duties(connection: Connection, district_id: UUID, keys: Collection[DutyKey]) -> dict[DutyKey, DutyRow]:
    """Those of the keys that exist."""
    if not keys:
        return {}
    values = {"in_district": district_id, **sent_values(_DUTY_KEY, [_key_values(key) for key in set(keys)])}
    return {row.key: row for row in map(duty_of, connection.execute(_duties_by_key(), values))}


_DUTY_KEY = ("cycle", "member_id", "item", "window")


@cache
def _duties_by_key() -> Select[Any]:
    sent = sent_rows(duty, _DUTY_KEY)
    same = and_(*(duty.c[name] == sent.c[name] for name in _DUTY_KEY))
    return select(duty).select_from(duty.join(sent, same)).where(duty.c.district_id == bindparam("in_district"))


def find_duties_of_entries(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> list[DutyRow]:
    """The duties that these entries decided."""
    statement = select(duty).where(duty.c.district_id == district_id, duty.c.entry_id.in_(list(ids)))
    return [duty_of(row) for row in connection.execute(statement)]


def list_running_duties(
    connection: Connection, district_id: UUID, cycle: str, members: Collection[UUID], day: date
) -> list[DutyRow]:
    """The members' duties of the cycle that fall due on the day or later."""
    statement = select(duty).where(
        duty.c.district_id == district_id,
        duty.c.cycle == cycle,
        duty.c.member_id.in_(members),
        duty.c.due_on >= day,
    )
    return [duty_of(row) for row in connection.execute(statement)]


def duty_of(row: AnyRow) -> DutyRow:
    key = DutyKey(row.cycle, row.member_id, row.item, row.window)
    return DutyRow(key, row.due_on, row.share, row.target, DutyState(row.state), row.source, row.entry_id)


def insert_duties(connection: Connection, district_id: UUID, rows: Sequence[DutyRow]) -> None:
    """New duties; those that exist stay as they are."""
    insert_rows(connection, district_id, duty, [_duty_values(row) for row in rows], unless_there=True)


def update_duties(connection: Connection, district_id: UUID, rows: Sequence[DutyRow]) -> None:
    if not rows:
        return
    names = (*_DUTY_KEY, "due_on", "share", "target", "state", "source", "entry_id")
    values = {"in_district": district_id, **sent_values(names, [_duty_values(row) for row in rows])}
    connection.execute(_update_by(duty, names, _DUTY_KEY), values)


def _key_values(key: DutyKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in _DUTY_KEY}


def _duty_values(row: DutyRow) -> dict[str, Any]:
    return {
        **_key_values(row.key),
        "due_on": row.due_on,
        "share": row.share,
        "target": row.target,
        "state": row.state.value,
        "source": row.source,
        "entry_id": row.entry_id,
    }
