"""What becomes of the appointments of a workbook: accounts without a password, roles from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.auth.core import Permission, Role
from app.auth.core_districts import BadLogin, check_login
from app.auth.enrolled import Account, Held
from app.enrolment import faults as wrong
from app.enrolment.core import Action, Kind, MemberDraft, Right, Work
from app.enrolment.layout import KIND_NAMES, ROLE_KINDS, ROLES, WHOLE_DISTRICT
from app.kit.sheet_records import Record, Records
from app.roster.core import OrganisationView

_ROLE_NAMES = {role: name for name, role in ROLES.items()}


@dataclass(frozen=True, slots=True)
class _Person:
    """Who is appointed: the account, opened by this import or before."""

    account_id: UUID
    login: str
    name: str


def decide_appointments(work: Work, records: Records) -> None:
    """Each row; a role that is held already is left alone, one that ends is closed."""
    logins = {account.id: account for account in work.present.accounts}
    for record in records.of["appointment"]:
        role_code = record.text("role")
        role = Role(role_code) if role_code is not None else None
        place = _place(work, record, role)
        work.check_order(record, "until_on", "from_on")
        person = _person(work, record, logins)
        if person is not None and place is not None and role is not None:
            key = f"{person.account_id}|{role.value}|{place.path}"
            if work.claim("appointment", record, "role", key, personal=True) and work.is_sound(record):
                _decide_appointment(work, record, person, role, place)


def _place(work: Work, record: Record, role: Role | None) -> OrganisationView | None:
    code = record.text("organisation")
    if code is None or role is None or ("organisation", code) in work.unusable:
        return None
    place = work.present.roster.root if code == WHOLE_DISTRICT else work.organisations.get(code)
    if place is None:
        work.refuse(record, wrong.UnknownReference, "organisation", value=code, target="党支部")
        return None
    if place.until_on is not None:
        work.refuse(record, wrong.ClosedReference, "organisation", value=code, day=place.until_on)
    wanted = ROLE_KINDS[role]
    if place.kind is not wanted:
        kind, kind_en = KIND_NAMES[wanted]
        work.refuse(
            record, wrong.RoleElsewhere, "organisation", role=_ROLE_NAMES[role], kind=kind, kind_en=kind_en, value=code
        )
        return None
    return place


def _person(work: Work, record: Record, logins: dict[UUID, Account]) -> _Person | None:
    number, name, login = record.text("number"), record.text("name"), record.text("login")
    if login is not None:
        try:
            login = check_login(login)
        except BadLogin:
            work.refuse(record, wrong.LoginUnusable, "login", value=login)
            return None
    if number is not None:
        return _member(work, record, number, login, logins)
    if name is None or login is None:
        work.refuse(record, wrong.PersonMissing, "number")
        return None
    account = work.accounts.get(login)
    if account is None:
        return _opened(work, record, login, name)
    if account.name != name or account.is_closed:
        work.refuse(record, wrong.LoginOfAnother, "login", value=login, owner=_owner(account))
        return None
    return _Person(account.id, login, name)


def _member(work: Work, record: Record, number: str, login: str | None, logins: dict[UUID, Account]) -> _Person | None:
    draft = work.drafts.get(number)
    if draft is None:
        if ("member", number) not in work.unusable:
            work.refuse(record, wrong.UnknownReference, "number", value=number, target="党员")
        return None
    if draft.account_id is not None:
        account = logins.get(draft.account_id) or next(one for one in work.new_accounts if one.id == draft.account_id)
        if login is not None and login != account.login:
            work.refuse(record, wrong.LoginOfAnother, "login", value=login, owner=f" {number} / {account.login}")
            return None
        return _Person(account.id, account.login, draft.name)
    if login is None:
        work.refuse(record, wrong.LoginMissing, "login", value=number)
        return None
    person = _linked(work, record, login, draft) if login in work.accounts else _opened(work, record, login, draft.name)
    if person is not None:
        draft.account_id = person.account_id
    return person


def _linked(work: Work, record: Record, login: str, draft: MemberDraft) -> _Person | None:
    """An account that stands alone becomes the member's, if it is open and under the same name."""
    account = work.accounts[login]
    taken = any(one.account_id == account.id for one in work.drafts.values())
    if taken or account.name != draft.name or account.is_closed:
        work.refuse(record, wrong.LoginOfAnother, "login", value=login, owner=_owner(account))
        return None
    work.rights.append(Right(record, "login", Permission.ACCOUNT_OPEN, work.present.roster.root.path))
    zh, en = f"与党员 {draft.number} 关联", f"linked to the member {draft.number}"
    work.say(Kind.ACCOUNT, Action.CHANGED, login, draft.name, zh, en)
    return _Person(account.id, login, draft.name)


def _owner(account: Account) -> str:
    return f" {account.name}（已停用 / closed）" if account.is_closed else f" {account.name}"


def _opened(work: Work, record: Record, login: str, name: str) -> _Person:
    new = Account(work.new_id(), login, name)
    work.new_accounts.append(new)
    work.accounts[login] = new
    work.rights.append(Right(record, "login", Permission.ACCOUNT_OPEN, work.present.roster.root.path))
    work.say(Kind.ACCOUNT, Action.NEW, login, name, "尚无密码", "without a password yet")
    return _Person(new.id, login, name)


def _decide_appointment(work: Work, record: Record, person: _Person, role: Role, place: OrganisationView) -> None:
    from_on, until_on = record.day("from_on"), record.day("until_on")
    if from_on is None:
        return
    zh = f"{_ROLE_NAMES[role]}，{place.name}，自 {from_on}"
    en = f"{role.value} at {place.name} from {from_on}"
    held = [
        one
        for one in work.present.appointments
        if (one.account_id, one.role, one.path) == (person.account_id, role, place.path)
    ]
    for one in held:
        if one.from_on == from_on and (one.until_on == until_on or (one.until_on is None and until_on is not None)):
            if one.until_on == until_on:
                work.say(Kind.APPOINTMENT, Action.UNCHANGED, person.login, person.name)
                return
            work.appointments_closed.append((one.id, until_on or from_on))
            work.rights.append(Right(record, "role", Permission.APPOINTMENT_SET, place.path))
            work.say(
                Kind.APPOINTMENT, Action.CLOSED, person.login, person.name,
                f"{zh}，{until_on} 起不再任职", f"{en}, no longer from {until_on}",
            )  # fmt: skip
            return
        if one.until_on is None or from_on < one.until_on:
            last = "–" if one.until_on is None else str(one.until_on)
            work.refuse(record, wrong.AppointedOtherwise, "from_on", first=one.from_on, last=last)
            return
    work.appointments.append(Held(work.new_id(), person.account_id, role, place.path, from_on, until_on))
    work.rights.append(Right(record, "role", Permission.APPOINTMENT_SET, place.path))
    work.say(Kind.APPOINTMENT, Action.NEW, person.login, person.name, zh, en)
