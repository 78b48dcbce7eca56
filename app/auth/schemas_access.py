"""What HTTP sees of the access log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field

from app.auth.core_access import AccessPage, Action, LoggedAccess, ObjectKind
from app.kit.http import Answer

CURSOR = r"^[0-9]{1,16}\.[0-9a-f]{32}$"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class AccessAnswer(Answer):
    """One row of the log."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-0000000000e1",
                "at": "2026-11-21T02:00:00Z",
                "account_id": "0192f5a0-0000-7000-8000-0000000000a1",
                "operator": None,
                "login": "secretary01",
                "name": "某同志",
                "action": "personal_data:read",
                "object_kind": "member",
                "object_id": "0192f5a0-0000-7000-8000-000000000001",
                "path": "0192f5a0000070008000000000000001.0192f5a00000700080000000000000b1",
                "reason": "核对党员信息采集表",
                "request_id": "0192f5a0-0000-7000-8000-0000000000f1",
            }
        }
    )

    id: UUID
    at: datetime
    account_id: UUID | None = Field(description="为空：系统自身 · null: the service itself")
    operator: str | None = Field(description="在命令行操作的系统用户 · the operating system's user at the command line")
    login: str | None
    name: str | None
    action: Action
    object_kind: ObjectKind
    object_id: str
    path: str = Field(description="对象所在，或调用者的职权范围 · where the object lies, or the caller's reach")
    reason: str | None
    request_id: str

    @classmethod
    def of(cls, row: LoggedAccess) -> Self:
        access = row.access
        return cls(
            id=row.id, at=row.at, account_id=row.account_id, operator=row.operator,
            login=row.login, name=row.name,
            action=access.action, object_kind=access.object_kind, object_id=access.object_id, path=access.path,
            reason=access.reason, request_id=access.request_id,
        )  # fmt: skip


class AccessPageAnswer(Answer):
    """A page of the log, the newest first."""

    rows: list[AccessAnswer]
    following: str | None = Field(description="下一页的 cursor；最后一页为空 · the next page's; null on the last")

    @classmethod
    def of(cls, page: AccessPage) -> Self:
        rows = [AccessAnswer.of(row) for row in page.rows]
        return cls(rows=rows, following=None if page.following is None else cursor_of(*page.following))


def cursor_of(at: datetime, last: UUID) -> str:
    return f"{(at - _EPOCH) // _TICK}.{last.hex}"


def place_of(cursor: str | None) -> tuple[datetime, UUID] | None:
    """The place that a cursor (of the form ``CURSOR``) names."""
    if cursor is None:
        return None
    ticks, last = cursor.split(".")
    return _EPOCH + int(ticks) * _TICK, UUID(hex=last)
