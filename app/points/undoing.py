"""Reversals: an entry is undone with what was posted along with it, and its duties are decided anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from app.cycles.core import Act, QuarterState, booking_quarter
from app.kit.calendar import months_of, quarter_of
from app.points import refusals, store
from app.points.duties import brought
from app.points.gathering import cycle_days, given_in
from app.points.judging import PAIR_NAMESPACE, share_lost, undoing_id
from app.points.ledger import DutyRow, DutyState, Entry, Hand, Posting, Source, by_hand, costed, duty_window
from app.points.working import Work, digest_of, salted
from app.rules.core import Item, Kind


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is read before entries are undone: which are gone already, the duties that they decided, and what stood
    before them. ``findings`` are the members' live ones, by cycle and member; None: asked for where they matter.
    """

    gone: Collection[UUID]
    duties: Sequence[DutyRow]
    before: Sequence[Entry]
    findings: Mapping[tuple[str, UUID], Sequence[Entry]] | None = None

    @classmethod
    def of(cls, work: Work, family: Sequence[Entry]) -> Surroundings:
        """Of one entry with all that has its cause."""
        connection, district_id = work.connection, work.actor.district_id
        posted = [one.id for one in family if one.reverses is None]
        gone = store.find_reversed(connection, district_id, posted)
        live = [one for one in posted if one not in gone]
        displaced = [one.reverses for one in family if one.reverses is not None]
        before = store.find_entries(connection, district_id, displaced) if displaced else {}
        return cls(gone, store.find_duties_of_entries(connection, district_id, live), list(before.values()))

    def findings_of(self, work: Work, row: DutyRow) -> Sequence[Entry]:
        """The live ones of the duty's member and cycle."""
        if self.findings is None:
            key = row.key
            return store.list_live_faults(work.connection, work.actor.district_id, key.cycle, key.member_id)
        return self.findings.get((row.key.cycle, row.key.member_id), ())


def undo_family(
    work: Work,
    original: Entry,
    family: Sequence[Entry],
    asked: Posting,
    *,
    replaced: bool = False,
    around: Surroundings | None = None,
) -> tuple[Entry, ...]:
    """Reverse an entry and the others of its cause (``family``); give their duties back.

    A duty that the family had taken goes to another finding that still stands and costs it too; else to what was
    recorded of it before; else, where it was missed and the service itself had settled it, or an appeal gives it back,
    or the check refuses a loss of a quarter that is settled, it is waived, so that settling does not take it again;
    else it is open, as it is where another entry is to replace this one (``replaced``). Raises the refusals of
    reversals.
    """
    if original.reverses is not None:
        raise refusals.ReversalOfReversal(id=str(original.id), field="id")
    if original.kind is Kind.OPENING:
        raise refusals.OpeningStands(field="id")
    around = around or Surroundings.of(work, family)
    if original.id in around.gone:
        raise refusals.ReversedAlready(id=str(original.id), field="id")
    hand = _hand(work, original, asked)
    words = salted(asked.reason)
    others = (one for one in family if one.reverses is None and one.id != original.id)
    live = [original, *(one for one in others if one.id not in around.gone)]
    undone = [work.undo(original, asked.id, hand, digest_of(words))]
    undone += [work.undo(one, undoing_id(asked.id, one.id), hand, digest_of(words)) for one in live[1:]]
    for one in undone:
        work.say(one.id, words)
    by_id: dict[UUID | None, Entry] = {one.id: one for one in live}
    for row in around.duties:
        if row.entry_id in by_id:
            undone += _given_back(work, row, by_id[row.entry_id], around, hand, asked.id, replaced=replaced)
    return tuple(undone)


def _hand(work: Work, original: Entry, asked: Posting) -> Hand:
    act = {Source.APPEAL: Act.OBJECTION, Source.CHECK: Act.CHECK}.get(asked.source, Act.DECISION)
    booked = booking_quarter(work.known.quarters, original.effective_on, act, not_before=original.booked_in)
    return Hand(
        booked.code,
        work.actor.at,
        asked.recorded_by,
        asked.approved_by,
        asked.source,
        asked.batch,
        original.cause,
        asked.input_digest(),
    )


def _given_back(
    work: Work, row: DutyRow, decided: Entry, around: Surroundings, hand: Hand, by: UUID, *, replaced: bool
) -> list[Entry]:
    """Decide the duty of an undone entry anew; the entries that this posts."""
    taker = _other_finding(work, row, decided, around.findings_of(work, row))
    if taker is not None:
        finding, pair, share = taker
        lost_id = uuid5(PAIR_NAMESPACE, f"{by} hands {row.key.item} to {finding.id}")
        lost = _booked(work, share_lost(finding, pair, share, lost_id), hand)
        work.duties[row.key] = replace(row, state=DutyState.MISSED, source="finding", entry_id=lost.id)
        return [lost]
    recorded = next((one for one in around.before if one.item == row.key.item), None)
    if recorded is not None:
        kept = _again(work, recorded, hand, restored_id(by, recorded.id))
        state = DutyState.MISSED if kept.points < 0 else DutyState.KEPT
        work.duties[row.key] = replace(row, state=state, source=Source.RECORD.value, entry_id=kept.id)
        return [kept]
    for_good = (decided.source is Source.JOB or hand.source is Source.APPEAL) and row.state is DutyState.MISSED
    waived = (for_good or _is_refused_late(work, row, decided, hand)) and not replaced
    state = DutyState.WAIVED if waived else DutyState.EXPECTED
    open_again = replace(row, state=state, source="reversal" if waived else None, entry_id=None)
    work.duties[row.key] = _as_now(work, open_again)
    return []


def _is_refused_late(work: Work, row: DutyRow, decided: Entry, hand: Hand) -> bool:
    """Whether the check refuses a loss once its quarter's duties are settled: nobody is asked for this one again."""
    if hand.source is not Source.CHECK or decided.points >= 0:
        return False
    quarter = next(one for one in work.known.quarters if one.code == decided.booked_in)
    return quarter.state is not QuarterState.OPEN and row.due_on <= quarter.ends_on


def restored_id(by: UUID, recorded: UUID) -> UUID:
    """The id under which what a finding had taken the place of is booked again, when ``by`` undoes the finding."""
    return uuid5(PAIR_NAMESPACE, f"{by} restores {recorded}")


def _other_finding(
    work: Work, row: DutyRow, undone: Entry, findings: Sequence[Entry]
) -> tuple[Entry, Item, int] | None:
    """Another finding that stands and costs this duty too, with the duty and its share on the finding's day."""
    for finding in findings:
        items = work.books.regime(finding.edition, finding.profile).items
        pair = items.get(row.key.item)
        if finding.cause in (None, undone.cause) or pair is None or pair.duty is None:
            continue
        window = duty_window(pair.duty, finding.effective_on, row.key.cycle)
        if row.key.item in costed(items[finding.item], finding.costs) and window == row.key.window:
            return finding, pair, pair.duty.share
    return None


def _as_now(work: Work, row: DutyRow) -> DutyRow:
    """A duty that is open again, as the rules in force when it falls due, or by now if that is earlier, have it."""
    balance = work.known.balances[row.key.cycle, row.key.member_id]
    last = max((code for code in balance.regimes if code <= quarter_of(row.due_on)), default=None)
    quarter = next((one for one in work.known.quarters if one.code == last), None)
    if last is None or quarter is None or row.key.window in (quarter.code, *months_of(quarter.code)):
        return row
    days, history = cycle_days(work.known.quarters, row.key.cycle), work.histories[row.key.member_id]
    given = given_in(balance, work.books.regime(*balance.regimes[last]), history, quarter, days, first=True)
    return brought(row, next((one for one in given if one.key == row.key), None))


def _again(work: Work, entry: Entry, hand: Hand, entry_id: UUID) -> Entry:
    """What was recorded before, once more."""
    return _booked(work, replace(entry, id=entry_id, cause=None, text_digest=None), hand)


def _booked(work: Work, entry: Entry, hand: Hand) -> Entry:
    balance = work.known.balances[entry.cycle, entry.member_id]
    booked = by_hand(entry, hand, balance.seq + 1)
    balance.take(booked)
    work.take((booked,), ())
    return booked
