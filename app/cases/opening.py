"""What a quarter's findings open, and what a later correction undoes: the verbs of cases that only jobs call."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cases import listing, reminding, store, store_cases
from app.cases.casework import Casework, is_helped
from app.cases.core import ASSISTANCE, DAYS_MIN, REMINDER_TALK, WARNING, meets_assistance, met_by_books
from app.cases.core_cases import ADMITTED, TALK_DAYS, Case, CaseAction, Deed, last_acceptance, opens
from app.cases.core_found import FoundRow
from app.cases.measuring import Scale
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.ids import new_id
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points import disputing
from app.points import service as points
from app.points.ledger import Entry
from app.roster import service as roster
from app.roster.history import MemberHistory

# How long after its opening an ended case is still looked at: appeals and late corrections reach no further back.
LOOK_BACK = timedelta(days=800)


def follow(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """Open a case for everyone whom the quarter's findings name, ask for reminder talks, tell the secretaries of the
    warnings, and list who is to be commended.

    A run once more opens nothing anew. Raises UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None:
        return {}
    rows = store.list_findings(connection, actor.district_id, code, None)
    named = {one.member_id: one for one in rows if one.consequence == ASSISTANCE and not one.exclusions}
    work = Casework(connection, actor)
    earlier = _by_member(store_cases.list_of_members(connection, actor.district_id, named))
    histories = roster.histories(connection, actor.district_id, named)
    opened = []
    for member_id, row in named.items():
        history = histories[member_id]
        if not is_helped(actor, history):
            continue
        known = earlier.get(member_id, [])
        entries, disputed = _since_acceptance(connection, actor, member_id, known, quarter)
        if opens(known, entries, disputed, quarter.code):
            opened.append(_opened(work, quarter, row, history))
    store_cases.insert_cases(connection, actor.district_id, opened)
    talks = reminding.ask(work, quarter.code, rows)
    listed, told = listing.make(connection, actor, quarter, rows)
    work.finish([*_warnings(connection, actor, quarter.code), *told])
    return {"opened": len(opened), "talks": talks, **listed}


def _since_acceptance(
    connection: Connection, actor: Actor, member_id: UUID, known: Iterable[Case], quarter: Quarter
) -> tuple[list[Entry], frozenset[UUID]]:
    """The cycle's entries up to the quarter's end that are younger than the last acceptance; and what is disputed."""
    accepted = last_acceptance(known)
    if accepted is None:
        return [], frozenset()
    entries = points.entries_of_member(connection, actor, member_id, quarter.cycle)
    young = [one for one in entries if one.recorded_at > accepted and one.effective_on <= quarter.ends_on]
    found = disputing.in_dispute(connection, actor, quarter.cycle, member_id=member_id).get(member_id)
    return young, frozenset() if found is None else frozenset(one.id for one in found.live)


def _opened(work: Casework, quarter: Quarter, row: FoundRow, history: MemberHistory) -> Case:
    actor = work.actor
    there = history.on(actor.today)
    if there is None:
        raise AssertionError("who has left is not helped")
    case = Case(
        id=new_id(),
        member_id=row.member_id,
        branch_id=there.branch_id,
        path=work.branch_path(there.branch_id),
        quarter=quarter.code,
        cycle=quarter.cycle,
        line=row.line,
        edition=row.edition,
        value=row.value,
        bound=row.bound,
        opened_at=actor.at,
        opened_on=actor.today,
        due_on=work.working_days(TALK_DAYS),
    )
    work.opened(case, history)
    return case


def _by_member(cases: Iterable[Case]) -> dict[UUID, list[Case]]:
    found: dict[UUID, list[Case]] = {}
    for one in cases:
        found.setdefault(one.member_id, []).append(one)
    return found


def _warnings(connection: Connection, actor: Actor, quarter: str) -> list[Message]:
    """One message to the secretaries of each branch where a warning line was met; nobody is named in it."""
    warned = store_cases.count_warned(connection, actor.district_id, quarter, WARNING)
    talks = store_cases.count_warned(connection, actor.district_id, quarter, REMINDER_TALK)
    branches = {one.id: one for one in roster.organisations(connection, actor.district_id) if one.id in warned | talks}
    paths = [one.path for one in branches.values()]
    holders = auth.holders_at(connection, actor, [Role.SECRETARY], paths) if paths else {}
    told = []
    for branch in branches.values():
        facts: dict[str, FactValue] = {
            "branch": branch.name,
            "quarter": quarter,
            "count": max(warned.get(branch.id, 0), talks.get(branch.id, 0)),
            "talks": talks.get(branch.id, 0),
        }
        for account, _ in holders[branch.path]:
            to, subject = Recipient(account_id=account), Subject("branch", branch.id)
            told.append(Message(to, Kind.WARNINGS_FOUND, subject, facts, occasion=quarter))
    return told


def keep(connection: Connection, actor: Actor, work: Casework) -> tuple[dict[str, int], frozenset[UUID]]:
    """Bring every case in line with ledger and roster: annul, end or move it. The caller finishes the work.

    Beside the counts, the cases that rest on what is under appeal: nobody is pressed about those until it is answered.
    """
    known = store_cases.list_since(connection, actor.district_id, actor.at - LOOK_BACK)
    histories = roster.histories(connection, actor.district_id, {one.member_id for one in known})
    undone, disputed = _compared(connection, actor, known)
    counts = {"annulled": 0, "left": 0, "moved": 0}
    changed = {one.id: action for one in known if (action := _change(actor, one, undone, histories[one.member_id]))}
    for case in store_cases.lock_cases(connection, actor.district_id, changed):
        action = changed[case.id]
        if case.state in ADMITTED[action]:  # else it ended while we waited for the lock
            work.done(case, Deed(new_id(), action), histories[case.member_id])
            counts[action.value] += 1
    return counts, disputed


def _change(actor: Actor, case: Case, undone: frozenset[UUID], history: MemberHistory) -> CaseAction | None:
    if case.id in undone:
        return CaseAction.ANNULLED
    if not case.is_open:
        return None
    if not is_helped(actor, history):
        return CaseAction.LEFT
    there = history.on(actor.today)
    return CaseAction.MOVED if there is not None and there.branch_id != case.branch_id else None


def _compared(connection: Connection, actor: Actor, cases: Sequence[Case]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The cases whose line, as corrected, was not met at their quarter's end; and those for which an appeal decides.

    Who has left the books of that quarter, or has become exempt in it, keeps the case: that is no correction.
    """
    undone, disputed = set(), set()
    quarters = {one.code: one for one in cycles.quarters(connection, actor)}
    for code in sorted({one.quarter for one in cases}):
        group = [one for one in cases if one.quarter == code]
        measured = Scale.at(connection, actor, quarters[code]).members({one.member_id for one in group})
        for one in group:
            lines, member = measured.get(one.member_id, ((), None))
            if member is None or member.exempt or member.days < DAYS_MIN:
                continue
            own = [line for line in lines if line.code == one.line]
            if not met_by_books(own, member):
                undone.add(one.id)
            elif not meets_assistance(own, member):
                disputed.add(one.id)
    return frozenset(undone), frozenset(disputed)
