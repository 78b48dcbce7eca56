"""What a posting becomes: the decisions between a request and the ledger, without any database.

``Judge`` is told what is known (standings, quarters, duties, ids already used) and says for each posting which entries
it makes, or what is wrong with it. It works on copies, so a refused batch has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID, uuid5

from app.cycles.core import Act, Quarter, booking_quarter, quarter_on, recorded_on
from app.kit.calendar import quarter_of
from app.kit.words import STATES, any_of
from app.points import refusals
from app.points.core import CellKey
from app.points.ledger import (
    Balance,
    DutyKey,
    DutyRow,
    DutyState,
    Entry,
    MemberFacts,
    Posting,
    Source,
    cell_window,
    costed,
    duty_window,
    hand_of,
    reversal_of,
)
from app.rules.adoption import NoEditionInForce
from app.rules.award import Outcome, points_of, points_sent, units_of_day
from app.rules.core import OPENING, Item, Matter, Regime, Settlement

PAIR_NAMESPACE = UUID("6f1d7a52-6c1b-5f0e-9a53-0d2c3b9f7e11")  # ids of the second half of a finding's pair
# On what ground the entry of a source is booked; else it is a decision.
_ACTS = {Source.RECORD: Act.RECORD, Source.IMPORT: Act.RECORD, Source.APPEAL: Act.OBJECTION}


@dataclass(slots=True)
class Known:
    """Everything that was read and locked for a batch."""

    quarters: Sequence[Quarter]
    members: dict[tuple[UUID, date], MemberFacts]
    balances: dict[tuple[str, UUID], Balance]
    regime: Callable[[str, str], Regime]  # of an edition's digest and a profile
    duties: dict[DutyKey, DutyRow]
    used: dict[UUID, Entry]
    live_entries: dict[UUID, Entry] = field(default_factory=dict)  # that decided a duty, by id
    day_units: dict[tuple[UUID, str, date], int] = field(default_factory=dict)  # where the item bounds a day's


@dataclass(frozen=True, slots=True)
class Judged:
    """What a posting makes: its entries (the first is its own), and what becomes of duties. Empty for a replay."""

    posting: Posting
    entries: tuple[Entry, ...]
    duties: tuple[DutyRow, ...]
    replayed: Entry | None = None


def undoing_id(by: UUID, undone: UUID) -> UUID:
    """The id of a reversal that comes along with another entry; the same again on a retry."""
    return uuid5(PAIR_NAMESPACE, f"{by} undoes {undone}")


def share_lost(finding: Entry, pair: Item, share: int, entry_id: UUID) -> Entry:
    """The entry by which a finding costs the share of a duty; its ``seq`` is still the finding's."""
    return replace(
        finding,
        id=entry_id,
        item=pair.code,
        kind=pair.kind,
        dimension=pair.dimension,
        tier=None,
        matter=None,
        window=cell_window(pair, finding.effective_on),
        units=0,
        points=-share,
        text_digest=None,
        costs=None,
    )


def check_costs(item: Item, costs: str | None) -> None:
    """A finding names the duty that it costs where, and only where, its item leaves that open.

    Raises CostUnclear and CostNotAsked.
    """
    if not item.pairs_one_of and costs is not None:
        raise refusals.CostNotAsked(item=item.code, field="costs")
    if item.pairs_one_of and costs not in item.pairs_one_of:
        raise refusals.CostUnclear(item=item.code, choices=any_of(item.pairs_one_of), field="costs")


def check_units(item: Item, units: int, day: date, before: int = 0) -> None:
    """So many units of a day, beside those recorded ``before``, are possible. Raises UnitsOfDay."""
    most = units_of_day(item)
    if most is not None and before + units > most:
        raise refusals.UnitsOfDay(
            item=item.code,
            most=most,
            unit=item.unit or "",
            day=day.isoformat(),
            before=before,
            units=units,
            field="units",
        )


def days_bounded(
    postings: Iterable[Posting], find: Callable[[Posting], tuple[Item, Quarter] | None]
) -> list[tuple[str, Posting]]:
    """The postings of items that bound what a day can have, with their cycles; ``find`` gives item and quarter."""
    found = [(one, find(one)) for one in postings if one.units is not None]
    return [(at[1].cycle, one) for one, at in found if at is not None and units_of_day(at[0]) is not None]


def check_quarter(posting: Posting, booked: Quarter) -> None:
    """A request that names a quarter is booked there or not at all. Raises QuarterClosed."""
    if posting.booked_in not in (None, booked.code):
        raise refusals.QuarterClosed(
            day=posting.effective_on.isoformat(), quarter=posting.booked_in, booked=booked.code, field="booked_in"
        )


class Judge:
    """Decides postings one after the other on copies of what is known; ``decide`` raises what is wrong."""

    def __init__(self, known: Known, *, at: datetime, today: date) -> None:
        self.known = known
        self.at = at
        self.today = today

    def decide(self, posting: Posting, text_digest: bytes | None) -> Judged:
        """The entries that a posting makes. Raises one of ``refusals``; then nothing of it was taken."""
        used = self.known.used.get(posting.id)
        if used is not None:
            if used.input_digest != posting.input_digest():
                raise refusals.IdUsed(id=str(posting.id), field="id")
            return Judged(posting, (), (), replayed=used)
        entry = self.entry(posting, text_digest)
        balance = self.known.balances[entry.cycle, entry.member_id]
        item, regime = self._item(balance, posting, quarter_of(posting.effective_on))
        self._check_matter(balance, item, posting, entry.window)
        decided = self._duty(item, posting, entry.cycle)
        check_costs(item, posting.costs)
        self._check_day(item, entry)
        pairs = [regime.items[code] for code in costed(item, posting.costs) if code in regime.items]
        if pairs:
            entry = replace(entry, cause=entry.id)
        balance.take(entry)
        self.known.used[entry.id] = entry  # the same id again in one batch is a retry too
        if decided is not None:
            decided = replace(decided, entry_id=entry.id)
            self._keep(decided, entry)
        judged = Judged(posting, (entry,), () if decided is None else (decided,))
        for pair in pairs:
            judged = self._with_pair(judged, balance, pair)
        return judged

    def entry(self, posting: Posting, text_digest: bytes | None = None) -> Entry:
        """The posting as an entry, next in its member's order; nothing is taken yet. Raises one of ``refusals``."""
        if posting.effective_on > self.today:
            raise refusals.DayToCome(day=posting.effective_on.isoformat(), field="effective_on")
        facts = self.known.members.get((posting.member_id, posting.effective_on))
        if facts is None:
            raise refusals.NotAMemberThen(day=posting.effective_on.isoformat(), field="member_id")
        quarter = quarter_on(self.known.quarters, posting.effective_on)
        balance = self.known.balances.get((quarter.cycle, posting.member_id))
        if balance is None or quarter.code not in balance.regimes:
            raise NoEditionInForce(day=posting.effective_on.isoformat(), field="effective_on")
        item, regime = self._item(balance, posting, quarter.code)
        units, points = self._worth(item, posting, regime.decimals)
        quarters, day = self.known.quarters, posting.effective_on
        not_before = "" if posting.handed_in is None else recorded_on(quarters, day, posting.handed_in)
        booked = booking_quarter(quarters, day, _ACTS.get(posting.source, Act.DECISION), not_before=not_before)
        check_quarter(posting, booked)
        return Entry(
            id=posting.id,
            cycle=quarter.cycle,
            member_id=posting.member_id,
            seq=balance.seq + 1,
            branch_id=facts.branch_id,
            item=item.code,
            kind=item.kind,
            dimension=item.dimension,
            tier=posting.tier,
            matter=posting.matter,
            cause=None,
            edition=regime.digest,
            profile=regime.profile,
            window=cell_window(item, posting.effective_on),
            units=units,
            points=points,
            effective_on=posting.effective_on,
            booked_in=booked.code,
            recorded_at=self.at,
            recorded_by=posting.recorded_by,
            approved_by=posting.approved_by,
            source=posting.source,
            batch=posting.batch,
            reverses=None,
            input_digest=posting.input_digest(),
            text_digest=text_digest,
            costs=posting.costs,
        )

    def _item(self, balance: Balance, posting: Posting, quarter: str) -> tuple[Item, Regime]:
        regime = self.known.regime(*balance.regimes[quarter])
        item = regime.items.get(posting.item)
        if item is None or (item.retired and posting.source is not Source.JOB) or item.code == OPENING:
            raise refusals.UnknownItem(item=posting.item, book=regime.book, edition=regime.edition, field="item")
        return item, regime

    @staticmethod
    def _worth(item: Item, posting: Posting, decimals: int) -> tuple[int, int]:
        if posting.points is not None:
            return posting.units or 0, posting.points
        return points_of(
            item,
            tier=posting.tier,
            units=posting.units,
            outcome=posting.outcome,
            chosen=points_sent(item, posting.chosen, decimals),
            decimals=decimals,
        )

    @staticmethod
    def _check_matter(balance: Balance, item: Item, posting: Posting, window: str) -> None:
        """Rule 3: outside duties a cell with a matter holds at most one live entry."""
        if posting.matter is None:
            if item.matter is Matter.REQUIRED:
                raise refusals.MatterMissing(item=item.code, field="matter")
            return
        if item.matter is Matter.NONE:
            raise refusals.MatterNotAsked(item=item.code, field="matter")
        key = CellKey.of(item.code, window, posting.tier, posting.matter)
        if item.duty is None and key in balance.cells:
            raise refusals.MatterCounted(item=item.code, matter=posting.matter, window=window, field="matter")

    def _check_day(self, item: Item, entry: Entry) -> None:
        """No day has more of the item than it can have, however many entries it takes. Raises UnitsOfDay."""
        most = units_of_day(item)
        if most is None or entry.units == 0:
            return
        key = (entry.member_id, item.code, entry.effective_on)
        before = self.known.day_units.get(key, 0)
        check_units(item, entry.units, entry.effective_on, before)
        self.known.day_units[key] = before + entry.units

    def _duty(self, item: Item, posting: Posting, cycle: str) -> DutyRow | None:
        """What the posting makes of the member's duty; None where it decides none (amounts are settled later)."""
        duty = item.duty
        if duty is None or duty.settlement is Settlement.AMOUNT:
            return None
        key = DutyKey(cycle, posting.member_id, item.code, duty_window(duty, posting.effective_on, cycle))
        row = self.known.duties.get(key)
        if row is None:
            raise refusals.NoSuchDuty(item=item.code, window=key.window, field="item")
        if row.state is DutyState.WAIVED:
            raise refusals.DutyWaived(item=item.code, window=key.window, field="item")
        if row.entry_id is not None:
            raise refusals.DutyDecided(
                item=item.code, window=key.window, state=STATES[row.state.value], entry=str(row.entry_id), field="item"
            )
        missed = posting.outcome is Outcome.MISSED
        state = DutyState.MISSED if missed else DutyState.KEPT
        return replace(row, state=state, source=posting.source.value)

    def _keep(self, row: DutyRow, entry: Entry) -> None:
        self.known.duties[row.key] = row
        self.known.live_entries[entry.id] = entry

    def _with_pair(self, judged: Judged, balance: Balance, pair: Item) -> Judged:
        """A finding also costs the current share of a duty, unless that is lost already (scoring, section 5)."""
        finding = judged.entries[0]
        duty = pair.duty
        if duty is None:
            return judged
        key = DutyKey(
            finding.cycle, finding.member_id, pair.code, duty_window(duty, finding.effective_on, finding.cycle)
        )
        row = self.known.duties.get(key)
        if row is None or row.state in (DutyState.MISSED, DutyState.WAIVED):
            return judged
        entries, seq = list(judged.entries), judged.entries[-1].seq
        if row.entry_id is not None:
            kept = self.known.live_entries[row.entry_id]
            seq += 1
            undone = reversal_of(kept, undoing_id(finding.id, kept.id), seq, hand_of(finding), finding.text_digest)
            balance.take(undone)
            entries.append(undone)
        seq += 1
        lost_id = uuid5(PAIR_NAMESPACE, f"{finding.id} costs {pair.code}")
        lost = replace(share_lost(finding, pair, duty.share, lost_id), seq=seq, text_digest=finding.text_digest)
        balance.take(lost)
        entries.append(lost)
        missed = replace(row, state=DutyState.MISSED, source="finding", entry_id=lost.id)
        self._keep(missed, lost)
        return replace(judged, entries=tuple(entries), duties=(*judged.duties, missed))
