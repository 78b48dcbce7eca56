"""Accounts and offices as they are administered: what is listed, and the rule of the three separate offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.auth.core import DISTRICT_ROLES, SEPARATE_ROLES, TOKEN_ROLES, Role
from app.auth.wording import role_names
from app.kit.errors import ErrorKind, LongwenError

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account of a person; times in UTC."""

    id: UUID
    login: str
    name: str
    created_at: datetime
    closed_at: datetime | None
    has_password: bool


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """An office with its holder; ``until_on`` is the first day on which it is no longer held."""

    id: UUID
    account_id: UUID
    login: str
    name: str
    role: Role
    path: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """By login; ``following`` is the last one's where more follow."""

    accounts: tuple[AccountView, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    """By id; ``following`` is the last one's where more follow."""

    appointments: tuple[AppointmentView, ...]
    following: UUID | None


class OfficesApart(LongwenError):
    """System, security and audit administrator are three people."""

    kind = ErrorKind.CONFLICT
    code = "offices_apart"
    zh = "系统管理员、安全管理员和审计员须由三人分别担任；该账号已任 {held}，不能再任 {role}。"
    en = (
        "System administrator, security administrator and auditor are three people; the account is {held} and cannot"
        " be {role} as well."
    )


class OwnOffice(LongwenError):
    """Nobody gives an office to themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "own_office"
    zh = "不能给本人任职。请由另一位安全管理员办理。"
    en = "Nobody gives an office to themselves. Another security administrator does."


class OwnAccount(LongwenError):
    """Nobody closes the own account, or sets its password as an administrator."""

    kind = ErrorKind.FORBIDDEN
    code = "own_account"
    zh = "不能停用本人的账号，也不能以管理员身份重设本人的密码。修改密码请用“修改密码”。"
    en = "Nobody closes the own account or resets its password as an administrator. Change the password instead."


class AnotherAdministrator(LongwenError):
    """Whoever opens accounts does not get into those of the other two separate offices."""

    kind = ErrorKind.FORBIDDEN
    code = "another_administrator"
    zh = "该账号任 {held}，系统管理员不能重设其密码。请由运维人员在服务器上用 longwen accounts password 办理。"
    en = (
        "The account is {held}: the system administrator does not set its password. The operator does, on the server,"
        " with: longwen accounts password."
    )


class NotAnOffice(LongwenError):
    """Keys and screens are no offices that a person holds."""

    code = "not_an_office"
    zh = "{role} 不是可以任命的职务；接口密钥和大屏请在各自的页面登记。"
    en = "{role} is no office that a person is given; API keys and screens are made for themselves."


class RoleElsewhere(LongwenError):
    """Offices of the whole district are held at its root, the others below it."""

    code = "role_elsewhere"
    zh = "{role} 是全区职务，路径应为本区：{root}。"
    en = "{role} is an office of the whole district, held at its root: {root}."


class AppointmentOver(LongwenError):
    """The office has ended by then, or begins later."""

    kind = ErrorKind.CONFLICT
    code = "appointment_over"
    zh = "该任职到 {day} 已经结束，或尚未开始。"
    en = "The appointment is over by {day}, or begins after it."


def check_office(role: Role) -> None:
    """NotAnOffice."""
    if role in TOKEN_ROLES:
        raise NotAnOffice(role=role.value, field="role")


def check_place(role: Role, path: str, root: str) -> None:
    """RoleElsewhere."""
    if role in DISTRICT_ROLES and path != root:
        raise RoleElsewhere(role=role.value, root=root, field="path")


def check_apart(role: Role, held: frozenset[Role]) -> None:
    """That an account with these offices, present ones and those to come, may be given the role too. OfficesApart."""
    if role in SEPARATE_ROLES and (others := (held & SEPARATE_ROLES) - {role}):
        raise OfficesApart(held=role_names(others), role=role.value, field="role")


class AlreadyAppointed(LongwenError):
    """The account holds the role there."""

    kind = ErrorKind.CONFLICT
    code = "already_appointed"
    zh = "该账号已在此组织任 {role}，请先结束原任职。"
    en = "The account holds the role {role} there; end that appointment first."
