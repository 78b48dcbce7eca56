"""Which slots of a job can be run by hand: it is said beforehand, so that no run is recorded of one that cannot."""

from __future__ import annotations

from uuid import UUID

import pytest

from app import schedule
from app.auth.core import Actor
from app.kit.db import Database
from app.kit.errors import LongwenError
from app.schedule import JOBS, Job, find_job
from tests.test_schedule import shanghai

AT_NOON = shanghai(2026, 11, 21, 12)


@pytest.mark.parametrize(
    ("name", "slot", "code"),
    [
        ("quarters", "2026-11-22", "slot_to_come"),
        ("check", "2027-01-01", "slot_to_come"),
        ("check", "foo", "slot_unreadable"),
        ("check", "20261121", "slot_unreadable"),
        ("check", "2026Q3", "slot_unreadable"),
        ("lines", "2026Q9", "slot_unreadable"),
        ("lines", "2026-11-21", "slot_unreadable"),
        ("lines", "2026Q4", "slot_to_come"),
        ("duties", "2027Q1", "slot_to_come"),
        ("duties", "2019Q1", "unknown_quarter"),
    ],
)
def test_a_slot_that_the_job_cannot_do_is_refused_in_words(
    database: Database, district: UUID, name: str, slot: str, code: str
) -> None:
    job, actor = find_job(name), Actor.service(district, AT_NOON, schedule.TIME_ZONE)
    with pytest.raises(LongwenError) as refused:
        database.run(lambda connection: schedule.check_slot(connection, actor, job, slot), district)
    assert refused.value.code == code
    assert slot in refused.value.text("zh")


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_does_the_slot_of_today(database: Database, district: UUID, job: Job) -> None:
    actor = Actor.service(district, AT_NOON, schedule.TIME_ZONE)
    slot = schedule.present_slot(job, actor.at)
    database.run(lambda connection: schedule.check_slot(connection, actor, job, slot), district)
