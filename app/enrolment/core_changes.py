"""Changes of enrolment: what is asked for, what it does, and which states a transfer goes through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.kit.digests import canonical, digest
from app.roster.core import Exemption, KnownMember, Membership

PAGE_MAX = 200


class TransferState(StrEnum):
    """What became of a transfer; only a proposed one still waits."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Side(StrEnum):
    """Who proposed a transfer; the other side answers."""

    OLD = "old"
    NEW = "new"


class Verb(StrEnum):
    """Every other change."""

    ENROLLED = "enrolled"
    RECLASSED = "reclassed"
    EXEMPTED = "exempted"
    EXEMPTION_ENDED = "exemption_ended"
    LEFT = "left"
    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    CLOSED = "closed"


class LeavingGround(StrEnum):
    """Why a membership ends: moved out of the district, died, expelled, removed for letting it lapse or by own wish,
    suspended (six months without contact)."""

    TRANSFERRED_OUT = "transferred_out"
    DIED = "died"
    EXPELLED = "expelled"
    REMOVED = "removed"
    LOST_CONTACT = "lost_contact"


# Whose rights end with the day: log-ins are over at once.
WITHOUT_RIGHTS = frozenset({LeavingGround.DIED, LeavingGround.EXPELLED, LeavingGround.REMOVED})


class ExemptionGround(StrEnum):
    """The class only, never a detail."""

    AGE = "age"
    ILLNESS = "illness"
    DISABILITY = "disability"
    FLOATING = "floating"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for under an id of their own; the same id with the same content is a retry."""

    id: UUID

    def digest(self) -> bytes:
        return digest(canonical(_plain(asdict(self))))


@dataclass(frozen=True, slots=True)
class TransferWish(Asked):
    """A transfer to another branch or, with ``destination``, out of the district.

    The member is named by id, or by number and name, as they stand on the letter that the member brings along.
    """

    member_id: UUID | None
    number: str | None
    name: str | None
    to_branch_id: UUID | None
    destination: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """With which group and class the member enters; ``seen`` is the version that the caller saw, if they tell."""

    group_id: UUID | None = None
    profile: str | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Leaving(Asked):
    """The end of a membership; ``left_on`` is its last day."""

    member_id: UUID
    ground: LeavingGround
    left_on: date
    reference: str | None


@dataclass(frozen=True, slots=True)
class ExemptionWish(Asked):
    """Days without grading, both included."""

    member_id: UUID
    ground: ExemptionGround
    from_on: date
    until_on: date | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class ExemptionEnd(Asked):
    """The last day of an exemption; it may be put earlier or later, not before its first."""

    exemption_id: UUID
    until_on: date
    reference: str | None


@dataclass(frozen=True, slots=True)
class Reclassing(Asked):
    """Another class or group within the branch, from today on."""

    member_id: UUID
    profile: str | None
    group_id: UUID | None


@dataclass(frozen=True, slots=True)
class Enrolling(Asked):
    """One row of a roster; ``id`` becomes the member's. Codes are those of the roster."""

    cells: Mapping[str, str | int | date | None]


@dataclass(frozen=True, slots=True)
class NewBranch:
    """A branch to be founded by a split, or the successor of one that moves."""

    id: UUID
    code: str
    name: str
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Reform(Asked):
    """Something that is done to a whole branch, today."""

    branch_id: UUID
    verb: Verb
    into_id: UUID | None = None  # merged: the other branch; moved: the other committee
    new: NewBranch | None = None
    members: tuple[UUID, ...] = ()  # split: who goes along
    reference: str | None = None


# What a change did, as it is answered and kept.


@dataclass(frozen=True, slots=True)
class Moved:
    """One member and the branches before and after (None: none)."""

    member_id: UUID
    number: str
    name: str
    from_branch_id: UUID | None
    to_branch_id: UUID | None


@dataclass(frozen=True, slots=True)
class Effected:
    """A standing before and after, in its book's smallest unit."""

    member_id: UUID
    cycle: str
    total_before: int
    total: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a change did to people, offices, duties and standings."""

    moved: tuple[Moved, ...] = ()
    effects: tuple[Effected, ...] = ()
    waived: int = 0
    asked_again: int = 0
    reversed: int = 0
    offices_ended: int = 0
    handed_on: int = 0  # submissions and appeals that go to other reviewers

    def as_kept(self) -> dict[str, Any]:
        kept: dict[str, Any] = _plain(asdict(self))
        return kept

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Result:
        return cls(
            moved=tuple(
                Moved(
                    UUID(one["member_id"]),
                    one["number"],
                    one["name"],
                    _uuid(one["from_branch_id"]),
                    _uuid(one["to_branch_id"]),
                )
                for one in kept["moved"]
            ),
            effects=tuple(Effected(**{**one, "member_id": UUID(one["member_id"])}) for one in kept["effects"]),
            **{name: kept[name] for name in ("waived", "asked_again", "reversed", "offices_ended", "handed_on")},
        )


@dataclass(frozen=True, slots=True)
class Change:
    """A change that was made, with the paper that it stands on."""

    id: UUID
    verb: Verb
    member_id: UUID | None
    organisation_id: UUID | None
    path: str
    effective_on: date
    ground: str | None
    reference: str | None
    result: Result
    recorded_at: datetime
    recorded_by: UUID | None
    input_digest: bytes


@dataclass(frozen=True, slots=True)
class MemberPast:
    """Everything dated about a member."""

    memberships: tuple[Membership, ...]
    exemptions: tuple[Exemption, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A change with whether it was made before by the same request."""

    change: Change
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer with its branches as they were when it was proposed."""

    id: UUID
    member_id: UUID
    from_branch_id: UUID
    from_path: str
    to_branch_id: UUID | None
    to_path: str | None
    destination: str | None
    asked_by: Side
    reason: str | None
    state: TransferState
    version: int
    recorded_at: datetime
    recorded_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    note: str | None
    moved_on: date | None
    result: Result | None
    input_digest: bytes


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer with the names that people know it by."""

    transfer: Transfer
    member_number: str
    member_name: str
    from_name: str
    to_name: str
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class TransferPage:
    """The latest first; ``following`` is the cursor of the next page, None on the last."""

    transfers: tuple[TransferView, ...]
    following: tuple[datetime, UUID] | None


def went_to(members: Iterable[KnownMember], branch_id: UUID) -> list[UUID]:
    """The branches that those who left this one for another went to, by how many; of as many the older branch first."""
    counts: Counter[UUID] = Counter()
    for one in members:
        spells = one.memberships
        last = max((at for at, spell in enumerate(spells) if spell.branch_id == branch_id), default=len(spells))
        counts.update(spell.branch_id for spell in spells[last + 1 : last + 2])
    return sorted(counts, key=lambda found: (-counts[found], found))


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _plain(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, UUID | date):
        return str(value)
    return value
