"""What the lines look at of each member at the end of a quarter, gathered from ledger, duties and roster."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases.core import DAYS_MIN, Tested
from app.cycles import service as cycles
from app.cycles.core import Place, Quarter, place_of
from app.points import reading
from app.points.duties import CycleDays, count_duties, half_year_share
from app.points.gathering import Books, cycle_days, histories_of
from app.points.ledger import Balance
from app.points.plan import Plan
from app.points.views import Corrected, Disputed
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules.core import Kind
from app.rules.lines import Line


@dataclass(frozen=True, slots=True)
class Scale:
    """One quarter's end, at which members are measured."""

    connection: Connection
    actor: Actor
    quarter: Quarter
    books: Books
    committees: dict[UUID, str]
    cycle: CycleDays
    place: Place

    @classmethod
    def at(cls, connection: Connection, actor: Actor, quarter: Quarter) -> Scale:
        quarters = cycles.quarters(connection, actor)
        committees = {
            one.id: one.path.rpartition(".")[0] for one in roster.organisations(connection, actor.district_id)
        }
        books = Books.opened(connection, actor)
        days = cycle_days(quarters, quarter.cycle)
        return cls(connection, actor, quarter, books, committees, days, place_of(quarters, quarter))

    def members(self, ids: Collection[UUID]) -> dict[UUID, tuple[tuple[Line, ...], Tested]]:
        """Some members with the lines of the book that judges them; who had left by the quarter's end is left out."""
        if not ids:
            return {}
        chunk = list(reading.corrected(self.connection, self.actor, self.quarter, checked_only=True, members=ids))
        return {member.member_id: (lines, member) for lines, member in self.measured(chunk)}

    def measured(self, chunk: Sequence[Corrected]) -> Iterator[tuple[tuple[Line, ...], Tested]]:
        """Each as the lines see them, with those lines; who had left is out of lines and lists at once."""
        histories = histories_of(self.connection, self.actor, [one.balance.member_id for one in chunk])
        for one in chunk:
            found = self._tested(one, histories[one.balance.member_id])
            if found is not None:
                yield found

    def _tested(self, one: Corrected, history: MemberHistory) -> tuple[tuple[Line, ...], Tested] | None:
        quarter = self.quarter
        there = history.on(quarter.ends_on)
        if there is None:
            return None
        regime_key = one.balance.regimes[max(code for code in one.balance.regimes if code <= quarter.code)]
        regime = self.books.regime(*regime_key)
        since = history.since(quarter.ends_on)
        days = (quarter.ends_on - max(since, self.cycle.starts_on)).days + 1
        whole_year = since <= self.cycle.starts_on
        duties = count_duties(one.duties, quarter.ends_on)
        faulted, heaviest = _faults(self.books.plan(one.balance), one.balance, quarter)
        member = Tested(
            member_id=there.id,
            branch_id=there.branch_id,
            committee=self.committees[there.branch_id],
            joined_on=there.joined_on,
            days=days,
            daily=one.score.daily,
            total=one.score.total,
            fault=one.score.fault,
            lost=one.score.opening - one.score.daily,
            share_due=duties.share_due + (half_year_share(regime, self.place) if whole_year else 0),
            exempt=not regime.ranked,
            graded=regime.graded and days >= DAYS_MIN,
            vetoed=one.score.vetoed,
            heaviest_fault=heaviest,
            insufficient=duties.is_insufficient,
            edition=regime.digest,
            dimensions=one.score.dimensions,
            faulted=faulted,
        )
        if one.disputed is not None:
            plan = self.books.plan(one.disputed.balance)
            member = replace(member, undisputed=_undisputed(member, plan, one.disputed, quarter))
        return regime.lines, member


def _undisputed(member: Tested, plan: Plan, disputed: Disputed, quarter: Quarter) -> Tested:
    """The same member without what is under appeal."""
    score = disputed.score
    faulted, heaviest = _faults(plan, disputed.balance, quarter)
    return replace(
        member,
        daily=score.daily,
        total=score.total,
        fault=score.fault,
        lost=score.opening - score.daily,
        vetoed=score.vetoed,
        heaviest_fault=heaviest,
        dimensions=score.dimensions,
        faulted=faulted,
    )


def _faults(plan: Plan, balance: Balance, quarter: Quarter) -> tuple[frozenset[str], int]:
    """The dimensions in which a fault stands, and the points of the heaviest single fault."""
    faulted: set[str] = set()
    heaviest = 0
    last = plan.quarters.index(max(code for code in plan.quarters if code <= quarter.code))
    for key, cell in balance.cells.items():
        item = plan.items.get(key.item)
        if item is not None and item.kind is Kind.FAULT and cell.entries and plan.window_quarter[key.window] <= last:
            faulted.add(item.dimension or "")
            heaviest = max(heaviest, -cell.points // cell.entries)
    return frozenset(faulted), heaviest
