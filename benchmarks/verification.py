"""(d) ``longwen verify`` of 100,000 members and 2 million entries, against the bare GROUP BY over the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import psycopg
from psycopg import sql

from app.proofs import service as proofs
from benchmarks.ground import ROOT, Ground, Place, settled
from benchmarks.ledger import ENTRIES_A_MEMBER
from benchmarks.results import Finding, Row
from benchmarks.server import Stopwatch
from benchmarks.stage import LARGE, Stage

ROUNDS = 3
# All of it is computed, and one row is sent.
_GROUP = """
SELECT count(*), sum(entries), sum(units), sum(points) FROM (
    SELECT member_id, item, "window", count(*) AS entries, sum(units) AS units, sum(points) AS points
    FROM entry WHERE district_id = {} GROUP BY member_id, item, "window"
) AS cells
"""


def run(stage: Stage) -> Finding:
    ground, place = stage.ground, stage.large
    members = len(place.members)
    verified = Row("longwen verify", "s", is_rate=False, is_subject=True)
    grouped = Row("GROUP BY member_id, item, window", "s", is_rate=False)
    peaks = []
    taken_in = checkpoint(ground, place)
    for number in range(ROUNDS):
        stage.tell(f"verify: round {number + 1} of {ROUNDS}, GROUP BY")
        group(ground, place, grouped)
        stage.tell(f"verify: round {number + 1} of {ROUNDS}, verify")
        peaks.append(_verify(ground, members, verified)["peak_mib"])
    sizes = {"members": members, "entries": members * ENTRIES_A_MEMBER, "rounds": ROUNDS, "peak MiB": max(peaks)}
    finding = Finding("verify", "every standing proved from the ledger", sizes, [verified, grouped])
    finding.notes.append(f"{members * ENTRIES_A_MEMBER / verified.value:,.0f} entries/s; VmHWM {max(peaks)} MiB")
    finding.notes.append(f"with a checkpoint over all {members:,} members, which took {taken_in:.1f} s")
    return finding


def checkpoint(ground: Ground, place: Place) -> float:
    """Every standing under one root, as in the first hour; the seconds it takes."""
    began = time.perf_counter()
    ground.database.run(lambda connection: proofs.checkpoint(connection, place.actor()), place.district.id)
    seconds = time.perf_counter() - began
    settled(ground)
    return seconds


def _verify(ground: Ground, members: int, row: Row) -> dict[str, Any]:
    watch = Stopwatch(ground)
    told: dict[str, Any] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.verified", LARGE],
            cwd=ROOT,
            env=ground.environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    )
    assert (told["members"], told["entries"]) == (members, members * ENTRIES_A_MEMBER), told
    assert (told["differing"], told["leaves"]) == (0, members), told
    row.rounds.append(told["seconds"])
    row.add_cost("process", told["cpu_seconds"] * 1000)
    row.add_cost("database", watch.read()[2] * 1000)
    return told


def group(ground: Ground, place: Place, row: Row, *, at_least: bool = False) -> None:
    """Under the service's role and policy, by whatever plan the server takes; ``at_least`` where others have posted."""
    with psycopg.connect(ground.addresses.application_url) as connection:
        connection.execute(sql.SQL("SET LOCAL app.district_id = {}").format(sql.Literal(str(place.district.id))))
        watch = Stopwatch(ground)
        began = time.perf_counter()
        found = connection.execute(sql.SQL(_GROUP).format(sql.Literal(place.district.id))).fetchone()
        row.rounds.append(time.perf_counter() - began)
        row.add_cost("database", watch.read()[2] * 1000)
    assert found is not None
    entries = len(place.members) * ENTRIES_A_MEMBER
    assert found[1] == entries or (at_least and found[1] > entries), found
