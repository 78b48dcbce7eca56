"""Work whose time has not come is no failure: nothing of it is kept, and the slot stays open."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.auth.core_districts import District
from app.job_runs import service
from app.job_runs.service import NotDue, Outcome
from app.kit.clock import FixedClock
from app.kit.db import Database
from tests.conftest import TIME_ZONE
from tests.job_runs.test_run_once import leaves_a_row, rows_left


def test_what_is_not_due_keeps_nothing_and_can_be_done_later(
    database: Database, clock: FixedClock, district: UUID
) -> None:
    place = District(district, "here", "测试区", TIME_ZONE)

    def waits(connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        leaves_a_row(connection, actor, slot)
        raise NotDue(waits_for=2)

    result = service.run_once(database, clock, "seal", "2026Q3", place, waits)
    assert (result.outcome, result.counts, result.error) == (Outcome.NOT_DUE, {"waits_for": 2}, None)
    assert rows_left(database, district) == 0
    (run,) = database.run(
        lambda connection: service.list_runs(connection, Actor.service(district, clock.now(), TIME_ZONE)), district
    )
    assert (run.state, run.counts) == ("not_due", {"waits_for": 2})
    assert service.run_once(database, clock, "seal", "2026Q3", place, leaves_a_row).outcome is Outcome.DONE
