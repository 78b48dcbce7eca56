"""Queries of scheduled work: attempts, and what is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.job_runs.tables import job_done, job_run


def insert_run(connection: Connection, district: UUID, *, run: UUID, job: str, slot: str, at: datetime) -> None:
    connection.execute(
        insert(job_run).values(district_id=district, id=run, job=job, slot=slot, started_at=at, heartbeat_at=at)
    )


def set_heartbeat(connection: Connection, district: UUID, run: UUID, at: datetime) -> None:
    connection.execute(
        update(job_run).where(job_run.c.district_id == district, job_run.c.id == run).values(heartbeat_at=at)
    )


def set_end(
    connection: Connection,
    district: UUID,
    run: UUID,
    at: datetime,
    *,
    outcome: str,
    counts: dict[str, int] | None,
    progress: int | None,
    error: str | None,
) -> None:
    connection.execute(
        update(job_run)
        .where(job_run.c.district_id == district, job_run.c.id == run)
        .values(heartbeat_at=at, ended_at=at, outcome=outcome, counts=counts, progress=progress, error=error)
    )


def insert_done(connection: Connection, district: UUID, *, run: UUID, job: str, slot: str, at: datetime) -> bool:
    """Claim the slot in the transaction of its work; False if it is done already.

    Waits while another transaction holds the same claim, and takes it over if that one gives up.
    """
    claim = insert(job_done).values(district_id=district, job=job, slot=slot, done_at=at, run_id=run)
    claim = claim.on_conflict_do_nothing(index_elements=["district_id", "job", "slot"])
    return connection.execute(claim.returning(job_done.c.slot)).first() is not None


def list_runs(connection: Connection, district: UUID, job: str | None, limit: int) -> Sequence[Row[Any]]:
    """The latest attempts, newest first."""
    runs = select(job_run).where(job_run.c.district_id == district)
    if job is not None:
        runs = runs.where(job_run.c.job == job)
    return connection.execute(runs.order_by(job_run.c.started_at.desc(), job_run.c.id.desc()).limit(limit)).all()


def list_done(connection: Connection, district: UUID, job: str) -> frozenset[str]:
    """The slots of the job that are done."""
    done = select(job_done.c.slot).where(job_done.c.district_id == district, job_done.c.job == job)
    return frozenset(connection.execute(done).scalars())


def find_first_start(connection: Connection, district: UUID) -> datetime | None:
    """When the first job ever ran here."""
    first = select(func.min(job_run.c.started_at)).where(job_run.c.district_id == district)
    started_at: datetime | None = connection.execute(first).scalar_one()
    return started_at
