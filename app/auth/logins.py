"""What a log-in goes through: attempts and the lock, the stages until everything is open, and its limits in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.auth.core import Role
from app.kit.errors import ErrorKind, LongwenError

FAILURES_MAX = 5
LOCKED_FOR = timedelta(minutes=15)
SESSIONS_MAX = 50  # of one account; whoever logs in once more loses the one unused for longest

# Who needs a second factor where the operator asks for one (LONGWEN_SECOND_FACTOR=required).
FACTOR_ROLES = frozenset(
    {
        Role.COMMITTEE_OFFICER,
        Role.DISTRICT_OFFICER,
        Role.SYSTEM_ADMINISTRATOR,
        Role.SECURITY_ADMINISTRATOR,
        Role.AUDITOR,
    }
)


class SessionKind(StrEnum):
    """How the token travels: in a header, with a refresh token beside it; or in a cookie, with an end when idle."""

    BEARER = "bearer"
    COOKIE = "cookie"


class Stage(StrEnum):
    """How far a log-in has come: what has to be done before it opens anything else."""

    CODE = "code"  # the password was right; the second factor's code is missing
    PASSWORD = "password"  # noqa: S105 - a stage; the password was set by somebody else and has to be changed
    ENROLMENT = "enrolment"  # a second factor is required and there is none
    OPEN = "open"


ONLY_OPEN = frozenset({Stage.OPEN})
# Whoever is known by all that they have, though something is still asked of them.
ALL_BUT_CODE = frozenset({Stage.PASSWORD, Stage.ENROLMENT, Stage.OPEN})


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """What the stage of an account's log-in is decided on."""

    has_factor: bool
    must_change: bool
    roles: frozenset[Role]
    factor_elsewhere: bool = False  # the provider asked for one, and the operator lets that count


@dataclass(frozen=True, slots=True)
class Terms:
    """The operator's limits."""

    access: timedelta
    refresh: timedelta
    factor_is_required: bool = False
    idle: timedelta = timedelta(minutes=30)
    day: timedelta = timedelta(hours=12)  # a log-in by cookie ends after it, however busy
    challenge: timedelta = timedelta(minutes=5)
    noted_every: timedelta = timedelta(minutes=1)  # that a log-in is used is written down at most this often

    def stage(self, account: LoginFacts, *, code_given: bool) -> Stage:
        if account.has_factor and not (code_given or account.factor_elsewhere):
            return Stage.CODE
        if account.must_change:
            return Stage.PASSWORD
        has_one = account.has_factor or account.factor_elsewhere
        if self.factor_is_required and not has_one and account.roles & FACTOR_ROLES:
            return Stage.ENROLMENT
        return Stage.OPEN

    def span(self, kind: SessionKind, stage: Stage, at: datetime) -> tuple[datetime, datetime]:
        """Until when the token is good, and until when the log-in (UTC)."""
        if stage is Stage.CODE:
            return at + self.challenge, at + self.challenge
        if kind is SessionKind.COOKIE:
            return at + self.idle, at + self.day
        return at + self.access, at + self.refresh


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passwords and codes in a row, and until when (UTC) the account is locked for them."""

    failures: int
    locked_until: datetime | None

    def is_locked(self, at: datetime) -> bool:
        return self.locked_until is not None and at < self.locked_until

    def after(self, right: bool, at: datetime) -> tuple[bool, Attempts]:
        """Whether the caller is let in, and what is remembered.

        While the lock lasts nothing counts and nobody is let in, not even with the right password: whoever guesses
        would otherwise learn it from the answer.
        """
        if self.is_locked(at):
            return False, self
        if right:
            return True, Attempts(0, None)
        failures = self.failures + 1
        if failures >= FAILURES_MAX:
            return False, Attempts(0, at + LOCKED_FOR)
        return False, Attempts(failures, None)


class Unauthenticated(LongwenError):
    """No access token was sent, or it has expired or been ended."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "unauthenticated"
    zh = "请先登录；登录可能已过期。登录后在 Authorization 头中以 Bearer 方式带上访问令牌。"
    en = "Log in first; the log-in may have expired. Send the access token as Authorization: Bearer."


class LoginRefused(LongwenError):
    """Unknown account, wrong password, closed or locked: one answer for all, so that nothing can be found out."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "login_refused"
    zh = "登录名或密码不正确。登录名写作“区代码/用户名”；连续输错 5 次，账号锁定 15 分钟。"
    en = (
        "The login or the password is wrong. A login is written district-code/name; five failures in a row lock an"
        " account for 15 minutes."
    )


class CodeRefused(LongwenError):
    """A wrong code, one that was used before, or an account locked for wrong ones: one answer for all."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "code_refused"
    zh = "动态码不正确或已用过。请等验证器显示下一个动态码，或使用一个恢复码；连续输错 5 次，账号锁定 15 分钟。"
    en = (
        "The code is wrong or was used before. Wait for the next one, or use a recovery code; five failures in a row"
        " lock an account for 15 minutes."
    )


class RefreshRefused(LongwenError):
    """The refresh token is unknown, has expired, was used before, or its log-in has ended: one answer for all."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "refresh_refused"
    zh = "登录已结束，请重新登录。刷新令牌只能使用一次；旧的被再次使用时，该次登录随即终止。"
    en = "The log-in has ended; log in again. A refresh token works once, and using an old one ends the log-in."


class RefreshReused(RefreshRefused):
    """The same to the caller; the log-in was ended because somebody came with an old token."""


class OldPasswordWrong(LongwenError):
    """Whoever changes something about the own log-in proves once more who they are."""

    kind = ErrorKind.FORBIDDEN
    code = "old_password_wrong"
    zh = "当前密码不正确。连续输错 5 次，账号锁定 15 分钟。"
    en = "The present password is wrong. Five failures in a row lock an account for 15 minutes."


class PasswordChangeRequired(LongwenError):
    """The password was set by somebody else, who knows it."""

    kind = ErrorKind.FORBIDDEN
    code = "password_change_required"
    zh = "密码由他人设置，须先修改后才能继续：PUT /api/v1/me/password。"
    en = "The password was set by somebody else. Change it before going on: PUT /api/v1/me/password."


class SecondFactorRequired(LongwenError):
    """The account's office needs a second factor."""

    kind = ErrorKind.FORBIDDEN
    code = "second_factor_required"
    zh = "您的职务须启用动态码后才能继续：POST /api/v1/me/second-factor。"
    en = "Your office needs a second factor. Set one up before going on: POST /api/v1/me/second-factor."


def check_stage(stage: Stage, opened: Iterable[Stage]) -> None:
    """Whether a log-in at this stage may go through a door that opens at those.

    Raises Unauthenticated, PasswordChangeRequired, SecondFactorRequired.
    """
    if stage in opened:
        return
    refusals: dict[Stage, type[LongwenError]] = {
        Stage.PASSWORD: PasswordChangeRequired,
        Stage.ENROLMENT: SecondFactorRequired,
    }
    raise refusals.get(stage, Unauthenticated)
