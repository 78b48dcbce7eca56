"""The process that closes: ``python -m benchmarks.closed CODE QUARTER`` does what the jobs do from the seal on, each in
a transaction of its own, and tells its costs as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from app.auth import service as auth
from app.auth.core import Actor
from app.cases import jobs as cases
from app.kit.db import opened
from app.kit.settings import Settings
from app.proofs import jobs as proofs
from app.schedule import for_jobs
from app.seals import jobs as seals
from benchmarks.ground import CLOCK
from benchmarks.verified import peak_mib

_STEPS: dict[str, Callable[..., dict[str, int]]] = {
    "seal": seals.seal,
    "freeze": seals.freeze,
    "prove": proofs.prove,
    "lines": cases.lines,
}


def main() -> None:
    code, quarter = sys.argv[1:]
    settings = for_jobs(Settings())
    assert settings.database_url is not None
    seconds: dict[str, float] = {}
    counts: dict[str, Any] = {}
    with opened(settings.database_url, settings) as database:
        district = next(one for one in database.run(auth.list_districts, None) if one.code == code)
        actor = Actor.service(district.id, CLOCK.now(), district.time_zone)
        before, cpu = peak_mib(), time.process_time()
        for name, step in _STEPS.items():
            began = time.perf_counter()
            work = partial(step, actor=actor, slot=quarter)
            counts |= database.run(work, district.id)
            seconds[name] = time.perf_counter() - began
        cpu = time.process_time() - cpu
    told = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "frozen": counts["frozen"],
        "proven": counts["rows"],
        "tested": counts["tested"],
        "peak_mib": peak_mib(),
        "grown_mib": round(peak_mib() - before, 1),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
