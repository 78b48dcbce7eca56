"""The quarter's check: routine entries are confirmed in bulk, or refused one by one with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.kit.errors import Faults, NotFound
from app.points import checking, refusals, settling
from app.points import service as points
from app.points.duties import DutyCount
from app.points.gathering import Books, histories_of
from app.points.ledger import Source
from app.points.views import Unchecked
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.roster.history import MemberHistory
from app.rules.core import Kind
from app.rules.name import Name
from app.seals import store
from app.seals.core import (
    ABOVE_BRANCHES,
    PAGE_MAX,
    BranchLife,
    CheckPage,
    Confirmed,
    Listed,
    check_due_on,
    may_check,
    stage_of,
)
from app.seals.refusals import CheckedAlready, CheckPassedUp, NotChecked, NotInQuarter, NotYourCheck, QuarterSealed
from app.seals.service import Turns, is_late, item_of
from app.submissions import reversing
from app.submissions.core import Reversed


@dataclass(frozen=True, slots=True)
class _Checker:
    """Who checks in a branch, and what the rules say of each entry."""

    actor: Actor
    quarter: Quarter
    roles: frozenset[Role]
    books: Books
    members: dict[UUID, MemberHistory]

    @classmethod
    def of(
        cls, connection: Connection, actor: Actor, quarter: Quarter, path: str, rows: Sequence[Unchecked]
    ) -> _Checker:
        members = histories_of(connection, actor, {one.entry.member_id for one in rows})
        return cls(actor, quarter, actor.roles_at(path), Books.opened(connection, actor), members)

    def may(self, row: Unchecked) -> bool:
        entry = row.entry
        return may_check(
            item_of(self.books, entry.edition, entry.profile, entry.item),
            self.roles,
            self.actor.account_id,
            (entry.recorded_by, self.members[entry.member_id].account_id),
            is_late=is_late(self.quarter),
            is_service=self.actor.is_service,
        )

    def why_not(self, row: Unchecked) -> Literal["recorded", "about", "reviewed"]:
        """Of an entry that is not the caller's to confirm."""
        if row.entry.recorded_by == self.actor.account_id is not None:
            return "recorded"
        is_own = self.members[row.entry.member_id].account_id == self.actor.account_id is not None
        return "about" if is_own else "reviewed"

    def listed(self, row: Unchecked) -> Listed:
        entry = row.entry
        item = item_of(self.books, entry.edition, entry.profile, entry.item)
        name = Name(entry.item, entry.item) if item is None else item.name
        return Listed(row, self.members[entry.member_id].name, name, self.books.decimals(entry), self.may(row))


def page(
    connection: Connection,
    actor: Actor,
    code: str,
    branch_id: UUID,
    *,
    after: tuple[date, UUID] | None = None,
    count_max: int = PAGE_MAX,
) -> CheckPage:
    """What waits for the check in a branch, by day of the matter. Raises NotFound and UnknownQuarter."""
    branch = _branch(connection, actor, branch_id, Permission.CHECK_READ)
    quarter = cycles.quarter(connection, actor, code)
    count = min(count_max, PAGE_MAX)
    found = checking.unchecked(connection, actor, code, branch_id, after=after, count_max=count + 1)
    rows = found[:count]
    checker = _Checker.of(connection, actor, quarter, branch.path, rows)
    life = _life(connection, actor, quarter, branch_id)
    last = rows[-1].entry if len(found) > count else None
    return CheckPage(
        quarter=quarter,
        branch_id=branch_id,
        branch=branch.name,
        due_on=check_due_on(quarter),
        stage=stage_of(quarter, life, actor.today),
        left=life.unchecked,
        rows=tuple(checker.listed(one) for one in rows),
        following=None if last is None else (last.effective_on, last.id),
        insufficient=_insufficient(connection, actor, quarter, branch.path),
    )


def _insufficient(connection: Connection, actor: Actor, quarter: Quarter, path: str) -> tuple[tuple[UUID, str], ...]:
    """The branch's members of whose duties under 80 % are decided by the quarter's end, or by today."""
    day = min(actor.today, quarter.ends_on)
    members = roster.members_under(connection, actor.district_id, path, day)
    counts = store.count_duties(connection, actor.district_id, quarter.cycle, day, [one.id for one in members])
    few = {member_id for member_id, (due, decided) in counts.items() if _is_insufficient(due, decided)}
    return tuple((one.id, one.name) for one in members if one.id in few)


def _is_insufficient(due: int, decided: int) -> bool:
    return DutyCount(due, decided, 0, 0, 0, 0).is_insufficient


def confirm(
    connection: Connection, actor: Actor, code: str, branch_id: UUID, ids: Sequence[UUID] | None = None
) -> Confirmed:
    """Confirm these entries of a branch or, without ids, all that are the caller's to confirm.

    Confirmed before is no fault. Raises NotFound, UnknownQuarter, QuarterSealed, CheckPassedUp and, where ids are
    given, BatchRefused with everything that is not there or not the caller's.
    """
    branch = _branch(connection, actor, branch_id, Permission.CHECK_DECIDE)
    quarter = _held(connection, actor, cycles.quarter(connection, actor, code))
    rows = checking.unchecked(connection, actor, code, branch_id, ids=ids)
    checker = _Checker.of(connection, actor, quarter, branch.path, rows)
    _check_time(actor, quarter, checker.roles)
    mine = [one.entry.id for one in rows if checker.may(one)]
    if ids is not None:
        _check_named(connection, actor, ids, rows, mine)
    checking.confirm(connection, actor, mine)
    life = _life(connection, actor, quarter, branch_id)
    done = Confirmed(len(mine), life.unchecked, stage_of(quarter, life, actor.today))
    if not life.unchecked:
        return done
    others = Counter(checker.why_not(one) for one in rows if not checker.may(one))
    turn = Turns.read(connection, actor, quarter).asked(branch_id, is_late=is_late(quarter))
    names = store.list_account_names(connection, actor.district_id, set(turn))
    return replace(
        done,
        recorded_by_you=others["recorded"],
        about_you=others["about"],
        for_other_reviewers=others["reviewed"],
        asked=tuple(names[one] for one in turn if one in names),
    )


def _check_named(
    connection: Connection, actor: Actor, ids: Sequence[UUID], rows: Sequence[Unchecked], mine: Sequence[UUID]
) -> None:
    waiting = {one.entry.id: one.entry.item for one in rows}
    done = checking.checked(connection, actor, [one for one in ids if one not in waiting])
    faults = Faults()
    for index, one in enumerate(ids):
        if one in waiting and one not in mine:
            faults.add(index, NotYourCheck(id=str(one), item=waiting[one], field="entries"))
        elif one not in waiting and one not in done:
            faults.add(index, NotInQuarter(id=str(one), field="entries"))
    faults.raise_any()


def refuse(connection: Connection, actor: Actor, entry_id: UUID, reversal_id: UUID, reason: str) -> Reversed:
    """Reverse an entry that waits for the check, for a caller who could confirm it; the member is told.

    It is booked in the entry's own quarter, also after the 15th. The same again is a retry. Raises NotFound,
    QuarterSealed, CheckPassedUp, NotChecked, CheckedAlready, NotYourCheck and the refusals of reversals.
    """
    entry = points.find_entry(connection, actor, entry_id)
    branch = next(one for one in roster.organisations(connection, actor.district_id) if one.id == entry.branch_id)
    if not actor.may(Permission.CHECK_DECIDE, branch.path):
        raise NotFound(what="entry", field="id")
    if points.entries_by_id(connection, actor, [reversal_id]):
        return reversing.reverse(connection, actor, entry_id, reversal_id, reason, source=Source.CHECK)
    quarter = _held(connection, actor, cycles.quarter(connection, actor, entry.booked_in))
    rows = checking.unchecked(connection, actor, quarter.code, branch.id, ids=[entry_id])
    if not rows:
        _say_why(connection, actor, entry_id, is_routine=entry.kind is Kind.ROUTINE and entry.reverses is None)
    checker = _Checker.of(connection, actor, quarter, branch.path, rows)
    if checker.members[entry.member_id].account_id == actor.account_id is not None:
        raise refusals.OwnRow(field="id")
    _check_time(actor, quarter, checker.roles)
    if not checker.may(rows[0]):
        raise NotYourCheck(id=str(entry_id), item=entry.item, field="id")
    refused = reversing.reverse(connection, actor, entry_id, reversal_id, reason, source=Source.CHECK)
    if entry.points >= 0 and quarter.state is not QuarterState.OPEN and quarter.ends_on < actor.today:
        # Its duties were settled on the 11th: what the refusal takes from an amount is asked of the member now. A loss
        # that is refused is given back: to settle at once would take it again in the same breath.
        settling.settle(connection, actor, quarter.code, members=[entry.member_id])
    return refused


def _say_why(connection: Connection, actor: Actor, entry_id: UUID, *, is_routine: bool) -> None:
    if checking.checked(connection, actor, [entry_id]):
        raise CheckedAlready(id=str(entry_id), field="id")
    gone = is_routine and points.is_reversed(connection, actor, entry_id)
    raise refusals.ReversedAlready(id=str(entry_id), field="id") if gone else NotChecked(id=str(entry_id), field="id")


def _branch(connection: Connection, actor: Actor, branch_id: UUID, permission: Permission) -> OrganisationView:
    found = roster.get_organisation_for(connection, actor, branch_id, permission)
    if found.kind is not OrganisationKind.BRANCH:
        raise NotFound(what="branch", field="branch_id")
    return found


def _held(connection: Connection, actor: Actor, quarter: Quarter) -> Quarter:
    """The quarter, not sealed and not to be sealed before the transaction ends. Raises QuarterSealed."""
    held = next(one for one in cycles.held_quarters(connection, actor, quarter.starts_on) if one.code == quarter.code)
    if held.state is QuarterState.SEALED:
        raise QuarterSealed(quarter=quarter.code, field="quarter")
    return held


def _check_time(actor: Actor, quarter: Quarter, roles: frozenset[Role]) -> None:
    if is_late(quarter) and not actor.is_service and not roles & ABOVE_BRANCHES:
        raise CheckPassedUp(day=check_due_on(quarter).isoformat())


def _life(connection: Connection, actor: Actor, quarter: Quarter, branch_id: UUID) -> BranchLife:
    notices = store.list_notices(connection, actor.district_id, quarter.code, branch_id)
    first = next((one for one in notices if one.member_id is None), None)
    unchecked = checking.count_unchecked(connection, actor, quarter.code, branch_id)
    return BranchLife(branch_id, unchecked.get(branch_id, 0), first)
