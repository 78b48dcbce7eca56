"""The machine that a run was made on, so that its numbers are not read as another's."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.ground import Ground

_LIBRARIES = ("fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "psycopg", "h11")
_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "max_wal_size")
_SYNCS = 100


def facts(ground: Ground) -> dict[str, Any]:
    """Processor, memory, versions, the database's settings, and how long this disk takes to make a write safe."""
    with psycopg.connect(ground.addresses.application_url) as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
        assert row is not None
        database = {"version": row[0]}
        for name in _SETTINGS:
            row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
            assert row is not None
            database[name] = row[0]
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "postgresql": database,
        "fdatasync_ms": _sync_milliseconds(ground.folder),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    database = found["postgresql"]
    return [
        f"{found['cpu']}, {found['cores']} cores, {found['memory_gib']} GiB; load {found['load_average_before']}",
        f"Python {found['python']}, " + ", ".join(f"{name} {number}" for name, number in found["libraries"].items()),
        f"PostgreSQL {database['version']}, "
        + ", ".join(f"{name}={value}" for name, value in database.items() if name != "version"),
        f"fdatasync of 8 KiB: {found['fdatasync_ms']} ms",
    ]


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _sync_milliseconds(folder: Path) -> float:
    path = folder / "sync-test"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        times = []
        for _ in range(_SYNCS):
            os.pwrite(descriptor, os.urandom(8192), 0)
            began = time.perf_counter()
            os.fdatasync(descriptor)
            times.append(time.perf_counter() - began)
        return round(median(times) * 1000, 3)
    finally:
        os.close(descriptor)
        path.unlink()
