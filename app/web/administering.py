"""What administrators and the office look after: jobs, accounts, offices, keys and the access log."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Connection

from app.auth import service_access, service_accounts, service_tokens
from app.auth.core import TOKEN_ROLES, Actor, Permission, Role
from app.auth.core_access import Action, Sought, SpanReversed
from app.auth.core_tokens import KEY_LASTS_MAX
from app.auth.schemas_access import CURSOR, AccessPageAnswer, place_of
from app.auth.schemas_accounts import AccountRequest, AppointmentRequest, EndRequest, PasswordRequest
from app.auth.wording import ROLE_WORDS
from app.job_runs import service as job_runs
from app.job_runs.core import State
from app.job_runs.schemas import CURSOR as RUNS_CURSOR
from app.job_runs.schemas import JobsAnswer, RunsAnswer, cursor_of
from app.kit.days import Day
from app.kit.words import Words
from app.roster import service as roster
from app.web.access_words import ACTIONS, OBJECTS
from app.web.frame import Page, PageRoute, page_for
from app.web.verbs import Sheet
from app.web.wording import KEY_PERMISSIONS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Jobs = Annotated[Page, Depends(page_for(Permission.JOB_READ))]
Accounts = Annotated[Page, Depends(page_for(Permission.ACCOUNT_READ))]
Opening = Annotated[Page, Depends(page_for(Permission.ACCOUNT_OPEN))]
Appointments = Annotated[Page, Depends(page_for(Permission.APPOINTMENT_READ))]
Appointing = Annotated[Page, Depends(page_for(Permission.APPOINTMENT_SET))]
Log = Annotated[Page, Depends(page_for(Permission.ACCESS_READ))]
After = Annotated[str | None, Query(max_length=64)]
LogDay = Annotated[Day | None, Query(ge=date(2000, 1, 1), le=date(2199, 12, 31))]

_PER_PAGE = 50
RUN_STATES = {
    State.RUNNING: Words("运行中", "running"),
    State.DONE: Words("完成", "done"),
    State.ALREADY_DONE: Words("此前已完成", "already done"),
    State.ELSEWHERE: Words("另一进程正在处理", "elsewhere"),
    State.NOT_DUE: Words("时候未到", "not due"),
    State.FAILED: Words("失败", "failed"),
    State.LOST: Words("中断", "lost"),
}


@router.get("/jobs")
def show_jobs(
    request: Request,
    page: Jobs,
    job: Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")] = None,
    cursor: Annotated[str | None, Query(pattern=RUNS_CURSOR)] = None,
) -> Response:
    """The table of scheduled work, what of it is open, and the latest attempts."""
    table = cast("job_runs.Table", request.app.state.jobs)

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        runs = job_runs.runs(connection, actor, job=job, state=None, before=cursor_of(cursor), count_max=_PER_PAGE)
        jobs = JobsAnswer.of(table(connection, actor), page.language).jobs
        return {"jobs": jobs, "runs": RunsAnswer.of(runs), "titles": {one.name: one.title for one in jobs}}

    return page.show("jobs.html", **page.run(work), job=job, states=RUN_STATES)


@router.get("/accounts")
def show_accounts(
    page: Accounts, sought: Annotated[str, Query(alias="q", max_length=64)] = "", after: After = None
) -> Response:
    """By login."""
    return _accounts(sought, after).shown(page)


@router.post("/accounts")
def open_account(page: Opening) -> Response:
    """What it may do is the security administrator's to say."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(AccountRequest)
        service_accounts.open_account(
            connection, actor, login=asked.login, name=asked.name, password=asked.password,
            passwords=page.state.passwords, request_id=page.request_id,
        )  # fmt: skip

    told = Words("已开户。由安全管理员任职后可以使用。", "It is open; the security administrator gives it an office.")
    return _accounts().done(page, work, told)


@router.post("/accounts/{account_id}/close")
def close_account(account_id: UUID, page: Opening) -> Response:
    """Its log-ins are over at once."""

    def work(connection: Connection, actor: Actor) -> None:
        service_accounts.close_account(connection, actor, account_id, request_id=page.request_id)

    return _accounts().done(page, work, Words("已停用。", "It is closed."))


@router.post("/accounts/{account_id}/reopening")
def reopen_account(account_id: UUID, page: Opening) -> Response:
    """With its password and offices."""

    def work(connection: Connection, actor: Actor) -> None:
        service_accounts.reopen_account(connection, actor, account_id, request_id=page.request_id)

    return _accounts().done(page, work, Words("已重新启用。", "It is open again."))


@router.post("/accounts/{account_id}/password")
def set_password(account_id: UUID, page: Opening) -> Response:
    """To be changed at the next log-in."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(PasswordRequest)
        service_accounts.set_password(
            connection, actor, account_id, asked.password, passwords=page.state.passwords, request_id=page.request_id
        )

    told = Words("初始密码已设置，本人下次登录时须修改。", "A first password is set, to be changed at the next log-in.")
    return _accounts().done(page, work, told)


@router.get("/appointments")
def show_appointments(
    page: Appointments, account: UUID | None = None, role: Role | None = None, after: UUID | None = None
) -> Response:
    """Ended ones too; of one account with the form that gives it an office."""
    return _appointments(account, role, after).shown(page)


@router.post("/appointments")
def give_office(page: Appointing) -> Response:
    """Nobody gives one to themselves, and the three administrators are three people."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(AppointmentRequest)
        service_accounts.give_office(
            connection, actor, account_id=asked.account_id, role=asked.role, path=asked.path, from_on=asked.from_on,
            request_id=page.request_id,
        )  # fmt: skip

    return _appointments().done(page, work, Words("已任职。", "The office is given."))


@router.post("/appointments/{appointment_id}/end")
def end_office(appointment_id: UUID, page: Appointing) -> Response:
    """From a day on, or at once."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(EndRequest)
        service_accounts.end_office(connection, actor, appointment_id, asked.until_on, request_id=page.request_id)

    return _appointments().done(page, work, Words("已免职。", "The appointment is ended."))


@router.get("/access-log")
def show_access_log(
    page: Log,
    action: Action | None = None,
    since: LogDay = None,
    until: LogDay = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> Response:
    """Who looked at, took away or changed what; that it was read is written down too."""
    if since is not None and until is not None and since > until:
        raise SpanReversed(since=since.isoformat(), until=until.isoformat(), field="until")
    zone = ZoneInfo(page.district.time_zone)
    sought = Sought(
        action=action,
        since=None if since is None else datetime.combine(since, time.min, zone),
        until=None if until is None else datetime.combine(until + timedelta(days=1), time.min, zone),
    )

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = service_access.read_log(
            connection, actor, sought, before=place_of(cursor), count_max=_PER_PAGE, request_id=page.request_id
        )
        return {"found": AccessPageAnswer.of(found), "places": _places(connection, actor)}

    return page.show(
        "access_log.html", **page.run(work), actions=ACTIONS, objects=OBJECTS, action=action, since=since, until=until
    )


@router.get("/api-keys")
def show_keys(page: Annotated[Page, Depends(page_for(Permission.KEY_READ))]) -> Response:
    """Without their tokens."""
    return keys_sheet().shown(page)


@router.post("/api-keys/{key_id}/end")
def revoke_key(key_id: UUID, page: Annotated[Page, Depends(page_for(Permission.KEY_SET))]) -> Response:
    """At once."""

    def work(connection: Connection, actor: Actor) -> None:
        service_tokens.revoke_key(connection, actor, key_id, request_id=page.request_id)

    return keys_sheet().done(page, work, Words("已撤销。", "It is revoked."))


def _places(connection: Connection, actor: Actor) -> dict[str, str]:
    return {one.path: one.name for one in roster.organisations(connection, actor.district_id)}


def _accounts(sought: str = "", after: str | None = None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = service_accounts.page_accounts(
            connection, actor, sought=sought or None, closed=None, after=after, count_max=_PER_PAGE
        )
        return {
            "found": found,
            "q": sought,
            "opens": bool(actor.reach(Permission.ACCOUNT_OPEN)),
            "sees_offices": bool(actor.reach(Permission.APPOINTMENT_READ)),
        }

    return Sheet("/accounts", "accounts.html", read)


def _appointments(account: UUID | None = None, role: Role | None = None, after: UUID | None = None) -> Sheet:
    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = service_accounts.page_appointments(
            connection, actor, account_id=account, role=role, on=None, after=after, count_max=_PER_PAGE
        )
        return {
            "found": found,
            "chosen": account,
            "role": role,
            "sets": bool(actor.reach(Permission.APPOINTMENT_SET)),
            "places": _places(connection, actor),
            "roles": ROLE_WORDS,
            "given": [one for one in Role if one not in TOKEN_ROLES],
        }

    return Sheet("/appointments", "appointments.html", read)


def keys_sheet() -> Sheet:
    """All keys with the form that makes one."""

    def read(connection: Connection, actor: Actor) -> dict[str, Any]:
        return {
            "keys": service_tokens.keys(connection, actor),
            "places": _places(connection, actor),
            "sets": bool(actor.reach(Permission.KEY_SET)),
            "offered": KEY_PERMISSIONS,
            "last": actor.today + KEY_LASTS_MAX,
            "made": None,
        }

    return Sheet("/api-keys", "api_keys.html", read)
