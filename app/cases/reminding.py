"""Reminder talks: asked for by a quarter's findings, written down once held, dropped where nothing asks any more.

Whom a line only warns of is the secretary's to know (scoring, section 4): so a talk is seen by whose turn it is, by its
member once it was held, and by nobody else. The offices above are told that one is late, and not whose.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.cases import store_cases, store_talks
from app.cases.casework import Casework, is_helped
from app.cases.core import REMINDER_TALK, still_meets
from app.cases.core_cases import CLIMB_DAYS, NEAR_DAYS, OFFICES, PAGE_MAX
from app.cases.core_found import FoundRow
from app.cases.core_talks import (
    REMINDER_DAYS,
    DoneTalk,
    DropGround,
    HeldTalk,
    ReminderTalk,
    TalkPage,
    TalkState,
    TalkView,
    held,
    is_retry,
    late_for,
)
from app.cases.measuring import Scale
from app.cycles import service as cycles
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points.refusals import IdUsed
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules import service as rules
from app.rules.lines import Basis
from app.rules.points import decimals_of


def ask(work: Casework, quarter: str, rows: Sequence[FoundRow]) -> int:
    """Ask for a talk with everyone whom the quarter's findings say so of, once; how many are new.

    Not where a case is open, whose own talk takes its place, nor while an earlier one is still to be held.
    """
    connection, actor = work.connection, work.actor
    named = {one.member_id: one for one in reversed(rows) if one.consequence == REMINDER_TALK and not one.exclusions}
    if not named:
        return 0
    histories = roster.histories(connection, actor.district_id, named)
    in_cases = store_cases.list_open_members(connection, actor.district_id)
    spoken_for = {
        one.member_id
        for one in store_talks.list_of_members(connection, actor.district_id, named)
        if one.state is TalkState.ASKED or (one.state is TalkState.HELD and one.quarter >= quarter)
    }
    asked = [
        _asked(work, quarter, row, histories[member_id])
        for member_id, row in named.items()
        if member_id not in in_cases | spoken_for and is_helped(actor, histories[member_id])
    ]
    store_talks.insert_talks(connection, actor.district_id, asked)
    for one in asked:
        _tell_keepers(work, one, histories[one.member_id], Kind.TALK_ASKED)
    return len(asked)


def _asked(work: Casework, quarter: str, row: FoundRow, history: MemberHistory) -> ReminderTalk:
    there = history.on(work.actor.today)
    if there is None:
        raise AssertionError("who has left is not talked with")
    return ReminderTalk(
        id=new_id(),
        member_id=row.member_id,
        branch_id=there.branch_id,
        path=work.branch_path(there.branch_id),
        quarter=quarter,
        line=row.line,
        edition=row.edition,
        basis=row.basis,
        value=row.value,
        bound=row.bound,
        asked_at=work.actor.at,
        asked_on=work.actor.today,
        due_on=work.working_days(REMINDER_DAYS),
    )


def keep(work: Casework) -> dict[str, int]:
    """The day's look: drop what nothing asks for any more, follow who has moved, and tell of what is due or late."""
    connection, actor = work.connection, work.actor
    known = store_talks.list_open(connection, actor.district_id)
    if not known:
        return {}
    histories = roster.histories(connection, actor.district_id, {one.member_id for one in known})
    grounds, disputed = _compared(connection, actor, known, histories)
    counts = {"talks_dropped": 0, "talks_moved": 0}
    for talk in store_talks.lock_talks(connection, actor.district_id, [one.id for one in known]):
        if talk.state is not TalkState.ASKED:
            continue  # it was held while we waited for the lock
        history = histories[talk.member_id]
        if talk.id in grounds:
            dropped = replace(talk, state=TalkState.DROPPED, dropped_because=grounds[talk.id], ended_at=actor.at)
            store_talks.update_talk(connection, actor.district_id, dropped)
            counts["talks_dropped"] += 1
            continue
        there = history.on(actor.today)
        if there is not None and there.branch_id != talk.branch_id:
            talk = replace(talk, branch_id=there.branch_id, path=work.branch_path(there.branch_id))  # noqa: PLW2901
            store_talks.update_talk(connection, actor.district_id, talk)
            _tell_keepers(work, talk, history, Kind.TALK_ASKED)
            counts["talks_moved"] += 1
        if talk.id not in disputed:
            _remind(work, talk, history)
    return counts


def _compared(
    connection: Connection, actor: Actor, known: Sequence[ReminderTalk], histories: dict[UUID, MemberHistory]
) -> tuple[dict[UUID, DropGround], set[UUID]]:
    """Why some need not be held any more; and those that what is under appeal decides about."""
    grounds: dict[UUID, DropGround] = {}
    disputed: set[UUID] = set()
    in_cases = store_cases.list_open_members(connection, actor.district_id)
    quarters = {one.code: one for one in cycles.quarters(connection, actor)}
    for code in sorted({one.quarter for one in known}):
        group = [one for one in known if one.quarter == code]
        measured = Scale.at(connection, actor, quarters[code]).members({one.member_id for one in group})
        for one in group:
            lines, member = measured.get(one.member_id, ((), None))
            line = next((line for line in lines if line.code == one.line), None)
            if not is_helped(actor, histories[one.member_id]):
                grounds[one.id] = DropGround.LEFT
            elif one.member_id in in_cases:
                grounds[one.id] = DropGround.IN_ASSISTANCE
            elif member is None or line is None or member.exempt:
                continue  # out of the books of that quarter, which is no correction
            elif not still_meets(line, replace(member, undisputed=None)):
                grounds[one.id] = DropGround.CORRECTED
            elif not still_meets(line, member):
                disputed.add(one.id)
    return grounds, disputed


def _remind(work: Casework, talk: ReminderTalk, history: MemberHistory) -> None:
    today = work.actor.today
    if today <= talk.due_on:
        if work.working_days(NEAR_DAYS) >= talk.due_on:
            _tell_keepers(work, talk, history, Kind.DEADLINE_NEAR)
        return
    delays = {
        office: work.working_days(CLIMB_DAYS * number if number else 1, talk.due_on)
        for number, office in enumerate(OFFICES)
    }
    for office in late_for(talk, delays, today):
        if office is Role.SECRETARY:
            _tell_keepers(work, talk, history, Kind.DEADLINE_PASSED)
        else:
            _tell_above(work, talk, history, office)


def _tell_keepers(work: Casework, talk: ReminderTalk, history: MemberHistory, kind: Kind) -> None:
    facts: dict[str, FactValue] = {"member": history.name, "quarter": talk.quarter}
    if kind is not Kind.TALK_ASKED:
        facts = {"task": "reminder_talk", "title": history.name}
    subject = Subject("reminder_talk", talk.id)
    for account in work.holders_at(talk.path, Role.SECRETARY, history):
        work.messages.append(Message(Recipient(account_id=account), kind, subject, facts, talk.due_on))


def _tell_above(work: Casework, talk: ReminderTalk, history: MemberHistory, office: Role) -> None:
    """That the branch has a talk to hold, once for each branch, quarter and day; not with whom."""
    facts: dict[str, FactValue] = {"task": "reminder_talk", "title": work.branch_name(talk.branch_id)}
    subject, occasion = Subject("branch", talk.branch_id), f"reminder talk {talk.quarter} {talk.due_on}"
    for account in work.holders_at(talk.path, office, history):
        to = Recipient(account_id=account)
        work.messages.append(Message(to, Kind.DEADLINE_PASSED, subject, facts, talk.due_on, occasion))


def turn(connection: Connection, actor: Actor, talk_id: UUID) -> ReminderTalk:
    """The talk, locked until the transaction ends, for whoever's turn it is to hold it. Raises NotFound for others."""
    talk = store_talks.lock_talk(connection, actor.district_id, talk_id)
    if talk is None or not actor.may(Permission.CASE_KEEP, talk.path):
        raise NotFound(what="reminder talk", field="id")
    history = roster.histories(connection, actor.district_id, [talk.member_id])[talk.member_id]
    if not _keeps(Casework(connection, actor), talk, history.account_id):
        raise NotFound(what="reminder talk", field="id")
    return talk


def record(connection: Connection, actor: Actor, talk_id: UUID, deed: HeldTalk) -> DoneTalk:
    """Write down that the talk was held; the member is told. The same id and content again is a retry.

    Raises NotFound for whoever's turn it is not, IdUsed, TalkEnded and TalkDay.
    """
    talk = turn(connection, actor, talk_id)
    if is_retry(talk, deed):
        return DoneTalk(_views(connection, actor, [talk])[0], replayed=True)
    if store_talks.find_by_record(connection, actor.district_id, deed.id) is not None:
        raise IdUsed(id=str(deed.id), field="id")
    changed = held(talk, deed, actor.account_id, actor.at, actor.today)
    store_talks.update_talk(connection, actor.district_id, changed)
    facts: dict[str, FactValue] = {"quarter": talk.quarter, "held_on": deed.held_on.isoformat(), "note": deed.note}
    to = Recipient(member_id=talk.member_id)
    Casework(connection, actor).finish([Message(to, Kind.TALK_HELD, Subject("reminder_talk", talk.id), facts)])
    return DoneTalk(_views(connection, actor, [changed])[0])


def page(
    connection: Connection,
    actor: Actor,
    *,
    is_open: bool | None = None,
    late: bool = False,
    after: tuple[datetime, UUID] | None = None,
    count_max: int = 50,
) -> TalkPage:
    """Those whose turn it is the caller's to hold, and the own ones that were held; ``late`` leaves those overdue."""
    count = min(count_max, PAGE_MAX)
    found: list[ReminderTalk] = []
    for one in _seen(connection, actor, is_open=is_open, late=late, after=after):
        found.append(one)
        if len(found) > count:
            break
    last = found[count - 1] if len(found) > count else None
    views = _views(connection, actor, found[:count])
    return TalkPage(views, None if last is None else (last.asked_at, last.id))


def count_waiting(connection: Connection, actor: Actor) -> tuple[int, int]:
    """How many talks are the caller's to hold, and how many of them are overdue."""
    due = [one.due_on for one in _seen(connection, actor, is_open=True, late=False, after=None)]
    return len(due), sum(day < actor.today for day in due)


def _seen(
    connection: Connection, actor: Actor, *, is_open: bool | None, late: bool, after: tuple[datetime, UUID] | None
) -> Iterator[ReminderTalk]:
    work = Casework(connection, actor)
    while True:
        rows = store_talks.list_talks(
            connection,
            actor.district_id,
            paths=None if actor.is_service else actor.reach(Permission.CASE_READ),
            own_account=actor.account_id,
            is_open=is_open,
            late_on=actor.today if late else None,
            after=after,
            count_max=PAGE_MAX,
        )
        for talk, account_id in rows:
            is_own = account_id is not None and account_id == actor.account_id
            if talk.state is TalkState.HELD if is_own else _keeps(work, talk, account_id):
                yield talk
        if len(rows) < PAGE_MAX:
            return
        after = rows[-1][0].asked_at, rows[-1][0].id


def _keeps(work: Casework, talk: ReminderTalk, member_account: UUID | None) -> bool:
    """Whether it is the caller's to hold: the secretary's, or where there is none but the member the next one's up."""
    actor = work.actor
    return actor.is_service or actor.account_id in work.others_at(talk.path, Role.SECRETARY, member_account)


def _views(connection: Connection, actor: Actor, talks: Collection[ReminderTalk]) -> tuple[TalkView, ...]:
    people, branches = {one.member_id for one in talks}, {one.branch_id for one in talks}
    names = store_cases.names_of(connection, actor.district_id, people, branches)
    decimals = {
        digest: decimals_of(rules.edition_by_digest(connection, actor.district_id, digest))
        for digest in {one.edition for one in talks if one.basis != Basis.PACE}
    }
    return tuple(
        TalkView(
            one, names[one.member_id], names[one.branch_id], 0 if one.basis == Basis.PACE else decimals[one.edition]
        )
        for one in talks
    )
