"""From the standings, the seals or the ledger to a board: worked out once for all who see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, within
from app.boards import store, store_ranking
from app.boards.core import (
    DAILY,
    INNOVATION,
    TOP_MAX,
    TOTAL,
    Period,
    PeriodKind,
    Placed,
    Reckoned,
    Scope,
    Subject,
    Tallies,
    Tally,
    TooManyToRecall,
)
from app.boards.core_facts import Allotted, Facts, Terms
from app.boards.store_ranking import Ranking
from app.cycles import service as cycles
from app.cycles.core import quarter_on
from app.grids import service as grids
from app.grids.knowing import Scene
from app.points import booking
from app.points.core import Score
from app.points.gathering import Books
from app.points.views import Booked
from app.roster import service as roster
from app.roster.core import EXEMPT, MemberOn
from app.rules import service as rules
from app.rules.core import Starts
from app.rules.points import printed

RECALLED_MAX = 20_000
_CHUNK = 1_000
_SCALES = {0: 100, 1: 10}
_PLAIN = {TOTAL: "effective", DAILY: "daily", INNOVATION: "innovation"}


def gather_facts(connection: Connection, actor: Actor) -> Facts:
    """What decides on the district's boards, as it is now."""
    terms = gather_terms(connection, actor)
    playlists = {one.id: one for one in store.list_playlists(connection, actor.district_id)}
    return Facts(
        dimensions=terms.dimensions,
        starts=terms.starts,
        policies=terms.policies,
        quarters=terms.quarters,
        frozen=terms.frozen,
        organisations={one.id: one for one in roster.organisations(connection, actor.district_id)},
        grids={one.grid.id: one.grid.name for one in grids.grids(connection, actor)},
        playlists=playlists,
        screens={screen: one.id for one in playlists.values() for screen in one.screens},
    )


def gather_terms(connection: Connection, actor: Actor) -> Terms:
    """What is ranked by, as it is now: no place is read for it, of which a district may have many."""
    quarters = cycles.quarters(connection, actor)
    ended = [one.code for one in quarters if one.ends_on < actor.today]
    dimensions: dict[str, Allotted] = {}
    starts: dict[tuple[str, str], dict[str, int]] = {}
    adopted = rules.adopted(connection, actor.district_id)
    books = {one.book for one in adopted.adoptions}
    for digest in (one.digest for one in adopted.published if one.book in books):
        for regime in rules.edition_by_digest(connection, actor.district_id, digest, adopted).regimes.values():
            starts[digest, regime.profile] = {
                one.code: one.allotment if one.starts is Starts.FULL else 0 for one in regime.dimensions
            }
            for one in regime.dimensions:
                known = dimensions.get(one.code)
                if known is None or known.dimension.allotment < one.allotment:
                    dimensions[one.code] = Allotted(one, regime.decimals)
    return Terms(
        dimensions=dimensions,
        starts=starts,
        policies=store.list_policies(connection, actor.district_id),
        quarters=quarters,
        frozen=frozenset(store.list_frozen(connection, actor.district_id, ended)),
    )


def branches_of(
    connection: Connection, actor: Actor, facts: Facts, scope: Scope, place_id: UUID
) -> tuple[UUID, ...] | None:
    """The organisations whose members are ranked together; None: all of the district's.

    A branch is of the grid in which most of its enterprises are.
    """
    if scope is Scope.DISTRICT:
        return None
    if scope is Scope.GRID:
        found = Scene.on_the_day(connection, actor).branch_grids
        return tuple(sorted(branch for branch, grid_id in found.items() if grid_id == place_id))
    path = facts.organisations[place_id].path
    return tuple(sorted(one.id for one in facts.organisations.values() if within(one.path, path)))


def ranking_of(terms: Terms, actor: Actor, measure: str, period: Period, branches: tuple[UUID, ...] | None) -> Ranking:
    """The question that is put to the standings or the seals."""
    is_plain = measure in _PLAIN
    return Ranking(
        district_id=actor.district_id,
        cycle=period.cycle,
        branch_ids=branches,
        today=actor.today,
        measure=measure,
        quarter=period.quarter if period.kind is PeriodKind.SEALED else None,
        then=period.compared_with,
        starts=None if is_plain else starts_of(terms, measure),
        quarters=() if is_plain else quarters_of(terms, period.cycle),
    )


def with_quarters(ranking: Ranking, terms: Terms) -> Ranking:
    """The same with what dimensions are read by."""
    return replace(ranking, quarters=quarters_of(terms, ranking.cycle))


def starts_of(terms: Terms, dimension: str) -> dict[tuple[str, str], int]:
    return {key: found[dimension] for key, found in terms.starts.items() if dimension in found}


def quarters_of(terms: Terms, cycle: str) -> tuple[str, ...]:
    return tuple(one.code for one in terms.quarters if one.cycle == cycle) or (cycle,)


def reckon(connection: Connection, actor: Actor, facts: Facts, subject: Subject) -> Reckoned:
    """The first of the board, and every rank. Raises TooManyToRecall."""
    if subject.period.kind is PeriodKind.SEALED and subject.period.quarter is None:
        return Reckoned((), Tally(), None, None)
    branches = branches_of(connection, actor, facts, subject.scope, subject.place_id)
    if subject.period.day is not None:
        return _recalled(connection, actor, facts, subject, subject.period.day, branches)
    found = tallies(connection, actor, facts, subject.measure, subject.period, branches)
    ranking = ranking_of(facts, actor, subject.measure, subject.period, branches)
    rows = store_ranking.list_top(connection, ranking, TOP_MAX)
    return Reckoned(tuple(rows), found.now, found.then, found.data_at)


def tallies(
    connection: Connection,
    actor: Actor,
    terms: Terms,
    measure: str,
    period: Period,
    branches: tuple[UUID, ...] | None,
) -> Tallies:
    """All that the own rank needs of a board: nobody is sorted, named or looked up for it."""
    now, data_at = store_ranking.get_tally(connection, ranking_of(terms, actor, measure, period, branches))
    then = None
    if period.compared_with is not None:
        sealed = Period(PeriodKind.SEALED, period.cycle, period.compared_with)
        then, _ = store_ranking.get_tally(connection, ranking_of(terms, actor, measure, sealed, branches))
    return Tallies(now, then, data_at)


@dataclass(frozen=True, slots=True)
class Recalled:
    """Who was ranked at the end of a past day: by member, what they had in hundredths, and how it was scored."""

    there: Mapping[UUID, MemberOn]
    values: Mapping[UUID, int]
    scores: Mapping[UUID, Booked]
    moment: datetime


def recall(
    connection: Connection, actor: Actor, facts: Facts, measure: str, day: date, branches: tuple[UUID, ...] | None
) -> Recalled:
    """The ledger at the end of a past day, folded again for each who was ranked on it. Raises TooManyToRecall."""
    root = roster.root_of(actor.district_id)
    there = {
        one.id: one
        for one in roster.members_under(connection, actor.district_id, root, day)
        if (branches is None or one.branch_id in branches) and one.profile != EXEMPT
    }
    if len(there) > RECALLED_MAX:
        raise TooManyToRecall(count=len(there), most=RECALLED_MAX)
    moment = _end_of(connection, actor, day)
    books = Books.opened(connection, actor)
    quarter = quarter_on(facts.quarters, day)
    ids = sorted(there)
    found = [
        one
        for start in range(0, len(ids), _CHUNK)
        for one in booking.recalled(connection, actor, quarter, moment, ids[start : start + _CHUNK])
    ]
    values = {
        one.member_id: _value(one, measure)
        for one in found
        if books.regime(one.edition, one.profile).ranked and (measure == TOTAL or not _is_vetoed_away(one))
    }
    scores = {one.member_id: one for one in found if one.member_id in values}
    return Recalled(there, values, scores, moment)


def _recalled(
    connection: Connection,
    actor: Actor,
    facts: Facts,
    subject: Subject,
    day: date,
    branches: tuple[UUID, ...] | None,
) -> Reckoned:
    """The board of a past day."""
    found = recall(connection, actor, facts, subject.measure, day, branches)
    there, values, root = found.there, found.values, roster.root_of(actor.district_id)
    # Who has left since, or does not wish to, is not named; the ranks of the others are those of that day.
    present = {one.id for one in roster.members_under(connection, actor.district_id, root, actor.today)}
    silent = store.list_opted_out(connection, actor.district_id)
    ordered = sorted(
        (there[one] for one in values if one in present and one not in silent),
        key=lambda one: (-values[one.id], one.joined_on, one.number),
    )
    rows = [_placed(one, values[one.id], found.scores[one.id], facts) for one in ordered[:TOP_MAX]]
    return Reckoned(tuple(rows), Tally.of(Counter(values.values()).items()), None, found.moment)


def _end_of(connection: Connection, actor: Actor, day: date) -> datetime:
    zone = ZoneInfo(auth.time_zone_of(connection, actor.district_id))
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone)


def _value(one: Booked, measure: str) -> int:
    score: Score = one.score
    points = getattr(score, _PLAIN[measure]) if measure in _PLAIN else score.dimensions.get(measure, 0)
    found: int = points * _SCALES.get(score.decimals, 1)
    return found


def _is_vetoed_away(one: Booked) -> bool:
    return one.score.vetoed and one.score.effective == 0 and one.score.total != 0


def _placed(member: MemberOn, value: int, one: Booked, facts: Facts) -> Placed:
    decimals = one.score.decimals
    points = printed(value // _SCALES.get(decimals, 1), decimals)
    branch = facts.organisations[member.branch_id].name
    return Placed(member.id, member.name, branch, value, points, _is_vetoed_away(one))
