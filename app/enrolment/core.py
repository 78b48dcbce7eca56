"""What an import would do: the working state of its decisions, and the report that a preview and an import share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.auth.core import Permission
from app.auth.enrolled import Account, Held
from app.enrolment import faults as wrong
from app.enrolment.classes import Classes, ClassesInForce
from app.kit.sheet_records import Record, Records
from app.kit.sheets import SheetFault
from app.roster.core import (
    BranchForm,
    Enterprise,
    Exemption,
    KnownMember,
    Membership,
    OrganisationKind,
    OrganisationView,
    PersonalFields,
    RosterChanges,
    Snapshot,
)

FIRST_DAY = date(1921, 7, 1)  # nothing in a roster is older than the Party


class Kind(StrEnum):
    """What a line of the report is about."""

    COMMITTEE = "committee"
    BRANCH = "branch"
    GROUP = "group"
    ENTERPRISE = "enterprise"
    MEMBER = "member"
    MEMBERSHIP = "membership"
    EXEMPTION = "exemption"
    ACCOUNT = "account"
    APPOINTMENT = "appointment"


class Action(StrEnum):
    """What happens to it."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the report: what happens to what, in both languages. Personal fields are never repeated."""

    kind: Kind
    action: Action
    key: str  # a code, a member's number, a login
    name: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import does, the same as preview and after the commit.

    ``untouched`` counts members of the roster whom the workbook does not name; nothing happens to them.
    """

    counts: Mapping[Kind, Mapping[Action, int]]
    changes: tuple[Change, ...]
    untouched: int

    @property
    def does_nothing(self) -> bool:
        return not self.changes


@dataclass(frozen=True, slots=True)
class OpeningWish:
    """The opening of a new member's standing; ``points`` None is the rule book's own."""

    member_id: UUID
    points: int | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Present:
    """The district as it stands before the import."""

    roster: Snapshot
    accounts: tuple[Account, ...]
    appointments: tuple[Held, ...]
    classes: ClassesInForce


@dataclass(frozen=True, slots=True)
class Right:
    """A right that a row asks for beyond importing a roster, at a path."""

    record: Record
    key: str
    permission: Permission
    path: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is to be written, in the rooms that it belongs to, and the report of it."""

    roster: RosterChanges
    accounts: tuple[Account, ...]
    appointments: tuple[Held, ...]
    appointments_closed: tuple[tuple[UUID, date], ...]
    openings: tuple[OpeningWish, ...]
    moved: tuple[UUID, ...]  # members known before whose membership or exemption changes
    rights: tuple[Right, ...]
    report: ImportReport


@dataclass(slots=True)
class MemberDraft:
    """A member as the import leaves them; ``known`` is None for a new one."""

    id: UUID
    number: str
    name: str
    joined_on: date
    enterprise_id: UUID | None
    account_id: UUID | None
    known: KnownMember | None
    personal: PersonalFields = field(default_factory=PersonalFields)
    path: str = ""


@dataclass(slots=True)
class Work:
    """The state of the decisions: what is known by its code, what was decided, what is at fault.

    ``lookup`` gives the keyed hash of a personal field (column, value); ``new_id`` makes an id.
    """

    today: date
    present: Present
    new_id: Callable[[], UUID]
    lookup: Callable[[str, str], bytes]
    organisations: dict[str, OrganisationView] = field(default_factory=dict)
    by_id: dict[UUID, OrganisationView] = field(default_factory=dict)
    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    drafts: dict[str, MemberDraft] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    unusable: set[tuple[str, str]] = field(default_factory=set)  # (what, code) of rows at fault
    claims: dict[tuple[str, str], Record] = field(default_factory=dict)
    grouped: set[UUID] = field(default_factory=set)  # branches that have groups
    faults: list[SheetFault] = field(default_factory=list)
    at_fault: set[tuple[str, int | None]] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)
    counts: dict[Kind, Counter[Action]] = field(default_factory=dict)
    # What is to be written.
    new_organisations: list[OrganisationView] = field(default_factory=list)
    changed_organisations: list[OrganisationView] = field(default_factory=list)
    new_enterprises: list[Enterprise] = field(default_factory=list)
    changed_enterprises: list[Enterprise] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    memberships_closed: list[tuple[UUID, date]] = field(default_factory=list)
    exemptions: list[Exemption] = field(default_factory=list)
    exemptions_closed: list[tuple[UUID, date]] = field(default_factory=list)
    new_accounts: list[Account] = field(default_factory=list)
    appointments: list[Held] = field(default_factory=list)
    appointments_closed: list[tuple[UUID, date]] = field(default_factory=list)
    openings: list[OpeningWish] = field(default_factory=list)
    moved: list[UUID] = field(default_factory=list)
    rights: list[Right] = field(default_factory=list)

    @classmethod
    def begun(
        cls,
        present: Present,
        records: Records,
        today: date,
        new_id: Callable[[], UUID],
        lookup: Callable[[str, str], bytes],
    ) -> Work:
        work = cls(today, present, new_id, lookup)
        # Closed ones first: a code is that of the open organisation, if there is one.
        for organisation in sorted(present.roster.organisations, key=lambda one: one.until_on is None):
            work.keep(organisation)
        work.enterprises = {one.credit_code: one for one in present.roster.enterprises}
        work.accounts = {one.login: one for one in present.accounts}
        for member in present.roster.members:
            last = member.last_membership
            work.drafts[member.number] = MemberDraft(
                member.id, member.number, member.name, member.joined_on, member.enterprise_id, member.account_id,
                member, path=last.path if last is not None else present.roster.root.path,
            )  # fmt: skip
        for fault in records.faults:
            work.add_fault(fault)
        return work

    def keep(self, organisation: OrganisationView) -> None:
        self.organisations[organisation.code] = organisation
        self.by_id[organisation.id] = organisation
        if organisation.kind is OrganisationKind.GROUP and organisation.until_on is None and organisation.parent_id:
            self.grouped.add(organisation.parent_id)

    def add_fault(self, fault: SheetFault) -> None:
        self.faults.append(fault)
        self.at_fault.add((fault.sheet, fault.row))

    def refuse(self, record: Record, kind: type[SheetFault], key: str, /, **facts: object) -> None:
        self.add_fault(record.fault(kind, key, **facts))

    def is_sound(self, record: Record) -> bool:
        return (record.layout.name, record.row) not in self.at_fault

    def say(self, kind: Kind, action: Action, key: str, name: str, zh: str = "", en: str = "") -> None:
        """Count it, and list it unless nothing happens."""
        self.counts.setdefault(kind, Counter())[action] += 1
        if action is not Action.UNCHANGED:
            self.changes.append(Change(kind, action, key, name, zh, en))

    def claim(self, what: str, record: Record, key: str, value: str, *, personal: bool = False) -> bool:
        """Whether the row is the first of the workbook to claim the value; else both rows are named."""
        first = self.claims.setdefault((what, value), record)
        if first is record:
            return True
        self.refuse(
            record, wrong.RepeatedInWorkbook, key,
            value="***" if personal else value, other_sheet=first.layout.name, other_row=first.row,
        )  # fmt: skip
        return False

    def organisation(self, record: Record, key: str, kind: OrganisationKind, target: str) -> OrganisationView | None:
        """The open organisation that the cell names; a fault if there is none, silence if its own row is at fault."""
        code = record.text(key)
        if code is None or ("organisation", code) in self.unusable:
            return None
        found = self.organisations.get(code)
        if found is None or found.kind is not kind:
            self.refuse(record, wrong.UnknownReference, key, value=code, target=target)
            return None
        if found.until_on is not None:
            self.refuse(record, wrong.ClosedReference, key, value=code, day=found.until_on)
            return None
        return found

    def enterprise(self, record: Record, key: str) -> Enterprise | None:
        """The same for an enterprise by its credit code."""
        code = record.text(key)
        if code is None or ("enterprise", code) in self.unusable:
            return None
        found = self.enterprises.get(code)
        if found is None:
            self.refuse(record, wrong.UnknownReference, key, value=code, target="两新组织")
        return found

    def classes_at(self, branch: OrganisationView) -> Classes:
        """The classes of members of the rule book that the branch goes by today."""
        return self.present.classes.at(branch.path, None if branch.form is None else BranchForm(branch.form))

    def check_day(self, record: Record, key: str, *, not_before: str | None = None) -> None:
        """The day lies between the Party's founding and today, and not before that of another column."""
        day = record.day(key)
        if day is None:
            return
        if not FIRST_DAY <= day <= self.today:
            self.refuse(record, wrong.DayOutOfRange, key, day=day, first=FIRST_DAY, last=self.today)
            return
        if not_before is not None:
            self.check_order(record, key, not_before)

    def check_order(self, record: Record, key: str, earlier: str) -> None:
        day, before = record.day(key), record.day(earlier)
        if day is not None and before is not None and day < before:
            heading = next(column.words for column in record.layout.columns if column.key == earlier)
            self.refuse(record, wrong.DaysReversed, key, day=day, other=heading, other_day=before)

    def report(self, records: Records) -> ImportReport:
        named = {record.text("number") for record in records.of["member"]}
        untouched = sum(member.number not in named for member in self.present.roster.members)
        return ImportReport(self.counts, tuple(self.changes), untouched)


def differences(pairs: Sequence[tuple[str, str, object, object]]) -> tuple[str, str]:
    """What changes, as ``名称：甲 → 乙``, from (Chinese label, English label, before, after); unchanged ones are left
    out, and None afterwards leaves what is there."""
    changed = [pair for pair in pairs if pair[3] is not None and pair[2] != pair[3]]
    zh = "；".join(f"{label}：{_shown(before)} → {_shown(after)}" for label, _, before, after in changed)
    en = "; ".join(f"{label}: {_shown(before)} → {_shown(after)}" for _, label, before, after in changed)
    return zh, en


def _shown(value: object) -> str:
    return "–" if value is None else str(value)
