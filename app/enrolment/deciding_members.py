"""What becomes of the members of a workbook: attributes are put right, memberships and exemptions closed and opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from app.enrolment import faults as wrong
from app.enrolment.core import Action, Kind, MemberDraft, OpeningWish, Work, differences
from app.enrolment.layout import GROUNDS
from app.kit.sheet_faults import NotAChoice
from app.kit.sheet_records import Record, Records
from app.kit.words import any_of
from app.roster.core import (
    NO_GROUPS,
    Enterprise,
    Exemption,
    KnownMember,
    Membership,
    OrganisationKind,
    OrganisationView,
    PersonalFields,
)
from app.rules.core import overlaid

_PHONE = re.compile(r"^\+?\d(?:-?\d){6,19}$")
_GROUND_NAMES = {code: name for name, code in GROUNDS.items()}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the row says that the member belongs."""

    branch: OrganisationView
    group: OrganisationView | None
    profile: str
    entered_on: date


def decide_members(work: Work, records: Records) -> None:
    """Each row by the member's number; who is not named is left alone."""
    owners = {one.id_number_lookup: one.number for one in work.present.roster.members if one.id_number_lookup}
    for record in records.of["member"]:
        number = record.text("number")
        if number is None or not work.claim("member", record, "number", number):
            continue
        _check_days(work, record)
        personal = _personal(work, record, number, owners)
        branch = work.organisation(record, "branch", OrganisationKind.BRANCH, "党支部")
        group = work.organisation(record, "group", OrganisationKind.GROUP, "党小组")
        if branch is not None and group is not None and group.parent_id != branch.id:
            work.refuse(record, wrong.GroupElsewhere, "group", value=group.code, branch=branch.code)
        enterprise = work.enterprise(record, "enterprise")
        if record.whole("points") is not None and record.text("reference") is None:
            work.refuse(record, wrong.ReferenceMissing, "reference")
        known = work.drafts[number].known if number in work.drafts else None
        profile = _profile(work, record, branch)
        place = _place(work, record, branch, group, profile, known)
        if place is not None:
            _check_history(work, record, place, known)
        _check_exemption(work, record, known)
        if work.is_sound(record) and place is not None:
            _decide_member(work, record, number, place, enterprise, personal)
        elif known is None:
            work.unusable.add(("member", number))


def _check_days(work: Work, record: Record) -> None:
    work.check_day(record, "joined_on")
    work.check_day(record, "entered_on", not_before="joined_on")
    work.check_day(record, "exempt_from")
    work.check_order(record, "exempt_until", "exempt_from")


def _personal(work: Work, record: Record, number: str, owners: dict[bytes, str]) -> PersonalFields:
    id_number, phone = record.text("id_number"), record.text("phone")
    if id_number is not None:
        id_number = ric.compact(id_number)
        if not _is_id_number(id_number, work.today):
            work.refuse(record, wrong.IdNumberInvalid, "id_number")
        elif work.claim("id_number", record, "id_number", id_number, personal=True):
            owner = owners.get(work.lookup("id_number", id_number))
            if owner is not None and owner != number:
                work.refuse(record, wrong.IdNumberTaken, "id_number", other=owner)
    if phone is not None and _PHONE.match(phone) is None:
        work.refuse(record, wrong.PhoneInvalid, "phone")
    return PersonalFields(id_number, phone)


def _is_id_number(number: str, today: date) -> bool:
    """Length, birthday and check digit. The region is not tested: tables of regions lag behind, and regions vanish."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return False
    return bool(born <= today and number[17] == ric.calc_check_digit(number))


def _profile(work: Work, record: Record, branch: OrganisationView | None) -> str | None:
    """The class that the cell names, by the branch's rule book; by any of the district's if the branch is unknown."""
    word = record.text("profile")
    if word is None:
        return None
    root = work.present.roster.root.path
    possible = work.present.classes.everywhere(root) if branch is None else (work.classes_at(branch),)
    found = next((code for classes in possible if (code := classes.find(word)) is not None), None)
    if found is None:
        known = any_of(choice for classes in possible for choice in classes.choices)
        work.refuse(record, NotAChoice, "profile", value=word[:40], known=known)
    return found


def _place(
    work: Work,
    record: Record,
    branch: OrganisationView | None,
    group: OrganisationView | None,
    profile: str | None,
    known: KnownMember | None,
) -> _Place | None:
    entered_on = record.day("entered_on")
    if branch is None or profile is None or entered_on is None:
        return None
    last = known.last_membership if known is not None else None
    if record.text("group") is None and last is not None and last.until_on is None and last.branch_id == branch.id:
        group = work.by_id.get(last.group_id) if last.group_id else None  # an empty cell leaves what is recorded
    overlay = None if branch.id in work.grouped else NO_GROUPS
    return _Place(branch, group, overlaid(profile, overlay), entered_on)


def _check_history(work: Work, record: Record, place: _Place, known: KnownMember | None) -> None:
    """What is recorded stands: a row may add to it, from a day after it."""
    last = known.last_membership if known is not None else None
    if known is None or last is None:
        return
    entered_on = known.entered_on
    if last.until_on is not None:
        if place.entered_on <= last.until_on:
            work.refuse(record, wrong.MovedTooEarly, "entered_on", recorded=last.until_on)
    elif place.branch.id != last.branch_id:
        if place.entered_on <= last.from_on:
            work.refuse(record, wrong.MovedTooEarly, "entered_on", recorded=last.from_on)
    elif place.entered_on != entered_on:
        work.refuse(record, wrong.EnteredOtherwise, "entered_on", recorded=entered_on)
    elif _differs(place, last) and last.from_on >= work.today:
        work.refuse(record, wrong.ChangedToday, "profile")


def _differs(place: _Place, last: Membership) -> bool:
    return (place.group.id if place.group else None, place.profile) != (last.group_id, last.profile)


def _decide_member(
    work: Work, record: Record, number: str, place: _Place, enterprise: Enterprise | None, personal: PersonalFields
) -> None:
    name, joined_on = record.text("name") or "", record.day("joined_on") or place.entered_on
    draft = work.drafts.get(number)
    if draft is None:
        draft = MemberDraft(
            work.new_id(), number, name, joined_on, enterprise.id if enterprise else None, None, None, personal
        )
        work.drafts[number] = draft
        work.say(Kind.MEMBER, Action.NEW, number, name)
        points, reference = record.whole("points"), record.text("reference")
        work.openings.append(OpeningWish(draft.id, points, reference if points is not None else None))
    else:
        _put_right(work, draft, name, joined_on, enterprise, personal)
    draft.path = (place.group or place.branch).path
    _decide_membership(work, draft, place)
    _decide_exemption(work, record, draft)


def _put_right(
    work: Work, draft: MemberDraft, name: str, joined_on: date, enterprise: Enterprise | None, personal: PersonalFields
) -> None:
    known = draft.known
    assert known is not None  # noqa: S101 - drafts of the roster's members know them
    changed = PersonalFields(
        id_number=_if_new(work, "id_number", personal.id_number, known.id_number_lookup),
        phone=_if_new(work, "phone", personal.phone, known.phone_lookup),
    )
    firms = {one.id: one.name for one in work.enterprises.values()}
    zh, en = differences(
        [
            ("姓名", "name", known.name, name),
            ("入党日期", "joined", known.joined_on, joined_on),
            ("所在单位", "enterprise", firms.get(known.enterprise_id) if known.enterprise_id else None,
             enterprise.name if enterprise else None),
            ("公民身份号码", "id number", "***", "已更新 / new" if changed.id_number else None),
            ("手机号", "phone", "***", "已更新 / new" if changed.phone else None),
        ]
    )  # fmt: skip
    if not zh:
        work.say(Kind.MEMBER, Action.UNCHANGED, draft.number, name)
        return
    draft.name, draft.joined_on, draft.personal = name, joined_on, changed
    draft.enterprise_id = enterprise.id if enterprise else known.enterprise_id
    work.say(Kind.MEMBER, Action.CHANGED, draft.number, name, zh, en)


def _if_new(work: Work, column: str, value: str | None, recorded: bytes | None) -> str | None:
    return value if value is not None and work.lookup(column, value) != recorded else None


def _decide_membership(work: Work, draft: MemberDraft, place: _Place) -> None:
    last = draft.known.last_membership if draft.known is not None else None
    from_on = place.entered_on
    if last is not None and last.until_on is None:
        if last.branch_id == place.branch.id:
            if not _differs(place, last):
                work.say(Kind.MEMBERSHIP, Action.UNCHANGED, draft.number, draft.name)
                return
            from_on = work.today  # within a branch a change holds from the day on which it is entered
        before = work.by_id[last.branch_id]
        was = work.classes_at(before).named(last.profile)
        until_on = from_on - _ONE_DAY
        work.memberships_closed.append((last.id, until_on))
        work.say(
            Kind.MEMBERSHIP, Action.CLOSED, draft.number, draft.name,
            f"{before.name}（{was.zh}）至 {until_on}", f"{before.name} ({was.en}) until {until_on}",
        )  # fmt: skip
    work.memberships.append(
        Membership(
            work.new_id(), draft.id, place.branch.id, place.group.id if place.group else None,
            (place.group or place.branch).path, place.profile, from_on,
        )
    )  # fmt: skip
    if draft.known is not None:
        work.moved.append(draft.id)
    group = f" {place.group.name}" if place.group else ""
    now = work.classes_at(place.branch).named(place.profile)
    work.say(
        Kind.MEMBERSHIP, Action.NEW, draft.number, draft.name,
        f"{place.branch.name}{group}（{now.zh}）自 {from_on}", f"{place.branch.name}{group} ({now.en}) from {from_on}",
    )  # fmt: skip


def _check_exemption(work: Work, record: Record, known: KnownMember | None) -> None:
    ground, first, last = record.text("ground"), record.day("exempt_from"), record.day("exempt_until")
    if ground is None and first is None and last is None:
        return
    if ground is None or first is None:
        work.refuse(record, wrong.ExemptionIncomplete, "ground" if ground is None else "exempt_from")
        return
    for one in known.exemptions if known is not None else ():
        same = (one.ground, one.from_on) == (ground, first)
        if same and (one.until_on in (None, last) or last is None):
            return
        overlaps = first <= (one.until_on or date.max) and one.from_on <= (last or date.max)
        if same or overlaps:
            work.refuse(
                record, wrong.ExemptionOverlaps, "exempt_from",
                ground=_GROUND_NAMES.get(one.ground, one.ground), first=one.from_on, last=one.until_on or "–",
            )  # fmt: skip
            return


def _decide_exemption(work: Work, record: Record, draft: MemberDraft) -> None:
    ground, first, last = record.text("ground"), record.day("exempt_from"), record.day("exempt_until")
    if ground is None or first is None:
        return
    label = _GROUND_NAMES.get(ground, ground)
    for one in draft.known.exemptions if draft.known is not None else ():
        if (one.ground, one.from_on) == (ground, first):
            if one.until_on is None and last is not None:
                work.exemptions_closed.append((one.id, last))
                work.moved.append(draft.id)
                work.say(
                    Kind.EXEMPTION, Action.CLOSED, draft.number, draft.name, f"{label}，至 {last}", f"until {last}"
                )  # fmt: skip
            else:
                work.say(Kind.EXEMPTION, Action.UNCHANGED, draft.number, draft.name)
            return
    work.exemptions.append(Exemption(work.new_id(), draft.id, ground, first, last))
    if draft.known is not None:
        work.moved.append(draft.id)
    until, until_en = (f"至 {last}", f" until {last}") if last else ("", "")
    work.say(
        Kind.EXEMPTION, Action.NEW, draft.number, draft.name, f"{label}，自 {first}{until}", f"from {first}{until_en}"
    )  # fmt: skip
