"""Queries of surveys, their codes, their boxes and what is left of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, or_, select, tuple_, update

from app.kit.db import AnyRow, at_or_below, insert_rows
from app.kit.errors import NotFound
from app.rules.surveys import Choice, Question, Sheet, SurveyKind, SurveySubject
from app.surveys.core import Asked, Survey, SurveyState
from app.surveys.tables import answer_box, survey, survey_code, survey_subject, tally

_SURVEY = tuple(survey.c[one.name] for one in fields(Survey))
_ASKED = tuple(survey_subject.c[one.name] for one in fields(Asked))


# Surveys.


def insert_survey(connection: Connection, district_id: UUID, one: Survey, asked: Sequence[Asked]) -> None:
    connection.execute(insert(survey), {"district_id": district_id, **asdict(one)})
    insert_rows(connection, district_id, survey_subject, [{"survey_id": one.id, **asdict(each)} for each in asked])


def find_survey(connection: Connection, district_id: UUID, survey_id: UUID) -> Survey | None:
    row = connection.execute(_surveys(district_id).where(survey.c.id == survey_id)).first()
    return None if row is None else _survey(row)


def lock_survey(connection: Connection, district_id: UUID, survey_id: UUID) -> Survey:
    """Raises NotFound."""
    row = connection.execute(_surveys(district_id).where(survey.c.id == survey_id).with_for_update()).first()
    if row is None:
        raise NotFound(what="survey", field="survey_id")
    return _survey(row)


def find_by_number(connection: Connection, district_id: UUID, number: str) -> Survey | None:
    row = connection.execute(_surveys(district_id).where(survey.c.number == number)).first()
    return None if row is None else _survey(row)


def list_surveys(
    connection: Connection,
    district_id: UUID,
    paths: Sequence[str] | None,
    *,
    year: int | None,
    kind: SurveyKind | None,
    before: tuple[date, UUID] | None,
    count_max: int,
) -> list[Survey]:
    """The last day latest first; ``paths`` None reaches everywhere."""
    statement = _surveys(district_id).order_by(survey.c.closes_on.desc(), survey.c.id.desc()).limit(count_max)
    if paths is not None:
        statement = statement.where(or_(*(at_or_below(survey.c.path, path) for path in paths)))
    if year is not None:
        statement = statement.where(survey.c.year == year)
    if kind is not None:
        statement = statement.where(survey.c.kind == kind.value)
    if before is not None:
        statement = statement.where(tuple_(survey.c.closes_on, survey.c.id) < before)
    return [_survey(row) for row in connection.execute(statement)]


def list_due(connection: Connection, district_id: UUID, day: date) -> list[UUID]:
    """Those whose last day lies before the day, in the order of their ids."""
    statement = (
        select(survey.c.id)
        .where(
            survey.c.district_id == district_id,
            survey.c.closes_on < day,
            survey.c.state == SurveyState.CALLED.value,
        )
        .order_by(survey.c.id)
    )
    return list(connection.execute(statement).scalars())


def update_survey(connection: Connection, district_id: UUID, survey_id: UUID, **values: Any) -> None:
    statement = update(survey).where(survey.c.district_id == district_id, survey.c.id == survey_id).values(**values)
    connection.execute(statement)


def list_asked(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[Asked]]:
    """By survey, its subjects in the order of the sheet."""
    statement = (
        select(survey_subject.c.survey_id, *_ASKED)
        .where(survey_subject.c.district_id == district_id, survey_subject.c.survey_id.in_(ids))
        .order_by(survey_subject.c.survey_id, survey_subject.c.place)
    )
    found: dict[UUID, list[Asked]] = {one: [] for one in ids}
    for row in connection.execute(statement):
        found[row.survey_id].append(_asked(row))
    return found


def list_results(
    connection: Connection, district_id: UUID, year: int, kind: SurveyKind, subject: SurveySubject
) -> list[Asked]:
    """The subjects of every closed survey of the year."""
    statement = (
        select(*_ASKED)
        .select_from(survey_subject)
        .join(
            survey,
            (survey.c.district_id == survey_subject.c.district_id) & (survey.c.id == survey_subject.c.survey_id),
        )
        .where(
            survey.c.district_id == district_id,
            survey.c.year == year,
            survey.c.kind == kind.value,
            survey.c.subject == subject.value,
            survey.c.state == SurveyState.CLOSED.value,
        )
    )
    return [_asked(row) for row in connection.execute(statement)]


# Codes and boxes.


def insert_codes(connection: Connection, district_id: UUID, survey_id: UUID, hashes: Sequence[bytes]) -> None:
    """In the order of the hashes, whatever order they come in: neither place nor row tells when a code was made."""
    rows = [{"survey_id": survey_id, "hash": one, "place": place} for place, one in enumerate(sorted(hashes))]
    insert_rows(connection, district_id, survey_code, rows)


def find_place(connection: Connection, district_id: UUID, survey_id: UUID, hashed: bytes) -> int | None:
    statement = select(survey_code.c.place).where(
        survey_code.c.district_id == district_id, survey_code.c.survey_id == survey_id, survey_code.c.hash == hashed
    )
    return connection.execute(statement).scalar_one_or_none()


def insert_box(connection: Connection, district_id: UUID, survey_id: UUID, sealed: bytes) -> None:
    connection.execute(insert(answer_box), {"district_id": district_id, "survey_id": survey_id, "sealed": sealed})


def lock_box(connection: Connection, district_id: UUID, survey_id: UUID) -> bytes | None:
    """One answer after the other; None where there is no box any more, or none yet."""
    statement = (
        select(answer_box.c.sealed)
        .where(answer_box.c.district_id == district_id, answer_box.c.survey_id == survey_id)
        .with_for_update()
    )
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else bytes(found)


def update_box(connection: Connection, district_id: UUID, survey_id: UUID, sealed: bytes) -> None:
    statement = (
        update(answer_box)
        .where(answer_box.c.district_id == district_id, answer_box.c.survey_id == survey_id)
        .values(sealed=sealed)
    )
    connection.execute(statement)


def delete_answers(connection: Connection, district_id: UUID, survey_id: UUID) -> None:
    """The box with all that is in it, and every code."""
    for table in (answer_box, survey_code):
        connection.execute(delete(table).where(table.c.district_id == district_id, table.c.survey_id == survey_id))


# What is left.


def write_results(
    connection: Connection,
    district_id: UUID,
    survey_id: UUID,
    asked: Sequence[Asked],
    tallies: Mapping[UUID, Mapping[str, Mapping[str, int]]],
) -> None:
    for one in asked:
        if one.answers is None:
            continue
        statement = (
            update(survey_subject)
            .where(
                survey_subject.c.district_id == district_id,
                survey_subject.c.survey_id == survey_id,
                survey_subject.c.organisation_id == one.organisation_id,
            )
            .values(answers=one.answers, satisfied=one.satisfied, unfit=one.unfit)
        )
        connection.execute(statement)
    rows = [
        {
            "survey_id": survey_id,
            "organisation_id": organisation_id,
            "question": question,
            "choice": choice,
            "count": count,
        }
        for organisation_id, questions in tallies.items()
        for question, counts in questions.items()
        for choice, count in counts.items()
    ]
    insert_rows(connection, district_id, tally, rows)


def list_tallies(connection: Connection, district_id: UUID, survey_id: UUID) -> dict[UUID, dict[str, dict[str, int]]]:
    statement = select(tally).where(tally.c.district_id == district_id, tally.c.survey_id == survey_id)
    found: dict[UUID, dict[str, dict[str, int]]] = {}
    for row in connection.execute(statement).mappings():
        of_subject = found.setdefault(row["organisation_id"], {})
        of_subject.setdefault(row["question"], {})[row["choice"]] = row["count"]
    return found


def _surveys(district_id: UUID) -> Any:
    return select(*_SURVEY).where(survey.c.district_id == district_id)


def _survey(row: AnyRow) -> Survey:
    values = dict(row._mapping)  # noqa: SLF001 - the public name of a row's columns
    values |= {
        "kind": SurveyKind(row.kind),
        "subject": SurveySubject(row.subject),
        "state": SurveyState(row.state),
        "sheet": _sheet(row.sheet),
        "input_digest": bytes(row.input_digest),
    }
    return Survey(**values)


def _sheet(kept: Mapping[str, Any]) -> Sheet:
    return Sheet(
        kept["source"],
        tuple(Choice(**one) for one in kept["choices"]),
        tuple(Question(**one) for one in kept["questions"]),
    )


def _asked(row: AnyRow) -> Asked:
    return Asked(row.organisation_id, row.place, row.name, row.answers, row.satisfied, row.unfit)
