"""Queries of checkpoints, their leaves, and certificates; and the rows that they bear witness to, as streams."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, exists, insert, literal, or_, select

from app.auth.tables import district
from app.cycles.tables import quarter
from app.kit.db import AnyRow, insert_rows
from app.points.tables import standing
from app.proofs.core import Checkpoint, EditionMark, LeafKey, Seal
from app.proofs.tables import certificate, checkpoint, checkpoint_leaf
from app.rules.tables import edition
from app.seals.tables import quarter_standing

_FETCH = 5000
STANDING, FROZEN = "standing", "frozen"
_FROZEN_COLUMNS = tuple(column for column in quarter_standing.columns if column.name != "district_id")
_FROZEN_NAMES = tuple(str(column.name) for column in _FROZEN_COLUMNS)


# Checkpoints.


def find_last(connection: Connection, district_id: UUID) -> tuple[int, bytes] | None:
    """Number and root of the last checkpoint."""
    statement = (
        select(checkpoint.c.number, checkpoint.c.root)
        .where(checkpoint.c.district_id == district_id)
        .order_by(checkpoint.c.number.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.number, bytes(row.root))


def insert_checkpoint(connection: Connection, made: Checkpoint) -> None:
    seal = made.seal
    values: dict[str, Any] = {
        "district_id": made.district_id,
        "number": made.number,
        "made_at": made.made_at,
        "previous": made.previous,
        "leaves": made.leaves,
        "leaves_root": made.leaves_root,
        "root": made.root,
    }
    if seal is not None:
        editions = [one.plain() for one in seal.editions]
        values |= {"quarter": seal.quarter, "rows": seal.rows, "rows_root": seal.rows_root, "editions": editions}
    connection.execute(insert(checkpoint).values(values))


def stream_checkpoints(connection: Connection, district_id: UUID) -> Iterator[tuple[Checkpoint, bytes]]:
    """In their order, each with the root that is stored beside it."""
    statement = (
        select(checkpoint)
        .where(checkpoint.c.district_id == district_id)
        .order_by(checkpoint.c.number)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield _checkpoint(row), bytes(row.root)


def list_newest(connection: Connection, district_id: UUID, count_max: int) -> list[tuple[Checkpoint, bytes]]:
    """The last ones, the newest first, each with the root that is stored beside it."""
    statement = (
        select(checkpoint)
        .where(checkpoint.c.district_id == district_id)
        .order_by(checkpoint.c.number.desc())
        .limit(count_max)
    )
    return [(_checkpoint(row), bytes(row.root)) for row in connection.execute(statement)]


def find_seal(connection: Connection, district_id: UUID, quarter_code: str) -> Checkpoint | None:
    """The checkpoint of a quarter's seal."""
    statement = select(checkpoint).where(checkpoint.c.district_id == district_id, checkpoint.c.quarter == quarter_code)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _checkpoint(row)


def list_seals(connection: Connection, district_id: UUID, up_to: int) -> list[tuple[str, int, bytes]]:
    """Quarter, number and root of every seal's checkpoint up to this number, in their order."""
    statement = (
        select(checkpoint.c.quarter, checkpoint.c.number, checkpoint.c.root)
        .where(checkpoint.c.district_id == district_id, checkpoint.c.number <= up_to)
        .where(checkpoint.c.quarter.is_not(None))
        .order_by(checkpoint.c.number)
    )
    return [(row.quarter, row.number, bytes(row.root)) for row in connection.execute(statement)]


def list_sealed(connection: Connection, district_id: UUID) -> list[str]:
    """The quarters whose seal has its checkpoint."""
    statement = (
        select(checkpoint.c.quarter)
        .where(checkpoint.c.district_id == district_id, checkpoint.c.quarter.is_not(None))
        .order_by(checkpoint.c.quarter)
    )
    return [code for code in connection.execute(statement).scalars() if code is not None]


def _checkpoint(row: AnyRow) -> Checkpoint:
    seal = None
    if row.quarter is not None:
        seal = Seal(row.quarter, row.rows, bytes(row.rows_root), tuple(_mark(one) for one in row.editions))
    return Checkpoint(
        row.district_id, row.number, row.made_at, bytes(row.previous), row.leaves, bytes(row.leaves_root), seal
    )


def _mark(one: Any) -> EditionMark:
    """Of what may be anything by now: what is not there reads as empty, and so as another."""
    found = one if isinstance(one, Mapping) else {}
    return EditionMark(*(str(found.get(name, "")) for name in ("book", "code", "digest")))


# Leaves.


def insert_moved(connection: Connection, district_id: UUID, number: int) -> int:
    """A leaf for every standing that has none as it stands now; how many there were."""
    known = exists().where(
        checkpoint_leaf.c.district_id == district_id,
        checkpoint_leaf.c.about == STANDING,
        checkpoint_leaf.c.cycle == standing.c.cycle,
        checkpoint_leaf.c.member_id == standing.c.member_id,
        checkpoint_leaf.c.seq == standing.c.seq,
    )
    moved = select(
        standing.c.district_id,
        literal(number),
        literal(STANDING),
        standing.c.cycle,
        standing.c.member_id,
        standing.c.seq,
        standing.c.running_hash,
    ).where(standing.c.district_id == district_id, standing.c.seq > 0, ~known)
    columns = ["district_id", "checkpoint", "about", "cycle", "member_id", "seq", "hash"]
    statement = insert(checkpoint_leaf).from_select(columns, moved)
    return connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def insert_frozen_leaves(
    connection: Connection, district_id: UUID, number: int, leaves: Sequence[tuple[LeafKey, bytes]]
) -> None:
    rows = [
        {
            "checkpoint": number,
            "about": FROZEN,
            "cycle": key.cycle,
            "member_id": key.member_id,
            "seq": key.seq,
            "hash": found,
        }
        for key, found in leaves
    ]
    insert_rows(connection, district_id, checkpoint_leaf, rows)


def stream_leaves_of(
    connection: Connection, district_id: UUID, number: int, about: str
) -> Iterator[tuple[LeafKey, bytes]]:
    """One checkpoint's, in the order of its tree."""
    for _, key, found in _leaves(connection, district_id, about, number):
        yield key, found


def stream_leaves_by_checkpoint(connection: Connection, district_id: UUID) -> Iterator[tuple[int, LeafKey, bytes]]:
    """Those of standings, checkpoint by checkpoint, each in the order of its tree."""
    return _leaves(connection, district_id, STANDING, None)


def _leaves(
    connection: Connection, district_id: UUID, about: str, number: int | None
) -> Iterator[tuple[int, LeafKey, bytes]]:
    columns = checkpoint_leaf.c
    statement = (
        select(columns.checkpoint, columns.cycle, columns.member_id, columns.seq, columns.hash)
        .where(columns.district_id == district_id, columns.about == about)
        .order_by(columns.checkpoint, columns.cycle, columns.member_id)
        .execution_options(yield_per=_FETCH)
    )
    if number is not None:
        statement = statement.where(columns.checkpoint == number)
    with connection.execute(statement) as rows:
        for row in rows:
            yield row.checkpoint, LeafKey(row.cycle, row.member_id, row.seq), bytes(row.hash)


def stream_leaves_by_member(connection: Connection, district_id: UUID) -> Iterator[tuple[LeafKey, int, bytes]]:
    """Those of standings, in the order of the ledger, each with its checkpoint."""
    columns = checkpoint_leaf.c
    statement = (
        select(columns.checkpoint, columns.cycle, columns.member_id, columns.seq, columns.hash)
        .where(columns.district_id == district_id, columns.about == STANDING)
        .order_by(columns.cycle, columns.member_id, columns.seq)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield LeafKey(row.cycle, row.member_id, row.seq), row.checkpoint, bytes(row.hash)


def list_orphans(connection: Connection, district_id: UUID) -> list[tuple[int, str]]:
    """Checkpoints that leaves speak of and that are not there, with what those leaves are about."""
    there = exists().where(
        checkpoint.c.district_id == district_id,
        checkpoint.c.number == checkpoint_leaf.c.checkpoint,
        or_(checkpoint_leaf.c.about == STANDING, checkpoint.c.quarter.is_not(None)),
    )
    statement = (
        select(checkpoint_leaf.c.checkpoint, checkpoint_leaf.c.about)
        .where(checkpoint_leaf.c.district_id == district_id, ~there)
        .distinct()
        .order_by(checkpoint_leaf.c.checkpoint, checkpoint_leaf.c.about)
    )
    return [(row.checkpoint, row.about) for row in connection.execute(statement)]


# What they bear witness to.


def stream_frozen(
    connection: Connection, district_id: UUID, quarter_code: str
) -> Iterator[tuple[LeafKey, dict[str, Any]]]:
    """A quarter's frozen standings, in the order of their tree, each with all of its columns but the district."""
    statement = (
        select(*_FROZEN_COLUMNS)
        .where(quarter_standing.c.district_id == district_id, quarter_standing.c.quarter == quarter_code)
        .order_by(quarter_standing.c.cycle.collate("C"), quarter_standing.c.member_id)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield LeafKey(row.cycle, row.member_id, row.seq), dict(zip(_FROZEN_NAMES, row, strict=True))


def stream_frozen_hashes(connection: Connection, district_id: UUID) -> Iterator[tuple[LeafKey, str, bytes]]:
    """All of them in the order of the ledger: quarter and running hash."""
    columns = quarter_standing.c
    statement = (
        select(columns.cycle, columns.member_id, columns.seq, columns.quarter, columns.running_hash)
        .where(columns.district_id == district_id)
        .order_by(columns.cycle, columns.member_id, columns.seq, columns.quarter)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        for row in rows:
            yield LeafKey(row.cycle, row.member_id, row.seq), row.quarter, bytes(row.running_hash)


def list_frozen_regimes(
    connection: Connection, district_id: UUID, cycle: str, member_id: UUID
) -> dict[str, tuple[str, str]]:
    """Edition and class of each of the member's frozen quarters of the cycle."""
    columns = quarter_standing.c
    statement = select(columns.quarter, columns.edition, columns.profile).where(
        columns.district_id == district_id, columns.cycle == cycle, columns.member_id == member_id
    )
    return {row.quarter: (row.edition, row.profile) for row in connection.execute(statement)}


def has_frozen(connection: Connection, district_id: UUID, quarter_code: str) -> bool:
    statement = (
        select(quarter_standing.c.quarter)
        .where(quarter_standing.c.district_id == district_id, quarter_standing.c.quarter == quarter_code)
        .limit(1)
    )
    return connection.execute(statement).first() is not None


def list_quarter_states(connection: Connection, district_id: UUID) -> dict[str, str]:
    """As they are stored, which may be other than the calendar has brought them to."""
    statement = select(quarter.c.code, quarter.c.state).where(quarter.c.district_id == district_id)
    return {row.code: row.state for row in connection.execute(statement)}


def list_editions_in(connection: Connection, district_id: UUID, quarter_code: str) -> list[EditionMark]:
    """The editions published whose time meets the quarter's days."""
    there = and_(
        quarter.c.district_id == edition.c.district_id,
        quarter.c.code == quarter_code,
        edition.c.starts_on <= quarter.c.ends_on,
        or_(edition.c.ends_on.is_(None), edition.c.ends_on >= quarter.c.starts_on),
    )
    statement = (
        select(edition.c.book, edition.c.code, edition.c.digest)
        .select_from(edition.join(quarter, there))
        .where(edition.c.district_id == district_id)
        .order_by(edition.c.digest)
    )
    return [EditionMark(row.book, row.code, row.digest) for row in connection.execute(statement)]


def list_editions(connection: Connection, district_id: UUID) -> list[EditionMark]:
    statement = select(edition.c.book, edition.c.code, edition.c.digest).where(edition.c.district_id == district_id)
    return [EditionMark(row.book, row.code, row.digest) for row in connection.execute(statement)]


# Certificates.


def insert_certificate(
    connection: Connection, district_id: UUID, quarter_code: str, body: bytes, *, at: datetime, by: UUID | None
) -> None:
    values = {"district_id": district_id, "quarter": quarter_code, "body": body, "made_at": at, "made_by": by}
    connection.execute(insert(certificate).values(values))


def list_certificates(connection: Connection, district_id: UUID) -> dict[str, bytes]:
    statement = (
        select(certificate.c.quarter, certificate.c.body)
        .where(certificate.c.district_id == district_id)
        .order_by(certificate.c.quarter)
    )
    return {row.quarter: bytes(row.body) for row in connection.execute(statement)}


def get_district_code(connection: Connection, district_id: UUID) -> str:
    code: str = connection.execute(select(district.c.code).where(district.c.id == district_id)).scalar_one()
    return code
