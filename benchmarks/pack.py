"""(i) The workbook of a pack over 100,000 members, against the writer library alone on the same cells; and the report.

Both are processes of their own, since what a workbook needs of memory is asked as well. The library alone is handed
the values from memory; the pack reads them line by line from its image.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.ground import ROOT
from benchmarks.results import Finding, Row
from benchmarks.stage import LARGE_MEMBERS, Stage

ROUNDS = 3
MEMORY_MIB_MAX, WORKBOOK_TIMES_MAX, REPORT_SECONDS_MAX = 300, 1.5, 10
REPORT_BRANCHES, REPORT_MEMBERS = 60, 30


def run(stage: Stage) -> Finding:
    members = stage.scaled(LARGE_MEMBERS, 500)
    ours = Row("workbook of the pack", "s", is_rate=False, is_subject=True)
    alone = Row("XlsxWriter alone, the same cells", "s", is_rate=False)
    report = Row(f"PDF of {REPORT_BRANCHES} branches", "s", is_rate=False, is_subject=True)
    peaks: dict[str, float] = {}
    cells = 0
    with tempfile.TemporaryDirectory(prefix="longwen-bench-pack-") as folder:
        for number in range(ROUNDS):
            for row, what, branches in ((alone, "alone", members // 30), (ours, "workbook", members // 30),
                                        (report, "report", REPORT_BRANCHES)):  # fmt: skip
                stage.tell(f"pack: round {number + 1} of {ROUNDS}, {what}")
                told = _packed(what, branches, Path(folder))
                row.rounds.append(told["seconds"])
                row.add_cost("process", told["cpu_seconds"] * 1000)
                peaks[what] = max(peaks.get(what, 0), told["peak_mib"])
                cells = told["cells"] or cells
    sizes = {"members": members // 30 * 30, "cells": cells, "rounds": ROUNDS}
    finding = Finding("pack", "the papers of a quarter", sizes, [ours, alone, report])
    finding.notes.append(
        f"workbook: at most {WORKBOOK_TIMES_MAX} times the library alone, VmHWM {peaks['workbook']:.0f} MiB"
        f" (at most {MEMORY_MIB_MAX}; alone {peaks['alone']:.0f})"
    )
    finding.notes.append(f"report: at most {REPORT_SECONDS_MAX} s, VmHWM {peaks['report']:.0f} MiB")
    return finding


def _packed(what: str, branches: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.packed", what, str(branches), str(folder)]
    told: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return told
