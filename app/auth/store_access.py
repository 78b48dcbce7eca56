"""Queries of the access log, which is only added to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, insert, or_, select

from app.auth.core_access import Access, Action, LoggedAccess, ObjectKind, Sought
from app.auth.tables import access_log, account


def insert_access(
    connection: Connection,
    district_id: UUID,
    access_id: UUID,
    access: Access,
    *,
    at: datetime,
    by: UUID | None,
    operator: str | None,
) -> None:
    connection.execute(
        insert(access_log).values(
            district_id=district_id,
            id=access_id,
            at=at,
            account_id=by,
            operator=operator,
            action=access.action.value,
            object_kind=access.object_kind.value,
            object_id=access.object_id,
            path=access.path,
            reason=access.reason,
            request_id=access.request_id,
        )
    )


def list_access(
    connection: Connection, district_id: UUID, sought: Sought, *, before: tuple[datetime, UUID] | None, count_max: int
) -> list[LoggedAccess]:
    """The newest first, those older than ``before``."""
    columns = access_log.c
    who = and_(account.c.district_id == columns.district_id, account.c.id == columns.account_id)
    statement = (
        select(access_log, account.c.login, account.c.name)
        .select_from(access_log.outerjoin(account, who))
        .where(columns.district_id == district_id)
        .order_by(columns.at.desc(), columns.id.desc())
        .limit(count_max)
    )
    if sought.account_id is not None:
        statement = statement.where(columns.account_id == sought.account_id)
    if sought.member_id is not None:
        statement = statement.where(
            columns.object_kind == ObjectKind.MEMBER.value, columns.object_id == str(sought.member_id)
        )
    if sought.action is not None:
        statement = statement.where(columns.action == sought.action.value)
    if sought.since is not None:
        statement = statement.where(columns.at >= sought.since)
    if sought.until is not None:
        statement = statement.where(columns.at < sought.until)
    if before is not None:
        at, last = before
        statement = statement.where(or_(columns.at < at, and_(columns.at == at, columns.id < last)))
    return [
        LoggedAccess(
            row.id, row.at, row.account_id, row.operator, row.login, row.name,
            Access(
                Action(row.action), ObjectKind(row.object_kind), row.object_id, row.path, row.request_id, row.reason
            ),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip
