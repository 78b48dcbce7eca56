"""What stands on screens beside rankings of members, each worked out once a moment for all screens."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.boards import reckoning, store_figures
from app.boards.core import (
    BRANCH_MEMBERS_MIN,
    TOTAL,
    Audience,
    BoardPolicy,
    Period,
    PeriodKind,
    Scope,
    shown_name,
)
from app.boards.core_facts import Facts
from app.boards.core_screens import (
    DEEDS_MAX,
    SEALS_MAX,
    BranchBoard,
    BranchRow,
    BranchSum,
    Deed,
    Deeds,
    GridMap,
    GridOnMap,
    Lead,
    Radar,
    Spoke,
    Trend,
    TrendPoint,
    by_average,
    by_stars,
    rounded_mean,
)
from app.cycles.core import quarter_on
from app.grids import mentoring
from app.grids import service as grids
from app.grids.assigning import HelpedKind
from app.grids.core_mentoring import MentoringState
from app.grids.knowing import Scene
from app.points.gathering import Books
from app.ratings import gathering as ratings
from app.rules.name import Name

_PAIRED = (MentoringState.AGREED, MentoringState.ACTIVE)
_PAGE = 200


def branches_by_average(
    connection: Connection,
    actor: Actor,
    facts: Facts,
    *,
    scope: Scope,
    place_id: UUID,
    measure: str,
    period: Period,
    audience: Audience,
    policy: BoardPolicy,
) -> BranchBoard:
    """Branches by the average of their ranked members; those with fewer than the least number take no part."""
    name, words = name_of(facts, place_id), facts.measure_name(measure)
    if period.kind is PeriodKind.SEALED and period.quarter is None:
        return BranchBoard("average", name, measure, words, period, audience, policy, 0, (), None)
    inside = reckoning.branches_of(connection, actor, facts, scope, place_id)
    sums = _branch_sums(connection, actor, facts, measure, period, inside)
    then: list[BranchSum] = []
    if period.compared_with is not None:
        sealed = Period(PeriodKind.SEALED, period.cycle, period.compared_with)
        then = _branch_sums(connection, actor, facts, measure, sealed, inside)
    names = {one.id: one.name for one in facts.organisations.values()}
    rows = by_average(sums, then, names, policy.top)[: _most(len(sums), audience)]
    return BranchBoard("average", name, measure, words, period, audience, policy, len(sums), rows, actor.at)


def _branch_sums(
    connection: Connection,
    actor: Actor,
    facts: Facts,
    measure: str,
    period: Period,
    inside: tuple[UUID, ...] | None,
) -> list[BranchSum]:
    """Of each branch that has enough who are ranked. Raises TooManyToRecall."""
    if period.day is None:
        ranking = reckoning.ranking_of(facts, actor, measure, period, inside)
        return store_figures.list_branch_sums(connection, ranking, BRANCH_MEMBERS_MIN)
    found = reckoning.recall(connection, actor, facts, measure, period.day, inside)
    points: dict[UUID, list[int]] = {}
    for member_id, value in found.values.items():
        points.setdefault(found.there[member_id].branch_id, []).append(value)
    return [BranchSum(one, len(own), sum(own)) for one, own in points.items() if len(own) >= BRANCH_MEMBERS_MIN]


def branches_by_stars(
    connection: Connection,
    actor: Actor,
    facts: Facts,
    *,
    scope: Scope,
    place_id: UUID,
    period: Period,
    audience: Audience,
    policy: BoardPolicy,
) -> BranchBoard:
    """Branches by the stars that they have now; unrated ones stand nowhere."""
    inside = reckoning.branches_of(connection, actor, facts, scope, place_id)
    held = ratings.stars_now(connection, actor)
    stars = {branch: star for branch, star in held.items() if inside is None or branch in inside}
    names = {one.id: one.name for one in facts.organisations.values()}
    rows: tuple[BranchRow, ...] = by_stars(stars, names, policy.top)[: _most(len(stars), audience)]
    name, words = name_of(facts, place_id), facts.measure_name(TOTAL)
    levels = tuple(sorted(Counter(stars.values()).items(), reverse=True))
    return BranchBoard("stars", name, TOTAL, words, period, audience, policy, len(stars), rows, None, levels)


def _most(count: int, audience: Audience) -> int:
    """Of branches too nobody is shown the lower half but the offices."""
    return (count + 1) // 2 if audience in (Audience.MEMBERS, Audience.SCREENS) else count


def name_of(facts: Facts, place_id: UUID) -> str:
    place = facts.organisations.get(place_id)
    return facts.grids[place_id] if place is None else place.name


def radar(connection: Connection, actor: Actor, facts: Facts, scope: Scope, place_id: UUID) -> Radar:
    """What is left of each dimension on average, of those who are ranked. Of so few that it tells of persons: nothing.

    Raises NoCycle.
    """
    cycle = quarter_on(facts.quarters, actor.today).cycle
    inside = reckoning.branches_of(connection, actor, facts, scope, place_id)
    ranking = reckoning.ranking_of(facts, actor, TOTAL, Period(PeriodKind.NOW, cycle), inside)
    ranking = reckoning.with_quarters(ranking, facts)
    starts = {code: reckoning.starts_of(facts, code) for code in facts.dimensions}
    members, left, data_at = store_figures.get_left(connection, ranking, starts)
    spokes: tuple[Spoke, ...] = ()
    if members >= BRANCH_MEMBERS_MIN:
        spokes = tuple(
            Spoke(one.dimension, rounded_mean(left[code], members), one.decimals)
            for code, one in facts.dimensions.items()
        )
    return Radar(name_of(facts, place_id), cycle, members, spokes, data_at)


def trend(connection: Connection, actor: Actor, facts: Facts, scope: Scope, place_id: UUID) -> Trend:
    """Averages at the last seals; those of so few that they tell of persons are left out."""
    quarters = sorted(facts.frozen)[-SEALS_MAX:]
    inside = reckoning.branches_of(connection, actor, facts, scope, place_id)
    sums = store_figures.list_seal_sums(connection, actor.district_id, quarters, inside)
    points = tuple(
        TrendPoint(one.quarter, one.members, rounded_mean(one.total, one.members), rounded_mean(one.daily, one.members))
        for one in sums
        if one.members >= BRANCH_MEMBERS_MIN
    )
    return Trend(name_of(facts, place_id), points, max((one.frozen_at for one in sums), default=None))


def deeds(
    connection: Connection,
    actor: Actor,
    facts: Facts,
    *,
    scope: Scope,
    place_id: UUID,
    audience: Audience,
    policy: BoardPolicy,
) -> Deeds:
    """The latest recognised additions, in the words of the rule book. Raises NoCycle."""
    cycle = quarter_on(facts.quarters, actor.today).cycle
    inside = reckoning.branches_of(connection, actor, facts, scope, place_id)
    found = store_figures.list_deeds(
        connection, actor.district_id, cycle, actor.today, inside, min(DEEDS_MAX, policy.top)
    )
    books = Books.opened(connection, actor)
    rows = tuple(
        Deed(shown_name(one.name, policy.names), one.branch, _title(books, one.edition, one.item), one.effective_on)
        for one in sorted(found, key=lambda one: one.effective_on, reverse=True)  # a reader goes by their days
    )
    data_at = max((one.recorded_at for one in found), default=None)
    return Deeds(name_of(facts, place_id), audience, policy, rows, data_at)


def _title(books: Books, digest: str, item: str) -> Name:
    regimes = books.edition(digest).regimes.values()
    return next((regime.items[item].name for regime in regimes if item in regime.items), Name(item, item))


def grid_map(connection: Connection, actor: Actor, facts: Facts) -> GridMap:
    """Every grid with its leads and the branches and enterprises that they help. Whom of the members they help stands
    nowhere: it would say that they are weak.
    """
    scene = Scene.on_the_day(connection, actor)
    names = {one.id: one.name for one in facts.organisations.values()}
    firms = {one.id: one.name for one in scene.enterprises.values()}
    helps: dict[UUID, list[tuple[str, str]]] = {}
    after: UUID | None = None
    while True:
        page, after = mentoring.page(connection, actor, after=after, count_max=_PAGE)
        for one in page:
            known = {HelpedKind.BRANCH: names, HelpedKind.ENTERPRISE: firms}.get(one.kind, {})
            if one.state in _PAIRED and one.helped_id in known:
                helps.setdefault(one.lead_id, []).append((one.kind.value, known[one.helped_id]))
        if after is None:
            break
    return GridMap(
        tuple(
            GridOnMap(
                view.grid.code,
                view.grid.name,
                view.grid.trades,
                view.enterprises,
                tuple(
                    Lead(names.get(one.branch_id, ""), one.star, one.state.value, tuple(sorted(helps.get(one.id, []))))
                    for one in view.leads
                ),
            )
            for view in grids.grids(connection, actor)
        )
    )
