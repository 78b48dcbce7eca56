"""Random changes as the owner of the database could make them: each a statement or two, and what has to be named."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Connection, Table, and_, delete, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import JSONB

from app.cycles.tables import quarter
from app.points.tables import duty, entry, entry_text, standing
from app.proofs.tables import certificate, checkpoint, checkpoint_leaf
from app.rules.tables import edition
from app.seals.tables import quarter_standing

Row = dict[str, Any]
# What cannot be told from the ledger: whose it is today, how often it was computed and when.
NOT_PROVEN = {"standing": {"branch_id", "version", "ranked", "updated_at", "regimes"}}
# Changed with an identity of their own, or in ways of their own.
KEYS = {"district_id", "cycle", "member_id", "id", "seq", "quarter", "digest", "number", "checkpoint", "about"}


@dataclass(frozen=True)
class Tampered:
    """What was done, and words of which the first difference named has to hold one."""

    done: str
    names: tuple[str, ...]


@dataclass
class Forger:
    """Knows the rows of one district, and changes one thing at a time."""

    connection: Connection
    district: UUID
    random: random.Random

    def rows(self, table: Table) -> list[Row]:
        statement = select(table).where(table.c.district_id == self.district).order_by(*table.primary_key.columns)
        return [dict(row._mapping) for row in self.connection.execute(statement)]

    def any_of(self, table: Table) -> Row:
        return self.random.choice(self.rows(table))

    def where(self, table: Table, row: Row) -> Any:
        return and_(*(column == row[column.name] for column in table.primary_key.columns))

    def set(self, table: Table, row: Row, **values: Any) -> None:
        found = {name: _sent(table.c[name], value) for name, value in values.items()}
        self.connection.execute(update(table).where(self.where(table, row)).values(**found))

    def other(self, column: Column[Any], value: Any) -> Any:
        """Another value that the column takes."""
        if isinstance(column.type, JSONB):
            return {"forged": self.random.randrange(100)}
        if column.nullable and value is not None and self.random.random() < 0.2:
            return None
        kind = column.type.python_type
        made: dict[type, Callable[[], Any]] = {
            int: lambda: (value or 0) + self.random.choice((-1, 1, 7)),
            str: lambda: {"kind": "fault", "source": "appeal"}.get(column.name, f"{value or ''}x"),
            bool: lambda: not value,
            bytes: lambda: bytes(value or b"")[:-1] + bytes([(bytes(value or b"\0")[-1:] or b"\0")[0] ^ 1]),
            UUID: uuid4,
            date: lambda: (value or date(2026, 1, 1)) + timedelta(days=1),
            datetime: lambda: value + timedelta(microseconds=1),
        }
        found = made[kind]()
        if found == value:  # the words that are taken
            found = {"kind": "veto", "source": "check"}[column.name]
        return found

    def change(self, table: Table) -> tuple[Row, str]:
        """One column of one row."""
        row = self.any_of(table)
        left_out = KEYS | NOT_PROVEN.get(table.name, set())
        column = self.random.choice([one for one in table.columns if one.name not in left_out])
        self.set(table, row, **{column.name: self.other(column, row[column.name])})
        return row, f"{table.name}.{column.name}"

    def remove(self, table: Table) -> Row:
        row = self.any_of(table)
        self.connection.execute(delete(table).where(self.where(table, row)))
        return row

    def add(self, table: Table, row: Row) -> None:
        found = {name: _sent(table.c[name], value) for name, value in row.items()}
        self.connection.execute(insert(table).values(found))


def _sent(column: Column[Any], value: Any) -> Any:
    """None is no value at all, where JSON would have one of its own."""
    return null() if value is None and isinstance(column.type, JSONB) else value


def member_of(row: Row) -> str:
    return str(row["member_id"])


def change_entry(forger: Forger) -> Tampered:
    row, done = forger.change(entry)
    return Tampered(done, (member_of(row),))


def remove_entry(forger: Forger) -> Tampered:
    return Tampered("entry removed", (member_of(forger.remove(entry)),))


def add_entry(forger: Forger) -> Tampered:
    row = forger.any_of(entry)
    same = and_(entry.c.district_id == forger.district, entry.c.member_id == row["member_id"])
    last = forger.connection.execute(select(func.max(entry.c.seq)).where(same)).scalar_one()
    forger.add(entry, {**row, "id": uuid4(), "seq": last + 1, "reverses": None})
    return Tampered("entry added", (member_of(row),))


def swap_entries(forger: Forger) -> Tampered:
    """Two entries of one member change places, or two members change an entry of one number."""
    rows = forger.rows(entry)
    first = forger.random.choice(rows)
    others = [
        one
        for one in rows
        if one["id"] != first["id"] and (one["member_id"] == first["member_id"] or one["seq"] == first["seq"])
    ]
    second = forger.random.choice(others)
    places = ("member_id", "seq")
    forger.set(entry, first, seq=first["seq"] + 1_000_000)
    forger.set(entry, second, **{name: first[name] for name in places})
    forger.set(entry, first, **{name: second[name] for name in places})
    return Tampered("entries swapped", (member_of(first), member_of(second)))


def give_entry_away(forger: Forger) -> Tampered:
    row = forger.any_of(entry)
    other = forger.random.choice([one for one in forger.rows(standing) if one["member_id"] != row["member_id"]])
    forger.set(entry, row, member_id=other["member_id"], seq=other["seq"] + 1)
    return Tampered("entry given away", (member_of(row), member_of(other)))


def change_words(forger: Forger) -> Tampered:
    row = forger.any_of(entry_text)
    column = forger.random.choice((entry_text.c.reason, entry_text.c.salt))
    forger.set(entry_text, row, **{column.name: forger.other(column, row[column.name])})
    of = forger.connection.execute(
        select(entry.c.member_id).where(entry.c.district_id == forger.district, entry.c.id == row["entry_id"])
    ).scalar_one()
    return Tampered(f"words ({column.name})", (f"{of} words",))


def change_standing(forger: Forger) -> Tampered:
    row, done = forger.change(standing)
    return Tampered(done, (f"standing {row['cycle']} {row['member_id']}",))


def remove_standing(forger: Forger) -> Tampered:
    return Tampered("standing removed", (member_of(forger.remove(standing)),))


def swap(forger: Forger, table: Table, names: Sequence[str], among: Sequence[Row]) -> tuple[Row, Row]:
    """Two rows change everything but their names."""
    first, second = forger.random.sample(list(among), 2)
    rest = [one.name for one in table.columns if one.name not in names]
    forger.set(table, first, **{name: second[name] for name in rest})
    forger.set(table, second, **{name: first[name] for name in rest})
    return first, second


def swap_standings(forger: Forger) -> Tampered:
    both = swap(forger, standing, ("district_id", "cycle", "member_id", "branch_id"), forger.rows(standing))
    return Tampered("standings swapped", tuple(f"standing {one['cycle']} {one['member_id']}" for one in both))


def frozen_name(row: Row) -> str:
    return f"quarter_standing {row['quarter']} {row['member_id']}"


def change_frozen(forger: Forger) -> Tampered:
    row, done = forger.change(quarter_standing)
    return Tampered(done, (frozen_name(row),))


def renumber_frozen(forger: Forger) -> Tampered:
    row = forger.any_of(quarter_standing)
    forger.set(quarter_standing, row, seq=row["seq"] + 1)
    return Tampered("quarter_standing.seq", (frozen_name(row),))


def remove_frozen(forger: Forger) -> Tampered:
    return Tampered("frozen removed", (frozen_name(forger.remove(quarter_standing)),))


def add_frozen(forger: Forger) -> Tampered:
    made = {**forger.any_of(quarter_standing), "member_id": uuid4()}
    forger.add(quarter_standing, made)
    return Tampered("frozen added", (frozen_name(made),))


def swap_frozen(forger: Forger) -> Tampered:
    rows = forger.rows(quarter_standing)
    of = forger.random.choice(rows)["quarter"]
    own = [one for one in rows if one["quarter"] == of]
    both = swap(forger, quarter_standing, ("district_id", "quarter", "member_id"), own)
    return Tampered("frozen swapped", tuple(frozen_name(one) for one in both))


def change_edition(forger: Forger) -> Tampered:
    row = forger.any_of(edition)
    column = forger.random.choice([edition.c[name] for name in ("book", "code", "starts_on", "ends_on", "content")])
    forger.set(edition, row, **{column.name: forger.other(column, row[column.name])})
    return Tampered(f"edition.{column.name}", (f"edition {row['digest']}",))


def remove_edition(forger: Forger) -> Tampered:
    return Tampered("edition removed", (f"edition {forger.remove(edition)['digest']}",))


def rename_edition(forger: Forger) -> Tampered:
    row = forger.any_of(edition)
    forger.set(edition, row, digest="0" * 64)
    return Tampered("edition.digest", (f"edition {row['digest']}", f"edition {'0' * 64}"))


def checkpoint_name(row: Row, name: str = "number") -> str:
    return f"checkpoint {row[name]} "


def change_checkpoint(forger: Forger) -> Tampered:
    row = forger.any_of(checkpoint)
    columns = [one for one in checkpoint.columns if one.name not in KEYS]
    if row["quarter"] is None:
        columns = [one for one in columns if one.name not in {"rows", "rows_root", "editions"}]
    column = forger.random.choice(columns)
    value = row[column.name]
    found = [] if column.name == "editions" else forger.other(column, value)
    forger.set(checkpoint, row, **{column.name: bytes(32) if found is None else found})
    return Tampered(f"checkpoint.{column.name}", (checkpoint_name(row),))


def remove_checkpoint(forger: Forger) -> Tampered:
    return Tampered("checkpoint removed", (checkpoint_name(forger.remove(checkpoint)),))


def remove_last_checkpoint_whole(forger: Forger) -> Tampered:
    """With everything that it took in: the chain before it is sound, and only the roots outside know of it."""
    row = forger.rows(checkpoint)[-1]
    forger.connection.execute(delete(checkpoint).where(forger.where(checkpoint, row)))
    own = and_(checkpoint_leaf.c.district_id == forger.district, checkpoint_leaf.c.checkpoint == row["number"])
    forger.connection.execute(delete(checkpoint_leaf).where(own))
    return Tampered("last checkpoint removed whole", (checkpoint_name(row),))


def add_checkpoint(forger: Forger) -> Tampered:
    row = forger.rows(checkpoint)[-1]
    made = {**row, "number": row["number"] + 1}
    forger.add(checkpoint, made)
    return Tampered("checkpoint added", (checkpoint_name(made),))


def swap_checkpoints(forger: Forger) -> Tampered:
    rows = [one for one in forger.rows(checkpoint) if one["quarter"] is None]
    both = swap(forger, checkpoint, ("district_id", "number"), rows)
    return Tampered("checkpoints swapped", tuple(checkpoint_name(one) for one in both))


def leaf_names(row: Row) -> tuple[str, ...]:
    return (checkpoint_name(row, "checkpoint"), f"checkpoint_leaf {row['checkpoint']} ")


def change_leaf(forger: Forger) -> Tampered:
    row = forger.any_of(checkpoint_leaf)
    column = forger.random.choice((checkpoint_leaf.c.hash, checkpoint_leaf.c.seq))
    value = row[column.name]
    forger.set(
        checkpoint_leaf, row, **{column.name: value + 50 if column.name == "seq" else forger.other(column, value)}
    )
    return Tampered(f"checkpoint_leaf.{column.name}", leaf_names(row))


def remove_leaf(forger: Forger) -> Tampered:
    return Tampered("leaf removed", leaf_names(forger.remove(checkpoint_leaf)))


def add_leaf(forger: Forger) -> Tampered:
    row = forger.any_of(checkpoint_leaf)
    forger.add(checkpoint_leaf, {**row, "member_id": uuid4()})
    return Tampered("leaf added", leaf_names(row))


def move_leaf(forger: Forger) -> Tampered:
    row = forger.any_of(checkpoint_leaf)
    forger.set(checkpoint_leaf, row, checkpoint=1000)
    return Tampered("leaf moved", (*leaf_names(row), "checkpoint 1000 "))


def move_duty(forger: Forger) -> Tampered:
    """A duty is said to have been decided by another entry, or by this one though it was not decided."""
    row = forger.random.choice([one for one in forger.rows(duty) if one["entry_id"] is not None])
    if forger.random.random() < 0.5:
        forger.set(duty, row, state="waived")
    else:
        forger.set(duty, row, entry_id=uuid4())
    return Tampered("duty", (f"duty {row['cycle']} {row['member_id']} {row['item']}",))


def open_quarter(forger: Forger) -> Tampered:
    row = forger.random.choice([one for one in forger.rows(quarter) if one["state"] == "sealed"])
    forger.set(quarter, row, state=forger.random.choice(("open", "check", "notice")))
    return Tampered("quarter.state", (f"quarter {row['code']} state",))


def change_certificate(forger: Forger) -> Tampered:
    row = forger.any_of(certificate)
    forger.set(certificate, row, body=forger.other(certificate.c.body, row["body"]))
    return Tampered("certificate.body", (f"certificate {row['quarter']}",))


TAMPERINGS: tuple[Callable[[Forger], Tampered], ...] = (
    *(change_entry, remove_entry, add_entry, swap_entries, give_entry_away, change_words),
    *(change_standing, remove_standing, swap_standings),
    *(change_frozen, renumber_frozen, remove_frozen, add_frozen, swap_frozen),
    *(change_edition, remove_edition, rename_edition),
    *(change_checkpoint, remove_checkpoint, remove_last_checkpoint_whole, add_checkpoint, swap_checkpoints),
    *(change_leaf, remove_leaf, add_leaf, move_leaf),
    *(move_duty, open_quarter, change_certificate),
)
