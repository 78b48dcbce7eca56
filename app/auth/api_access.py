"""Reading the access log."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query

from app.auth import service_access
from app.auth.api import Door, permit
from app.auth.core import Permission
from app.auth.core_access import PAGE_MAX, Action, Sought, SpanReversed
from app.auth.schemas_access import CURSOR, AccessPageAnswer, place_of
from app.kit import days

router = APIRouter(prefix="/api/v1/access-log", tags=["accounts"])
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
Day = Annotated[days.Day | None, Query(ge=FIRST_DAY, le=LAST_DAY, examples=["2026-11-21"])]


@router.get("", summary="访问日志 · The access log")
def read_access_log(
    door: Annotated[Door, Depends(permit(Permission.ACCESS_READ))],
    account: Annotated[UUID | None, Query(description="操作账号 · who did it")] = None,
    member: Annotated[UUID | None, Query(description="涉及的党员 · whom it is about")] = None,
    action: Action | None = None,
    since: Day = None,
    until: Day = None,
    cursor: Annotated[str | None, Query(pattern=CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> AccessPageAnswer:
    """谁在何时查看、导出或更改了什么，最近的在前；since、until 为本区日期，含当日。查阅本日志也会记录。

    Who looked at, took away or changed what, the newest first, from the day ``since`` to the day ``until``, both
    included. That it was read is written down too.
    """
    if since is not None and until is not None and since > until:
        raise SpanReversed(since=since.isoformat(), until=until.isoformat(), field="until")
    zone = door.district.time_zone
    sought = Sought(
        account_id=account,
        member_id=member,
        action=action,
        since=None if since is None else _begin(since, zone),
        until=None if until is None else _begin(until + timedelta(days=1), zone),
    )
    page = door.run(
        lambda connection, actor: service_access.read_log(
            connection, actor, sought, before=place_of(cursor), count_max=limit, request_id=door.request_id
        )
    )
    return AccessPageAnswer.of(page)


def _begin(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(time_zone))
