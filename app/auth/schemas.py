"""What HTTP sees of auth."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from app.auth.core import PASSWORD_LENGTH_MAX
from app.kit.http import Answer, Model


class LoginRequest(Model):
    """Who wants in."""

    login: str = Field(
        max_length=128, description="区代码/用户名 · district code and login", examples=["longwen/secretary01"]
    )
    password: str = Field(max_length=PASSWORD_LENGTH_MAX, json_schema_extra={"format": "password"})


class RoleAnswer(Answer):
    """A role in force and where it is held: it reaches everything below the path."""

    role: str
    path: str


class SessionAnswer(Answer):
    """Whose session it is, in which district, with which roles, and until when."""

    login: str = Field(description="区代码/用户名 · district code and login")
    name: str
    district: str = Field(description="区（县）名称 · the district's name")
    roles: list[RoleAnswer]
    expires_at: datetime


class NewSessionAnswer(SessionAnswer):
    """The same with the access token, which is told only here."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
