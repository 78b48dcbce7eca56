"""Queries of rounds, ratings, indicators and decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from app.kit.db import AnyRow, at_or_below, insert_rows, plain_values
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.ratings.core import (
    PUBLIC,
    Action,
    Decision,
    Rating,
    RatingState,
    Round,
    RoundState,
    Said,
    Value,
)
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.ratings.starring import Reason
from app.ratings.tables import indicator_value, rating, rating_round, star_decision
from app.rules.stars import Cause

_ROUND = tuple(one.name for one in fields(Round))
_RATING = tuple(one.name for one in fields(Rating))
_DECISION = tuple(one.name for one in fields(Decision))
_ROUNDS = select(*(rating_round.c[name] for name in _ROUND))
_RATINGS = select(*(rating.c[name] for name in _RATING))
_DECISIONS = select(*(star_decision.c[name] for name in _DECISION))
_ON_ROUND = and_(rating_round.c.district_id == rating.c.district_id, rating_round.c.id == rating.c.round_id)
_IS_NAMED = rating_round.c.state == RoundState.NAMED.value


# Rounds.


def insert_round(connection: Connection, district_id: UUID, made: Round) -> None:
    values = plain_values({name: getattr(made, name) for name in _ROUND})
    connection.execute(insert(rating_round).values(district_id=district_id, **values))


def list_rounds(connection: Connection, district_id: UUID) -> list[Round]:
    """All there are, the latest year first."""
    statement = _ROUNDS.where(rating_round.c.district_id == district_id)
    ordered = statement.order_by(rating_round.c.code.desc(), rating_round.c.opened_at.desc())
    return [_round(row) for row in connection.execute(ordered)]


def get_round(connection: Connection, district_id: UUID, round_id: UUID, *, lock: bool = False) -> Round:
    """Held until the transaction ends if ``lock``. Raises NotFound."""
    statement = _ROUNDS.where(rating_round.c.district_id == district_id, rating_round.c.id == round_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound(what="round", field="round")
    return _round(row)


def update_round(connection: Connection, district_id: UUID, changed: Round, values: Mapping[str, Any]) -> None:
    statement = update(rating_round).where(rating_round.c.district_id == district_id, rating_round.c.id == changed.id)
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def _round(row: AnyRow) -> Round:
    found = {name: getattr(row, name) for name in _ROUND}
    found["state"] = RoundState(row.state)
    found["input_digest"] = bytes(row.input_digest)
    return Round(**found)


# Ratings.


def insert_ratings(connection: Connection, district_id: UUID, made: Sequence[Rating]) -> None:
    rows = [plain_values({name: getattr(one, name) for name in _RATING}) for one in made]
    insert_rows(connection, district_id, rating, rows)


def find_rating(connection: Connection, district_id: UUID, rating_id: UUID, *, lock: bool = False) -> Rating | None:
    statement = _RATINGS.where(rating.c.district_id == district_id, rating.c.id == rating_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _rating(row)


def list_ratings(connection: Connection, district_id: UUID, round_id: UUID, *, lock: bool = False) -> list[Rating]:
    """Every rating of the round, in the order of their ids."""
    statement = _RATINGS.where(rating.c.district_id == district_id, rating.c.round_id == round_id).order_by(rating.c.id)
    return [_rating(row) for row in connection.execute(statement.with_for_update() if lock else statement)]


def page_ratings(
    connection: Connection,
    district_id: UUID,
    round_id: UUID,
    *,
    paths: Sequence[str] | None,
    state: RatingState | None,
    after: UUID | None,
    count_max: int,
) -> list[Rating]:
    """By id; at or below the paths (None: everywhere), and everywhere those that are on notice or named."""
    statement = _RATINGS.where(rating.c.district_id == district_id, rating.c.round_id == round_id)
    if paths is not None:
        public = rating.c.state.in_(sorted(one.value for one in PUBLIC))
        statement = statement.where(or_(public, *(at_or_below(rating.c.path, path) for path in paths)))
    if state is not None:
        statement = statement.where(rating.c.state == state.value)
    if after is not None:
        statement = statement.where(rating.c.id > after)
    return [_rating(row) for row in connection.execute(statement.order_by(rating.c.id).limit(count_max))]


def count_states(connection: Connection, district_id: UUID, round_id: UUID) -> dict[RatingState, int]:
    statement = (
        select(rating.c.state, func.count())
        .where(rating.c.district_id == district_id, rating.c.round_id == round_id)
        .group_by(rating.c.state)
    )
    return {RatingState(state): count for state, count in connection.execute(statement)}


def count_in_states(
    connection: Connection, district_id: UUID, paths: Collection[str], states: Collection[RatingState]
) -> int:
    """At the paths or below them."""
    statement = select(func.count()).where(
        rating.c.district_id == district_id,
        rating.c.state.in_(sorted(one.value for one in states)),
        or_(*(at_or_below(rating.c.path, path) for path in paths)),
    )
    return connection.execute(statement).scalar_one()


def update_rating(connection: Connection, district_id: UUID, changed: Rating, values: Mapping[str, Any]) -> None:
    """Write the values; the version goes up by one."""
    statement = update(rating).where(rating.c.district_id == district_id, rating.c.id == changed.id)
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def list_named(
    connection: Connection, district_id: UUID, *, branch_id: UUID | None = None
) -> list[tuple[Rating, str, str]]:
    """Ratings of named rounds with the round's year and edition, the latest year first; unrated ones too."""
    statement = (
        select(*(rating.c[name] for name in _RATING), rating_round.c.code, rating_round.c.edition)
        .select_from(rating.join(rating_round, _ON_ROUND))
        .where(rating.c.district_id == district_id, _IS_NAMED)
        .order_by(rating_round.c.code.desc(), rating.c.id)
    )
    if branch_id is not None:
        statement = statement.where(rating.c.branch_id == branch_id)
    return [(_rating(row), row.code, row.edition) for row in connection.execute(statement)]


def find_last_named(connection: Connection, district_id: UUID, branch_id: UUID) -> tuple[UUID, str, int | None] | None:
    """The branch's rating of the last named round that it was in: its id, the year and the star that holds now."""
    statement = (
        select(rating.c.id, rating_round.c.code, rating.c.star)
        .select_from(rating.join(rating_round, _ON_ROUND))
        .where(rating.c.district_id == district_id, rating.c.branch_id == branch_id, _IS_NAMED)
        .order_by(rating_round.c.code.desc())
        .limit(1)
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.id, row.code, row.star)


def count_stars(connection: Connection, district_id: UUID, path: str) -> list[tuple[str, int | None, int]]:
    """Year, star and number of branches at the path or below it in named rounds; the latest year first."""
    statement = (
        select(rating_round.c.code, rating.c.star, func.count().label("number"))
        .select_from(rating.join(rating_round, _ON_ROUND))
        .where(rating.c.district_id == district_id, at_or_below(rating.c.path, path), _IS_NAMED)
        .group_by(rating_round.c.code, rating.c.star)
        .order_by(rating_round.c.code.desc(), rating.c.star.desc().nulls_last())
    )
    return [(row.code, row.star, row.number) for row in connection.execute(statement)]


def _rating(row: AnyRow) -> Rating:
    found = {name: getattr(row, name) for name in _RATING}
    found["state"] = RatingState(row.state)
    found["reasons"] = tuple(Reason(**{**one, "cause": Cause(one["cause"])}) for one in row.reasons)
    return Rating(**found)


# Indicators.


def list_values(connection: Connection, district_id: UUID, ratings: Iterable[UUID]) -> dict[UUID, dict[str, Value]]:
    """By rating and indicator."""
    columns = indicator_value.c
    statement = (
        select(indicator_value)
        .where(columns.district_id == district_id, columns.rating_id.in_(sorted(ratings)))
        .order_by(columns.rating_id, columns.indicator)
    )
    found: dict[UUID, dict[str, Value]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.rating_id, {})[row.indicator] = _value(row)
    return found


def insert_values(connection: Connection, district_id: UUID, made: Sequence[Value]) -> None:
    insert_rows(connection, district_id, indicator_value, [_value_row(one) for one in made])


def update_value(connection: Connection, district_id: UUID, changed: Value) -> None:
    columns = indicator_value.c
    statement = update(indicator_value).where(columns.district_id == district_id, columns.id == changed.id)
    connection.execute(statement.values(**_value_row(changed)))


def _value_row(value: Value) -> dict[str, Any]:
    row: dict[str, Any] = {"id": value.id, "rating_id": value.rating_id, "indicator": value.indicator}
    row["measured"] = None if value.measured is None else value.measured.kept()
    for name, said in (("own", value.own), ("committee", value.committee)):
        row[f"{name}_part"] = None if said is None else said.reading.part
        row[f"{name}_whole"] = None if said is None else said.reading.whole
        row[f"{name}_note"] = None if said is None else said.note
        row[f"{name}_by"] = None if said is None else said.by
        row[f"{name}_at"] = None if said is None else said.at
    return row


def _value(row: AnyRow) -> Value:
    measured = None if row.measured is None else Measured.of_kept(row.measured)
    own = committee = None
    if row.own_part is not None:
        own = Said(Reading(row.own_part, row.own_whole), row.own_note, row.own_by, row.own_at)
    if row.committee_part is not None:
        reading = Reading(row.committee_part, row.committee_whole)
        committee = Said(reading, row.committee_note, row.committee_by, row.committee_at)
    return Value(row.id, row.rating_id, row.indicator, measured, own, committee)


# Decisions.


def insert_decisions(connection: Connection, district_id: UUID, made: Sequence[Decision]) -> None:
    """In the order in which they are given."""
    rows = [{"noted": new_id(), **plain_values({name: getattr(one, name) for name in _DECISION})} for one in made]
    insert_rows(connection, district_id, star_decision, rows)


def find_decision(connection: Connection, district_id: UUID, decision_id: UUID) -> Decision | None:
    statement = _DECISIONS.where(star_decision.c.district_id == district_id, star_decision.c.id == decision_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _decision(row)


def list_decisions(
    connection: Connection,
    district_id: UUID,
    *,
    ratings: Collection[UUID] | None = None,
    action: Action | None = None,
    until: date | None = None,
) -> list[Decision]:
    """In the order in which they were made."""
    columns = star_decision.c
    statement = _DECISIONS.where(columns.district_id == district_id).order_by(columns.at, columns.noted)
    if ratings is not None:
        statement = statement.where(columns.rating_id.in_(sorted(ratings)))
    if action is not None:
        statement = statement.where(columns.action == action.value)
    if until is not None:
        statement = statement.where(columns.effective_on <= until)
    return [_decision(row) for row in connection.execute(statement)]


def _decision(row: AnyRow) -> Decision:
    found = {name: getattr(row, name) for name in _DECISION}
    return Decision(**{**found, "action": Action(row.action), "input_digest": bytes(row.input_digest)})
