"""What HTTP sees of auth."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.auth.logins import SessionKind
from app.auth.password_policy import LENGTH_MAX as PASSWORD_LENGTH_MAX
from app.kit.http import Answer, Model

Password = Annotated[str, Field(max_length=PASSWORD_LENGTH_MAX, json_schema_extra={"format": "password"})]
Token = Annotated[str, Field(min_length=1, max_length=256)]
Code = Annotated[str, Field(min_length=6, max_length=40, examples=["492039"])]


class LoginRequest(Model):
    """Who wants in."""

    login: str = Field(
        max_length=128, description="区代码/用户名 · district code and login", examples=["longwen/secretary01"]
    )
    password: Password
    device: str | None = Field(
        None, max_length=80, description="设备名称，列在登录清单中 · shown in the list of log-ins", examples=["办公室"]
    )


class CodeRequest(Model):
    """The second factor's code, or a recovery code, for a log-in that waits for it."""

    challenge_token: Token | None = Field(
        None,
        description="由统一身份登录而来的网页不填，令牌在 Cookie 中 · none where a page's sign-on left it in a cookie",
    )
    code: Code


class RefreshRequest(Model):
    """A refresh token, which is used up."""

    refresh_token: Token


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
    stage: Literal["password", "enrolment", "open"] = Field(
        description=(
            "open 可以使用；password 须先修改密码；enrolment 须先启用动态码 · what has to be done before anything else:"
            " nothing, a change of password, a second factor"
        )
    )


class NewSessionAnswer(SessionAnswer):
    """The same with its tokens, which are told only here."""

    access_token: str | None = Field(description="以 Cookie 登录时为空 · null where it is in a cookie")
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a scheme
    refresh_token: str | None = Field(description="只能用一次；以 Cookie 登录时为空 · works once; null with a cookie")
    refresh_expires_at: datetime | None
    csrf_token: str | None = Field(
        description="以 Cookie 登录时，写操作须在 X-CSRF-Token 头中带上 · with a cookie: sent along with what writes"
    )


class ChallengeAnswer(Answer):
    """The password was right; the code of the second factor is missing."""

    stage: Literal["code"] = "code"
    challenge_token: str = Field(description="与动态码一起提交至 /api/v1/sessions/code · sent back with the code")
    expires_at: datetime


class OwnSessionAnswer(Answer):
    """One of the own log-ins."""

    id: UUID
    kind: SessionKind
    device: str | None
    created_at: datetime
    used_at: datetime = Field(description="精确到分钟 · to the minute")
    expires_at: datetime
    is_current: bool


class OwnSessionsAnswer(Answer):
    """The own log-ins, the last used first."""

    sessions: list[OwnSessionAnswer]


class EndedAnswer(Answer):
    """How many log-ins were ended."""

    ended: int


class PasswordChange(Model):
    """The present password proves who asks."""

    old_password: Password
    password: Password = Field(description="新密码，10 至 128 个字符 · the new one")


class FactorRequest(Model):
    """The password proves who asks."""

    password: Password


class NewFactorAnswer(Answer):
    """What an authenticator takes in, told only here; asked for from its confirmation on."""

    secret: str = Field(examples=["JBSWY3DPEHPK3PXP"])
    address: str = Field(description="二维码内容 · what the QR code holds", examples=["otpauth://totp/…"])


class FactorCodeRequest(Model):
    """A code that the authenticator shows."""

    code: Code


class RecoveryCodesAnswer(Answer):
    """Each stands in for a code once, where the authenticator is lost. Told only here."""

    recovery_codes: list[str]


class FactorAnswer(Answer):
    """Whether a code is asked at log-in, and how many recovery codes are left."""

    is_on: bool
    recovery_codes: int
