"""The access log: written in the transaction of what it tells of, and read by the auditor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth import store_access
from app.auth.core import Actor, Permission
from app.auth.core_access import PAGE_MAX, Access, AccessPage, Action, ObjectKind, Sought
from app.auth.core_permitted import NotGranted
from app.kit.ids import new_id


def write_down(connection: Connection, actor: Actor, access: Access) -> None:
    """Keep who did what: if it cannot be written, nothing is done."""
    store_access.insert_access(
        connection, actor.district_id, new_id(), access, at=actor.at, by=actor.account_id, operator=actor.operator
    )


def read_log(
    connection: Connection,
    actor: Actor,
    sought: Sought,
    *,
    before: tuple[datetime, UUID] | None,
    count_max: int,
    request_id: str,
) -> AccessPage:
    """A page of the log, whose reading is itself written down (after the page is taken). Raises Forbidden."""
    if not actor.may(Permission.ACCESS_READ, actor.district_id.hex):
        raise NotGranted(Permission.ACCESS_READ)
    count = min(count_max, PAGE_MAX)
    found = store_access.list_access(connection, actor.district_id, sought, before=before, count_max=count + 1)
    rows = tuple(found[:count])
    write_down(
        connection,
        actor,
        Access(Action.ACCESS_LOG_READ, ObjectKind.ACCESS_LOG, _told(sought), actor.district_id.hex, request_id),
    )
    return AccessPage(rows, (rows[-1].at, rows[-1].id) if len(found) > count else None)


def _told(sought: Sought) -> str:
    """What was asked for, so that the auditor's looks can be audited too."""
    asked = {
        "account": sought.account_id,
        "member": sought.member_id,
        "action": sought.action,
        "since": sought.since and sought.since.isoformat(),
        "until": sought.until and sought.until.isoformat(),
    }
    return " ".join(f"{name}={value}" for name, value in asked.items() if value is not None) or "all"
