"""What the access log holds: who looked at, took away or changed what is not everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.kit.errors import LongwenError

PAGE_MAX = 200
REASON_MIN, REASON_MAX = 2, 200


class Action(StrEnum):
    """What was done."""

    PERSONAL_DATA_READ = "personal_data:read"
    QUARTER_EXPORT = "quarter:export"
    OWN_FILE_EXPORT = "own_file:export"
    LIST_EXPORT = "list:export"
    FILE_READ = "file:read"
    ACCESS_LOG_READ = "access_log:read"
    ACCOUNT_OPEN = "account:open"
    ACCOUNT_CLOSE = "account:close"
    ACCOUNT_REOPEN = "account:reopen"
    PASSWORD_SET = "password:set"  # noqa: S105 - what was done, not a secret
    APPOINTMENT_SET = "appointment:set"
    APPOINTMENT_END = "appointment:end"
    SESSION_END = "session:end"
    SECOND_FACTOR_RESET = "second_factor:reset"
    IDENTITY_LINK = "identity:link"
    IDENTITY_END = "identity:end"
    INVITATION_MAKE = "invitation:make"
    KEY_MAKE = "key:make"
    KEY_REVOKE = "key:revoke"
    SCREEN_MAKE = "screen:make"
    SCREEN_REVOKE = "screen:revoke"
    ROSTER_IMPORT = "roster:import"
    BACKUP_MAKE = "backup:make"
    BACKUP_RESTORE = "backup:restore"
    BOARD_POLICY_SET = "board_policy:set"
    PLAYLIST_SET = "playlist:set"
    PLAYLIST_CHOOSE = "playlist:choose"


class SpanReversed(LongwenError):
    """The span ends before it begins."""

    code = "span_reversed"
    zh = "起始日 {since} 晚于截止日 {until}，这样的时段没有任何记录。请对调或更正。"
    en = "The span from {since} to {until} ends before it begins, so nothing lies in it. Exchange or correct the days."


class ObjectKind(StrEnum):
    """What it was done to; the id beside it is the object's own."""

    MEMBER = "member"
    QUARTER = "quarter"
    LIST = "list"
    PACK = "pack"
    FILE = "file"
    ACCESS_LOG = "access_log"
    ACCOUNT = "account"
    APPOINTMENT = "appointment"
    API_KEY = "api_key"
    SCREEN = "screen"
    ROSTER = "roster"
    DATABASE = "database"
    BOARD_POLICY = "board_policy"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Access:
    """One thing done; ``path`` is where the object lies, or as far as the caller's reach went."""

    action: Action
    object_kind: ObjectKind
    object_id: str
    path: str
    request_id: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LoggedAccess:
    """The same with who did it and when (UTC): an account, an operator at the command line, or the service itself."""

    id: UUID
    at: datetime
    account_id: UUID | None
    operator: str | None
    login: str | None
    name: str | None
    access: Access


@dataclass(frozen=True, slots=True)
class Sought:
    """Which rows are asked for: at or after ``since``, before ``until`` (UTC), each only where given."""

    account_id: UUID | None = None
    member_id: UUID | None = None
    action: Action | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessPage:
    """The newest first; ``following`` is the place of the last row where more follow."""

    rows: tuple[LoggedAccess, ...]
    following: tuple[datetime, UUID] | None
