"""The one table of scheduled work, and the process that keeps it.

Each job runs once a slot and district (``job_runs.run_once``); a slot is the day or quarter that the work is about.
What was missed while the scheduler did not run, or failed, is found by asking the table which slots were due and the
database which are done: at the start, at each of the job's times, and once a day.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor
from app.auth.core_districts import District
from app.cycles import service as cycles
from app.job_runs import service as job_runs
from app.job_runs.core import JobView, Slot
from app.job_runs.core_slots import Form, check_form
from app.job_runs.fires import fires
from app.job_runs.service import Outcome, RunResult, Work
from app.job_runs.wording import in_words, titled
from app.kit.calendar import month_days, month_of, quarter_days, quarter_of
from app.kit.ciphers import FieldCipher
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings

TIME_ZONE = "Asia/Shanghai"
# A quarter's work may take minutes where a request may not.
JOB_TIMEOUT_MS = 30 * 60 * 1000
_RETRY = {"hour": 3, "minute": 30}

_log = structlog.get_logger(__name__)


def of_the_hour(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H}"


def of_the_day(day: date) -> str:
    return f"{day:%Y-%m-%d}"  # of a moment too, which is a day and more


def this_quarter(day: date) -> str:
    return quarter_of(day)


def ended_month(day: date) -> str:
    """The last month that ended before the day."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def ended_quarter(day: date) -> str:
    """The last quarter that ended before the day."""
    return quarter_of(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1))


def _first_of_quarter(slot: str) -> date:
    return quarter_days(slot)[0]


def _first_of_month(slot: str) -> date:
    return month_days(slot)[0]


def _day_of_hour(slot: str) -> date:
    return datetime.strptime(slot, "%Y-%m-%dT%H").date()  # noqa: DTZ007 - only its form is asked


# By how a job finds the slot of a day.
FORMS: Mapping[Callable[..., str], Form] = {
    of_the_day: Form(date.fromisoformat, "一天", "a day"),
    this_quarter: Form(_first_of_quarter, "已开始的季度", "a quarter that has begun"),
    ended_quarter: Form(_first_of_quarter, "已结束的季度", "a quarter that has ended"),
    ended_month: Form(_first_of_month, "已结束的月份", "a month that has ended"),
    of_the_hour: Form(_day_of_hour, "一个整点", "an hour"),
}


@dataclass(frozen=True)
class Job:
    """One line of the table: ``work`` names a function; ``times`` are cron fields in ``TIME_ZONE``."""

    name: str
    title: str
    work: str  # "package.module:function", imported when it is needed
    times: Mapping[str, str | int]
    slot: Callable[[datetime], str]  # of the moment at which it is due
    catch_up_days: float  # how far back a missed slot is still done
    ongoing: bool = False  # the slot is not over when it is due: done late even where the service is new
    after: str | None = None  # the job that must have done the same slot

    def function(self) -> Work:
        module, name = self.work.split(":")
        function: Work = getattr(importlib.import_module(module), name)
        return function

    def do(self, connection: Connection, actor: Actor, slot: str) -> dict[str, int]:
        """The work itself, imported here, so that a fault in it is a failed run like any other."""
        return self.function()(connection, actor, slot)

    def trigger(self) -> CronTrigger:
        return CronTrigger(timezone=TIME_ZONE, **self.times)

    def due(self, now: datetime) -> Iterator[tuple[datetime, str]]:
        """When it was due in the days past, oldest first, and for which slot."""
        first = now - timedelta(days=self.catch_up_days)
        for fire in fires(tuple(self.times.items()), TIME_ZONE, first, now):
            yield fire, self.slot(fire)


_QUARTER_STARTS: Mapping[str, str | int] = {"month": "1,4,7,10", "day": 1}
# A quarter admits entries until the 10th of the month after it.
_CHECK_STARTS: Mapping[str, str | int] = {"month": "1,4,7,10", "day": 11}

JOBS = (
    Job("files", "清理未附的文件", "app.files.jobs:sweep", {"hour": 2, "minute": 40}, of_the_day, 1),
    Job("appeals", "申诉和意见建议的期限", "app.appeals.jobs:deadlines", {"hour": 7, "minute": 30}, of_the_day, 1),
    Job("quarters", "季度状态", "app.cycles.jobs:quarters", {"hour": 0, "minute": 10}, of_the_day, 1, ongoing=True),
    Job("absences", "未补课的缺席", "app.activities.jobs:absences", {"hour": 0, "minute": 30}, of_the_day, 1),
    Job("grids", "网格调整和结对提议", "app.grids.jobs:keep", {"hour": 4, "minute": 10}, of_the_day, 1, ongoing=True),
    Job("submissions", "申报期限", "app.submissions.jobs:keep", {"hour": 0, "minute": 40}, of_the_day, 1),
    Job(
        "duties",
        "生成应尽职责",
        "app.points.jobs:duties",
        {**_QUARTER_STARTS, "hour": 0, "minute": 20},
        this_quarter,
        100,
        ongoing=True,
    ),
    Job("rank", "排名随免考核变动", "app.points.jobs:rank", {"hour": 0, "minute": 25}, of_the_day, 1, ongoing=True),
    Job("settle", "结算应尽职责", "app.points.jobs:settle", {**_CHECK_STARTS, "hour": 1}, ended_quarter, 370),
    Job("check", "季度复核与公示", "app.seals.jobs:keep", {"hour": 1, "minute": 30}, of_the_day, 1, ongoing=True),
    # Tried every day until the last notice is over; the same quarter is then done, and what follows from it with it.
    Job("seal", "封账", "app.seals.jobs:seal", {"hour": 2}, ended_quarter, 370, after="settle"),
    Job("freeze", "留存封账结果", "app.seals.jobs:freeze", {"hour": 2, "minute": 5}, ended_quarter, 370, after="seal"),
    Job("prove", "封账校验点", "app.proofs.jobs:prove", {"hour": 2, "minute": 10}, ended_quarter, 370, after="freeze"),
    # An hour missed is not made good: the next checkpoint takes in whatever has moved.
    Job("checkpoint", "每小时校验点", "app.proofs.jobs:checkpoint", {"minute": 50}, of_the_hour, 1 / 24, ongoing=True),
    Job(
        "lines",
        "九百分、五百分线",
        "app.cases.jobs:lines",
        {"hour": 2, "minute": 30},
        ended_quarter,
        370,
        after="freeze",
    ),
    Job(
        "cases", "帮扶与表彰推荐", "app.cases.jobs:cases", {"hour": 2, "minute": 35}, ended_quarter, 370, after="lines"
    ),
    Job(
        "stars", "星级取数", "app.ratings.jobs:indicators", {"hour": 2, "minute": 40}, ended_quarter, 370, after="cases"
    ),
    Job(
        "mentoring", "帮带季末", "app.grids.jobs:progress", {"hour": 2, "minute": 45}, ended_quarter, 370, after="stars"
    ),
    Job("rating_plans", "整改和培育计划的期限", "app.ratings.jobs:plans", {"hour": 7, "minute": 50}, of_the_day, 1),
    Job("case_steps", "帮扶整改的期限", "app.cases.jobs:steps", {"hour": 7, "minute": 40}, of_the_day, 1),
    Job("digest_month", "月调度", "app.digests.jobs:month", {"day": 1, "hour": 6}, ended_month, 100),
    # Each waits for the sealed quarter; the last two do nothing for a quarter that ends no half-year, or no year.
    Job("digest_quarter", "季检查", "app.digests.jobs:quarter", {"hour": 4}, ended_quarter, 370, after="freeze"),
    Job(
        "digest_half", "半年分析", "app.digests.jobs:half", {"hour": 4, "minute": 10}, ended_quarter, 370, after="lines"
    ),
    Job(
        "digest_year", "年底总评", "app.digests.jobs:year", {"hour": 4, "minute": 20}, ended_quarter, 370, after="lines"
    ),
    # Asked for here, made by a round: it takes minutes, and its progress is seen while it does.
    Job("pack", "季度考评材料", "app.reviews.jobs:pack", {"hour": 2, "minute": 45}, ended_quarter, 370, after="cases"),
)


RoundWork = Callable[[Database, Clock, District, Settings, Callable[[], FieldCipher]], dict[str, int]]


@dataclass(frozen=True)
class Round:
    """What is looked after again and again, has no slots, and keeps its own record of what is done.

    It opens its own transactions, since it waits for others in between; several at once must do no harm.
    """

    name: str
    title: str
    work: str  # as a job's
    seconds: int

    def function(self) -> RoundWork:
        module, name = self.work.split(":")
        function: RoundWork = getattr(importlib.import_module(module), name)
        return function


ROUNDS = (
    Round("deliver", "推送消息", "app.messages.jobs:deliver", 60),
    # No job of a slot: the box opens under the operator's key, which jobs are not handed.
    Round("packs", "生成考评材料", "app.reviews.jobs:make", 20),
    Round("surveys", "汇总到期的匿名测评", "app.surveys.jobs:close", 600),
)


class UnknownJob(LookupError):
    """No job of that name is in the table."""


def find_job(name: str) -> Job:
    """UnknownJob if the table has none of that name."""
    for job in JOBS:
        if job.name == name:
            return job
    raise UnknownJob(name)


def present_slot(job: Job, now: datetime) -> str:
    """The slot that the job is about today."""
    return job.slot(now.astimezone(ZoneInfo(TIME_ZONE)))


def check_slot(connection: Connection, actor: Actor, job: Job, slot: str) -> None:
    """Whether the job could do the slot at all, before anything is written down of it.

    Raises SlotUnreadable, SlotToCome, and UnknownQuarter where duties would be given in a quarter that the books do not
    have; what a quarter's end brings is nothing before the books began.
    """
    latest = present_slot(job, actor.at)
    check_form(job.name, slot, FORMS[job.slot], latest)
    if job.slot is this_quarter and slot != latest:
        cycles.quarter(connection, actor, slot)


def open_slots(job: Job, now: datetime, done: frozenset[str], known_since: datetime | None) -> list[str]:
    """What was due and is not done, oldest first.

    A district new to the service is not handed the quarters before it: only what fell due since its first run, and what
    is still going on.
    """
    open_still = [
        slot
        for due_at, slot in job.due(now)
        if slot not in done
        and ((known_since is not None and due_at >= known_since) or (job.ongoing and slot == present_slot(job, now)))
    ]
    return list(dict.fromkeys(open_still))  # one that is tried day by day is open once


def run_open_slots(database: Database, clock: Clock, jobs: tuple[Job, ...] = JOBS) -> list[RunResult]:
    """Do every open slot of the jobs in every district; what fails in one district stops no other."""
    results: list[RunResult] = []
    for district in database.run(auth.list_districts, None):
        try:
            results += _run_district(database, clock, jobs, district)
        except Exception:  # noqa: BLE001 - one failing district stops no other; the log has it
            _log.exception("scheduled work of a district failed", district=district.code)
    return results


def _run_district(database: Database, clock: Clock, jobs: tuple[Job, ...], district: District) -> list[RunResult]:
    actor = Actor.service(district.id, clock.now(), district.time_zone)
    known_since = database.run(lambda connection: job_runs.first_start(connection, actor), district.id)
    results: list[RunResult] = []
    for job in jobs:
        for slot in open_slots(job, actor.at, _done(database, actor, job.name), known_since):
            if _waits(database, actor, job, slot, (*jobs, *JOBS), known_since):
                _log.info("job waits for another", job=job.name, slot=slot, after=job.after)
                break
            result = job_runs.run_once(database, clock, job.name, slot, district, job.do)
            results.append(result)
            if result.outcome in {Outcome.FAILED, Outcome.ELSEWHERE, Outcome.NOT_DUE}:
                break  # the slots are done in order
    return results


def retry_failed(
    database: Database, clock: Clock, district: District, name: str | None = None, slot: str | None = None
) -> list[tuple[Slot, RunResult | None]]:
    """Try again what failed or lost its process and is not done, however long ago, in the order of the table.

    With a name or slot only that. What the job before it has not done is left out of it: its result is None.
    """
    actor = Actor.service(district.id, clock.now(), district.time_zone)
    failed = database.run(lambda connection: job_runs.failed_slots(connection, actor), district.id)
    results: list[tuple[Slot, RunResult | None]] = []
    for job in JOBS:
        for one in failed:
            if one.job != job.name or name not in (None, one.job) or slot not in (None, one.slot):
                continue
            if job.after is not None and _is_failed(database, actor, Slot(job.after, one.slot)):
                results.append((one, None))
            else:
                results.append((one, job_runs.run_once(database, clock, job.name, one.slot, district, job.do)))
    return results


def _is_failed(database: Database, actor: Actor, wanted: Slot) -> bool:
    return wanted in database.run(lambda connection: job_runs.failed_slots(connection, actor), actor.district_id)


def views(connection: Connection, actor: Actor) -> list[JobView]:
    """The table with what the district has of it: what is open, what was done last, and the latest attempt."""
    known_since = job_runs.first_start(connection, actor)
    done, last = job_runs.done_slots_of_all(connection, actor), job_runs.last_runs(connection, actor)
    return [
        JobView(
            name=job.name,
            title=titled(job.name, job.title),
            times=in_words(job.times),
            after=job.after,
            slot=present_slot(job, actor.at),
            open_slots=tuple(open_slots(job, actor.at, done.get(job.name, frozenset()), known_since)),
            done_last=max(done.get(job.name, ()), default=None),
            last=last.get(job.name),
        )
        for job in JOBS
    ]


def _waits(
    database: Database, actor: Actor, job: Job, slot: str, jobs: tuple[Job, ...], known_since: datetime | None
) -> bool:
    """Whether the job before it is still to do the slot; one that the district is never handed is not waited for."""
    before = next((one for one in jobs if one.name == job.after), None)
    if before is None:
        return False
    return slot in open_slots(before, actor.at, _done(database, actor, before.name), known_since)


def _done(database: Database, actor: Actor, job: str) -> frozenset[str]:
    return database.run(lambda connection: job_runs.done_slots(connection, actor, job), actor.district_id)


def make_round(
    database: Database, clock: Clock, settings: Settings, cipher: Callable[[], FieldCipher], work: RoundWork
) -> dict[str, dict[str, int]]:
    """Do the work in every district; by code, what it says. One that fails is left out, and stops no other."""
    counts: dict[str, dict[str, int]] = {}
    for district in database.run(auth.list_districts, None):
        try:
            counts[district.code] = work(database, clock, district, settings, cipher)
        except Exception:  # noqa: BLE001 - one failing district stops no other; the log has it
            _log.exception("round of a district failed", district=district.code)
    return counts


def for_jobs(settings: Settings) -> Settings:
    """The same settings with the patience that jobs need."""
    return settings.model_copy(
        update={"statement_timeout_ms": JOB_TIMEOUT_MS, "idle_timeout_ms": JOB_TIMEOUT_MS, "pool_size": 4}
    )


def add_jobs(scheduler: BaseScheduler, database: Database, clock: Clock) -> None:
    """Put the table into a scheduler that has not started yet; what is open is done as soon as it starts."""

    def keep(*jobs: Job) -> None:
        run_open_slots(database, clock, jobs)

    scheduler.add_job(keep, args=JOBS, id="start")
    scheduler.add_job(keep, CronTrigger(timezone=TIME_ZONE, **_RETRY), args=JOBS, id="retry")
    for job in JOBS:
        scheduler.add_job(keep, job.trigger(), args=(job,), id=job.name)


def add_rounds(
    scheduler: BaseScheduler, database: Database, clock: Clock, settings: Settings, cipher: Callable[[], FieldCipher]
) -> None:
    """Put the rounds beside the jobs, each in a thread of its own: none waits for another."""
    for one in ROUNDS:

        def walk(one: Round = one) -> None:
            try:
                make_round(database, clock, settings, cipher, one.function())
            except Exception:  # noqa: BLE001 - the next round tries again; the log has it
                _log.exception("round failed", round=one.name)

        scheduler.add_job(walk, IntervalTrigger(seconds=one.seconds), id=one.name, executor="rounds")


def options() -> dict[str, Any]:
    """How our schedulers work: one job at a time, late rather than never, once where several times were missed."""
    return {
        "timezone": TIME_ZONE,
        "executors": {"default": ThreadPoolExecutor(1), "rounds": ThreadPoolExecutor(len(ROUNDS))},
        "job_defaults": {"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    }
