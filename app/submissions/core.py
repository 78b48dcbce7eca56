"""Who may record, and which way a request goes: values and decisions, without any database."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from app.auth.core import Actor, Permission, Role
from app.files.core import Evidence
from app.kit.digests import canonical, digest
from app.kit.errors import ErrorKind, LongwenError
from app.points.ledger import Posting
from app.points.views import Effect, PostedItem
from app.roster.history import MemberHistory
from app.rules.award import Outcome
from app.rules.core import Item, Kind
from app.submissions.core_hearing import Hearing
from app.submissions.core_reviewing import STANDING_IN, SYSTEM
from app.submissions.core_states import Decision, ProposalKind, Step, SubmissionState

PAGE_MAX = 200
DECISIONS_MAX = 200
EVIDENCE_MAX = 10  # files of one proposal or entry


@dataclass(frozen=True, slots=True)
class Papers:
    """What comes with a proposal beside what is posted: files, and for a veto the entry of the list of key work.

    ``writers`` are those on whose records the service proposes it, beside the one who stands as its recorder.
    """

    evidence: tuple[str, ...] = ()  # digests of files
    key_work: str | None = None
    writers: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What an edit may change: all but the id and whom it is about. ``evidence`` None leaves the files."""

    item: str
    effective_on: date
    outcome: Outcome | None = None
    tier: str | None = None
    units: int | None = None
    chosen: Decimal | None = None
    matter: str | None = None
    reason: str | None = None
    costs: str | None = None
    key_work: str | None = None
    evidence: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A proposal for an entry; once posted, the entry carries the same id.

    ``version`` is the number of its last step, ``round`` how often it was handed in, ``stage`` how many reviewers have
    approved in this round. ``asked`` are the accounts that it waits for, ``due_on`` by when they, or the member who is
    being heard, should act. ``sent_digest`` is that of what was first sent under the id. ``worth`` are the points that
    its entry will have, as the book prints them; None where only the measure gives them, or something is missing.
    """

    posting: Posting
    branch_id: UUID
    path: str
    kind: Kind
    state: SubmissionState
    recorded_at: datetime
    sent_digest: bytes
    papers: Papers = Papers()
    version: int = 1
    round: int = 0
    stage: int = 0
    asked: tuple[UUID, ...] = ()
    due_on: date | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: UUID | None = None
    decision_note: str | None = None
    worth: Decimal | None = None

    @property
    def id(self) -> UUID:
        return self.posting.id


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one request: booked, waiting for review, or at fault."""

    posted: PostedItem | None = None
    submission: Submission | None = None
    replayed: bool = False
    fault: LongwenError | None = None
    effect: Effect | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reviewer decides of which submission; ``seen`` is the step that they saw last, if they tell."""

    submission_id: UUID
    decision: Decision
    note: str | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A submission after its decision, with what was booked by it; or the fault that kept the decision out."""

    submission: Submission | None = None
    posted: PostedItem | None = None
    effects: tuple[Effect, ...] = ()
    replayed: bool = False
    fault: LongwenError | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission with all that its reviewer needs: what was done to it, what the member says, and the evidence."""

    submission: Submission
    review: tuple[Role, ...]
    steps: tuple[Step, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Sought:
    """Which submissions are listed; ``waiting`` are those that wait for the caller."""

    state: SubmissionState | None = None
    kind: ProposalKind | None = None
    branch_id: UUID | None = None
    member_id: UUID | None = None
    due_by: date | None = None
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """Submissions by time of recording, with the cursor to go on from (None: there was nothing more)."""

    submissions: tuple[Submission, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a reversal booked, and what it did to the standings that the caller may read."""

    posted: PostedItem
    effects: tuple[Effect, ...] = field(default=())

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
    """Nobody reviews what they recorded, nor anything about themselves, nor what they decided in an earlier step."""

    kind = ErrorKind.FORBIDDEN
    code = "own_recording"
    zh = (
        "不能审核自己提交的、涉及本人的或自己在前一环节已审核的申报。请由其他审核人办理（支部内无人时由上级党委办理）。"
    )
    en = (
        "Nobody reviews what they recorded, what concerns them, or what they approved in an earlier step. Another "
        "reviewer, or else the committee, decides it."
    )


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


def may_declare(item: Item) -> bool:
    """Whether a member may say of themselves that they did it, for a reviewer to confirm: where the book names members
    among those who record the item, and it adds points or keeps a duty.
    """
    return item.kind in (Kind.INNOVATION, Kind.ROUTINE) and Role.MEMBER.value in item.record


def in_scope(actor: Actor, path: str, *, is_own: bool) -> bool:
    """Whether the caller records here at all, or proposes for the own record."""
    return actor.is_service or is_own or actor.may(Permission.ENTRY_RECORD, path)


def may_see(actor: Actor, history: MemberHistory) -> bool:
    """Whether the caller reads the member's standing where they are now (or were last); who only records does not."""
    there = history.on(actor.today)
    path = there.path if there is not None else history.spells[-1].path
    return actor.may(Permission.STANDING_READ, path)


def is_recorders(actor: Actor, submission: Submission, history: MemberHistory) -> bool:
    """Whether the caller recorded it and still may: about themselves, or while they record where it lies or the member
    has belonged. What somebody wrote about others is not theirs to keep when the office has ended.
    """
    if actor.is_service:
        return True
    if submission.posting.recorded_by != actor.account_id:
        return False
    places = (submission.path, *(one.path for one in history.spells))
    return _is_about(actor, history) or any(actor.may(Permission.ENTRY_RECORD, path) for path in places)


def is_visible(actor: Actor, submission: Submission, history: MemberHistory) -> bool:
    """Whether the caller may see the proposal: its recorder while they hold that office, and once it was handed in
    whoever reads submissions there, and the member whom it is about (``history``).
    """
    if is_recorders(actor, submission, history):
        return True
    if submission.submitted_at is None:
        return False
    return _is_about(actor, history) or actor.may(Permission.SUBMISSION_READ, submission.path)


def _is_about(actor: Actor, history: MemberHistory) -> bool:
    return history.account_id is not None and history.account_id == actor.account_id


def sent_digest(posting: Posting, papers: Papers) -> bytes:
    """Of all that was sent under the id: the same again is a retry, anything else a conflict."""
    if not papers.evidence and papers.key_work is None:
        return posting.input_digest()
    sent = {
        "posting": posting.input_digest().hex(),
        "evidence": sorted(papers.evidence),
        "key_work": papers.key_work,
    }
    return digest(canonical(sent))


def excluded_from_review(submission: Submission, about: UUID | None, steps: Collection[Step]) -> frozenset[UUID]:
    """Who may not decide: who recorded it or what it rests on, whom it is about, who approved before in this round."""
    approvers = {one.by for one in steps if one.stage is not None and one.round == submission.round}
    found = {submission.posting.recorded_by, *submission.papers.writers, about, *approvers}
    return frozenset(one for one in found if one is not None)


def matter_name(text: str) -> str:
    """A matter as it is compared: one width (NFKC), no invisible characters, single spaces; "" if nothing is left."""
    shown = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in ("Cf", "Cc"))
    return " ".join("".join(shown).split())
