"""Who may record and who may review, and which way a request goes: the decisions, without any database."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.auth.core import Actor, Permission, Role
from app.kit.errors import ErrorKind, LongwenError
from app.points.ledger import Posting
from app.points.views import Effect, PostedItem
from app.roster.history import MemberHistory
from app.rules.core import Item, Kind

# Who stands in for whom: a vacant or colliding office falls to the secretary, then the committee.
RANK: dict[Role, int] = {
    Role.MEMBER: 0,
    Role.HR: 0,
    Role.GROUP_LEADER: 1,
    Role.ORGANISATION_COMMISSIONER: 2,
    Role.DISCIPLINE_COMMISSIONER: 2,
    Role.SECRETARY: 3,
    Role.COMMITTEE_OFFICER: 4,
    Role.DISTRICT_OFFICER: 5,
}
STANDING_IN = frozenset({Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER})
SYSTEM = "system"  # in a rule book: recorded by the service itself
PAGE_MAX = 200


class SubmissionState(StrEnum):
    """The thinnest life of a proposal."""

    SUBMITTED = "submitted"
    POSTED = "posted"
    REFUSED = "refused"


class Decision(StrEnum):
    """What a reviewer makes of a submission."""

    POST = "post"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Submission:
    """A proposal for an entry; once posted, the entry carries the same id."""

    posting: Posting
    branch_id: UUID
    path: str
    kind: Kind
    state: SubmissionState
    recorded_at: datetime
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    decision_note: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one request: booked, waiting for review, or at fault."""

    posted: PostedItem | None = None
    submission: Submission | None = None
    replayed: bool = False
    fault: LongwenError | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A submission after its decision, with what was booked by it."""

    submission: Submission
    posted: PostedItem | None
    effects: tuple[Effect, ...]
    replayed: bool


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """Submissions by time of recording, with the cursor to go on from (None: there was nothing more)."""

    submissions: tuple[Submission, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal booked, and what it did to the standings that the caller may read."""

    posted: PostedItem
    effects: tuple[Effect, ...]

    @property
    def replayed(self) -> bool:
        return self.posted.replayed


class NotYourReview(LongwenError):
    """The item is reviewed by other roles."""

    kind = ErrorKind.FORBIDDEN
    code = "not_your_review"
    zh = "{item} 的申报由 {roles} 审核，您的角色不能审核。"
    en = "Submissions of {item} are reviewed by {roles}, which you are not."


class OwnRecording(LongwenError):
    """Nobody reviews what they recorded, nor anything about themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "own_recording"
    zh = "不能审核自己提交的或涉及本人的申报。请由其他审核人办理（支部内无人时由上级党委办理）。"
    en = "Nobody reviews what they recorded or what concerns them. Another reviewer, or else the committee, decides it."


class AlreadyDecided(LongwenError):
    """The submission was decided otherwise before."""

    kind = ErrorKind.CONFLICT
    code = "already_decided"
    zh = "该申报已经{state}，不能再作其他决定。需要更正的，请冲正已入账的记录。"
    en = "The submission is already {state}. To correct what was posted, reverse the entry."


def may_record(item: Item, roles: frozenset[Role], *, is_service: bool) -> bool:
    """Whether someone with these roles at the member's place may record the item.

    What only the service records (a duty kept until a finding says otherwise) is nobody else's to record.
    """
    if is_service:
        return True
    named = {Role(code) for code in item.record if code != SYSTEM}
    if not named:
        return False
    if item.kind is not Kind.ROUTINE and Role.GROUP_LEADER in roles:
        return True  # a group leader records the routine matters named and proposes the rest
    # What a key may record at all stands in its list; that a person reviews it is the item's rule as ever.
    return bool(roles & named) or bool(roles & STANDING_IN) or Role.INTEGRATION in roles


def may_review(item: Item, roles: frozenset[Role], *, is_service: bool) -> bool:
    """Whether someone with these roles may decide: the item's last reviewer, or who stands in from above."""
    if is_service:
        return True
    named = [Role(code) for code in item.review if code != SYSTEM]
    needed = max((RANK[role] for role in named), default=RANK[Role.SECRETARY])
    last = {role for role in named if RANK[role] == needed}
    return bool(roles & last) or any(RANK[role] > needed for role in roles & STANDING_IN)


def in_scope(actor: Actor, path: str, *, is_own: bool) -> bool:
    """Whether the caller records here at all, or proposes for the own record."""
    return actor.is_service or is_own or actor.may(Permission.ENTRY_RECORD, path)


def may_see(actor: Actor, history: MemberHistory) -> bool:
    """Whether the caller reads the member's standing where they are now (or were last); who only records does not."""
    there = history.on(actor.today)
    path = there.path if there is not None else history.spells[-1].path
    return actor.may(Permission.STANDING_READ, path)


def matter_name(text: str) -> str:
    """A matter as it is compared: one width (NFKC), no invisible characters, single spaces; "" if nothing is left."""
    shown = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in ("Cf", "Cc"))
    return " ".join("".join(shown).split())
