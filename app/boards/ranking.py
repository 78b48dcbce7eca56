"""Which board a caller may see, of which time, and the boards themselves: worked out once a moment for all.

Nothing of it is stored, and nothing is done when a point is posted. A board is read from the standings when somebody
looks, once for all who look at about the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, within
from app.boards import reckoning, store, store_ranking
from app.boards.core import (
    DAILY,
    INNOVATION,
    TOTAL,
    Asked,
    Audience,
    Board,
    BoardOff,
    BoardPolicy,
    DayNotOver,
    OnePeriod,
    OwnPlaces,
    OwnPositions,
    Period,
    PeriodKind,
    Position,
    Reach,
    Reckoned,
    Scope,
    Subject,
    Tallies,
    audience_of,
    position,
    shown_to,
)
from app.boards.core_facts import Facts, Terms
from app.cycles.core import Quarter, quarter_on
from app.cycles.service import QuarterToCome, UnknownQuarter
from app.kit.clock import Clock
from app.kit.db import Database, snapshot_of
from app.kit.errors import NotFound
from app.kit.kept import Kept
from app.roster.core import OrganisationKind

Result = TypeVar("Result")

KINDS = {Scope.COMMITTEE: OrganisationKind.COMMITTEE, Scope.BRANCH: OrganisationKind.BRANCH}
_BOARDS_MAX = 512
_TALLIES_MAX = 4096  # small, and each branch has one once its members ask for their own rank
_DISTRICTS_MAX = 256


class Boards:
    """Of one application. ``seconds`` is how old a board may be before it is worked out anew."""

    def __init__(self, database: Database, clock: Clock, seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._facts: Kept[tuple[UUID, date], Facts] = Kept(seconds, _DISTRICTS_MAX)
        self._reckoned: Kept[Subject, Reckoned] = Kept(seconds, _BOARDS_MAX)
        self._terms: Kept[tuple[UUID, date], Terms] = Kept(seconds, _DISTRICTS_MAX)
        self._tallies: Kept[Hashable, Tallies] = Kept(seconds, _TALLIES_MAX)
        self._others: Kept[Hashable, object] = Kept(seconds, _BOARDS_MAX)

    def run(
        self, district_id: UUID, today: date, work: Callable[[Connection, Actor], Result], own: Connection | None = None
    ) -> Result:
        """As the service itself: in one moment of the database, or in the caller's transaction."""
        actor = Actor(district_id, None, self._clock.now(), today)
        if own is not None:
            return work(own, actor)
        return self._database.run(lambda connection: work(connection, actor), district_id, snapshot=True)

    def facts(
        self, district_id: UUID, today: date, connection: Connection | None = None, since: float | None = None
    ) -> Facts:
        """Kept for a moment; after a change by this process they are read anew at once."""
        ask = partial(self.run, district_id, today, reckoning.gather_facts, connection)
        return self._facts.get((district_id, today), ask, seen=store.WRITES.seen(district_id), since=since)

    def terms(self, connection: Connection, actor: Actor) -> Terms:
        """Likewise, in the caller's transaction."""
        ask = partial(self.run, actor.district_id, actor.today, reckoning.gather_terms, connection)
        return self._terms.get((actor.district_id, actor.today), ask, seen=store.WRITES.seen(actor.district_id))

    def reckoned(
        self, subject: Subject, facts: Facts, connection: Connection | None = None, since: float | None = None
    ) -> Reckoned:
        """The board as it is now, or was a moment ago."""

        def work(own: Connection, actor: Actor) -> Reckoned:
            return reckoning.reckon(own, actor, facts, subject)

        ask = partial(self.run, subject.district_id, subject.today, work, connection)
        return self._reckoned.get(subject, ask, hint=store.STANDING.seen(subject.district_id), since=since)

    def tallies(
        self,
        connection: Connection,
        actor: Actor,
        terms: Terms,
        measure: str,
        period: Period,
        branch_id: UUID | None,
    ) -> Tallies:
        """Every rank in a branch or, with None, in the district, as it is now or was a moment ago."""
        branches = None if branch_id is None else (branch_id,)

        def work() -> Tallies:
            return reckoning.tallies(connection, actor, terms, measure, period, branches)

        key = (actor.district_id, actor.today, measure, period, branch_id)
        state = partial(snapshot_of, connection)
        return self._tallies.get(key, work, hint=store.STANDING.seen(actor.district_id), state=state)

    def figure(
        self,
        key: Hashable,
        district_id: UUID,
        today: date,
        work: Callable[[Connection, Actor], Result],
        since: float | None = None,
    ) -> Result:
        """Anything else that is worked out once for all; ``key`` says all that it depends on."""
        ask = partial(self.run, district_id, today, work)
        found: Result = self._others.get((key, district_id, today), ask, since=since)  # type: ignore[assignment]
        return found

    def shown(
        self,
        subject: Subject,
        facts: Facts,
        audience: Audience,
        policy: BoardPolicy,
        write: Callable[[Board], bytes],
        since: float | None = None,
    ) -> bytes:
        """The board as its audience sees it, written once for all of them."""
        reckoned = self.reckoned(subject, facts, since=since)
        found = reckoned.shown.get((audience, policy))
        if found is None:
            found = reckoned.shown[audience, policy] = write(shown_to(subject, reckoned, audience, policy))
        return found

    def kept(self, key: Hashable, write: Callable[[], bytes], since: float | None = None) -> bytes:
        """Bytes that are put together from what is kept."""
        found: bytes = self._others.get(key, write, since=since)  # type: ignore[assignment]
        return found

    def now(self) -> datetime:
        return self._clock.now()

    def moment(self) -> float:
        """Of the clock that only goes forward; the same as the event loop's."""
        return self._others.clock()

    # The own position.

    def own(self, connection: Connection, actor: Actor, measure: str, cycle: str | None) -> OwnPositions:
        """The caller's positions in the branch and, where boards reach it, in the district.

        A member always sees the own position, whatever others see of the board (domain, finding 0.1). Raises NotFound
        and NoCycle.
        """
        terms = self.terms(connection, actor)
        check_measure(terms, measure)
        period = period_of(terms, actor.today, Asked(Scope.BRANCH, actor.district_id, measure, cycle))
        reach = terms.policy(audience_of(actor)).reach
        found = None
        if actor.account_id is not None:
            ranking = reckoning.ranking_of(terms, actor, measure, period, None)
            found = store_ranking.find_own(connection, ranking, actor.account_id)
        if found is None:
            return OwnPositions(reach, measure, period.cycle, None)
        own, is_shown = found

        def place(branch_id: UUID | None) -> Position:
            tallies = self.tallies(connection, actor, terms, measure, period, branch_id)
            is_same = branch_id is None or own.branch_then == own.branch_id
            return position(tallies.now, tallies.then if is_same else None, own)

        branch = place(own.branch_id)
        district = place(None) if reach is Reach.DISTRICT else None
        return OwnPositions(reach, measure, period.cycle, own.points, branch, district, is_shown)

    def own_places(self, connection: Connection, actor: Actor, cycle: str) -> OwnPlaces:
        """The same in short, by the total, for the first screen."""
        if actor.account_id is None or not actor.may_somewhere(Permission.BOARD_READ):
            return OwnPlaces(Reach.OFF)
        found = self.own(connection, actor, TOTAL, cycle)
        branch = None if found.branch is None else found.branch.place
        return OwnPlaces(found.reach, branch, None if found.district is None else found.district.place)


# Which board.


def resolve(facts: Facts, actor: Actor, asked: Asked) -> tuple[Subject, Audience, BoardPolicy]:
    """The board that the caller asks for, as far as they may see it.

    Raises NotFound, BoardOff, OnePeriod, UnknownQuarter, QuarterToCome, DayNotOver and NoCycle.
    """
    audience = audience_of(actor)
    policy = facts.policy(audience)
    check_reach(facts, policy, asked.scope, asked.place_id, lambda path: reads(actor, path))
    check_measure(facts, asked.measure)
    period = period_of(facts, actor.today, asked)
    return subject_of(facts, actor, asked.scope, asked.place_id, asked.measure, period), audience, policy


def check_reach(facts: Facts, policy: BoardPolicy, scope: Scope, place_id: UUID, reads: Callable[[str], bool]) -> None:
    """Whether the policy lets a board of the scope be seen by whom ``reads`` lets read at a path.

    Boards of a branch are for those who may read there; all others are the whole district's. Raises NotFound, BoardOff.
    """
    place = facts.organisations.get(place_id)
    if scope is Scope.BRANCH:
        if place is None or not reads(place.path):
            raise NotFound(what="branch", field="branch_id")
        if policy.reach is Reach.OFF:
            raise BoardOff
    elif policy.reach is not Reach.DISTRICT:
        raise BoardOff
    if scope is Scope.GRID and place_id not in facts.grids:
        raise NotFound(what="grid", field="grid_id")
    if scope in KINDS and (place is None or place.kind is not KINDS[scope]):
        raise NotFound(what=scope.value, field=f"{scope.value}_id")


def check_measure(terms: Terms, measure: str) -> None:
    """Raises NotFound for what no rule book of the district measures."""
    if measure not in {TOTAL, DAILY, INNOVATION} and measure not in terms.dimensions:
        raise NotFound(what="dimension", field="measure")


def subject_of(facts: Facts, actor: Actor, scope: Scope, place_id: UUID, measure: str, period: Period) -> Subject:
    place = facts.organisations.get(place_id)
    name = facts.grids[place_id] if place is None else place.name
    path = None if place is None else place.path
    words = facts.measure_name(measure)
    return Subject(actor.district_id, actor.today, scope, place_id, path, name, measure, words, period)


def period_of(terms: Terms, today: date, asked: Asked) -> Period:
    """The time that is shown: of a quarter that is still being checked, the last seal before it.

    Raises OnePeriod, UnknownQuarter, QuarterToCome, DayNotOver and NoCycle.
    """
    if sum(one is not None for one in (asked.cycle, asked.quarter, asked.day)) > 1:
        raise OnePeriod(field="quarter")
    if asked.quarter is not None:
        found = next((one for one in terms.quarters if one.code == asked.quarter), None)
        if found is None:
            raise UnknownQuarter(quarter=asked.quarter, field="quarter")
        return _quarter_period(terms, today, found)
    if asked.day is not None:
        if asked.day >= today:
            raise DayNotOver(day=asked.day.isoformat(), field="on")
        found = quarter_on(terms.quarters, asked.day)
        if _is_under_review(terms, today, found):
            return _quarter_period(terms, today, found)
        return Period(PeriodKind.DAY, found.cycle, day=asked.day)
    cycle = asked.cycle or quarter_on(terms.quarters, today).cycle
    return Period(PeriodKind.NOW, cycle, compared_with=terms.last_frozen(cycle=cycle))


def _quarter_period(terms: Terms, today: date, found: Quarter) -> Period:
    if found.starts_on > today:
        raise QuarterToCome(quarter=found.code, day=found.starts_on.isoformat(), field="quarter")
    if found.code in terms.frozen:
        return _sealed_period(terms, found)
    if not _is_under_review(terms, today, found):
        return Period(PeriodKind.NOW, found.cycle, compared_with=terms.last_frozen(cycle=found.cycle))
    last = terms.last_frozen(before=found.code)
    if last is None:
        return Period(PeriodKind.SEALED, found.cycle, under_review=found.code)
    shown = next(one for one in terms.quarters if one.code == last)
    return replace(_sealed_period(terms, shown), under_review=found.code)


def _sealed_period(terms: Terms, found: Quarter) -> Period:
    before = terms.last_frozen(before=found.code, cycle=found.cycle)
    return Period(PeriodKind.SEALED, found.cycle, found.code, compared_with=before)


def _is_under_review(terms: Terms, today: date, found: Quarter) -> bool:
    """Over, and its seal is not kept yet."""
    return found.ends_on < today and found.code not in terms.frozen


def reads(actor: Actor, path: str) -> bool:
    """In one of its groups too."""
    inside = any(within(held, path) for held in actor.reach(Permission.BOARD_READ))
    return inside or actor.may(Permission.BOARD_READ, path)
