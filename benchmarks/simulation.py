"""(e) ``longwen rules simulate`` over 100,000 members and 2 million entries, against the bare GROUP BY over the rows.

Two drafts: one that moves what everybody has, so that every member is folded twice, and one that moves a single item.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from benchmarks.ground import ROOT, Ground
from benchmarks.ledger import ENTRIES_A_MEMBER
from benchmarks.results import Finding, Row
from benchmarks.server import Stopwatch
from benchmarks.stage import LARGE, Stage
from benchmarks.verification import group

ROUNDS = 3
DRAFTS = {"everybody": "every duty costs more", "one-item": "one item adds more"}


def run(stage: Stage) -> Finding:
    ground, place = stage.ground, stage.large
    members = len(place.members)
    grouped = Row("GROUP BY member_id, item, window", "s", is_rate=False)
    replays = {draft: Row(f"simulate, {what}", "s", is_rate=False, is_subject=True) for draft, what in DRAFTS.items()}
    told: dict[str, dict[str, Any]] = {}
    for number in range(ROUNDS):
        stage.tell(f"simulate: round {number + 1} of {ROUNDS}, GROUP BY")
        group(ground, place, grouped)
        for draft, row in replays.items():
            stage.tell(f"simulate: round {number + 1} of {ROUNDS}, {draft}")
            told[draft] = _simulate(ground, members, draft, row)
    peak = max(one["peak_mib"] for one in told.values())
    sizes = {"members": members, "entries": members * ENTRIES_A_MEMBER, "rounds": ROUNDS, "peak MiB": peak}
    rows = [one for row in replays.values() for one in (row, grouped)]
    finding = Finding("simulate", "a quarter replayed under a draft", sizes, rows)
    for draft, one in told.items():
        finding.notes.append(
            f"{draft}: {one['changed']} totals change, {one['listed']} listed; VmHWM {one['peak_mib']} MiB"
        )
    return finding


def _simulate(ground: Ground, members: int, draft: str, row: Row) -> dict[str, Any]:
    watch = Stopwatch(ground)
    told: dict[str, Any] = json.loads(
        subprocess.run(
            [sys.executable, "-m", "benchmarks.simulated", LARGE, draft],
            cwd=ROOT,
            env=ground.environment,
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
    )
    assert told["members"] == members, told
    row.rounds.append(told["seconds"])
    row.add_cost("process", told["cpu_seconds"] * 1000)
    row.add_cost("database", watch.read()[2] * 1000)
    return told
