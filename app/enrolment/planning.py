"""From records and the present district to a plan, or to every fault at once. Pure: reads nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from app.enrolment.core import MemberDraft, Plan, Present, Work
from app.enrolment.deciding_appointments import decide_appointments
from app.enrolment.deciding_members import decide_members
from app.enrolment.deciding_organisations import decide_enterprises, decide_organisations
from app.enrolment.faults import RosterRefused
from app.enrolment.layout import SHEETS
from app.kit.errors import Fault
from app.kit.sheet_records import Records
from app.kit.sheets import SheetFault
from app.roster.core import MemberUpdate, NewMember, RosterChanges


def decide(
    records: Records,
    present: Present,
    *,
    today: date,
    new_id: Callable[[], UUID],
    lookup: Callable[[str, str], bytes],
) -> Plan:
    """What an import of the records does. Raises RosterRefused with every fault, in the order of the workbook."""
    work = Work.begun(present, records, today, new_id, lookup)
    decide_organisations(work, records)
    decide_enterprises(work, records)
    decide_members(work, records)
    decide_appointments(work, records)
    refuse_any(work.faults)
    drafts = work.drafts.values()
    return Plan(
        roster=RosterChanges(
            organisations=tuple(work.new_organisations),
            organisation_updates=tuple(work.changed_organisations),
            enterprises=tuple(work.new_enterprises),
            enterprise_updates=tuple(work.changed_enterprises),
            members=tuple(_new(draft) for draft in drafts if draft.known is None),
            member_updates=tuple(_update(draft) for draft in drafts if _is_changed(draft)),
            memberships_closed=tuple(work.memberships_closed),
            memberships=tuple(work.memberships),
            exemptions_closed=tuple(work.exemptions_closed),
            exemptions=tuple(work.exemptions),
        ),
        accounts=tuple(work.new_accounts),
        appointments=tuple(work.appointments),
        appointments_closed=tuple(work.appointments_closed),
        openings=tuple(work.openings),
        moved=tuple(dict.fromkeys(work.moved)),
        rights=tuple(work.rights),
        report=work.report(records),
    )


def refuse_any(faults: list[SheetFault]) -> None:
    """Raises RosterRefused if there are any, by sheet, row and column as the workbook has them."""
    if faults:
        places = {layout.name: place for place, layout in enumerate(SHEETS)}
        ordered = sorted(
            faults, key=lambda one: (places.get(one.sheet, -1), one.row or 0, len(one.column or ""), one.column or "")
        )
        raise RosterRefused([Fault(fault.row or 0, fault) for fault in ordered])


def _new(draft: MemberDraft) -> NewMember:
    return NewMember(
        draft.id, draft.number, draft.name, draft.joined_on, draft.enterprise_id, draft.account_id, draft.personal
    )


def _update(draft: MemberDraft) -> MemberUpdate:
    return MemberUpdate(draft.id, draft.name, draft.joined_on, draft.enterprise_id, draft.account_id, draft.personal)


def _is_changed(draft: MemberDraft) -> bool:
    known = draft.known
    if known is None:
        return False
    before = (known.name, known.joined_on, known.enterprise_id, known.account_id)
    after = (draft.name, draft.joined_on, draft.enterprise_id, draft.account_id)
    return before != after or draft.personal.id_number is not None or draft.personal.phone is not None
