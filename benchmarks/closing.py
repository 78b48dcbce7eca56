"""(f) The close of a quarter for 100,000 members and 2 million entries, against the bare GROUP BY over the same rows;
and how long who posts into the open quarter waits meanwhile.

The close is what the jobs do from the seal on: seal, freeze, the seal's checkpoint, the lines. It comes some weeks into
the next quarter, as in real life, when some of its entries are there already.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from app.cycles.core import Quarter, QuarterState
from app.kit.calendar import quarter_days
from app.points import service as points
from app.points.duties import CycleDays, duties_due
from app.rules.book import load_book
from app.rules.core import STANDARD
from benchmarks.ground import ROOT, YEAR, Ground, Place, duty_posting, settled
from benchmarks.ledger import ENTRIES_A_MEMBER
from benchmarks.load import Unexpected
from benchmarks.results import Finding, Row
from benchmarks.server import Stopwatch
from benchmarks.stage import LARGE, Stage
from benchmarks.verification import group

_NOBODY = UUID(int=0)

ROUNDS = 3
QUARTER, BEFORE = f"{YEAR}Q3", (f"{YEAR}Q1", f"{YEAR}Q2")
STEPS = ("seal", "freeze", "prove", "lines")
_CALM_SECONDS = 5
# In the open quarter, and no entry of the ledger's is about these windows.
_POSTED = [(item, date(YEAR, month, 12)) for month in (11, 12) for item in ("ORG-D02", "ORG-D03")]
_POSTED_BY = date(YEAR, 11, 21)


def run(stage: Stage) -> Finding:
    ground, place = stage.ground, stage.large
    members = len(place.members)
    closed = Row("seal, freeze, checkpoint, lines", "s", is_rate=False, is_subject=True)
    grouped = Row("GROUP BY member_id, item, window", "s", is_rate=False)
    waited = Row("longest wait of who posts meanwhile", "ms", is_rate=False, is_subject=True)
    calm = Row("the same with nothing being closed", "ms", is_rate=False)
    stage.tell("closing: duties, checks and notices")
    _prepare(ground, place)
    told: list[dict[str, Any]] = []
    poster = _Poster(place)
    for number in range(ROUNDS):
        _reopen(ground, place)
        stage.tell(f"closing: round {number + 1} of {ROUNDS}, GROUP BY")
        group(ground, place, grouped, at_least=True)
        stage.tell(f"closing: round {number + 1} of {ROUNDS}, posting")
        with poster.posting(calm):
            time.sleep(_CALM_SECONDS)
        stage.tell(f"closing: round {number + 1} of {ROUNDS}, closing")
        with poster.posting(waited):
            told.append(_close(ground, members, closed))
    peak, grown = (max(one[name] for one in told) for name in ("peak_mib", "grown_mib"))
    sizes = {"members": members, "entries": members * ENTRIES_A_MEMBER, "rounds": ROUNDS, "peak MiB": peak}
    finding = Finding("closing", "a quarter closed for everybody", sizes, [closed, grouped, waited, calm])
    last = told[-1]
    finding.notes.append(", ".join(f"{name} {last['seconds'][name]:.2f} s" for name in STEPS))
    finding.notes.append(f"VmHWM {peak} MiB, {grown} MiB of them by the work; {last['frozen']} standings frozen")
    finding.notes.append(f"{len(waited.latencies)} entries posted meanwhile; goals: at most 10 ×, at most 100 ms")
    return finding


def _close(ground: Ground, members: int, row: Row) -> dict[str, Any]:
    watch = Stopwatch(ground)
    told: dict[str, Any] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.closed", LARGE, QUARTER],
            cwd=ROOT,
            env=ground.environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    )
    if (told["frozen"], told["proven"], told["tested"]) != (members, members, members):
        raise Unexpected(f"closing: {told}")
    row.rounds.append(sum(told["seconds"].values()))
    row.add_cost("process", told["cpu_seconds"] * 1000)
    row.add_cost("database", watch.read()[2] * 1000)
    return told


# What the quarter needs before it can be sealed.


def _prepare(ground: Ground, place: Place) -> None:
    """Everybody's duties, decided up to the quarter's end; its entries confirmed and its branches' notices over."""
    district = sql.Literal(place.district.id)
    with psycopg.connect(ground.superuser_address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute('CREATE TEMP TABLE owed (item text, "window" text, due_on date, share int, target int)')
        with connection.cursor().copy("COPY owed FROM STDIN") as copy:
            for row in _owed():
                copy.write_row(row)
        for statement in (_DUTIES, _CHECKS, _NOTICES):
            connection.execute(sql.SQL(statement).format(district=district, ends_on=sql.Literal(_last_day())))
        connection.execute(
            sql.SQL("UPDATE quarter SET state = 'sealed' WHERE district_id = {} AND code = ANY({})").format(
                district, sql.Literal(list(BEFORE))
            )
        )
    for one in BEFORE:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.closed", LARGE, one],
            cwd=ROOT, env=ground.environment, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip


_DUTIES = """
INSERT INTO duty (district_id, cycle, member_id, item, "window", due_on, share, target, state, source)
SELECT district_id, cycle, member_id, item, "window", due_on, share, target,
    CASE WHEN due_on > {ends_on} THEN 'expected'
         WHEN hashtext(member_id::text || item || "window") % 9 = 0 THEN 'missed' ELSE 'kept' END,
    CASE WHEN due_on > {ends_on} THEN NULL ELSE 'record' END
FROM standing CROSS JOIN owed WHERE district_id = {district} ON CONFLICT DO NOTHING
"""
_CHECKS = """
INSERT INTO entry_check (district_id, entry_id, checked_at)
SELECT district_id, id, recorded_at FROM entry
WHERE district_id = {district} AND kind = 'routine' AND reverses IS NULL AND effective_on <= {ends_on}
ON CONFLICT DO NOTHING
"""
_NOTICES = """
INSERT INTO notice (district_id, id, quarter, branch_id, from_on, until_on, begun_at)
SELECT o.district_id, gen_random_uuid(), q.code, o.id, q.ends_on + 15, q.ends_on + 22, q.ends_on + interval '15 days'
FROM organisation o JOIN quarter q ON q.district_id = o.district_id
WHERE o.district_id = {district} AND o.kind = 'branch' AND q.ends_on <= {ends_on}
"""


def _owed() -> Iterator[tuple[Any, ...]]:
    """The duties of a year by the rule book, as (item, window, due_on, share, target)."""
    edition = next(one for one in load_book(ROOT / "scoring_rules" / "longwen").editions).edition
    regime = edition.regime(STANDARD)
    assert regime is not None
    year = CycleDays(str(YEAR), date(YEAR, 1, 1), date(YEAR, 12, 31))
    for number in range(1, 5):
        code = f"{YEAR}Q{number}"
        quarter = Quarter(code, year.code, *quarter_days(code), QuarterState.OPEN)
        for row in duties_due(regime, year, quarter, _NOBODY, year.starts_on, first=number == 1):
            yield row.key.item, row.key.window, row.due_on, row.share, row.target


def _last_day() -> date:
    return quarter_days(QUARTER)[1]


def _reopen(ground: Ground, place: Place) -> None:
    """Undo what a close has written: only the server's own user can."""
    with psycopg.connect(ground.superuser_address) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in _REOPENING:
            connection.execute(
                sql.SQL(statement).format(district=sql.Literal(place.district.id), quarter=sql.Literal(QUARTER))
            )
    settled(ground)


_REOPENING = (
    "UPDATE quarter SET state = 'notice' WHERE district_id = {district} AND code = {quarter}",
    "DELETE FROM quarter_standing WHERE district_id = {district} AND quarter = {quarter}",
    """DELETE FROM checkpoint_leaf USING checkpoint c WHERE checkpoint_leaf.district_id = {district}
        AND c.district_id = {district} AND c.quarter = {quarter} AND checkpoint_leaf.checkpoint = c.number""",
    "DELETE FROM checkpoint WHERE district_id = {district} AND quarter = {quarter}",
    "DELETE FROM line_finding WHERE district_id = {district} AND quarter = {quarter}",
    "DELETE FROM line_count WHERE district_id = {district} AND quarter = {quarter}",
)


# Who posts meanwhile.


@dataclass
class _Poster:
    """Posts single entries of the open quarter, one behind the other, each for another member."""

    place: Place
    posted: int = 0
    failure: list[Exception] = field(default_factory=list)

    @contextmanager
    def posting(self, row: Row) -> Iterator[None]:
        """Adds the longest wait to the row; Unexpected where a post was refused or none was made."""
        done, waits = Event(), list[float]()

        def post() -> None:
            try:
                while not done.is_set():
                    waits.append(self._post() * 1000)
            except Exception as error:  # noqa: BLE001 - raised below, in the thread that measures
                self.failure.append(error)

        thread = Thread(target=post)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
        if self.failure or not waits:
            raise Unexpected(f"posting: {self.failure}")
        row.rounds.append(max(waits))
        row.latencies += waits

    def _post(self) -> float:
        members = self.place.members
        item, day = _POSTED[self.posted // len(members) % len(_POSTED)]
        posting = duty_posting(self.place, members[self.posted % len(members)], item, day, self.posted)
        self.posted += 1

        def work(connection: Connection) -> None:
            points.post(connection, self.place.actor(), [posting])

        began = time.perf_counter()
        self.place.ground.database.run(work, self.place.district.id)
        return time.perf_counter() - began
