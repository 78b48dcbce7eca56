"""Answering: what anybody does who holds a slip. Nobody is logged in here, and nothing of a caller is asked or kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.surveys import refusals, store
from app.surveys.core import Asked, Box, Chosen, Survey, SurveyView, bare_code, box_context, cell_of, code_context


def form(connection: Connection, actor: Actor, number: str) -> SurveyView:
    """What is asked, before and after its days too. It takes no code, so it tells nothing about one. NotFound."""
    survey = store.find_by_number(connection, actor.district_id, bare_code(number))
    if survey is None:
        raise NotFound(what="survey", field="survey_number")
    return SurveyView(survey, tuple(store.list_asked(connection, actor.district_id, [survey.id])[survey.id]))


def answer(
    connection: Connection, actor: Actor, number: str, code: str, chosen: Sequence[Chosen], cipher: FieldCipher
) -> None:
    """Count an answer and spend its code, in one change of one row.

    What is not answered is left out. Raises NotFound, SurveyNotOpen, ChoiceUnknown, and SurveyCodeRefused alike for a
    code that is unknown and one that is spent, after the same work.
    """
    view = form(connection, actor, number)
    survey = view.survey
    cells = _cells(survey, view.asked, chosen)
    sealed = store.lock_box(connection, actor.district_id, survey.id)
    if sealed is None or not survey.is_open(actor.today):
        raise refusals.SurveyNotOpen(first=survey.opens_on.isoformat(), last=survey.closes_on.isoformat())
    box = Box.read(cipher.decrypt(sealed, box_context(survey.id)), survey.voters)
    place = _place(connection, actor.district_id, survey, code, cipher)
    if place is None or box.is_spent(place):
        raise refusals.SurveyCodeRefused(field="code")
    counted = box.with_answer(place, cells)
    sealed = cipher.encrypt(counted.text(), box_context(survey.id))
    store.update_box(connection, actor.district_id, survey.id, sealed)


def _place(connection: Connection, district_id: UUID, survey: Survey, code: str, cipher: FieldCipher) -> int | None:
    hashed = cipher.lookup(bare_code(code), code_context(survey.id))
    return store.find_place(connection, district_id, survey.id, hashed)


def _cells(survey: Survey, asked: Sequence[Asked], chosen: Sequence[Chosen]) -> set[int]:
    cells: set[int] = set()
    seen: set[tuple[int, int]] = set()
    for number, one in enumerate(chosen, start=1):
        question, choice = survey.sheet.question(one.question), survey.sheet.choice(one.choice)
        is_there = 1 <= one.about <= len(asked)
        if question is None or choice is None or not is_there or (one.about, question) in seen:
            raise refusals.ChoiceUnknown(number=number, field="answers")
        seen.add((one.about, question))
        cells.add(cell_of(survey.sheet, one.about - 1, question, choice))
    return cells
