"""Who exists and who belongs where: plain values, masks for personal fields, and readings of names for search."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import product
from uuid import UUID

from pypinyin import Style, pinyin

EXEMPT = "exempt"  # the profile of whoever is exempt on a day, whatever the membership says
NO_GROUPS = "no-groups"  # the property of a branch without groups, which the profiles of its members name


class OrganisationKind(StrEnum):
    """A place in the tree, from the root down."""

    DISTRICT = "district"
    COMMITTEE = "committee"
    BRANCH = "branch"
    GROUP = "group"


class BranchForm(StrEnum):
    """Of one enterprise, of several together, or of a trade."""

    SINGLE = "single"
    JOINT = "joint"
    TRADE = "trade"


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """One organisation; ``path`` holds the ids from the root down, joined by dots. ``form`` is that of a branch."""

    id: UUID
    path: str
    parent_id: UUID | None
    kind: OrganisationKind
    code: str
    name: str
    form: str | None
    founded_on: date | None
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member with the membership of today, or with the last one where none holds today."""

    id: UUID
    number: str
    name: str
    account_id: UUID | None
    joined_on: date
    branch_id: UUID
    group_id: UUID | None
    path: str
    profile: str
    from_on: date
    until_on: date | None
    id_number: bytes | None  # encrypted
    phone: bytes | None  # encrypted


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What is encrypted at rest and masked in answers, in clear."""

    id: UUID
    id_number: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class MemberOn:
    """Where a member belonged on one day; ``profile`` is "exempt" where an exemption held on it.

    ``form`` is that of the branch, where the roster tells.
    """

    id: UUID
    number: str
    account_id: UUID | None
    name: str
    joined_on: date
    branch_id: UUID
    group_id: UUID | None
    path: str
    profile: str
    from_on: date
    form: BranchForm | None = None


def path_under(parent: str, organisation_id: UUID) -> str:
    """The path of an organisation below the one at ``parent``."""
    return f"{parent}.{organisation_id.hex}"


def root_path(district_id: UUID) -> str:
    """The path of a district's root, whose id is the district's own."""
    return district_id.hex


def field_context(district_id: UUID, column: str) -> bytes:
    """What an encrypted field is bound to: it decrypts in no other district and no other column."""
    return b"member." + column.encode() + b"." + district_id.bytes


def masked_id_number(number: str) -> str:
    """The first three and the last two characters: enough to recognise one's own, neither birthday nor sequence."""
    return number[:3] + "*" * (len(number) - 5) + number[-2:] if len(number) > 7 else "*" * len(number)


def masked_phone(phone: str) -> str:
    """The first three and the last four digits of a mobile number; less of a shorter one."""
    if len(phone) >= 11:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    return "*" * (len(phone) - 2) + phone[-2:]


# Of the surnames of two characters those that are met; the list only decides which readings a search knows.
_TWO_CHARACTER_SURNAMES = (
    "欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 司空 夏侯 东方 西门 南宫 独孤 端木 轩辕"
    " 万俟 单于 澹台 淳于 申屠 公冶 太叔 钟离 鲜于 闻人 闾丘 濮阳 赫连 呼延 百里 东郭 拓跋 澹臺 歐陽"
)
_READINGS_MAX = 12


def name_readings(name: str) -> str:
    """Pinyin by which a name is searched: full and initials, every reading of the surname, parted by spaces.

    The given name is taken in its usual reading. ü stands as v and as u (吕: lv, lu), since people type both.
    """
    surname_length = 2 if len(name) > 2 and name[:2] in _TWO_CHARACTER_SURNAMES else 1
    surname, given = name[:surname_length], name[surname_length:]
    given_syllables = [syllable[0] for syllable in pinyin(given, style=Style.NORMAL)]
    # The usual reading of the surname as a word comes first (万俟: moqi), then the other ones of its characters.
    usual = [[syllable[0]] for syllable in pinyin(surname, style=Style.NORMAL)]
    others = [one for character in surname for one in pinyin(character, style=Style.NORMAL, heteronym=True)]
    readings: dict[str, None] = {}
    for choice in [tuple(one[0] for one in usual), *product(*others)][:_READINGS_MAX]:
        syllables = [_letters(syllable) for syllable in (*choice, *given_syllables)]
        full, initials = "".join(syllables), "".join(syllable[:1] for syllable in syllables)
        for reading in (full, full.replace("v", "u"), initials):
            readings[reading] = None
    return " ".join(reading for reading in readings if reading)


def _letters(syllable: str) -> str:
    return "".join(letter for letter in syllable.lower() if letter.isalnum())


# What an enrolment reads and writes.


class Trade(StrEnum):
    """The six trades that the district's enterprises are grouped by."""

    HOUSEHOLD = "household"
    ELECTRONICS = "electronics"
    MACHINERY = "machinery"
    FOOD = "food"
    EMERGING = "emerging"
    PRINTING = "printing"


TRADE_NAMES = {
    Trade.HOUSEHOLD: "家具日化",
    Trade.ELECTRONICS: "电子行业",
    Trade.MACHINERY: "机械制造",
    Trade.FOOD: "食品饮料",
    Trade.EMERGING: "新兴行业",
    Trade.PRINTING: "印刷包装",
}


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A firm or social organisation; ``branch_id`` is the branch that covers it, None where none does yet."""

    id: UUID
    credit_code: str
    name: str
    trade: str
    branch_id: UUID | None
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """Where a member belongs between two days, both included; ``until_on`` None is open."""

    id: UUID
    member_id: UUID
    branch_id: UUID
    group_id: UUID | None
    path: str
    profile: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Days without grading, both included; the ground is a class, never a detail."""

    id: UUID
    member_id: UUID
    ground: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonalFields:
    """What is kept encrypted; None leaves what is recorded."""

    id_number: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member to be entered in the roster."""

    id: UUID
    number: str
    name: str
    joined_on: date
    enterprise_id: UUID | None
    account_id: UUID | None
    personal: PersonalFields


@dataclass(frozen=True, slots=True)
class MemberUpdate:
    """What is put right about a member; every value is the one that holds afterwards."""

    id: UUID
    name: str
    joined_on: date
    enterprise_id: UUID | None
    account_id: UUID | None
    personal: PersonalFields


@dataclass(frozen=True, slots=True)
class KnownMember:
    """A member of the roster with all that was ever recorded; personal fields as keyed hashes only."""

    id: UUID
    number: str
    name: str
    joined_on: date
    enterprise_id: UUID | None
    account_id: UUID | None
    id_number_lookup: bytes | None
    phone_lookup: bytes | None
    memberships: tuple[Membership, ...]  # by their first day
    exemptions: tuple[Exemption, ...]  # by their first day

    @property
    def last_membership(self) -> Membership | None:
        return self.memberships[-1] if self.memberships else None

    @property
    def belongs_since(self) -> date | None:
        """The first day of the unbroken membership in the district, whatever branches it led through."""
        since: Membership | None = None
        for one in reversed(self.memberships):
            if since is not None and (one.until_on is None or one.until_on + timedelta(days=1) != since.from_on):
                break
            since = one
        return since.from_on if since is not None else None

    @property
    def entered_on(self) -> date | None:
        """The first day of the unbroken stay in the branch of the last membership."""
        entered: Membership | None = None
        for one in reversed(self.memberships):
            if entered is not None and (
                one.branch_id != entered.branch_id
                or one.until_on is None
                or one.until_on + timedelta(days=1) != entered.from_on
            ):
                break
            entered = one
        return entered.from_on if entered is not None else None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole roster of a district, held still by a lock until the transaction ends."""

    root: OrganisationView
    organisations: tuple[OrganisationView, ...]
    enterprises: tuple[Enterprise, ...]
    members: tuple[KnownMember, ...]


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """What is to be written in one go. Closing gives (id, last day); what is updated keeps its id."""

    organisations: tuple[OrganisationView, ...] = ()
    organisation_updates: tuple[OrganisationView, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    enterprise_updates: tuple[Enterprise, ...] = ()
    members: tuple[NewMember, ...] = ()
    member_updates: tuple[MemberUpdate, ...] = ()
    memberships_closed: tuple[tuple[UUID, date], ...] = ()
    memberships: tuple[Membership, ...] = ()
    exemptions_closed: tuple[tuple[UUID, date], ...] = ()
    exemptions: tuple[Exemption, ...] = ()
