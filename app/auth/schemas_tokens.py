"""What HTTP sees of API keys and screens; a token itself only where it is made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.auth.core import Permission
from app.kit.days import Day
from app.kit.http import Answer, Model
from app.kit.naming import AccountName

ORGANISATION_PATH = r"^[0-9a-f]{32}(\.[0-9a-f]{32}){0,7}$"
_PATH_EXAMPLE = "0192f5a0000070008000000000000001.0192f5a00000700080000000000000b1"
_TOKEN = "令牌只在此处显示一次 · told only here"  # noqa: S105 - a description

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=64)]
OrganisationPath = Annotated[
    str,
    Field(
        pattern=ORGANISATION_PATH,
        description="组织路径，见组织列表 · an organisation's path, from the list of organisations",
        examples=[_PATH_EXAMPLE],
    ),
]


class KeyRequest(Model):
    """Which system is let in, where, for what and until when."""

    name: Name = Field(description="对接系统名称 · the other system", examples=["企业人事系统 · HR system"])
    path: OrganisationPath
    permissions: list[Permission] = Field(min_length=1, max_length=50, examples=[["roster:read", "entry:record"]])
    expires_on: Day = Field(description="最后有效日，一年之内 · the last day, within a year", examples=["2027-06-30"])


class KeyAnswer(Answer):
    """A key without its token."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-0000000000c1",
                "name": "企业人事系统",
                "path": _PATH_EXAMPLE,
                "permissions": ["roster:read"],
                "created_at": "2026-11-21T02:00:00Z",
                "created_by": "0192f5a0-0000-7000-8000-0000000000a1",
                "expires_on": "2027-06-30",
                "last_used_on": None,
                "revoked_at": None,
            }
        }
    )

    id: UUID
    name: str
    path: str
    permissions: list[Permission]
    created_at: datetime
    created_by: UUID | None
    created_by_name: AccountName = None
    expires_on: date
    last_used_on: date | None = Field(description="最近使用日 · the day it was last used")
    revoked_at: datetime | None


class NewKeyAnswer(KeyAnswer):
    """The key with its token: sent as Authorization: Bearer."""

    token: str = Field(description=_TOKEN)


class KeysAnswer(Answer):
    """All keys in reach, the newest first."""

    keys: list[KeyAnswer]


class ScreenRequest(Model):
    """Which display is let in, and what part of the district it shows."""

    name: Name = Field(description="大屏名称和位置 · what and where it is", examples=["党群服务中心一楼大厅"])
    path: OrganisationPath


class ScreenAnswer(Answer):
    """A screen without its token."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-0000000000d1",
                "name": "党群服务中心一楼大厅",
                "path": _PATH_EXAMPLE,
                "created_at": "2026-11-21T02:00:00Z",
                "created_by": "0192f5a0-0000-7000-8000-0000000000a1",
                "last_used_on": None,
                "revoked_at": None,
            }
        }
    )

    id: UUID
    name: str
    path: str
    created_at: datetime
    created_by: UUID | None
    created_by_name: AccountName = None
    last_used_on: date | None = Field(description="最近使用日 · the day it was last used")
    revoked_at: datetime | None


class NewScreenAnswer(ScreenAnswer):
    """The screen with its token: sent as Authorization: Bearer."""

    token: str = Field(description=_TOKEN)


class ScreensAnswer(Answer):
    """All screens in reach, the newest first."""

    screens: list[ScreenAnswer]
