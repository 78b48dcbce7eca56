"""Queries of rounds, appraisals, their parts, and steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from app.appraisals.core import (
    ON_NOTICE,
    Action,
    Appraisal,
    AppraisalRoundState,
    AppraisalState,
    Done,
    Given,
    PartValue,
    Round,
)
from app.appraisals.grading import Reason, Votes
from app.appraisals.tables import appraisal, appraisal_part, appraisal_round, appraisal_step
from app.kit.db import AnyRow, at_or_below, insert_rows, plain_values
from app.kit.errors import NotFound
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.rules.appraisal import GradeCause as Cause

_ROUND = tuple(one.name for one in fields(Round))
_APPRAISAL = tuple(one.name for one in fields(Appraisal))
_DONE = tuple(one.name for one in fields(Done))
_ROUNDS = select(*(appraisal_round.c[name] for name in _ROUND))
_APPRAISALS = select(*(appraisal.c[name] for name in _APPRAISAL))
_STEPS = select(*(appraisal_step.c[name] for name in _DONE))


# Rounds.


def insert_round(connection: Connection, district_id: UUID, made: Round) -> None:
    values = plain_values({name: getattr(made, name) for name in _ROUND})
    connection.execute(insert(appraisal_round).values(district_id=district_id, **values))


def list_rounds(connection: Connection, district_id: UUID) -> list[Round]:
    """All there are, the latest year first."""
    statement = _ROUNDS.where(appraisal_round.c.district_id == district_id)
    ordered = statement.order_by(appraisal_round.c.code.desc(), appraisal_round.c.opened_at.desc())
    return [_round(row) for row in connection.execute(ordered)]


def get_round(connection: Connection, district_id: UUID, round_id: UUID, *, lock: bool = False) -> Round:
    """Held until the transaction ends if ``lock``. Raises NotFound."""
    statement = _ROUNDS.where(appraisal_round.c.district_id == district_id, appraisal_round.c.id == round_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound(what="appraisal round", field="round")
    return _round(row)


def update_round(connection: Connection, district_id: UUID, changed: Round, values: Mapping[str, Any]) -> None:
    columns = appraisal_round.c
    statement = update(appraisal_round).where(columns.district_id == district_id, columns.id == changed.id)
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def _round(row: AnyRow) -> Round:
    found = {name: getattr(row, name) for name in _ROUND}
    found["state"] = AppraisalRoundState(row.state)
    found["input_digest"] = bytes(row.input_digest)
    return Round(**found)


# Appraisals.


def insert_appraisals(connection: Connection, district_id: UUID, made: Sequence[Appraisal]) -> None:
    rows = [plain_values({name: getattr(one, name) for name in _APPRAISAL}) for one in made]
    insert_rows(connection, district_id, appraisal, rows)


def find_appraisal(
    connection: Connection, district_id: UUID, appraisal_id: UUID, *, lock: bool = False
) -> Appraisal | None:
    statement = _APPRAISALS.where(appraisal.c.district_id == district_id, appraisal.c.id == appraisal_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    return None if row is None else _appraisal(row)


def list_appraisals(
    connection: Connection, district_id: UUID, round_id: UUID, *, lock: bool = False
) -> list[Appraisal]:
    """Every appraisal of the round, in the order of their ids."""
    statement = _APPRAISALS.where(appraisal.c.district_id == district_id, appraisal.c.round_id == round_id)
    ordered = statement.order_by(appraisal.c.id)
    return [_appraisal(row) for row in connection.execute(ordered.with_for_update() if lock else ordered)]


def is_past(connection: Connection, district_id: UUID, branch_id: UUID, year: str) -> bool:
    """Whether an appraisal of the branch in the year is signed or further on."""
    on_round = and_(
        appraisal_round.c.district_id == appraisal.c.district_id, appraisal_round.c.id == appraisal.c.round_id
    )
    open_states = [AppraisalState.OPEN.value, AppraisalState.UNGRADED.value, AppraisalState.WITHDRAWN.value]
    statement = (
        select(appraisal.c.id)
        .select_from(appraisal.join(appraisal_round, on_round))
        .where(
            appraisal.c.district_id == district_id,
            appraisal.c.branch_id == branch_id,
            appraisal_round.c.code == year,
            appraisal.c.state.not_in(open_states),
        )
    )
    return connection.execute(statement.limit(1)).first() is not None


def lock_open(connection: Connection, district_id: UUID, branch_id: UUID) -> None:
    """Hold the branch's appraisals that are not over, in the order of their ids."""
    statement = (
        select(appraisal.c.id)
        .where(
            appraisal.c.district_id == district_id,
            appraisal.c.branch_id == branch_id,
            appraisal.c.state.in_([AppraisalState.OPEN.value, AppraisalState.SIGNED.value]),
        )
        .order_by(appraisal.c.id)
    )
    connection.execute(statement.with_for_update())


def page_appraisals(
    connection: Connection,
    district_id: UUID,
    round_id: UUID,
    *,
    paths: Sequence[str] | None,
    account_id: UUID | None,
    best: str,
    state: AppraisalState | None,
    after: UUID | None,
    count_max: int,
) -> list[Appraisal]:
    """By id; at or below the paths (None: everywhere), the caller's own, and everywhere the best on notice or filed."""
    columns = appraisal.c
    statement = _APPRAISALS.where(columns.district_id == district_id, columns.round_id == round_id)
    if paths is not None:
        told = sorted(one.value for one in ON_NOTICE | {AppraisalState.FILED})
        public = and_(columns.grade == best, columns.state.in_(told))
        own = columns.account_id == account_id
        statement = statement.where(or_(public, own, *(at_or_below(columns.path, path) for path in paths)))
    if state is not None:
        statement = statement.where(columns.state == state.value)
    if after is not None:
        statement = statement.where(columns.id > after)
    return [_appraisal(row) for row in connection.execute(statement.order_by(columns.id).limit(count_max))]


def count_states(connection: Connection, district_id: UUID, round_id: UUID) -> dict[AppraisalState, int]:
    statement = (
        select(appraisal.c.state, func.count())
        .where(appraisal.c.district_id == district_id, appraisal.c.round_id == round_id)
        .group_by(appraisal.c.state)
    )
    return {AppraisalState(state): count for state, count in connection.execute(statement)}


def update_appraisal(connection: Connection, district_id: UUID, changed: Appraisal, values: Mapping[str, Any]) -> None:
    """Write the values; the version goes up by one."""
    statement = update(appraisal).where(appraisal.c.district_id == district_id, appraisal.c.id == changed.id)
    plain = plain_values(values)
    connection.execute(statement.values(version=changed.version + 1, **plain))


def _appraisal(row: AnyRow) -> Appraisal:
    found = {name: getattr(row, name) for name in _APPRAISAL}
    found["state"] = AppraisalState(row.state)
    found["reasons"] = tuple(Reason(**{**one, "cause": Cause(one["cause"])}) for one in row.reasons)
    return Appraisal(**found)


# Parts.


def list_parts(
    connection: Connection, district_id: UUID, appraisals: Iterable[UUID]
) -> dict[UUID, dict[str, PartValue]]:
    """By appraisal and part."""
    columns = appraisal_part.c
    statement = (
        select(appraisal_part)
        .where(columns.district_id == district_id, columns.appraisal_id.in_(sorted(appraisals)))
        .order_by(columns.appraisal_id, columns.part)
    )
    found: dict[UUID, dict[str, PartValue]] = {}
    for row in connection.execute(statement):
        found.setdefault(row.appraisal_id, {})[row.part] = _part(row)
    return found


def insert_parts(connection: Connection, district_id: UUID, made: Sequence[PartValue]) -> None:
    insert_rows(connection, district_id, appraisal_part, [_part_row(one) for one in made])


def update_part(connection: Connection, district_id: UUID, changed: PartValue) -> None:
    columns = appraisal_part.c
    statement = update(appraisal_part).where(columns.district_id == district_id, columns.id == changed.id)
    connection.execute(statement.values(**_part_row(changed)))


def _part_row(value: PartValue) -> dict[str, Any]:
    measured, given = value.measured, value.given
    return {
        "id": value.id,
        "appraisal_id": value.appraisal_id,
        "part": value.part,
        "measured": None if measured is None else measured.kept(),
        "given_part": None if given is None else given.reading.part,
        "given_whole": None if given is None else given.reading.whole,
        "votes": None if given is None or given.votes is None else dict(given.votes.counts),
        "note": None if given is None else given.note,
        "given_by": None if given is None else given.by,
        "given_at": None if given is None else given.at,
    }


def _part(row: AnyRow) -> PartValue:
    measured = None if row.measured is None else Measured.of_kept(row.measured)
    given = None
    if row.given_part is not None:
        votes = None if row.votes is None else Votes(row.votes)
        given = Given(Reading(row.given_part, row.given_whole), votes, row.note, row.given_by, row.given_at)
    return PartValue(row.id, row.appraisal_id, row.part, measured, given)


# Steps.


def insert_steps(connection: Connection, district_id: UUID, made: Sequence[Done]) -> None:
    rows = [plain_values({name: getattr(one, name) for name in _DONE}) for one in made]
    insert_rows(connection, district_id, appraisal_step, rows)


def find_step(connection: Connection, district_id: UUID, step_id: UUID) -> Done | None:
    statement = _STEPS.where(appraisal_step.c.district_id == district_id, appraisal_step.c.id == step_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _step(row)


def list_steps(
    connection: Connection,
    district_id: UUID,
    *,
    appraisals: Collection[UUID] = (),
    responsibilities: Collection[UUID] = (),
) -> list[Done]:
    """Of these appraisals and items, in the order in which they were made."""
    columns = appraisal_step.c
    of_either = or_(
        columns.appraisal_id.in_(sorted(appraisals)), columns.responsibility_id.in_(sorted(responsibilities))
    )
    statement = _STEPS.where(columns.district_id == district_id, of_either).order_by(columns.at, columns.id)
    return [_step(row) for row in connection.execute(statement)]


def _step(row: AnyRow) -> Done:
    found = {name: getattr(row, name) for name in _DONE}
    return Done(**{**found, "action": Action(row.action), "input_digest": bytes(row.input_digest)})
