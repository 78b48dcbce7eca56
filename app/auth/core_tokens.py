"""Tokens that are no person's: keys of other systems, and screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.auth.core import GRANTS, Appointment, Permission, Role
from app.auth.core_districts import district_code_of
from app.kit.errors import ErrorKind, LongwenError
from app.kit.words import all_of

KEY_PREFIX = "key_"
SCREEN_PREFIX = "screen_"
SECRET_LENGTH = 43  # 32 random bytes in URL-safe base 64
KEY_LASTS_MAX = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is listed. ``expires_on`` is the last day on which it opens; days are the district's."""

    id: UUID
    name: str
    path: str
    permissions: frozenset[Permission]
    created_at: datetime
    created_by: UUID | None
    expires_on: date
    last_used_on: date | None = None
    revoked_at: datetime | None = None

    @property
    def appointment(self) -> Appointment:
        """What its holder acts as."""
        return Appointment(Role.INTEGRATION, self.path, self.permissions)


@dataclass(frozen=True, slots=True)
class Screen:
    """A wall display as it is listed."""

    id: UUID
    name: str
    path: str
    created_at: datetime
    created_by: UUID | None
    last_used_on: date | None = None
    revoked_at: datetime | None = None

    @property
    def appointment(self) -> Appointment:
        """What it acts as: it reads boards as screens are shown them, and nothing else."""
        return Appointment(Role.SCREEN, self.path)


class NotForKeys(LongwenError):
    """Some permissions are never given to a key."""

    code = "not_for_keys"
    zh = "以下权限不能授予接口密钥：{refused}。可以授予的权限：{allowed}。"
    en = "A key is never given {refused}. It may list: {allowed}."


class KeyLastsTooLong(LongwenError):
    """A key ends within a year and a day."""

    code = "key_lasts_too_long"
    zh = "接口密钥的到期日应在今天至 {last} 之间。"
    en = "A key's last day lies between today and {last}."


class PathElsewhere(LongwenError):
    """The path does not lie in the caller's district or reach."""

    kind = ErrorKind.FORBIDDEN
    code = "path_elsewhere"
    zh = "该组织路径不在您的职权范围内。组织路径见 /api/v1/organisations。"
    en = "The path does not lie in your reach. /api/v1/organisations has the paths."


def check_listed(permissions: frozenset[Permission]) -> None:
    """Whether a key may list them; NotForKeys."""
    allowed = GRANTS[Role.INTEGRATION]
    if refused := permissions - allowed:
        raise NotForKeys(refused=all_of(sorted(refused)), allowed=all_of(sorted(allowed)), field="permissions")


def check_expiry(expires_on: date, today: date) -> None:
    """KeyLastsTooLong."""
    last = today + KEY_LASTS_MAX
    if not today <= expires_on <= last:
        raise KeyLastsTooLong(last=last.isoformat(), field="expires_on")


def permissions_from(text: str) -> frozenset[Permission]:
    """What a key lists, of what there still is and keys are given."""
    known = {one.value: one for one in GRANTS[Role.INTEGRATION]}
    return frozenset(known[word] for word in text.split() if word in known)


def permissions_text(permissions: frozenset[Permission]) -> str:
    return " ".join(sorted(permissions))


def token_role(token: str) -> Role | None:
    """Whose sort the token's form tells; None: a person's. Nothing is proved by it."""
    if district_code_of(token) is None:
        return None
    secret = token.partition(".")[2]
    # A person's token is shorter, so that none is taken for a key, whatever chance makes of its first letters.
    for prefix, role in ((KEY_PREFIX, Role.INTEGRATION), (SCREEN_PREFIX, Role.SCREEN)):
        if secret.startswith(prefix) and len(secret) == len(prefix) + SECRET_LENGTH:
            return role
    return None
