"""What HTTP sees of scheduled work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from app.job_runs.core import JobView, Run, RunPage, State
from app.kit.http import Answer
from app.kit.problems import Language

CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
STATES = (
    "running 运行中 · done 完成 · already_done 此前已完成 · elsewhere 另一进程正在处理 · not_due 时候未到"
    " · failed 失败 · lost 中断（进程已停止）"
)
_RUN: dict[str, Any] = {
    "id": "0192f5a0-0000-7000-8000-0000000000f1",
    "job": "freeze",
    "slot": "2026Q3",
    "state": "running",
    "attempt": 1,
    "started_at": "2026-10-24T18:05:00Z",
    "heartbeat_at": "2026-10-24T18:05:20Z",
    "ended_at": None,
    "seconds": None,
    "progress": 40,
    "counts": {},
    "error": None,
}


class RunAnswer(Answer):
    """One attempt at a slot."""

    model_config = ConfigDict(json_schema_extra={"example": _RUN})

    id: UUID
    job: str
    slot: str = Field(description="时段：日、月或季度 · a day, month or quarter")
    state: State = Field(description=STATES)
    attempt: int = Field(description="该时段第几次，从 1 起 · the how-manieth of its slot, from 1")
    started_at: datetime
    heartbeat_at: datetime = Field(description="最近一次报告仍在运行 · when it last said that it goes on")
    ended_at: datetime | None
    seconds: float | None
    progress: int | None = Field(description="百分比；未报告时为空 · percent; none: it has not said")
    counts: dict[str, int]
    error: str | None


class RunsAnswer(Answer):
    """Attempts, the latest first."""

    model_config = ConfigDict(json_schema_extra={"example": {"runs": [_RUN], "next": None}})

    runs: list[RunAnswer]
    next: str | None = Field(description="下一页的 cursor · the cursor of the next page")

    @classmethod
    def of(cls, page: RunPage) -> RunsAnswer:
        following = None
        if page.following is not None:
            at, run_id = page.following
            following = f"{(at - _EPOCH) // _TICK}.{run_id.hex}"
        return cls(runs=[_run(one) for one in page.runs], next=following)


def _run(run: Run) -> RunAnswer:
    return RunAnswer.model_validate(run)


def cursor_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    ticks, _, run_id = cursor.partition(".")
    return _EPOCH + int(ticks) * _TICK, UUID(run_id)


_JOB: dict[str, Any] = {
    "name": "freeze",
    "title": "留存封账结果",
    "times": "每日 02:05",
    "after": "seal",
    "slot": "2026Q3",
    "open_slots": ["2026Q3"],
    "done_last": "2026Q2",
    "last": _RUN,
}


class JobAnswer(Answer):
    """A line of the table of scheduled work."""

    model_config = ConfigDict(json_schema_extra={"example": _JOB})

    name: str
    title: str
    times: str = Field(description="时间（北京时间）· when, in Shanghai's time")
    after: str | None = Field(description="在此任务之后 · the job that must have done the slot before it")
    slot: str = Field(description="今天对应的时段 · the slot of today")
    open_slots: list[str] = Field(description="已到期未完成的时段，由早到晚 · due and not done, oldest first")
    done_last: str | None = Field(description="最近完成的时段 · the latest slot that is done")
    last: RunAnswer | None = Field(description="最近一次运行 · the latest attempt")

    @classmethod
    def of(cls, view: JobView, language: Language) -> JobAnswer:
        return cls(
            name=view.name,
            title=view.title.said(language),
            times=view.times.said(language),
            after=view.after,
            slot=view.slot,
            open_slots=list(view.open_slots),
            done_last=view.done_last,
            last=None if view.last is None else RunAnswer.model_validate(view.last),
        )


class JobsAnswer(Answer):
    """The table of scheduled work, in its order."""

    model_config = ConfigDict(json_schema_extra={"example": {"jobs": [_JOB]}})

    jobs: list[JobAnswer]

    @classmethod
    def of(cls, views: list[JobView], language: Language) -> JobsAnswer:
        return cls(jobs=[JobAnswer.of(one, language) for one in views])
