"""What of the last cycle's result is carried into a standing: the entry is brought to its due value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles.core import Act, Quarter, booking_quarter
from app.kit.digests import digest
from app.kit.ids import new_id
from app.points import carrying_store as store
from app.points.gathering import Books
from app.points.ledger import Balance, Entry, Hand, Source, reversal_of
from app.points.openings import OpeningForm, carried_points, carries, cycle_before, has_closed, live_carried
from app.rules.core import Kind


@dataclass(frozen=True, slots=True)
class Carrying:
    """What is at hand while the ledger is worked on: locked standings, and opening entries not written yet."""

    connection: Connection
    actor: Actor
    books: Books
    quarters: Sequence[Quarter]
    balances: Mapping[tuple[str, UUID], Balance]
    unwritten: Sequence[Entry]

    def bring(self, cycle: str, member_ids: Collection[UUID], *, is_due: bool = False) -> list[Entry]:
        """The entries after which what the members carry into the cycle is what it should be; balances take them.

        It should be nothing until the cycle before has closed; ``is_due`` says that its last quarter is settled, which
        counts as closed. What was carried once follows the result whenever that changes.
        """
        before = cycle_before(self.quarters, cycle)
        if before is None:
            return []
        is_due = is_due or has_closed(self.quarters, before)
        concerned = {
            member_id: found
            for member_id, found in self._openings(cycle, member_ids).items()
            if carries(found[0], self.books.regime(found[0].edition, found[0].profile))
            and (is_due or live_carried(found) is not None)
        }
        last = self._last(before, concerned)
        return [
            entry
            for member_id in sorted(concerned)
            for entry in self._brought(
                self.balances[cycle, member_id], concerned[member_id], before, last.get(member_id)
            )
        ]

    def _openings(self, cycle: str, member_ids: Collection[UUID]) -> dict[UUID, list[Entry]]:
        """The opening entries of each, the first one first; whoever has none is left out."""
        fresh: dict[UUID, list[Entry]] = {}
        for one in self.unwritten:
            if one.cycle == cycle and one.kind is Kind.OPENING:
                fresh.setdefault(one.member_id, []).append(one)
        opened = {member_id for member_id, entries in fresh.items() if entries[0].seq == 1}
        asked = [one for one in member_ids if one not in opened and self.balances[cycle, one].seq]
        found = store.list_openings(self.connection, self.actor.district_id, cycle, asked) if asked else {}
        entries = {one: [*found.get(one, ()), *fresh.get(one, ())] for one in member_ids}
        return {member_id: known for member_id, known in entries.items() if known}

    def _last(self, before: str, member_ids: Collection[UUID]) -> dict[UUID, Balance]:
        here = {one: self.balances[before, one] for one in member_ids if (before, one) in self.balances}
        asked = [one for one in member_ids if one not in here]
        return here | (store.find_balances(self.connection, self.actor.district_id, before, asked) if asked else {})

    def _brought(self, balance: Balance, opened: Sequence[Entry], before: str, last: Balance | None) -> list[Entry]:
        first, old = opened[0], live_carried(opened)
        due = 0
        if last is not None and last.seq:
            regime = self.books.regime(first.edition, first.profile)
            decimals = self.books.regime(*last.regimes[max(last.regimes)]).decimals
            due = carried_points(regime, self.books.score(last).effective, decimals)
        if due == (0 if old is None else old.points):
            return []
        brought = []
        if old is not None:
            undone = reversal_of(old, new_id(), balance.seq + 1, self._hand(old))
            balance.take(undone)
            brought.append(undone)
        if due:
            carried = self._carried(balance, first, before, due)
            balance.take(carried)
            brought.append(carried)
        return brought

    def _hand(self, old: Entry) -> Hand:
        booked = booking_quarter(self.quarters, old.effective_on, Act.DECISION, not_before=old.booked_in)
        actor = self.actor
        return Hand(booked.code, actor.at, actor.account_id, None, Source.JOB, None, None, old.input_digest)

    def _carried(self, balance: Balance, first: Entry, before: str, points: int) -> Entry:
        """Beside the first opening, under the same regime and of the same day."""
        return replace(
            first,
            id=new_id(),
            seq=balance.seq + 1,
            tier=OpeningForm.CARRIED.value,
            matter=before,
            points=points,
            booked_in=booking_quarter(self.quarters, first.effective_on, Act.DECISION).code,
            recorded_at=self.actor.at,
            recorded_by=self.actor.account_id,
            input_digest=digest(f"carried {before} {balance.cycle} {balance.member_id}".encode()),
            text_digest=None,
        )
