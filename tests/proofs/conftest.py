"""The town with its third quarter sealed and under a root, entries since, and someone who owns the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text

from app.job_runs.service import RunResult
from app.kit.db import Database, opened
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.proofs import certifying, service, verifying
from app.proofs.core import Root
from app.proofs.verifying import Proven
from tests.conftest import Addresses, Server
from tests.seals.conftest import DAY, Q3, Office, client, desk, office, town
from tests.town import Town

__all__ = ["client", "desk", "office", "town"]

MEMBER, COLLEAGUE, NEIGHBOUR = "林晓明", "陈建国", "周美玲"
ABOVE = "committee_officer"
LAST = date(2026, 10, 23)  # of a notice that begins on the 16th


@dataclass
class Registry:
    """What is proved of the town, and the roots that somebody keeps outside."""

    office: Office
    kept: list[Root]

    @property
    def town(self) -> Town:
        return self.office.desk.town

    def checkpoint(self) -> RunResult:
        return self.office.run("checkpoint", str(new_id()))

    def prove(self, quarter: str = Q3) -> RunResult:
        return self.office.run("prove", quarter, force=True)

    def keep(self) -> None:
        """Take the roots out."""
        self.kept = self.town.run(service.roots)

    def verify(self, roots: Sequence[Root] | None = None) -> Proven:
        outside = self.kept if roots is None else roots
        found: Proven = self.town.run(lambda c, actor: verifying.verify(c, actor, outside), snapshot=True)
        return found

    def seal(self) -> None:
        """All confirmed, on notice from the 16th of October on, sealed and frozen on the 24th."""
        for branch in ("branch", "neighbour"):
            self.office.confirmed("district_officer", branch=branch)
        self.office.live(date(2026, 10, 16))
        self.office.live(LAST + timedelta(days=1))


@pytest.fixture
def registry(office: Office) -> Registry:
    """Nothing under a root yet, with a few entries of the third quarter."""
    found = Registry(office, [])
    office.recorded(MEMBER, "ORG-D01", ABOVE)
    office.recorded(COLLEAGUE, "ORG-D03", ABOVE, reason="请假未批")
    office.recorded(NEIGHBOUR, "ORG-D01", ABOVE, outcome="kept")
    return found


@pytest.fixture
def sealed(registry: Registry) -> Registry:
    """The third quarter sealed, proved and certified; entries of the fourth; everything under a root."""
    registry.checkpoint()
    registry.office.recorded(MEMBER, "ORG-D04", ABOVE, reason="缺席")
    for units in (3, 5):
        registry.office.recorded(COLLEAGUE, "SRV-D02", ABOVE, outcome=None, units=units)
    registry.seal()
    registry.prove()
    registry.town.run(lambda connection, actor: certifying.make(connection, actor, Q3))
    for name in (MEMBER, NEIGHBOUR):
        registry.office.recorded(name, "ORG-D03", ABOVE, effective_on="2026-10-20")
    registry.checkpoint()
    registry.office.recorded(NEIGHBOUR, "ORG-D04", ABOVE, effective_on=DAY)
    registry.checkpoint()
    registry.keep()
    return registry


Tampering = Callable[[Connection], Any]


@dataclass
class Owner:
    """Whoever owns the database: no right and no trigger stands in the way."""

    database: Database
    town: Town

    def run(self, work: Tampering, *, commit: bool = True) -> Any:
        def free(connection: Connection) -> Any:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            return work(connection)

        return self.database.run(free, None, commit=commit)

    def execute(self, statement: str, **facts: Any) -> int:
        """A statement about the test's district (``:d``)."""
        count: int = self.run(lambda c: c.execute(text(statement), {"d": self.town.district.id, **facts}).rowcount)
        return count

    def tried(self, work: Tampering, roots: Sequence[Root]) -> Proven:
        """What verifying finds after the work, all of which is then undone."""

        def both(connection: Connection) -> Proven:
            work(connection)
            return verifying.verify(connection, self.town.actor(), roots)

        found: Proven = self.run(both, commit=False)
        return found


@pytest.fixture
def owner(server: Server, addresses: Addresses, settings: Settings, town: Town, unjudged: None) -> Iterator[Owner]:
    address = make_url(server.admin_url).set(database=addresses.name).render_as_string(hide_password=False)
    with opened(address, settings) as database:
        yield Owner(database, town)


def named(found: Proven) -> list[str]:
    """Every row that is said to differ, with what differs."""
    rows = [f"{one.row} {one.what}" for one in found.differences.first]
    return rows + [f"standing {one.cycle} {one.member_id} {one.what}" for one in found.ledger.findings]
