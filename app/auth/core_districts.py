"""Districts and logins: what they are called, and why a name is refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError

_DISTRICT_CODE = re.compile(r"[a-z0-9-]{2,32}")
_LOGIN = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True, slots=True)
class District:
    """A tenant: its code stands before logins and tokens, its time zone decides what day it is."""

    id: UUID
    code: str
    name: str
    time_zone: str


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


def split_login(login: str) -> tuple[str, str] | None:
    """``longwen/secretary01`` as district code and login; None if it has no such form."""
    code, slash, name = unicodedata.normalize("NFKC", login).strip().partition("/")
    return (code.lower(), login_key(name)) if slash and is_district_code(code.lower()) else None


def district_code_of(token: str) -> str | None:
    """The district code before the token's dot; None if it has no such form. Nothing is proved by it."""
    code, dot, secret = token.partition(".")
    return code if dot and secret and is_district_code(code) else None
