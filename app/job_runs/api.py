"""Routes that show scheduled work. Nothing is started here: that is the operator's, at the command line."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.job_runs import service
from app.job_runs.core import RUNS_MAX, State
from app.job_runs.schemas import CURSOR, STATES, JobsAnswer, RunsAnswer, cursor_of

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

Reading = Annotated[Door, Depends(permit(Permission.JOB_READ))]


@router.get("", summary="定时任务 · Scheduled jobs")
def list_jobs(request: Request, door: Reading) -> JobsAnswer:
    """每个任务的时间、未完成的时段和最近一次运行。· Each job's times, its open slots and its latest attempt."""
    # The table stands above this room, and the application hands it down.
    table = cast("service.Table", request.app.state.jobs)
    return JobsAnswer.of(door.run(table), door.language)


@router.get("/runs", summary="任务运行记录 · Attempts at jobs")
def list_job_runs(
    door: Reading,
    job: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$", description="任务 · a job", examples=["seal"])] = None,
    state: Annotated[State | None, Query(description=STATES)] = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=RUNS_MAX)] = 50,
) -> RunsAnswer:
    """最近的在前：时段、起止、进度、计数和错误。· The latest first: slot, start, end, progress, counts and error."""
    page = door.run(
        lambda connection, actor: service.runs(
            connection, actor, job=job, state=state, before=cursor_of(cursor), count_max=limit
        )
    )
    return RunsAnswer.of(page)
