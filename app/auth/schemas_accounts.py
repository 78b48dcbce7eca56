"""What HTTP sees of accounts and appointments as they are administered."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from app.auth.core import Role
from app.auth.password_policy import LENGTH_MAX
from app.auth.schemas_tokens import Name, OrganisationPath
from app.kit.days import Day
from app.kit.http import Answer, Model

_FIRST_PASSWORD = "本人首次登录时须修改 · its person has to change it at the next log-in"  # noqa: S105 - a description


class AccountRequest(Model):
    """Whose account is opened."""

    login: str = Field(max_length=64, examples=["secretary01"])
    name: Name = Field(examples=["某同志"])
    password: str | None = Field(
        default=None, max_length=LENGTH_MAX, description=_FIRST_PASSWORD, json_schema_extra={"format": "password"}
    )


class PasswordRequest(Model):
    """A first password, or another for who forgot it."""

    password: str = Field(max_length=LENGTH_MAX, description=_FIRST_PASSWORD, json_schema_extra={"format": "password"})


class AccountAnswer(Answer):
    """A person's account."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-0000000000a1",
                "login": "secretary01",
                "name": "某同志",
                "created_at": "2026-11-21T02:00:00Z",
                "closed_at": None,
                "has_password": True,
            }
        }
    )

    id: UUID
    login: str
    name: str
    created_at: datetime
    closed_at: datetime | None = Field(description="停用时间 · when it was closed")
    has_password: bool


class AccountsAnswer(Answer):
    """A page of accounts, by login."""

    accounts: list[AccountAnswer]
    following: str | None = Field(description="下一页的 after；最后一页为空 · the next page's after; null on the last")


class AppointmentRequest(Model):
    """Who is given which office, where and from when."""

    account_id: UUID
    role: Role
    path: OrganisationPath
    from_on: Day = Field(description="任职首日 · the first day", examples=["2026-12-01"])


class EndRequest(Model):
    """When an office ends."""

    until_on: Day | None = Field(
        default=None,
        description="不再任职的首日，默认今天 · the first day without it; today if not given",
        examples=["2026-12-01"],
    )


class AppointmentAnswer(Answer):
    """An office with its holder."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-0000000000b2",
                "account_id": "0192f5a0-0000-7000-8000-0000000000a1",
                "login": "secretary01",
                "name": "某同志",
                "role": "secretary",
                "path": "0192f5a0000070008000000000000001.0192f5a00000700080000000000000b1",
                "from_on": "2026-12-01",
                "until_on": None,
            }
        }
    )

    id: UUID
    account_id: UUID
    login: str
    name: str
    role: Role
    path: str
    from_on: date
    until_on: date | None = Field(description="不再任职的首日 · the first day without it")


class AppointmentsAnswer(Answer):
    """A page of appointments."""

    appointments: list[AppointmentAnswer]
    following: UUID | None = Field(description="下一页的 after；最后一页为空 · the next page's after; null on the last")
