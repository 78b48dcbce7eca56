"""Reading and locking what a batch of postings needs, and resolving the quarters that a member enters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, quarter_on
from app.points import store
from app.points.core import Score, fold
from app.points.duties import CycleDays, duties_due
from app.points.ledger import Balance, DutyRow, Entry
from app.points.plan import Plan, compile_plan
from app.roster import service as roster
from app.roster.core import MemberOn
from app.roster.history import MemberHistory
from app.rules import service as rules
from app.rules.adoption import Adopted
from app.rules.core import Regime

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
            found = rules.regime(self.connection, self.district_id, digest, profile)
            self._regimes[digest, profile] = found
        return found

    def decimals(self, entry: Entry) -> int:
        """The places of the entry's points: those of the edition that judged it."""
        return self.regime(entry.edition, entry.profile).decimals

    def has(self, sought: Callable[[Regime], bool]) -> bool:
        """Whether any regime of the books adopted is one that is sought."""
        books = {one.book for one in self.adopted.adoptions}
        digests = [one.digest for one in self.adopted.published if one.book in books]
        editions = (rules.edition_by_digest(self.connection, self.district_id, one) for one in digests)
        return any(sought(regime) for edition in editions for regime in edition.regimes.values())

    def regime_on(self, member: MemberOn, day: date) -> Regime:
        """The regime of a member on a day; raises NoEditionInForce."""
        return self.regime(self.adopted.digest_on(member.path, day, member.form), member.profile)

    def plan(self, balance: Balance) -> Plan:
        key = tuple((quarter, *regime) for quarter, regime in sorted(balance.regimes.items()))
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
    """The day whose profile rules a member's quarter: its first, or that of joining in it; None: not a member in it."""
    if history.on(quarter.starts_on) is not None:
        return quarter.starts_on
    joined = [spell.from_on for spell in history.spells if quarter.starts_on < spell.from_on <= quarter.ends_on]
    return min(joined, default=None)


def enter_quarter(
    books: Books, balance: Balance, history: MemberHistory, quarter: Quarter, cycle: CycleDays
) -> list[DutyRow]:
    """Resolve the member's regime for a quarter, once, and give the duties that fall due in it."""
    if quarter.code in balance.regimes:
        return []
    day = quarter_day(history, quarter)
    member = None if day is None else history.on(day)
    if day is None or member is None:
        return []
    regime = books.regime_on(member, day)
    earlier = [books.regime(*known) for known in balance.regimes.values()]
    balance.regimes[quarter.code] = (regime.digest, regime.profile)
    # The first quarter in which anything was owed: after a time of exemption the half-year's and year's duties begin.
    first = not any(item.duty is not None and not item.retired for one in earlier for item in one.items.values())
    since = history.since(day)
    return duties_due(regime, cycle, quarter, balance.member_id, since, first=first)


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

    @classmethod
    def read(cls, connection: Connection, actor: Actor, member_ids: Collection[UUID]) -> Background:
        histories = histories_of(connection, actor, member_ids)
        return cls(histories, Books.opened(connection, actor), cycles.quarters(connection, actor))

    def regime_of(self, member_id: UUID, day: date) -> Regime | None:
        """The regime that judges a member's day: that of its quarter; None for a day on which they belonged nowhere.

        Raises NoCycle, NoEditionInForce and UnknownProfile.
        """
        history = self.histories.get(member_id)
        there = None if history is None else history.on(day)
        if history is None or there is None:
            return None
        ruling = quarter_day(history, quarter_on(self.quarters, day)) or day
        return self.books.regime_on(history.on(ruling) or there, ruling)
