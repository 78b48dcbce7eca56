"""What the rooms above ask of a year's named stars: the star of each branch, and how it stands on each measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.ratings import store
from app.ratings.core import Action, Held, Rating, Round, RoundState, Value
from app.ratings.gathering import sheet_of
from app.rules.stars import Stars


@dataclass(frozen=True, slots=True)
class Named:
    """One branch of a named round; ``star`` is what is left of it today, ``values`` stand by the sheet's measures."""

    rating: Rating
    star: int | None
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NamedRound:
    """A year's round after its naming."""

    round: Round
    sheet: Stars
    branches: Mapping[UUID, Named]


@dataclass(frozen=True, slots=True)
class LastStar:
    """What a branch was named in the last round that it was in; ``star`` is what is left of it, None: without one."""

    rating_id: UUID
    year: str
    star: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """So many branches have the star; None: they were rated and have none."""

    star: int | None
    branches: int


def last_star(connection: Connection, actor: Actor, branch_id: UUID) -> LastStar | None:
    """Of one branch, in one query: what is named, everybody may know."""
    found = store.find_last_named(connection, actor.district_id, branch_id)
    return None if found is None else LastStar(*found)


def levels(connection: Connection, actor: Actor, path: str) -> tuple[str, tuple[Level, ...]] | None:
    """The year of the last named round, and the stars that branches at the path or below it have of it, the most first;
    in one query.
    """
    found = store.count_stars(connection, actor.district_id, path)
    if not found:
        return None
    latest = found[0][0]
    return latest, tuple(Level(star, number) for year, star, number in found if year == latest)


def named_round(connection: Connection, actor: Actor, year: str) -> NamedRound | None:
    """The round of the year if its stars are named, with every branch; for the service and upper rooms only."""
    rounds = store.list_rounds(connection, actor.district_id)
    held = next((one for one in rounds if one.code == year and one.state is RoundState.NAMED), None)
    if held is None:
        return None
    sheet = sheet_of(connection, actor, held)
    measures = {one.code: one.measure for one in sheet.indicators}
    ratings = store.list_ratings(connection, actor.district_id, held.id)
    values = store.list_values(connection, actor.district_id, [one.id for one in ratings])
    lowered = store.list_decisions(
        connection, actor.district_id, ratings=[one.id for one in ratings], action=Action.DOWNGRADED
    )
    branches = {}
    for one in ratings:
        own = tuple(step for step in lowered if step.rating_id == one.id)
        found = values.get(one.id, {}).values()
        by_measure = {measures[value.indicator]: value for value in found if value.indicator in measures}
        branches[one.branch_id] = Named(one, Held(one, held.edition, own).star_on(actor.today), by_measure)
    return NamedRound(held, sheet, branches)
