"""The sample's two queries: the ledger's state at a seal, and the entries drawn from a sealed quarter."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, LargeBinary, and_, func, literal, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.digests.core import Drawn, LedgerState, SampleRule
from app.points.tables import entry
from app.roster.tables import member
from app.seals.tables import quarter_standing

_NOTHING = text("''::bytea")


def get_ledger_state(connection: Connection, district_id: UUID, quarter: str) -> LedgerState:
    """The frozen standings of the quarter in one number; of nobody, that of no bytes at all."""
    table = quarter_standing
    row_bytes = func.uuid_send(table.c.member_id).op("||")(func.int4send(table.c.seq)).op("||")(table.c.running_hash)
    joined = func.string_agg(row_bytes, aggregate_order_by(_NOTHING, table.c.member_id))
    statement = select(func.sha256(func.coalesce(joined, _NOTHING)).label("digest"), func.count().label("members"))
    row = connection.execute(statement.where(table.c.district_id == district_id, table.c.quarter == quarter)).one()
    return LedgerState(quarter, row.members, bytes(row.digest))


def count_population(connection: Connection, district_id: UUID, quarter: str) -> dict[UUID, int]:
    """By branch, the entries that the sample is drawn from: booked in the quarter, no opening and no reversal."""
    statement = (
        select(entry.c.branch_id, func.count().label("rows"))
        .where(*_population(district_id, quarter))
        .group_by(entry.c.branch_id)
    )
    return {row.branch_id: row.rows for row in connection.execute(statement)}


def list_drawn(connection: Connection, district_id: UUID, quarter: str, seed: bytes, rule: SampleRule) -> list[Drawn]:
    """The entries that the seed draws, branch by branch, in the order of their rank: ``core.draw`` in SQL."""
    rank = func.sha256(literal(seed, LargeBinary).op("||")(func.uuid_send(entry.c.id)))
    ranked = (
        select(
            entry.c.district_id,
            entry.c.id,
            entry.c.branch_id,
            entry.c.member_id,
            func.row_number().over(partition_by=entry.c.branch_id, order_by=(rank, entry.c.id)).label("place"),
            func.count().over(partition_by=entry.c.branch_id).label("population"),
        )
        .where(*_population(district_id, quarter))
        .subquery("ranked")
    )
    wanted = (ranked.c.population * rule.percent + 99) / 100
    size = func.least(rule.most, func.greatest(rule.least, func.floor(wanted)))
    same = and_(entry.c.district_id == ranked.c.district_id, entry.c.id == ranked.c.id)
    person = and_(member.c.district_id == ranked.c.district_id, member.c.id == ranked.c.member_id)
    statement = (
        select(ranked.c.branch_id, ranked.c.population, member.c.number, entry)
        .select_from(ranked.join(entry, same).join(member, person))
        .where(entry.c.district_id == district_id, member.c.district_id == district_id, ranked.c.place <= size)
        .order_by(ranked.c.branch_id, ranked.c.place)
    )
    return [
        Drawn(
            entry_id=row.id,
            branch_id=row.branch_id,
            population=row.population,
            number=row.number,
            item=row.item,
            kind=row.kind,
            effective_on=row.effective_on,
            points=row.points,
            edition=row.edition,
        )
        for row in connection.execute(statement)
    ]


def _population(district_id: UUID, quarter: str) -> tuple[ColumnElement[bool], ...]:
    return (
        entry.c.district_id == district_id,
        entry.c.booked_in == quarter,
        entry.c.kind != "opening",
        entry.c.reverses.is_(None),
    )
