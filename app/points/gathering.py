"""Reading and locking what a batch of postings needs, and resolving the quarters that a member enters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, quarter_on
from app.kit.calendar import months_of, quarter_days
from app.points import store
from app.points.core import Score, fold
from app.points.duties import ROSTER, CycleDays, Entered, duties_due
from app.points.ledger import Balance, DutyRow, DutyState, Entry
from app.points.openings import cycles_in_order
from app.points.plan import Plan, RegimesDisagree, compile_plan
from app.roster import service as roster
from app.roster.core import EXEMPT, MemberOn
from app.roster.history import MemberHistory
from app.rules import service as rules
from app.rules.adoption import Adopted, NoEditionInForce
from app.rules.core import Edition, MeasureForm, Regime

Regimes = Mapping[str, tuple[str, str]]  # by quarter: an edition's digest and a class of members

_PLANS_MAX = 512
_plans: dict[tuple[tuple[str, str, str], ...], Plan] = {}


@dataclass(slots=True)
class Books:
    """The rules in force in a district, read once a transaction and remembered in it."""

    connection: Connection
    district_id: UUID
    adopted: Adopted
    _regimes: dict[tuple[str, str], Regime] = field(default_factory=dict)

    @classmethod
    def opened(cls, connection: Connection, actor: Actor) -> Books:
        return cls(connection, actor.district_id, rules.adopted(connection, actor.district_id))

    def regime(self, digest: str, profile: str) -> Regime:
        """Raises rules' UnknownProfile where the edition has no such class of members."""
        found = self._regimes.get((digest, profile))
        if found is None:
            found = rules.regime(self.connection, self.district_id, digest, profile, self.adopted)
            self._regimes[digest, profile] = found
        return found

    def edition(self, digest: str) -> Edition:
        """Raises NotFound."""
        return rules.edition_by_digest(self.connection, self.district_id, digest, self.adopted)

    def decimals(self, entry: Entry) -> int:
        """The places of the entry's points: those of the edition that judged it."""
        return self.regime(entry.edition, entry.profile).decimals

    def has(self, sought: Callable[[Regime], bool]) -> bool:
        """Whether any regime of the books adopted is one that is sought."""
        books = {one.book for one in self.adopted.adoptions}
        digests = [one.digest for one in self.adopted.published if one.book in books]
        editions = (self.edition(one) for one in digests)
        return any(sought(regime) for edition in editions for regime in edition.regimes.values())

    def measured(self) -> set[str]:
        """The items of which an entry may count though it bears no points: those that are not simply added up."""
        books = {one.book for one in self.adopted.adoptions}
        editions = (self.edition(one.digest) for one in self.adopted.published if one.book in books)
        regimes = (regime for edition in editions for regime in edition.regimes.values())
        return {code for one in regimes for code, item in one.items.items() if item.measure.form is not MeasureForm.SUM}

    def has_rules(self, member: MemberOn | None, day: date) -> bool:
        """Whether an edition is in force for the member on the day."""
        return member is not None and self.adopted.find_digest(member.path, day, member.form) is not None

    def rules_in(self, history: MemberHistory, quarter: Quarter) -> bool:
        """Whether an edition is in force for the member in the quarter."""
        day = quarter_day(history, quarter)
        return day is not None and self.has_rules(history.on(day), day)

    def regime_in(self, regimes: Regimes, history: MemberHistory, quarter: Quarter) -> Regime | None:
        """The rules for the member in a quarter not entered yet; ``regimes`` are those of the cycle's entered quarters.

        None where the member belongs nowhere in the quarter or no edition is in force. Whoever comes under a book that
        cannot be folded together with the one before (by moving, or with the branch's form) stays under that one, in
        its edition of the quarter, to the cycle's end. Raises UnknownProfile.
        """
        day = quarter_day(history, quarter)
        member = history.ruling(quarter.starts_on, quarter.ends_on)
        digest = None if day is None or member is None else self.adopted.find_digest(member.path, day, member.form)
        if day is None or member is None or digest is None:
            return None
        wanted = self.regime(digest, member.profile)
        if not regimes or self._fold_together(regimes, quarter, wanted):
            return wanted
        near = max((code for code in regimes if code < quarter.code), default=min(regimes))
        before = self.regime(*regimes[near])
        following = self.adopted.digest_of(before.book, day)
        if following is not None:
            edition = self.edition(following)
            own = edition.regime(member.profile) or edition.regime(before.profile)
            if own is not None and self._fold_together(regimes, quarter, own):
                return own
        return before

    def _fold_together(self, regimes: Regimes, quarter: Quarter, regime: Regime) -> bool:
        try:
            self._plan({**regimes, quarter.code: (regime.digest, regime.profile)})
        except RegimesDisagree:
            return False
        return True

    def plan(self, balance: Balance) -> Plan:
        return self._plan(balance.regimes)

    def _plan(self, regimes: Regimes) -> Plan:
        key = tuple((quarter, *regime) for quarter, regime in sorted(regimes.items()))
        plan = _plans.get(key)
        if plan is None:
            plan = compile_plan({quarter: self.regime(digest, profile) for quarter, digest, profile in key})
            if len(_plans) >= _PLANS_MAX:
                _plans.clear()
            _plans[key] = plan
        return plan

    def score(self, balance: Balance) -> Score:
        """What the balance adds up to; a balance without a quarter yet is empty."""
        if not balance.regimes:
            return Score(0, 0, 0, 0, 0, 0, "", {}, ())
        return fold(self.plan(balance), balance.opening, balance.cells)


def quarter_day(history: MemberHistory, quarter: Quarter) -> date | None:
    """The day whose facts rule a member's quarter: its first, or that of joining in it; None: not a member in it.

    An exemption rules it only if it holds to the end (``MemberHistory.ruling``).
    """
    if history.on(quarter.starts_on) is not None:
        return quarter.starts_on
    joined = [spell.from_on for spell in history.spells if quarter.starts_on < spell.from_on <= quarter.ends_on]
    return min(joined, default=None)


def enter_quarter(
    books: Books, balance: Balance, history: MemberHistory, quarter: Quarter, cycle: CycleDays
) -> Entered | None:
    """Resolve the member's regime for a quarter, once; None where that was done before.

    A quarter for which no edition is in force is not entered: nothing is due in it, nothing can be recorded.
    """
    if quarter.code in balance.regimes:
        return None
    regime = books.regime_in(balance.regimes, history, quarter)
    if regime is None:
        return None
    last = max(balance.regimes, default="")
    before = balance.regimes.get(last)
    balance.regimes[quarter.code] = (regime.digest, regime.profile)
    given = given_in(balance, regime, history, quarter, cycle, first=before is None)
    # A quarter entered after a later one leaves what is under way as that later one has it.
    if before is None or before == (regime.digest, regime.profile) or last > quarter.code:
        return Entered(balance.cycle, balance.member_id, quarter, given)
    now = given_in(balance, regime, history, quarter, cycle, first=True)
    then = given_in(balance, books.regime(*before), history, quarter, cycle, first=True)
    changed = [row for row in now if row not in then and row not in given]
    short = (quarter.code, *months_of(quarter.code))
    dropped = frozenset({row.key for row in then if row.key.window not in short} - {row.key for row in now})
    return Entered(balance.cycle, balance.member_id, quarter, [*given, *changed], dropped, anew=True)


def given_in(
    balance: Balance, regime: Regime, history: MemberHistory, quarter: Quarter, cycle: CycleDays, *, first: bool
) -> list[DutyRow]:
    """The duties that a regime gives in a quarter that is entered; with ``first`` those under way too.

    What falls due on a day on which the member is exempt is waived from the start.
    """
    day = quarter_day(history, quarter)
    if day is None:
        return []
    # What is due over the cycle begins with its first rules.
    since = max(history.since(day), quarter_days(min(balance.regimes))[0])
    rows = duties_due(regime, cycle, quarter, balance.member_id, since, first=first)
    return [_spared(row) if row.target is None and is_exempt(history, row.due_on) else row for row in rows]


def is_exempt(history: MemberHistory, day: date) -> bool:
    there = history.on(day)
    return there is not None and there.profile == EXEMPT


def _spared(row: DutyRow) -> DutyRow:
    return replace(row, state=DutyState.WAIVED, source=ROSTER)


def cycle_days(quarters: Sequence[Quarter], code: str) -> CycleDays:
    own = [quarter for quarter in quarters if quarter.cycle == code]
    return CycleDays(code, min(one.starts_on for one in own), max(one.ends_on for one in own))


def lock_members(
    connection: Connection,
    actor: Actor,
    wanted: Mapping[str, Iterable[UUID]],
    histories: Mapping[UUID, MemberHistory],
    along: Mapping[str, Iterable[UUID]],
) -> dict[tuple[str, UUID], Balance]:
    """The locked standings of each cycle's members; a missing one is made first, so that the row surely exists.

    Those of ``along`` are locked too, as far as they exist.
    """
    every = {cycle: {*wanted.get(cycle, ()), *along.get(cycle, ())} for cycle in {*wanted, *along}}
    found = store.lock_balances(connection, actor.district_id, every)
    missing = [
        (cycle, member_id, branch)
        for cycle, members in wanted.items()
        for member_id in members
        if (cycle, member_id) not in found and (branch := histories[member_id].latest_branch) is not None
    ]
    if missing:
        store.insert_standings(connection, actor.district_id, missing, actor.at)
        found = store.lock_balances(connection, actor.district_id, every)
    return found


def held_quarters(
    connection: Connection, actor: Actor, days: Iterable[date], known: Sequence[Quarter] | None = None
) -> tuple[Quarter, ...]:
    """Every quarter of the books, those from the first day on held against a change of state.

    ``known`` spares reading them again: a quarter's days never change, and the states that matter are the held ones.
    """
    held = {one.code: one for one in cycles.held_quarters(connection, actor, min(days))}
    return tuple(held.get(one.code, one) for one in known or cycles.quarters(connection, actor))


def histories_of(connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> dict[UUID, MemberHistory]:
    return roster.histories(connection, actor.district_id, member_ids)


@dataclass(frozen=True, slots=True)
class Background:
    """What a request needs to know before anything is locked: its members, the rules, and the quarters' days."""

    histories: Mapping[UUID, MemberHistory]
    books: Books
    quarters: Sequence[Quarter]
    _entered: dict[str, Mapping[UUID, Regimes]] = field(default_factory=dict)  # by cycle, where anybody asked

    @classmethod
    def read(cls, connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> Background:
        histories = histories_of(connection, actor, member_ids)
        return cls(histories, Books.opened(connection, actor), cycles.quarters(connection, actor))

    def regime_of(self, member_id: UUID, day: date) -> Regime | None:
        """The regime that judges a member's day: that of its quarter; None for a day on which they belonged nowhere.

        It is the one that the standing has for the quarter or, before the quarter is entered, the one that it will get.
        Raises NoCycle, NoEditionInForce and UnknownProfile.
        """
        history = self.histories.get(member_id)
        if history is None or history.on(day) is None:
            return None
        quarter = quarter_on(self.quarters, day)
        known = dict(self._regimes_of(quarter.cycle, member_id))
        # A standing is opened with every quarter of its cycle so far.
        before = (
            () if known else (one for one in self.quarters if one.cycle == quarter.cycle and one.code < quarter.code)
        )
        for one in (*before, quarter):
            found = None if one.code in known else self.books.regime_in(known, history, one)
            if found is not None:
                known[one.code] = (found.digest, found.profile)
        if quarter.code not in known:
            raise NoEditionInForce(day=day.isoformat(), field="effective_on")
        return self.books.regime(*known[quarter.code])

    def _regimes_of(self, cycle: str, member_id: UUID) -> Regimes:
        """Those of the member's standing; read once for all members."""
        if cycle not in self._entered:
            connection, district_id = self.books.connection, self.books.district_id
            self._entered[cycle] = store.list_regimes(connection, district_id, cycle, list(self.histories))
        return self._entered[cycle].get(member_id, {})


def later_standings(
    books: Books, quarters: Sequence[Quarter], wanted: Mapping[str, Iterable[UUID]], today: date
) -> dict[str, set[UUID]]:
    """The members' standings of the cycles begun after those wanted, where any book carries a result over."""
    begun = cycles_in_order([one for one in quarters if one.starts_on <= today])
    found: dict[str, set[UUID]] = {}
    for cycle, members in wanted.items():
        for later in begun[begun.index(cycle) + 1 :] if cycle in begun else ():
            found.setdefault(later, set()).update(members)
    return found if found and books.has(lambda regime: regime.carried > 0) else {}
