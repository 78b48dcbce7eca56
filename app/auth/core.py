"""Who acts, in which roles, and what each role may do: the one table of permissions.

A role holds from a day on at an organisation's path and reaches everything below it. A path is a string of immutable
ids joined by dots; it is only ever compared as a prefix, segment by segment.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.kit.clock import business_day
from app.kit.errors import ErrorKind, LongwenError


class Role(StrEnum):
    """An office or function that an account is appointed to."""

    MEMBER = "member"
    GROUP_LEADER = "group_leader"
    ORGANISATION_COMMISSIONER = "organisation_commissioner"
    DISCIPLINE_COMMISSIONER = "discipline_commissioner"
    HR = "hr"
    SECRETARY = "secretary"
    COMMITTEE_OFFICER = "committee_officer"
    DISTRICT_OFFICER = "district_officer"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What can be done, as resource:action."""

    ROSTER_READ = "roster:read"
    ROSTER_IMPORT = "roster:import"
    ENTRY_RECORD = "entry:record"
    ENTRY_REVERSE = "entry:reverse"
    STANDING_READ = "standing:read"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_DECIDE = "submission:decide"
    BOARD_READ = "board:read"
    BOARD_SET = "board:set"
    QUARTER_EXPORT = "quarter:export"
    LINE_READ = "line:read"
    LINE_SET = "line:set"
    RULES_READ = "rules:read"
    RULES_SIMULATE = "rules:simulate"
    JOB_READ = "job:read"
    WEBHOOK_READ = "webhook:read"
    WEBHOOK_SET = "webhook:set"
    ACCOUNT_OPEN = "account:open"
    APPOINTMENT_SET = "appointment:set"


_RECORDING = {
    Permission.ROSTER_READ,
    Permission.ENTRY_RECORD,
    Permission.STANDING_READ,
    Permission.SUBMISSION_READ,
    Permission.BOARD_READ,
    Permission.RULES_READ,
}
_REVIEWING = _RECORDING | {Permission.ENTRY_REVERSE, Permission.SUBMISSION_DECIDE}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset({Permission.BOARD_READ, Permission.RULES_READ}),
    Role.GROUP_LEADER: frozenset(_RECORDING),
    Role.ORGANISATION_COMMISSIONER: frozenset(_REVIEWING),
    Role.DISCIPLINE_COMMISSIONER: frozenset(_REVIEWING),
    Role.HR: frozenset({Permission.ENTRY_RECORD, Permission.RULES_READ}),
    Role.SECRETARY: frozenset(_REVIEWING | {Permission.QUARTER_EXPORT, Permission.LINE_READ}),
    Role.COMMITTEE_OFFICER: frozenset(_REVIEWING | {Permission.QUARTER_EXPORT, Permission.LINE_READ}),
    Role.DISTRICT_OFFICER: frozenset(
        _REVIEWING
        | {
            Permission.ROSTER_IMPORT,
            Permission.BOARD_SET,
            Permission.QUARTER_EXPORT,
            Permission.LINE_READ,
            Permission.LINE_SET,
            Permission.RULES_SIMULATE,
            Permission.JOB_READ,
        }
    ),
    # Whoever opens accounts does not say what they may do, and the auditor sees both.
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            Permission.JOB_READ,
            Permission.WEBHOOK_READ,
            Permission.WEBHOOK_SET,
            Permission.ACCOUNT_OPEN,
            Permission.RULES_READ,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset({Permission.APPOINTMENT_SET, Permission.RULES_READ}),
    Role.AUDITOR: frozenset(
        {
            Permission.ROSTER_READ,
            Permission.STANDING_READ,
            Permission.SUBMISSION_READ,
            Permission.BOARD_READ,
            Permission.LINE_READ,
            Permission.RULES_READ,
            Permission.JOB_READ,
            Permission.WEBHOOK_READ,
        }
    ),
}

# What a member may do about the own record, wherever the branch is.
OWN_GRANTS = frozenset({Permission.STANDING_READ, Permission.SUBMISSION_READ, Permission.ENTRY_RECORD})


# Offices of the whole district: they are held at its root.
DISTRICT_ROLES = frozenset(
    {Role.DISTRICT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR}
)


def within(path: str, root: str) -> bool:
    """Whether ``path`` is ``root`` or lies below it."""
    return path == root or path.startswith(root + ".")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role at an organisation's path, in force on the day the actor acts."""

    role: Role
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, when (``at`` in UTC; ``today`` is the district's business day), and in which roles.

    ``account_id`` is None for the service itself (a job, or the operator at the command line), which may do everything
    inside the district.
    """

    district_id: UUID
    account_id: UUID | None
    at: datetime
    today: date
    appointments: tuple[Appointment, ...] = ()

    @classmethod
    def service(cls, district_id: UUID, at: datetime, time_zone: str) -> Actor:
        return cls(district_id, None, at, business_day(at, time_zone))

    @property
    def is_service(self) -> bool:
        return self.account_id is None

    def roles_at(self, path: str) -> frozenset[Role]:
        """The roles that reach the organisation at ``path``."""
        return frozenset(held.role for held in self.appointments if within(path, held.path))

    def may(self, permission: Permission, path: str) -> bool:
        return self.is_service or any(permission in GRANTS[role] for role in self.roles_at(path))

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether any role grants it at all, be it only for the own record."""
        if self.is_service or any(permission in GRANTS[held.role] for held in self.appointments):
            return True
        return permission in OWN_GRANTS and any(held.role is Role.MEMBER for held in self.appointments)

    def reach(self, permission: Permission) -> tuple[str, ...]:
        """The topmost paths where the permission holds, for a query's prefix match; empty: nowhere."""
        return topmost(held.path for held in self.appointments if permission in GRANTS[held.role])


def topmost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that do not lie below another of them, in order."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(within(path, root) for root in kept):
            kept.append(path)
    return tuple(kept)


# Districts, log-ins and tokens.

FAILURES_MAX = 5
LOCKED_FOR = timedelta(minutes=15)
PASSWORD_LENGTH_MIN = 10
PASSWORD_LENGTH_MAX = 128  # more only costs the hash function time
_DISTRICT_CODE = re.compile(r"[a-z0-9-]{2,32}")
_LOGIN = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True, slots=True)
class District:
    """A tenant: its code stands before logins and tokens, its time zone decides what day it is."""

    id: UUID
    code: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Attempts:
    """Wrong passwords in a row, and until when (UTC) the account is locked for them."""

    failures: int
    locked_until: datetime | None

    def after(self, right: bool, at: datetime) -> tuple[bool, Attempts]:
        """Whether the caller is let in, and what is remembered.

        While the lock lasts nothing counts and nobody is let in, not even with the right password: whoever guesses
        would otherwise learn it from the answer.
        """
        if self.locked_until is not None and at < self.locked_until:
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


class BadDistrictCode(LongwenError):
    """A district's code stands in logins and tokens, so it is kept plain."""

    code = "bad_district_code"
    zh = "区代码 {value} 无效：2 至 32 个小写字母、数字或连字符。"
    en = "The district code {value} is not valid: 2 to 32 lower-case letters, digits or hyphens."


class UnknownTimeZone(LongwenError):
    """The time zone decides what day it is in the district."""

    code = "unknown_time_zone"
    zh = "没有时区 {value}，例如 Asia/Shanghai。"
    en = "There is no time zone {value}; one is Asia/Shanghai."


class DistrictExists(LongwenError):
    """A code belongs to one district for good."""

    kind = ErrorKind.CONFLICT
    code = "district_exists"
    zh = "区代码 {value} 已被使用。"
    en = "The district code {value} is taken."


class BadLogin(LongwenError):
    """A login name is something that can be typed everywhere."""

    code = "bad_login"
    zh = "用户名 {value} 无效：2 至 64 个字母、汉字、数字或 . _ @ -。"
    en = "The login {value} is not valid: 2 to 64 letters, digits or . _ @ -."


class LoginTaken(LongwenError):
    """Two accounts of a district never share a login."""

    kind = ErrorKind.CONFLICT
    code = "login_taken"
    zh = "用户名 {value} 在本区已被使用。"
    en = "The login {value} is taken in this district."


class WeakPassword(LongwenError):
    """The password is too short or too long."""

    code = "weak_password"
    zh = "密码应有 10 至 128 个字符，且不能包含用户名。"
    en = "A password has 10 to 128 characters and does not contain the login."


class AlreadyAppointed(LongwenError):
    """The account holds the role there."""

    kind = ErrorKind.CONFLICT
    code = "already_appointed"
    zh = "该账号已在此组织任 {role}，请先结束原任职。"
    en = "The account holds the role {role} there; end that appointment first."


def is_district_code(code: str) -> bool:
    return _DISTRICT_CODE.fullmatch(code) is not None


def login_key(login: str) -> str:
    """The one form under which a login is kept and found: case and width do not matter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def check_login(login: str) -> str:
    """The login in its one form; BadLogin."""
    key = login_key(login)
    if _LOGIN.fullmatch(key) is None:
        raise BadLogin(value=login, field="login")
    return key


def check_password(password: str, login: str) -> None:
    """WeakPassword."""
    fits = PASSWORD_LENGTH_MIN <= len(password) <= PASSWORD_LENGTH_MAX
    if not fits or login in login_key(password):
        raise WeakPassword(field="password")


def split_login(login: str) -> tuple[str, str] | None:
    """``longwen/secretary01`` as district code and login; None if it has no such form."""
    code, slash, name = unicodedata.normalize("NFKC", login).strip().partition("/")
    return (code.lower(), login_key(name)) if slash and is_district_code(code.lower()) else None


def district_code_of(token: str) -> str | None:
    """The district code before the token's dot; None if it has no such form. Nothing is proved by it."""
    code, dot, secret = token.partition(".")
    return code if dot and secret and is_district_code(code) else None
