"""(b) A thousand entries per request, against a bare COPY of the same ledger rows into the same table."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection, literal, select
from sqlalchemy.dialects.postgresql import insert

from app.auth import service as auth
from app.points.ledger import Posting
from app.points.tables import entry
from app.tables import metadata
from benchmarks.ground import YEAR, Ground, Place, duty_posting, sent_as_json
from benchmarks.load import Loaded, request
from benchmarks.results import Finding, Row
from benchmarks.server import Server, Stopwatch, serving
from benchmarks.stage import Stage

BATCH = 1_000
ROUNDS = 6
# What an entry refers to, parents first.
_REFERRED = ("account", "organisation", "member", "edition", "cycle", "quarter")
_QUARTERS = (date(YEAR, 2, 5), date(YEAR, 5, 6), date(YEAR, 8, 5), date(YEAR, 11, 5))


def run(stage: Stage) -> Finding:
    place, ground = stage.place, stage.ground
    rounds = min(ROUNDS, stage.scaled(ROUNDS, 2))
    mirror = _mirror(ground, place)
    finding = Finding("thousand_entries", "1,000 entries per request", {"entries": BATCH, "rounds": rounds})
    with (
        serving("longwen", ground) as server,
        psycopg.connect(ground.addresses.owner_url, application_name="bench copy") as owner,
    ):
        token = server.token_for(place)
        for shape, batches in (("1,000 members", _wide(place)), ("50 members", _deep(place))):
            subject = Row(f"POST /api/v1/entries, {shape}", "ms", is_rate=False, is_subject=True)
            unposted = Row("same door, same bodies, no ledger", "ms", is_rate=False)
            copied = Row("COPY of the same rows, committed", "ms", is_rate=False)
            for number, batch in enumerate(batches[: rounds + 1]):
                stage.tell(f"thousand_entries: {shape}, round {number} of {rounds}")
                body = sent_as_json(batch)
                warm = number == 0
                _post(stage, server, request("POST", "/bench/entries", token, body), unposted, warm=warm)
                _post(stage, server, request("POST", "/api/v1/entries", token, body), subject, warm=warm)
                _copy(ground, owner, place.district.id, mirror, batch, None if warm else copied)
            finding.rows += [subject, unposted, copied]
    finding.notes.append("COPY: by the table's owner into a second district of the same table, foreign keys checked")
    return finding


def _wide(place: Place) -> list[list[Posting]]:
    """A thousand members, one duty each: every standing is locked and written for one entry."""
    return [
        [duty_posting(place, member_id, item, day, number) for number, member_id in enumerate(place.members[:BATCH])]
        for item in ("ORG-D04", "ORG-D07")
        for day in _QUARTERS
    ][: ROUNDS + 1]


def _deep(place: Place) -> list[list[Posting]]:
    """Fifty members, twenty duties each, of the members that are left over."""
    duties = [("ORG-D02", date(YEAR, month, 5)) for month in range(1, 12)]
    duties += [(item, day) for item in ("ORG-D04", "ORG-D07") for day in _QUARTERS] + [("ORG-D01", _QUARTERS[3])]
    rest = place.members[BATCH:]
    return [
        [
            duty_posting(place, member_id, item, day, number)
            for number, member_id in enumerate(rest[start : start + 50])
            for item, day in duties
        ]
        for start in range(0, len(rest) - 49, 50)
    ]


def _post(stage: Stage, server: Server, sent: bytes, row: Row, *, warm: bool) -> None:
    watch = Stopwatch(stage.ground, server)
    loaded: Loaded = stage.load.run(server.port, [sent])
    _, app, database = watch.read()
    loaded.require(row.name, 201, 1)
    if not warm:
        row.rounds.append(loaded.latencies[0] * 1000)
        row.add_cost("app", app * 1000)
        row.add_cost("database", database * 1000)


def _copy(
    ground: Ground, owner: psycopg.Connection, district: UUID, mirror: UUID, batch: Sequence[Posting], row: Row | None
) -> None:
    """Take the rows as they were posted and time only their way into the mirror."""
    names = sql.SQL(", ").join(sql.Identifier(one.name) for one in entry.columns if one.name != "district_id")
    chosen = sql.SQL("COPY (SELECT {}, {} FROM entry WHERE district_id = {} AND id = ANY({})) TO STDOUT").format(
        sql.Literal(mirror), names, sql.Literal(district), sql.Literal([one.id for one in batch])
    )
    with owner.cursor().copy(chosen) as reading:
        rows = b"".join(bytes(part) for part in reading)
    owner.commit()
    into = sql.SQL("COPY entry (district_id, {}) FROM STDIN").format(names)
    watch = Stopwatch(ground)
    began = time.perf_counter()
    with owner.cursor() as cursor:
        with cursor.copy(into) as writing:
            writing.write(rows)
        assert cursor.rowcount == BATCH
    owner.commit()
    seconds = time.perf_counter() - began
    if row is not None:
        row.rounds.append(seconds * 1000)
        row.add_cost("database", watch.read()[2] * 1000)


def _mirror(ground: Ground, place: Place) -> UUID:
    """A second district in which everything that entries refer to exists under the same ids."""

    def work(connection: Connection) -> UUID:
        mirror = auth.create_district(connection, "mirror", "对照区")
        for name in _REFERRED:
            table = metadata.tables[name]
            columns = [one for one in table.columns if one.name != "district_id"]
            chosen = select(literal(mirror), *columns).where(table.c.district_id == place.district.id)
            connection.execute(insert(table).from_select(["district_id", *(one.name for one in columns)], chosen))
        return mirror

    return ground.owner.run(work, None)
