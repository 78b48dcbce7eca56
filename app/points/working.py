"""One transaction's work on the ledger: what was locked, what was added, and the writing of it at the end."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Act, Quarter, booking_quarter
from app.kit.digests import digest
from app.kit.ids import new_id
from app.points import carrying_store, refusals, store
from app.points.carrying import Carrying
from app.points.core import Score
from app.points.duties import Entered, owed_after
from app.points.gathering import (
    Background,
    Books,
    cycle_days,
    enter_quarter,
    histories_of,
    later_standings,
    lock_members,
    quarter_day,
)
from app.points.judging import Known, days_bounded
from app.points.ledger import (
    Balance,
    DutyKey,
    DutyRow,
    DutyState,
    Entry,
    Hand,
    Posting,
    Source,
    costed,
    duty_window,
    reversal_of,
)
from app.points.openings import OpeningForm, cycles_in_order, has_closed, opening_max, own_opening
from app.points.owing import write_owed
from app.points.placing import Placed
from app.points.views import Effect
from app.roster.core import MemberOn
from app.roster.history import MemberHistory
from app.rules.core import OPENING, Item, Kind, Newcomers, Regime
from app.rules.points import printed_text, smallest_unit

_SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Words:
    """A reason with its salt; the entry carries the digest of both, so the words can be erased and the seals hold."""

    reason: str
    salt: bytes


def salted(reason: str | None) -> Words | None:
    return Words(reason, os.urandom(_SALT_BYTES)) if reason else None


def digest_of(words: Words | None) -> bytes | None:
    return None if words is None else digest(words.salt + words.reason.encode())


@dataclass(slots=True)
class Work:
    """Locks taken, facts known, and what is still to be written; ``finish`` writes it.

    ``before`` is the score of each standing when its effect was last asked, ``touched`` what has moved since.
    """

    connection: Connection
    actor: Actor
    books: Books
    histories: Mapping[UUID, MemberHistory]
    known: Known
    before: dict[tuple[str, UUID], Score] = field(default_factory=dict)
    touched: set[tuple[str, UUID]] = field(default_factory=set)
    changed: set[tuple[str, UUID]] = field(default_factory=set)  # standings to be written
    entries: list[Entry] = field(default_factory=list)
    texts: dict[UUID, tuple[str, bytes]] = field(default_factory=dict)
    duties: dict[DutyKey, DutyRow] = field(default_factory=dict)
    asked_from: dict[str, date] = field(default_factory=dict)  # of each cycle in which a standing was opened
    along: frozenset[tuple[str, UUID]] = frozenset()  # locked because they may follow: what is carried into them
    opened: set[tuple[str, UUID]] = field(default_factory=set)
    means: dict[str, Mapping[UUID, int]] = field(default_factory=dict)  # by cycle: of branches, before this work

    @classmethod
    def begun(
        cls,
        connection: Connection,
        actor: Actor,
        background: Background,
        wanted: Iterable[tuple[UUID, date]],
    ) -> Work:
        """Lock the quarters and the standings for what members did on days, and open those not open yet.

        Days on which a member belonged nowhere, or that lie in no cycle, are left for the judge to refuse.
        """
        placed = Placed.on(connection, actor, background, wanted)
        histories, quarters = background.histories, placed.quarters
        work = cls.locked(
            connection, actor, histories, quarters, placed.members, placed.unruled, books=background.books
        )
        work.known.members = placed.facts
        work.enter(placed.entering)
        return work

    @classmethod
    def locked(
        cls,
        connection: Connection,
        actor: Actor,
        histories: Mapping[UUID, MemberHistory],
        quarters: Sequence[Quarter],
        members: Iterable[tuple[str, UUID]],
        unruled: Iterable[tuple[str, UUID]] = (),
        *,
        books: Books | None = None,
        alone: bool = False,
    ) -> Work:
        """Lock the standings of (cycle, member); one that is missing is made first, empty, but for those ``unruled``.

        Where books carry results over, the members' standings of later cycles are locked along, so that they follow;
        not with ``alone``, for one who goes through members chunk by chunk and sees to that afterwards.
        """
        by_cycle: dict[str, set[UUID]] = {}
        for cycle, member_id in members:
            by_cycle.setdefault(cycle, set()).add(member_id)
        books = books or Books.opened(connection, actor)
        along = {} if alone else later_standings(books, quarters, by_cycle, actor.today)
        for cycle, member_id in unruled:
            along.setdefault(cycle, set()).add(member_id)
        balances = lock_members(connection, actor, by_cycle, histories, along)
        work = cls(connection, actor, books, histories, Known(quarters, {}, balances, books.regime, {}, {}))
        work.along = frozenset(key for key in balances if key[1] not in by_cycle.get(key[0], ()))
        work.before = {key: books.score(balance) for key, balance in balances.items()}
        return work

    def enter(self, wanted: Iterable[tuple[Quarter, UUID]]) -> None:
        """Resolve quarters for members, with the duties that fall due in them; open a standing that has no entry."""
        fresh: list[DutyRow] = []
        entered: list[Entered] = []
        for quarter, member_id in sorted(wanted, key=lambda one: (one[0].code, one[1])):
            key = (quarter.cycle, member_id)
            balance = self.known.balances[key]
            fresh += self._opened(balance)
            days = cycle_days(self.known.quarters, quarter.cycle)
            now = enter_quarter(self.books, balance, self.histories[member_id], quarter, days)
            if now is not None:
                entered.append(now)
                self.touched.add(key)
            self.follow(balance)
        store.insert_duties(self.connection, self.actor.district_id, fresh)
        for entry in write_owed(self.connection, self.actor.district_id, entered):
            self.undo_settled(entry)

    def follow(self, balance: Balance) -> None:
        """Let the standing follow the roster: the present branch, and whether boards show it."""
        if not balance.regimes:
            return
        if self._shown(balance) == (balance.ranked, balance.branch_id):
            return
        # The roster may have changed after it was read and before the standing was locked: what holds is asked again.
        fresh = histories_of(self.connection, self.actor, [balance.member_id])
        self.histories = {**self.histories, **fresh}
        shown = self._shown(balance)
        if shown != (balance.ranked, balance.branch_id):
            balance.ranked, balance.branch_id = shown
            self.touched.add((balance.cycle, balance.member_id))

    def _shown(self, balance: Balance) -> tuple[bool, UUID]:
        """Whether boards show the member, and where. Whose last day is today is out at once."""
        history, today = self.histories[balance.member_id], self.actor.today
        there = history.on(today)
        listed = history.is_listed(today, today)
        ranked = listed and self.books.regime(*balance.regimes[max(balance.regimes)]).ranked
        return ranked, balance.branch_id if there is None else there.branch_id

    def _opened(
        self, balance: Balance, paper: int | Decimal | None = None, reference: str | None = None
    ) -> list[DutyRow]:
        """Enter every quarter of the cycle so far and post the opening entry, unless that was done before.

        It stands on the first day of the first quarter for which the member has rules. What fell due before the
        district opened the cycle is waived: the opening stands for it. Raises OpeningTooHigh and OpeningTooFine.
        """
        if balance.seq:
            return []
        history = self.histories[balance.member_id]
        days = cycle_days(self.known.quarters, balance.cycle)
        entered: list[Entered] = []
        for quarter in self.known.quarters:
            if quarter.cycle == balance.cycle and quarter.starts_on <= self.actor.today:
                now = enter_quarter(self.books, balance, history, quarter, days)
                entered += [] if now is None else [now]
        if not balance.regimes:
            return []
        first = next(one for one in self.known.quarters if one.code == min(balance.regimes))
        day = quarter_day(history, first) or first.starts_on
        there = history.on(day)
        branch_id = balance.branch_id if there is None else there.branch_id
        regime = self.books.regime(*balance.regimes[first.code])
        if paper is not None:
            form: OpeningForm | None = OpeningForm.PAPER
            points = _paper_points(regime, Decimal(paper))
        else:
            joined_late = day > self._first_rules(balance.cycle, there, first).starts_on
            mean = self._mean(balance.cycle, branch_id) if joined_late and _takes_mean(regime) else None
            form, points = own_opening(regime, mean, joined_late=joined_late)
        entry_id = new_id()
        words = salted(reference)
        self.say(entry_id, words)
        entry = Entry(
            id=entry_id, cycle=balance.cycle, member_id=balance.member_id, seq=1,
            branch_id=branch_id, item=OPENING, kind=Kind.OPENING, dimension=None,
            tier=None if form is None else form.value, matter=None, cause=None, edition=regime.digest,
            profile=regime.profile, window=first.code, units=0, points=points, effective_on=day,
            booked_in=booking_quarter(self.known.quarters, day, Act.RECORD).code, recorded_at=self.actor.at,
            recorded_by=self.actor.account_id, approved_by=None, source=Source.JOB, batch=None, reverses=None,
            input_digest=digest(f"opening {balance.cycle} {balance.member_id}".encode()), text_digest=digest_of(words),
        )  # fmt: skip
        balance.take(entry)
        self.take((entry,), ())
        self.opened.add((balance.cycle, balance.member_id))
        self.follow(balance)
        if balance.cycle not in self.asked_from:
            self.asked_from[balance.cycle] = cycles.asked_from(self.connection, self.actor, balance.cycle)
        asked_from = self.asked_from[balance.cycle]
        owed = owed_after(entered, ()).values()
        return [_waived(row) if row.due_on < asked_from else row for row in owed]

    def _first_rules(self, cycle: str, there: MemberOn | None, first: Quarter) -> Quarter:
        """The quarter from which on the branch has rules in the cycle: whoever was there then has not joined late."""
        own = (one for one in self.known.quarters if one.cycle == cycle and one.code < first.code)
        return next((one for one in own if self.books.has_rules(there, one.starts_on)), first)

    def open(self, balance: Balance, paper: int | Decimal | None, reference: str | None) -> bool:
        """Open a standing with a paper's balance; False where it is open already or the member was in no quarter."""
        if balance.seq:
            return False
        store.insert_duties(self.connection, self.actor.district_id, self._opened(balance, paper, reference))
        return balance.seq > 0

    def _mean(self, cycle: str, branch_id: UUID) -> int | None:
        """The mean of the branch's openings as it was before this work, so that all newcomers of a batch get one."""
        if cycle not in self.means:
            self.means[cycle] = carrying_store.branch_means(self.connection, self.actor.district_id, cycle)
        return self.means[cycle].get(branch_id)

    def carry(self, cycle: str, member_ids: Collection[UUID], *, is_due: bool = False) -> int:
        """Bring what the members carry into the cycle to its due value; the number of entries that this takes."""
        known = Carrying(
            self.connection, self.actor, self.books, self.known.quarters, self.known.balances, self.entries
        )
        brought = known.bring(cycle, member_ids, is_due=is_due)
        self.take(brought, ())
        return len(brought)

    def _carry_on(self) -> None:
        """A standing just opened takes what is carried into it, and one whose last cycle changed follows that."""
        for before, cycle in pairwise(cycles_in_order(self.known.quarters)):
            own = {member_id for code, member_id in self.known.balances if code == cycle}
            fresh = {one for one in own if (cycle, one) in self.opened}
            following = {one for one in own - fresh if (before, one) in self.touched}
            if following or (fresh and has_closed(self.known.quarters, before)):
                self.carry(cycle, fresh | following)

    def say(self, entry_id: UUID, words: Words | None) -> None:
        """Keep an entry's words, to be written beside it."""
        if words is not None:
            self.texts[entry_id] = (words.reason, words.salt)

    def take(self, entries: Sequence[Entry], duties: Iterable[DutyRow]) -> None:
        """Entries that their balances have taken already, and duties that they decided."""
        self.entries += entries
        self.touched |= {(entry.cycle, entry.member_id) for entry in entries}
        self.duties |= {row.key: row for row in duties}

    def read(self, postings: Sequence[Posting]) -> None:
        """Ids used before, and the duties that the postings and their pairs would decide."""
        district_id = self.actor.district_id
        self.known.used = store.find_entries(self.connection, district_id, [posting.id for posting in postings])
        self.known.day_units = store.sum_day_units(self.connection, district_id, days_bounded(postings, self._item))
        keys = {key for posting in postings for key in self._duty_keys(posting)}
        self.known.duties = store.find_duties(self.connection, district_id, keys)
        decided = [row.entry_id for row in self.known.duties.values() if row.entry_id is not None]
        if decided and any(self._has_pairs(posting) for posting in postings):
            self.known.live_entries = store.find_entries(self.connection, district_id, decided)

    def _item(self, posting: Posting) -> tuple[Item, Quarter] | None:
        day = posting.effective_on
        quarter = next((one for one in self.known.quarters if one.starts_on <= day <= one.ends_on), None)
        balance = None if quarter is None else self.known.balances.get((quarter.cycle, posting.member_id))
        if quarter is None or balance is None or quarter.code not in balance.regimes:
            return None
        item = self.books.regime(*balance.regimes[quarter.code]).items.get(posting.item)
        return None if item is None else (item, quarter)

    def _has_pairs(self, posting: Posting) -> bool:
        found = self._item(posting)
        return found is not None and bool(costed(found[0], posting.costs))

    def _duty_keys(self, posting: Posting) -> Iterable[DutyKey]:
        found = self._item(posting)
        if found is None:
            return
        item, quarter = found
        balance = self.known.balances[quarter.cycle, posting.member_id]
        items = self.books.regime(*balance.regimes[quarter.code]).items
        for one in (item, *(items[code] for code in costed(item, posting.costs) if code in items)):
            if one.duty is not None:
                window = duty_window(one.duty, posting.effective_on, quarter.cycle)
                yield DutyKey(quarter.cycle, posting.member_id, one.code, window)

    def undo(self, original: Entry, reversal_id: UUID, hand: Hand, text_digest: bytes | None = None) -> Entry:
        """Reverse one entry in its balance and give its duty back to be decided anew."""
        balance = self.known.balances[original.cycle, original.member_id]
        entry = reversal_of(original, reversal_id, balance.seq + 1, hand, text_digest)
        balance.take(entry)
        self.take((entry,), ())
        return entry

    def effect_on(self, key: tuple[str, UUID]) -> Effect:
        """What was done to a standing since this was last asked; its score and version are brought up to it."""
        balance, before = self.known.balances[key], self.before[key]
        if key in self.touched:
            balance.version += 1
            self.before[key] = self.books.score(balance)
            self.touched.remove(key)
            self.changed.add(key)
        return Effect(*key, balance.seq, balance.version, before, self.before[key])

    def undo_settled(self, original: Entry) -> None:
        """Reverse, as the service itself, an entry by which a duty was settled."""
        booked = booking_quarter(
            self.known.quarters, original.effective_on, Act.DECISION, not_before=original.booked_in
        )
        account_id, sent = self.actor.account_id, original.input_digest
        hand = Hand(booked.code, self.actor.at, account_id, None, Source.JOB, None, None, input_digest=sent)
        self.undo(original, new_id(), hand)

    def write(self) -> None:
        """Entries, words, duties, and the standings that have changed."""
        district_id, balances = self.actor.district_id, self.known.balances
        store.insert_entries(self.connection, district_id, self.entries)
        store.insert_texts(self.connection, district_id, self.texts)
        store.update_duties(self.connection, district_id, list(self.duties.values()))
        scored = [(balances[key], self.before[key]) for key in sorted(self.changed)]
        store.update_standings(self.connection, district_id, scored, self.actor.at)

    def finish(self) -> dict[tuple[str, UUID], Effect]:
        """Write everything; gives the effect on every member asked for, and on those that followed."""
        self._carry_on()
        concerned = [key for key in self.known.balances if key in self.touched or key not in self.along]
        effects = {key: self.effect_on(key) for key in concerned}
        self.write()
        return effects


def _waived(row: DutyRow) -> DutyRow:
    return replace(row, state=DutyState.WAIVED, source="opening")


def _takes_mean(regime: Regime) -> bool:
    return regime.newcomers is Newcomers.BRANCH_MEAN


def openings_before(connection: Connection, actor: Actor, cycle: str) -> dict[str, Mapping[UUID, int]]:
    """The branches' means as they are now, for one who goes through members chunk by chunk; empty if no book asks."""
    if not Books.opened(connection, actor).has(_takes_mean):
        return {}
    return {cycle: carrying_store.branch_means(connection, actor.district_id, cycle)}


def _paper_points(regime: Regime, paper: Decimal) -> int:
    """A paper's balance in the book's smallest unit."""
    points, highest = smallest_unit(paper, regime.decimals), opening_max(regime)
    if points is None:
        raise refusals.OpeningTooFine(points=f"{paper:f}", unit=printed_text(1, regime.decimals), field="points")
    if highest is not None and points > highest:
        base = printed_text(highest, regime.decimals)
        raise refusals.OpeningTooHigh(points=f"{paper:f}", base=base, field="points")
    return points
