"""What the phone is shown in one call, and what its queue holds: plain values and their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias
from uuid import UUID

from app.activities.core import Meeting, Record
from app.appeals.core import Concern, Filing
from app.auth.core import Permission, Role
from app.boards.core import OwnPlaces
from app.cycles.core import Quarter
from app.files.core import Content, Owner
from app.kit.errors import ErrorKind, LongwenError
from app.messages.core import InboxPage
from app.points.ledger import DutyState, Entry, Posting
from app.points.views import DutiesView, DutyLine, StandingView
from app.roster.core import MemberView, OrganisationView
from app.rules.core import Edition, Regime
from app.rules.name import Name
from app.submissions.core import Papers

# Of each list on the first screen; more of it is behind the list's own route.
HOME_LIST_MAX = 10
HOME_DUTIES_MAX = 60
HOME_OFFICES_MAX = 20
HOME_MESSAGES_MAX = 5
HOME_TEXT_MAX = 120  # characters of a message
EVIDENCE_PAGE_MAX = 100

QUEUE_MAX = 100
QUEUE_BYTES_MAX = 1024 * 1024


class NotAMember(LongwenError):
    """The account is an office's only: it has no record of its own."""

    kind = ErrorKind.MISSING
    code = "not_a_member"
    zh = "此账号没有关联的党员，没有本人的积分记录。若您是党员，请联系本支部书记在名册中关联账号。"
    en = (
        "This account belongs to no member, so there is no own record. If you are a member, ask the branch secretary to"
        " have the roster name your account."
    )


class NoRulesNow(LongwenError):
    """The member belongs nowhere today, so no rules judge them."""

    kind = ErrorKind.MISSING
    code = "no_rules_now"
    zh = "您目前不属于任何支部，没有适用的评分细则。以前的积分见“积分状态”，请注明年度。"
    en = "You belong to no branch today, so no rules apply. Earlier cycles are under “standing”; name the cycle."


class QueueTooLarge(LongwenError):
    """More bytes than one queue may have; noticed before the rest of them is read."""

    kind = ErrorKind.TOO_LARGE
    code = "queue_too_large"
    zh = "队列超过 {kilobytes} KB，没有处理任何一项。请分几次发送；已处理过的再次发送没有影响。"
    en = "The queue is larger than {kilobytes} KB; nothing of it was done. Send it in parts; repeats do no harm."


# The first screen.


@dataclass(frozen=True, slots=True)
class Office:
    """A role and the organisation where it is held; None where the roster has it no more."""

    role: Role
    path: str
    organisation: OrganisationView | None


@dataclass(frozen=True, slots=True)
class Task:
    """What waits for somebody to act on; ``member`` is whom it is about, ``title`` the item's name."""

    id: UUID
    item: str
    title: Name | None
    member: str | None
    kind: str
    state: str
    due_on: date | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Tasks:
    """The first of a kind of task, the oldest first; ``more``: there are others."""

    listed: tuple[Task, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A member's standing in the present cycle, the rules that judge it, and the places that boards allow."""

    standing: StandingView
    regime: Regime
    places: OwnPlaces
    duties: DutiesView | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """All that the app opens with. Without a member there is no own record; without a cycle, no quarter."""

    today: date
    offices: tuple[Office, ...]
    member: MemberView | None
    organisations: dict[UUID, OrganisationView]  # the branch, the group and what is above them
    quarter: Quarter | None
    record: OwnRecord | None
    inbox: InboxPage
    hearings: Tasks
    reviews: Tasks
    appeals_to_answer: Tasks
    own_submissions: Tasks
    own_appeals: Tasks
    absences: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class ItemBook:
    """The items as they judge one member today."""

    edition: Edition
    regime: Regime


def duties_to_show(duties: DutiesView, quarter: Quarter) -> tuple[DutyLine, ...]:
    """What falls due in the quarter, then what fell due before and nobody has decided; at most so many."""
    now = [one for one in duties.lines if quarter.starts_on <= one.row.due_on <= quarter.ends_on]
    before = [one for one in duties.lines if one.row.due_on < quarter.starts_on and one.row.state is DutyState.EXPECTED]
    return tuple([*now, *reversed(before)][:HOME_DUTIES_MAX])


def shortened(text: str, characters: int) -> str:
    """The beginning of a text, with a sign that it goes on."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


# Evidence.


@dataclass(frozen=True, slots=True)
class OwnEvidence:
    """A file that the own record rests on; ``place`` orders the list."""

    owner: Owner
    content: Content
    name: str
    key: str
    attached_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that the caller sent in and has not attached to anything yet."""

    content: Content
    name: str
    uploaded_at: datetime


EvidenceCursor: TypeAlias = tuple[datetime, UUID, str]


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """The latest first; ``following`` is where the next page goes on (None: there was nothing more)."""

    evidence: tuple[OwnEvidence, ...]
    waiting: tuple[Waiting, ...]
    following: EvidenceCursor | None


# The queue.


@dataclass(frozen=True, slots=True)
class Recording:
    """A fact to be recorded or proposed; who records it is the caller."""

    posting: Posting
    papers: Papers


@dataclass(frozen=True, slots=True)
class Answering:
    """What the caller says to a finding about themselves."""

    submission_id: UUID
    text: str
    number: int | None = None  # of the round that is answered


@dataclass(frozen=True, slots=True)
class Marking:
    """Messages that the caller has read."""

    numbers: tuple[int, ...]
    up_to: int


Errand: TypeAlias = Recording | Meeting | Answering | Filing | Concern | Marking

# As at the route of each; what needs none is everybody's who is signed in.
PERMISSIONS: dict[type, Permission] = {
    Recording: Permission.ENTRY_RECORD,
    Meeting: Permission.ACTIVITY_RECORD,
    Answering: Permission.SUBMISSION_READ,
    Filing: Permission.APPEAL_FILE,
}


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an errand: ``state`` is that of what was made, ``reference`` a number that people quote."""

    state: str
    replayed: bool
    due_on: date | None = None
    reference: str | None = None


# The own file.


@dataclass(frozen=True, slots=True)
class Profile:
    """What the roster and the accounts hold about the caller; personal fields masked."""

    account_id: UUID
    login: str
    name: str
    offices: tuple[Office, ...]
    member: MemberView | None
    id_number: str | None
    phone: str | None
    spells: tuple[tuple[str, date, date | None, str], ...]  # branch, first and last day, profile
    exemptions: tuple[tuple[date, date | None], ...]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry with its reason and the places of its points."""

    entry: Entry
    reason: str | None
    decimals: int


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A file of the archive, under its ``path`` there; without an owner it is not attached to anything."""

    content: Content
    name: str
    path: str
    owner: Owner | None = None


def file_name(content: Content, name: str) -> str:
    """The name of a file in the archive: two different files never share one."""
    return f"{content.hash[:12]}-{name}"
