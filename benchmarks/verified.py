"""The process that verifies: ``python -m benchmarks.verified CODE`` does what ``longwen verify`` does, and tells its
costs as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from app.cli.verify import verify_all
from app.kit.db import opened
from app.kit.settings import Settings
from benchmarks.ground import CLOCK


def main() -> None:
    code = sys.argv[1]
    settings = Settings()
    assert settings.database_url is not None
    with opened(settings.database_url, settings) as database:
        began, cpu = time.perf_counter(), time.process_time()
        found = verify_all(database, CLOCK, code)[code]
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    told = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "members": found.members,
        "entries": found.entries,
        "differing": found.differing,
        "leaves": found.leaves,
        "peak_mib": peak_mib(),
    }
    print(json.dumps(told))


def peak_mib() -> float:
    """The most memory that this process has held so far (VmHWM)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) / 1024, 1)
    raise AssertionError("Linux tells it")


if __name__ == "__main__":
    main()
