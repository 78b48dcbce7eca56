"""Commands on scheduled work: the table, a run by hand, the record."""

from __future__ import annotations

from typing import Annotated

import typer

from app import schedule
from app.auth.core import Actor
from app.auth.core_districts import District
from app.cli.context import connected, find_district, opened
from app.cli.database import DistrictCode, Json
from app.cli.output import either, language, print_json, print_table, say
from app.cycles.service import UnknownQuarter
from app.job_runs import service as job_runs
from app.job_runs.core_slots import SlotToCome, SlotUnreadable
from app.job_runs.service import Outcome
from app.job_runs.wording import in_words, titled
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.db import opened as opened_database
from app.kit.log import configure_logging

application = typer.Typer(help=either("定时任务。", "Scheduled jobs."), no_args_is_help=True)


@application.command("list")
def list_jobs(as_json: Json = False) -> None:
    """列出定时任务及其时间。 / List the jobs and their times."""
    now = SystemClock().now()
    rows = [
        {
            "job": job.name,
            "title": titled(job.name, job.title).said(language()),
            "times": in_words(job.times).said(language()),
            "slot": schedule.present_slot(job, now),
        }
        for job in schedule.JOBS
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(["job", "title", "times", "slot"], rows)


@application.command("run")
def run_job(
    name: Annotated[str, typer.Argument(help=either("任务名，见 jobs list", "a job of `jobs list`"))],
    slot: Annotated[
        str | None,
        typer.Option(
            help=either("时段，如 2026Q3 或 2026-11-21；默认为今天所对应的", "2026Q3 or 2026-11-21; default: of today")
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=either("已完成也再做一次", "again although done"))] = False,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """手工运行一个任务；已完成的不再做，不算错误。 / Run a job by hand; one that is done already is no error."""
    job = _find(name)
    with connected() as (settings, plain):
        configure_logging(as_json=settings.log_json)
        found = find_district(plain, district)
        clock = SystemClock()
        with opened_database(str(settings.database_url), schedule.for_jobs(settings)) as database:
            chosen = slot or schedule.present_slot(job, clock.now())
            _check_slot(database, found, job, chosen)
            if not force:
                _require_before(database, found, job, chosen)
            result = job_runs.run_once(database, clock, job.name, chosen, found, job.do, force=force)
    row = {
        "job": job.name,
        "slot": chosen,
        "district": found.code,
        "outcome": result.outcome.value,
        "counts": result.counts,
        "error": result.error,
    }
    if as_json:
        print_json(row)
    else:
        print_table(list(row), [row])
    if result.outcome is Outcome.ALREADY_DONE:
        say("该时段已完成，未重复执行（--force 可再做一次）。", "Done already; not done again (--force does it again).")
    if result.outcome is Outcome.NOT_DUE:
        say("时候未到，什么也没有做；每天会再试。", "Its time has not come; nothing was done. It is tried every day.")
    if result.outcome is Outcome.FAILED:
        raise typer.Exit(1)


def _check_slot(database: Database, district: District, job: schedule.Job, slot: str) -> None:
    actor = Actor.service(district.id, SystemClock().now(), district.time_zone)
    try:
        database.run(lambda connection: schedule.check_slot(connection, actor, job, slot), district.id)
    except (SlotUnreadable, SlotToCome, UnknownQuarter) as error:
        raise typer.BadParameter(either(error.text("zh"), error.text("en"))) from error


@application.command("retry")
def retry_jobs(
    name: Annotated[str | None, typer.Argument(help=either("只重试此任务", "of this job only"))] = None,
    slot: Annotated[str | None, typer.Option(help=either("只重试此时段", "of this slot only"))] = None,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """重试失败或中断而尚未完成的时段。 / Try again what failed or was cut off and is not done."""
    if name is not None:
        _find(name)
    with connected() as (settings, plain):
        configure_logging(as_json=settings.log_json)
        found = find_district(plain, district)
        with opened_database(str(settings.database_url), schedule.for_jobs(settings)) as database:
            results = schedule.retry_failed(database, SystemClock(), found, name, slot)
    rows = [
        {
            "job": one.job,
            "slot": one.slot,
            "district": found.code,
            "outcome": "waits" if result is None else result.outcome.value,
            "counts": {} if result is None else result.counts,
            "error": None if result is None else result.error,
        }
        for one, result in results
    ]
    if as_json:
        print_json(rows)
    elif rows:
        print_table(list(rows[0]), rows)
    else:
        say("没有失败或中断的时段。", "Nothing failed or was cut off.")
    if any(result is None or result.outcome is Outcome.FAILED for _, result in results):
        raise typer.Exit(1)


def _find(name: str) -> schedule.Job:
    """The job of that name, or a complaint that says which there are."""
    try:
        return schedule.find_job(name)
    except schedule.UnknownJob as error:
        names = ", ".join(known.name for known in schedule.JOBS)
        raise typer.BadParameter(
            either(f"没有任务 {name}；现有：{names}", f"no job {name}; there are: {names}")
        ) from error


def _require_before(database: Database, district: District, job: schedule.Job, slot: str) -> None:
    """The job that comes before must have done the same slot."""
    if job.after is None:
        return
    actor = Actor.service(district.id, SystemClock().now(), district.time_zone)
    done = database.run(lambda connection: job_runs.done_slots(connection, actor, job.after or ""), district.id)
    if slot not in done:
        raise typer.BadParameter(
            either(
                f"{job.name} 要在 {job.after} 之后运行：请先 longwen jobs run {job.after} --slot {slot}",
                f"{job.name} comes after {job.after}: first run longwen jobs run {job.after} --slot {slot}",
            )
        )


@application.command("runs")
def list_runs(
    job: Annotated[str | None, typer.Option(help=either("只看此任务", "of this job only"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help=either("条数", "how many"))] = 20,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """最近的运行记录。 / The latest attempts."""
    with opened(district=district) as context:
        actor = context.actor()
        runs = context.database.run(
            lambda connection: job_runs.list_runs(connection, actor, job, limit), context.district.id
        )
    rows = [
        {
            "started_at": run.started_at.isoformat(timespec="seconds"),
            "job": run.job,
            "slot": run.slot,
            "state": run.state.value,
            "attempt": run.attempt,
            "progress": run.progress,
            "seconds": run.seconds,
            "counts": run.counts,
            "error": run.error,
        }
        for run in runs
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(["started_at", "job", "slot", "state", "attempt", "progress", "seconds", "counts", "error"], rows)
