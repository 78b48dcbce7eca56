"""Who acts, in which roles, and what each role may do: the one table of permissions.

A role holds from a day on at an organisation's path and reaches everything below it. A path is a string of immutable
ids joined by dots; it is only ever compared as a prefix, segment by segment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from app.kit.clock import business_day


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
    # Held by a token instead of a person: nobody is appointed to them.
    INTEGRATION = "integration"
    SCREEN = "screen"


class Permission(StrEnum):
    """What can be done, as resource:action."""

    ROSTER_READ = "roster:read"
    ROSTER_IMPORT = "roster:import"
    MEMBER_ENROL = "member:enrol"
    MEMBERSHIP_SET = "membership:set"
    TRANSFER_READ = "transfer:read"
    TRANSFER_SET = "transfer:set"
    BRANCH_REFORM = "branch:reform"
    ENTRY_RECORD = "entry:record"
    ENTRY_REVERSE = "entry:reverse"
    ENTRY_IMPORT = "entry:import"
    IMPORT_READ = "import:read"
    STANDING_READ = "standing:read"
    SUBMISSION_READ = "submission:read"
    SUBMISSION_DECIDE = "submission:decide"
    VETO_FILE = "veto:file"
    APPEAL_FILE = "appeal:file"
    APPEAL_READ = "appeal:read"
    APPEAL_DECIDE = "appeal:decide"
    COMPLAINT_READ = "complaint:read"
    COMPLAINT_ANSWER = "complaint:answer"
    ACTIVITY_READ = "activity:read"
    ACTIVITY_RECORD = "activity:record"
    ACTIVITY_EXCUSE = "activity:excuse"
    RATING_READ = "rating:read"
    RATING_FILE = "rating:file"
    RATING_SIGN = "rating:sign"
    RATING_DECIDE = "rating:decide"
    RATING_OBJECT = "rating:object"
    APPRAISAL_READ = "appraisal:read"  # the own one, and who is on notice for the best grade
    APPRAISAL_REVIEW = "appraisal:review"  # what everybody's is made of
    APPRAISAL_KEEP = "appraisal:keep"
    APPRAISAL_SIGN = "appraisal:sign"
    APPRAISAL_DECIDE = "appraisal:decide"
    APPRAISAL_OBJECT = "appraisal:object"
    SURVEY_READ = "survey:read"
    SURVEY_CALL = "survey:call"
    GRID_READ = "grid:read"
    GRID_SET = "grid:set"
    MENTORING_READ = "mentoring:read"
    MENTORING_RECORD = "mentoring:record"
    BOARD_READ = "board:read"
    BOARD_SET = "board:set"
    PLAYLIST_READ = "playlist:read"
    PLAYLIST_SET = "playlist:set"
    SCREEN_SHOW = "screen:show"
    CHECK_READ = "check:read"
    CHECK_DECIDE = "check:decide"
    QUARTER_EXPORT = "quarter:export"
    DIGEST_READ = "digest:read"
    DIGEST_INSPECT = "digest:inspect"
    LINE_READ = "line:read"
    LINE_SET = "line:set"
    CASE_READ = "case:read"  # assistance cases and commendations
    CASE_KEEP = "case:keep"
    CASE_DECIDE = "case:decide"
    KEY_WORK_SET = "key_work:set"
    RULES_READ = "rules:read"
    RULES_SIMULATE = "rules:simulate"
    JOB_READ = "job:read"
    WEBHOOK_READ = "webhook:read"
    WEBHOOK_SET = "webhook:set"
    ACCOUNT_OPEN = "account:open"
    APPOINTMENT_SET = "appointment:set"
    SESSION_END = "session:end"
    SECOND_FACTOR_RESET = "second_factor:reset"
    IDENTITY_END = "identity:end"
    ORGANISATION_READ = "organisation:read"
    PERSONAL_DATA_READ = "personal_data:read"
    ACCOUNT_READ = "account:read"
    APPOINTMENT_READ = "appointment:read"
    KEY_READ = "key:read"
    KEY_SET = "key:set"
    SCREEN_READ = "screen:read"
    SCREEN_SET = "screen:set"
    ACCESS_READ = "access:read"


_RECORDING = {
    Permission.ORGANISATION_READ,
    Permission.ROSTER_READ,
    Permission.ENTRY_RECORD,
    Permission.ENTRY_IMPORT,
    Permission.IMPORT_READ,
    Permission.STANDING_READ,
    Permission.SUBMISSION_READ,
    Permission.ACTIVITY_READ,
    Permission.RATING_READ,
    Permission.GRID_READ,
    Permission.BOARD_READ,
    Permission.RULES_READ,
}
_CHECK = {Permission.CHECK_READ, Permission.CHECK_DECIDE}
_REVIEWING = _RECORDING | _CHECK | {Permission.ENTRY_REVERSE, Permission.SUBMISSION_DECIDE}
# What is on notice or named is read by everybody of the district, and objected to.
_NOTICED = {
    Permission.RATING_READ,
    Permission.RATING_OBJECT,
    Permission.APPRAISAL_READ,
    Permission.APPRAISAL_OBJECT,
}
_APPRAISING = {Permission.APPRAISAL_REVIEW, Permission.APPRAISAL_SIGN}
_SURVEYING = {Permission.SURVEY_READ, Permission.SURVEY_CALL}
# Whoever decides appeals also writes down those that members without an account bring on paper.
_APPEALS = {Permission.APPEAL_FILE, Permission.APPEAL_READ, Permission.APPEAL_DECIDE}
_ENROLLING = {Permission.MEMBER_ENROL, Permission.TRANSFER_READ, Permission.TRANSFER_SET}
# What a branch proposes and the committee files: exemptions, ends of membership, branches merged or split.
_FILING = {Permission.MEMBERSHIP_SET, Permission.BRANCH_REFORM}
_LEADING = (
    _REVIEWING
    | _APPEALS
    | _ENROLLING
    | {Permission.ACTIVITY_RECORD, Permission.QUARTER_EXPORT, Permission.LINE_READ, Permission.PERSONAL_DATA_READ}
    | {Permission.MENTORING_READ, Permission.MENTORING_RECORD}
    | {Permission.CASE_READ, Permission.CASE_KEEP}
)

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset({Permission.GRID_READ, Permission.BOARD_READ, Permission.RULES_READ} | _NOTICED),
    # A book may let a group leader confirm what members of the group declare.
    Role.GROUP_LEADER: frozenset(_RECORDING | _NOTICED | {Permission.ACTIVITY_RECORD, Permission.SUBMISSION_DECIDE}),
    Role.ORGANISATION_COMMISSIONER: frozenset(_REVIEWING | _NOTICED | {Permission.ACTIVITY_RECORD}),
    Role.DISCIPLINE_COMMISSIONER: frozenset(_REVIEWING | _NOTICED),
    # Of imports only the own ones: who reads no submissions sees no batch of another.
    Role.HR: frozenset(
        {Permission.ENTRY_RECORD, Permission.ENTRY_IMPORT, Permission.IMPORT_READ, Permission.RULES_READ}
    ),
    # The secretary reads what was said of the branch, and never calls a survey of it.
    Role.SECRETARY: frozenset(
        _LEADING | _NOTICED | {Permission.RATING_FILE, Permission.SURVEY_READ, Permission.APPRAISAL_KEEP}
    ),
    Role.COMMITTEE_OFFICER: frozenset(
        _LEADING
        | _FILING
        | _NOTICED
        | _APPRAISING
        | _SURVEYING
        | {Permission.RATING_SIGN, Permission.CASE_DECIDE, Permission.DIGEST_READ, Permission.DIGEST_INSPECT}
    ),
    Role.DISTRICT_OFFICER: frozenset(
        _LEADING
        | _FILING
        | _NOTICED
        | _SURVEYING
        | _APPRAISING
        | {Permission.CASE_DECIDE, Permission.KEY_WORK_SET, Permission.APPRAISAL_DECIDE}
        | {
            Permission.RATING_SIGN,
            Permission.RATING_DECIDE,
            Permission.COMPLAINT_READ,
            Permission.COMPLAINT_ANSWER,
            Permission.VETO_FILE,
            Permission.DIGEST_READ,
            Permission.DIGEST_INSPECT,
            Permission.ACTIVITY_EXCUSE,
            Permission.GRID_SET,
            Permission.ROSTER_IMPORT,
            Permission.BOARD_SET,
            Permission.PLAYLIST_READ,
            Permission.PLAYLIST_SET,
            Permission.LINE_SET,
            Permission.RULES_SIMULATE,
            Permission.JOB_READ,
            Permission.SCREEN_READ,
            Permission.SCREEN_SET,
        }
    ),
    # Whoever opens accounts does not say what they may do, and the auditor sees both.
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        {
            Permission.JOB_READ,
            Permission.WEBHOOK_READ,
            Permission.WEBHOOK_SET,
            Permission.RULES_READ,
            Permission.ORGANISATION_READ,
            Permission.ACCOUNT_READ,
            Permission.ACCOUNT_OPEN,
            Permission.KEY_READ,
            Permission.KEY_SET,
        }
    ),
    Role.SECURITY_ADMINISTRATOR: frozenset(
        {
            Permission.RULES_READ,
            Permission.ORGANISATION_READ,
            Permission.ACCOUNT_READ,
            Permission.APPOINTMENT_READ,
            Permission.APPOINTMENT_SET,
            Permission.SESSION_END,
            Permission.SECOND_FACTOR_RESET,
            Permission.IDENTITY_END,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.ORGANISATION_READ,
            Permission.ACCOUNT_READ,
            Permission.APPOINTMENT_READ,
            Permission.KEY_READ,
            Permission.SCREEN_READ,
            Permission.ACCESS_READ,
            Permission.ROSTER_READ,
            Permission.TRANSFER_READ,
            Permission.STANDING_READ,
            Permission.SUBMISSION_READ,
            Permission.CHECK_READ,
            Permission.IMPORT_READ,
            Permission.APPEAL_READ,
            Permission.COMPLAINT_READ,
            Permission.ACTIVITY_READ,
            Permission.RATING_READ,
            Permission.APPRAISAL_READ,
            Permission.APPRAISAL_REVIEW,
            Permission.SURVEY_READ,
            Permission.GRID_READ,
            Permission.MENTORING_READ,
            Permission.BOARD_READ,
            Permission.PLAYLIST_READ,
            Permission.LINE_READ,
            Permission.CASE_READ,
            Permission.DIGEST_READ,
            Permission.RULES_READ,
            Permission.JOB_READ,
            Permission.WEBHOOK_READ,
        }
    ),
    # The most that a key may list; what it does list stands with the key. Deciding, undoing and unmasking are left to
    # people, and so is everything about accounts and offices.
    Role.INTEGRATION: frozenset(
        _RECORDING | {Permission.ROSTER_IMPORT, Permission.QUARTER_EXPORT, Permission.LINE_READ, Permission.JOB_READ}
    ),
    # Exactly the one playlist that the office chose for it.
    Role.SCREEN: frozenset({Permission.SCREEN_SHOW}),
}

# What a member may do about the own record, wherever the branch is.
OWN_GRANTS = frozenset(
    {
        Permission.STANDING_READ,
        Permission.SUBMISSION_READ,
        Permission.ENTRY_RECORD,
        Permission.APPEAL_FILE,
        Permission.APPEAL_READ,
        Permission.ACTIVITY_READ,
        Permission.CASE_READ,
        Permission.TRANSFER_READ,
    }
)

# Offices of the whole district: they are held at its root.
DISTRICT_ROLES = frozenset(
    {Role.DISTRICT_OFFICER, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR}
)
# The three separate offices: nobody holds two of them.
SEPARATE_ROLES = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
TOKEN_ROLES = frozenset({Role.INTEGRATION, Role.SCREEN})
# The offices of a branch that act in its place for one that is no more, over what is dated in its days.
HEIR_ROLES = frozenset({Role.SECRETARY, Role.ORGANISATION_COMMISSIONER, Role.DISCIPLINE_COMMISSIONER})


def within(path: str, root: str) -> bool:
    """Whether ``path`` is ``root`` or lies below it."""
    return path == root or path.startswith(root + ".")


def ancestors(path: str) -> list[str]:
    """The path of each place above, and the path itself, from the root on."""
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A role at an organisation's path, in force on the day the actor acts; ``listed`` is what a key is limited to.

    ``stands_in``: nobody is appointed there, since the branch is no more; the one that it went into acts for it.
    """

    role: Role
    path: str
    listed: frozenset[Permission] | None = None
    stands_in: bool = False

    @property
    def grants(self) -> frozenset[Permission]:
        """What the table gives the role, as far as it is listed where a list is kept."""
        return GRANTS[self.role] if self.listed is None else GRANTS[self.role] & self.listed


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, when (``at`` in UTC; ``today`` is the district's business day), and in which roles.

    ``account_id`` is None for the service itself (a job, or the operator at the command line), which may do
    everything inside the district. ``was_member`` opens the doors to the own record, also after the membership:
    whose that is, the roster says. ``operator`` is whom the operating system knows at the command line. A key acts
    under an account of its own; a screen, which only reads, under its own id.
    """

    district_id: UUID
    account_id: UUID | None
    at: datetime
    today: date
    appointments: tuple[Appointment, ...] = ()
    was_member: bool = False
    operator: str | None = None

    @classmethod
    def service(cls, district_id: UUID, at: datetime, time_zone: str, *, operator: str | None = None) -> Actor:
        return cls(district_id, None, at, business_day(at, time_zone), operator=operator)

    @property
    def is_service(self) -> bool:
        return self.account_id is None

    @property
    def is_token(self) -> bool:
        """Whether a key or a screen acts, and nobody in person."""
        return any(held.role in TOKEN_ROLES for held in self.appointments)

    def roles_at(self, path: str) -> frozenset[Role]:
        """The roles that reach the organisation at ``path``."""
        return frozenset(held.role for held in self.appointments if within(path, held.path))

    def may(self, permission: Permission, path: str) -> bool:
        here = (held for held in self.appointments if within(path, held.path))
        return self.is_service or any(permission in held.grants for held in here)

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether any role grants it at all, be it only for the own record."""
        if self.is_service or any(permission in held.grants for held in self.appointments):
            return True
        return permission in OWN_GRANTS and self.is_member

    @property
    def is_member(self) -> bool:
        """Whether there is an own record, also after the membership."""
        return self.was_member or any(held.role is Role.MEMBER for held in self.appointments)

    def reach(self, permission: Permission) -> tuple[str, ...]:
        """The topmost paths where the permission holds, for a query's prefix match; empty: nowhere."""
        return topmost(held.path for held in self.appointments if permission in held.grants)


def topmost(paths: Iterable[str]) -> tuple[str, ...]:
    """The paths that do not lie below another of them, in order."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(within(path, root) for root in kept):
            kept.append(path)
    return tuple(kept)
