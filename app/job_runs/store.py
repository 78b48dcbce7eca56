"""Queries of scheduled work: attempts, and what is done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.job_runs.core import State
from app.job_runs.tables import job_done, job_run
from app.kit.db import AnyRow


def insert_run(connection: Connection, district: UUID, *, run: UUID, job: str, slot: str, at: datetime) -> None:
    connection.execute(
        insert(job_run).values(district_id=district, id=run, job=job, slot=slot, started_at=at, heartbeat_at=at)
    )


def set_heartbeat(connection: Connection, district: UUID, run: UUID, at: datetime, progress: int | None) -> None:
    """``progress`` in percent; None: the work has not said."""
    connection.execute(
        update(job_run)
        .where(job_run.c.district_id == district, job_run.c.id == run)
        .values(heartbeat_at=at, progress=progress)
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


def list_runs(
    connection: Connection,
    district: UUID,
    job: str | None,
    limit: int,
    *,
    state: State | None,
    before: tuple[datetime, UUID] | None,
    seen_since: datetime,
) -> Sequence[AnyRow]:
    """The latest attempts, newest first. What has no end is running if its heartbeat is not before ``seen_since``."""
    runs = _numbered(district)
    if job is not None:
        runs = runs.where(job_run.c.job == job)
    found = runs.subquery("numbered")
    statement = select(found).order_by(found.c.started_at.desc(), found.c.id.desc()).limit(limit)
    if state is State.RUNNING:
        statement = statement.where(found.c.outcome.is_(None), found.c.heartbeat_at >= seen_since)
    elif state is State.LOST:
        statement = statement.where(found.c.outcome.is_(None), found.c.heartbeat_at < seen_since)
    elif state is not None:
        statement = statement.where(found.c.outcome == state.value)
    if before is not None:
        statement = statement.where(tuple_(found.c.started_at, found.c.id) < before)
    return connection.execute(statement).all()


def _numbered(district: UUID) -> Select[Any]:
    """Every attempt with its number among those of its slot."""
    number = func.row_number().over(
        partition_by=(job_run.c.job, job_run.c.slot), order_by=(job_run.c.started_at, job_run.c.id)
    )
    return select(job_run, number.label("attempt")).where(job_run.c.district_id == district)


def list_last_runs(connection: Connection, district: UUID) -> Sequence[AnyRow]:
    """The latest attempt of each job."""
    found = _numbered(district).subquery("numbered")
    statement = select(found).ext(distinct_on(found.c.job))
    return connection.execute(statement.order_by(found.c.job, found.c.started_at.desc(), found.c.id.desc())).all()


def list_failed(connection: Connection, district: UUID, seen_since: datetime) -> Sequence[AnyRow]:
    """Slots that are not done and whose latest attempt failed, or has had no heartbeat since the moment."""
    last = (
        select(job_run)
        .ext(distinct_on(job_run.c.job, job_run.c.slot))
        .where(job_run.c.district_id == district)
        .order_by(job_run.c.job, job_run.c.slot, job_run.c.started_at.desc(), job_run.c.id.desc())
        .subquery("last")
    )
    done = exists().where(
        job_done.c.district_id == district, job_done.c.job == last.c.job, job_done.c.slot == last.c.slot
    )
    lost = and_(last.c.outcome.is_(None), last.c.heartbeat_at < seen_since)
    statement = select(last.c.job, last.c.slot).where(or_(last.c.outcome == "failed", lost), ~done)
    return connection.execute(statement.order_by(last.c.slot, last.c.job)).all()


def list_done_of_all(connection: Connection, district: UUID) -> Sequence[AnyRow]:
    """Every job and slot that is done."""
    return connection.execute(select(job_done.c.job, job_done.c.slot).where(job_done.c.district_id == district)).all()


def list_done(connection: Connection, district: UUID, job: str) -> frozenset[str]:
    """The slots of the job that are done."""
    done = select(job_done.c.slot).where(job_done.c.district_id == district, job_done.c.job == job)
    return frozenset(connection.execute(done).scalars())


def find_first_start(connection: Connection, district: UUID) -> datetime | None:
    """When the first job ever ran here."""
    first = select(func.min(job_run.c.started_at)).where(job_run.c.district_id == district)
    started_at: datetime | None = connection.execute(first).scalar_one()
    return started_at
