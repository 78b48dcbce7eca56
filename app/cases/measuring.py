"""What the lines look at of each member at the end of a quarter, gathered from ledger, duties and roster."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import store_frozen
from app.cases.core import DAYS_MIN, Tested, names_now
from app.cases.store_frozen import FrozenRow
from app.cycles import service as cycles
from app.cycles.core import Place, Quarter, place_of
from app.points import checking, disputing, reading
from app.points.duties import CycleDays, DutyCount, half_year_share
from app.points.gathering import Books, cycle_days, histories_of
from app.points.ledger import Balance
from app.points.plan import Plan
from app.points.views import Corrected, Disputed
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules.core import Kind, Regime
from app.rules.lines import Line

_CHUNK = 500


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
    _half_years: dict[tuple[str, str], int] = field(default_factory=dict)  # by edition and class

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
        """Some members with the lines of the book that judges them; who has left is left out."""
        if not ids:
            return {}
        measured = self._measured(list(ids))
        return {member.member_id: (lines, member) for lines, member in measured}

    def everybody(self, *, half_year_decides: bool) -> Iterator[tuple[tuple[Line, ...], Tested]]:
        """Every member of the cycle, as ``members`` has them: what was frozen of most says it all.

        Faults one by one are looked at where a line that names persons asks for them.
        """
        connection, actor, quarter = self.connection, self.actor, self.quarter
        changed = {
            *store_frozen.list_late(connection, actor.district_id, quarter),
            *disputing.in_dispute(connection, actor, quarter.cycle, dated_by=quarter.ends_on),
            *checking.unchecked_by_member(connection, actor, quarter),
            *roster.exempt_ids(connection, actor.district_id, self.cycle.starts_on, actor.today),
        }
        others: list[UUID] = []
        for rows in store_frozen.stream_frozen(connection, actor.district_id, quarter):
            plain = [one for one in rows if one.is_current and one.member_id not in changed and self._says_all(one)]
            known = {one.member_id for one in plain}
            others += [one.member_id for one in rows if one.member_id not in known]
            faulted = [
                one.member_id
                for one in plain
                if one.fault and self._asks_for_faults(one, half_year_decides=half_year_decides)
            ]
            balances = {one.member_id: one for one in reading.balances_in(connection, actor, quarter.cycle, faulted)}
            for one in plain:
                yield self._frozen(one, balances.get(one.member_id))
        if others:
            yield from self._measured(others)

    def _asks_for_faults(self, row: FrozenRow, *, half_year_decides: bool) -> bool:
        lines = self.books.regime(row.edition, row.profile).lines
        return any(one.excludes and names_now(one, self.place, half_year_decides=half_year_decides) for one in lines)

    def _says_all(self, row: FrozenRow) -> bool:
        """What is left of a dimension is not frozen."""
        return all(line.dimension is None for line in self.books.regime(row.edition, row.profile).lines)

    def _frozen(self, row: FrozenRow, balance: Balance | None) -> tuple[tuple[Line, ...], Tested]:
        """Who has not changed since the freeze, by what was frozen; ``balance`` of those with a fault."""
        regime = self.books.regime(row.edition, row.profile)
        days = self._days(row.since)
        faulted, heaviest = _faults(self.books.plan(balance), balance, self.quarter) if balance else (frozenset(), 0)
        member = Tested(
            member_id=row.member_id,
            branch_id=row.branch_id,
            committee=self.committees[row.branch_id],
            joined_on=row.joined_on,
            days=days,
            daily=row.daily,
            total=row.total,
            fault=row.fault,
            lost=row.opening - row.daily,
            share_due=row.share_due + self._half_year(regime, row.since),
            exempt=not regime.ranked,
            graded=regime.graded and days >= DAYS_MIN,
            vetoed=False,
            heaviest_fault=heaviest,
            insufficient=_is_insufficient(row.due, row.decided),
            edition=regime.digest,
            faulted=faulted,
        )
        return regime.lines, member

    def _days(self, since: date) -> int:
        return (self.quarter.ends_on - max(since, self.cycle.starts_on)).days + 1

    def _half_year(self, regime: Regime, since: date) -> int:
        """What the half-year may cost who has been there for all of the year."""
        if since > self.cycle.starts_on:
            return 0
        key = (regime.digest, regime.profile)
        if key not in self._half_years:
            self._half_years[key] = half_year_share(regime, self.place)
        return self._half_years[key]

    def _measured(self, ids: Sequence[UUID]) -> Iterator[tuple[tuple[Line, ...], Tested]]:
        """Each as the lines see them, with those lines; who has left is out of lines and lists at once."""
        connection, actor, quarter = self.connection, self.actor, self.quarter
        found = reading.corrected(connection, actor, quarter, checked_only=True, members=ids, briefly=True)
        while chunk := list(islice(found, _CHUNK)):
            members = [one.balance.member_id for one in chunk]
            histories = histories_of(connection, actor, members)
            duties = store_frozen.count_duties(connection, actor.district_id, quarter, members)
            for one in chunk:
                member_id = one.balance.member_id
                tested = self._tested(one, histories[member_id], duties.get(member_id, (0, 0, 0)))
                if tested is not None:
                    yield tested

    def _tested(
        self, one: Corrected, history: MemberHistory, duties: tuple[int, int, int]
    ) -> tuple[tuple[Line, ...], Tested] | None:
        quarter = self.quarter
        there = history.on(quarter.ends_on)
        if there is None or history.has_left(self.actor.today):
            return None
        regime_key = one.balance.regimes[max(code for code in one.balance.regimes if code <= quarter.code)]
        regime = self.books.regime(*regime_key)
        since = history.since(quarter.ends_on)
        days = self._days(since)
        due, decided, share = duties
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
            share_due=share + self._half_year(regime, since),
            exempt=not regime.ranked or not history.is_listed(quarter.ends_on, self.actor.today),
            graded=regime.graded and days >= DAYS_MIN,
            vetoed=one.score.vetoed,
            heaviest_fault=heaviest,
            insufficient=_is_insufficient(due, decided),
            edition=regime.digest,
            dimensions=one.score.dimensions,
            faulted=faulted,
        )
        if one.disputed is not None:
            plan = self.books.plan(one.disputed.balance)
            member = replace(member, undisputed=_undisputed(member, plan, one.disputed, quarter))
        return regime.lines, member


def _is_insufficient(due: int, decided: int) -> bool:
    return DutyCount(due, decided, 0, 0, 0, 0).is_insufficient


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
