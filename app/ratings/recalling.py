"""What the rooms above ask of a year's named stars: the star of each branch, and how it stands on each measure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.files import service as files
from app.files.core import OwnerKind
from app.ratings import store
from app.ratings.core import Action, Decision, Held, Rating, RatingState, RatingView, Round, RoundState, Value
from app.ratings.gathering import names_of, sheet_of
from app.rules.stars import Stars

_BATCH = 100  # ratings whose values are held at once


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


def count_in(connection: Connection, actor: Actor, paths: Collection[str], states: Collection[RatingState]) -> int:
    """How many ratings at the paths or below them stand in these states, in one query; for the caller's own paths."""
    return store.count_in_states(connection, actor.district_id, paths, states)


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


def last_named(connection: Connection, actor: Actor) -> Round | None:
    """The latest round whose stars are named."""
    rounds = store.list_rounds(connection, actor.district_id)
    return next((one for one in rounds if one.state is RoundState.NAMED), None)


def explained(connection: Connection, actor: Actor, held: Round) -> Iterator[RatingView]:
    """Every rating of the round with what explains it, in the order of the tree, some hundred at a time.

    For the service and upper rooms only: it does not ask who may see them.
    """
    sheet, names = sheet_of(connection, actor, held), names_of(connection, actor)
    listed = sorted(store.list_ratings(connection, actor.district_id, held.id), key=lambda one: one.path)
    for first in range(0, len(listed), _BATCH):
        batch = listed[first : first + _BATCH]
        ids = [one.id for one in batch]
        values = store.list_values(connection, actor.district_id, ids)
        steps: dict[UUID, list[Decision]] = {}
        for step in store.list_decisions(connection, actor.district_id, ratings=ids):
            if step.rating_id is not None:
                steps.setdefault(step.rating_id, []).append(step)
        owners = [value.id for found in values.values() for value in found.values()]
        proofs = files.files_of(connection, actor, OwnerKind.INDICATOR, owners)
        for one in batch:
            own = tuple(values.get(one.id, {}).values())
            yield RatingView(
                rating=one,
                branch=names[one.branch_id],
                sheet=sheet,
                values=own,
                steps=tuple(steps.get(one.id, ())),
                files={value.id: proofs[value.id] for value in own if value.id in proofs},
            )
