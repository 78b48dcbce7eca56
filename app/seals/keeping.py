"""The daily look at quarters that have ended: who is to confirm what, which results go on notice, which rows again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Role
from app.cycles import service as cycles
from app.cycles import work_calendar
from app.cycles.core import Quarter, QuarterState
from app.cycles.working_days import WorkCalendar
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.seals import store
from app.seals.core import (
    COMMITTEE_DAYS,
    NEAR_DAYS,
    BranchLife,
    Notice,
    Stage,
    check_due_on,
    notice_until,
    notices_due,
    rows_restarted,
    stage_of,
)
from app.seals.service import Turns, lives


def keep(connection: Connection, actor: Actor) -> dict[str, int]:
    """Look after every quarter that has ended and is not sealed. What was told, or begun, before is not again.

    ``nobody`` counts the branches with rows that nobody may confirm.
    """
    counts: Counter[str] = Counter(told=0, notices=0, restarted=0, nobody=0)
    told: list[Message] = []
    for quarter in ended(connection, actor):
        calendar = work_calendar.read(connection, actor, quarter.ends_on)
        everybody = lives(connection, actor, quarter)
        told += _asking(connection, actor, quarter, everybody, calendar, counts)
        counts["notices"] += _begin(connection, actor, quarter, notices_due(quarter, everybody), calendar)
        counts["restarted"] += restart_rows(connection, actor, quarter)
    counts["told"] = messages.tell(connection, actor, told)
    return dict(counts)


def ended(connection: Connection, actor: Actor) -> list[Quarter]:
    """The quarters that are over and not sealed, in their order."""
    known = sorted(cycles.quarters(connection, actor), key=lambda one: one.code)
    return [one for one in known if one.ends_on < actor.today and one.state is not QuarterState.SEALED]


def _begin(
    connection: Connection, actor: Actor, quarter: Quarter, branches: Sequence[UUID], calendar: WorkCalendar
) -> int:
    """Put the results of branches on notice from today on."""
    until = last_day(actor.today, calendar)
    made = [Notice(new_id(), quarter.code, one, None, actor.today, until, actor.at) for one in branches]
    store.insert_notices(connection, actor.district_id, made)
    return len(made)


def last_day(begins_on: date, calendar: WorkCalendar) -> date:
    """The last day of a notice; a day off there moves it to the next working day."""
    last = notice_until(begins_on)
    return last if calendar.is_working(last) else calendar.add_working_days(last, 1).day


def restart_rows(connection: Connection, actor: Actor, quarter: Quarter) -> int:
    """Put on notice again each row that was corrected during its notice, and no other; the seal waits for none."""
    notices = store.list_notices(connection, actor.district_id, quarter.code)
    if not notices:
        return 0
    since = min(one.begun_at for one in notices)
    corrections = store.list_corrections(connection, actor.district_id, quarter.code, since, quarter.ends_on)
    until = last_day(actor.today, work_calendar.read(connection, actor, actor.today))
    made = [
        Notice(new_id(), quarter.code, one.branch_id, one.member_id, actor.today, until, actor.at)
        for one in rows_restarted(corrections, notices)
    ]
    store.insert_notices(connection, actor.district_id, made)
    return len(made)


# Who is told.


def _asking(
    connection: Connection,
    actor: Actor,
    quarter: Quarter,
    everybody: Iterable[BranchLife],
    calendar: WorkCalendar,
    counts: Counter[str],
) -> list[Message]:
    """To those whom unconfirmed rows wait for: the branch until the 15th, then the committee and the district."""
    waiting = [one for one in everybody if stage_of(quarter, one, actor.today) in (Stage.CHECKING, Stage.LATE)]
    if not waiting:
        return []
    turns = Turns.read(connection, actor, quarter)
    due_on = check_due_on(quarter)
    above_due_on = calendar.add_working_days(due_on, COMMITTEE_DAYS).day
    told: list[Message] = []
    for one in waiting:
        branch = turns.organisations[one.branch_id]
        own = turns.asked(one.branch_id, is_late=False)
        above = turns.asked(one.branch_id, is_late=True)
        counts["nobody"] += not above
        post = _Post(quarter.code, one.branch_id, branch.name)
        if quarter.state is QuarterState.CHECK:
            told += post.asked(own, due_on)
            if calendar.add_working_days(actor.today, NEAR_DAYS).day >= due_on:
                told += post.deadline(Kind.DEADLINE_NEAR, own, due_on)
            continue
        told += post.deadline(Kind.DEADLINE_PASSED, own, due_on)
        told += post.asked(above, above_due_on)
        if actor.today > above_due_on:
            district = [account for account, role in turns.holders(one.branch_id) if role is Role.DISTRICT_OFFICER]
            told += post.deadline(Kind.DEADLINE_PASSED, [*above, *district], above_due_on)
    return told


class _Post:
    """Messages about a branch's check; a day by which it is due is an occasion of its own."""

    def __init__(self, quarter: str, branch_id: UUID, branch: str) -> None:
        self._quarter = quarter
        self._branch = branch
        self._subject = Subject("branch_check", branch_id)

    def asked(self, accounts: Iterable[UUID], due_on: date) -> list[Message]:
        return self._to(Kind.CHECK_ASKED, accounts, {"branch": self._branch, "quarter": self._quarter}, due_on)

    def deadline(self, kind: Kind, accounts: Iterable[UUID], due_on: date) -> list[Message]:
        facts: dict[str, FactValue] = {"task": "check", "title": f"{self._branch} {self._quarter}"}
        return self._to(kind, accounts, facts, due_on)

    def _to(self, kind: Kind, accounts: Iterable[UUID], facts: dict[str, FactValue], due_on: date) -> list[Message]:
        occasion = f"{self._quarter} {due_on.isoformat()}"
        return [
            Message(Recipient(account_id=one), kind, self._subject, facts, due_on=due_on, occasion=occasion)
            for one in dict.fromkeys(accounts)
        ]
