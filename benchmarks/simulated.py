"""The process that simulates: ``python -m benchmarks.simulated CODE DRAFT`` replays the third quarter under one of two
drafts as ``longwen rules simulate`` does, and tells its costs as JSON."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor
from app.kit.db import opened
from app.kit.settings import Settings
from app.rules.book import load_book
from app.rules.core import Edition, Item, Kind
from app.trials.simulating import simulate
from app.trials.simulation import Changed, Simulation
from benchmarks.ground import CLOCK, ROOT, YEAR
from benchmarks.verified import peak_mib

QUARTER = f"{YEAR}Q3"


def main() -> None:
    code, name = sys.argv[1:]
    settings, listed = Settings(), 0
    draft = _draft(name)

    def take(_: Changed) -> None:
        nonlocal listed
        listed += 1

    def work(connection: Connection) -> Simulation:
        return simulate(connection, actor, draft, QUARTER, take)

    assert settings.database_url is not None
    with opened(settings.database_url, settings) as database:
        district = next(one for one in database.run(auth.list_districts, None) if one.code == code)
        actor = Actor.service(district.id, CLOCK.now(), district.time_zone)
        began, cpu = time.perf_counter(), time.process_time()
        found = database.run(work, district.id, snapshot=True)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    told = {
        "seconds": seconds,
        "cpu_seconds": cpu,
        "members": found.members,
        "changed": found.changed_total,
        "listed": listed,
        "peak_mib": peak_mib(),
    }
    print(json.dumps(told))


def _draft(name: str) -> Edition:
    """The next year's edition: with dearer duties, or with one item that adds more."""
    (loaded,) = load_book(ROOT / "scoring_rules" / "longwen").editions

    def changed(item: Item) -> Item:
        if name == "everybody" and item.duty is not None:
            return replace(item, duty=replace(item.duty, share=item.duty.share + 1))
        if name == "one-item" and item.kind is Kind.INNOVATION and item.code == "ORG-A01":
            return replace(item, points=8)
        return item

    regimes = {
        code: replace(
            one, edition="draft", digest="d" * 64, items={key: changed(item) for key, item in one.items.items()}
        )
        for code, one in loaded.edition.regimes.items()
    }
    starts = date(YEAR + 1, 1, 1)
    return replace(loaded.edition, code="draft", digest="d" * 64, starts_on=starts, regimes=regimes)


if __name__ == "__main__":
    main()
