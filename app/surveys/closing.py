"""The close: the box is opened once, told as far as it may be, and thrown away with every code, in one transaction."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.surveys import refusals, store
from app.surveys.core import Box, Survey, SurveyState, SurveyView, Told, box_context, tell


def due(connection: Connection, actor: Actor) -> list[UUID]:
    """The surveys whose last day is over, and whose box is still shut."""
    return store.list_due(connection, actor.district_id, actor.today)


def close(connection: Connection, actor: Actor, survey_id: UUID, cipher: FieldCipher) -> SurveyView:
    """Close a survey whose days are over; again is a retry. Raises NotFound, NotYetClosed, SurveyOver."""
    survey = store.lock_survey(connection, actor.district_id, survey_id)
    if not actor.may(Permission.SURVEY_CALL, survey.path):
        raise NotFound(what="survey", field="survey_id")
    if survey.state is SurveyState.WITHDRAWN:
        raise refusals.SurveyOver
    if survey.state is SurveyState.CALLED:
        if not survey.may_be_closed(actor.today):
            raise refusals.NotYetClosed(last=survey.closes_on.isoformat())
        told = _opened(connection, actor, survey, cipher)
        store.write_results(connection, actor.district_id, survey.id, told.asked, told.tallies)
        store.delete_answers(connection, actor.district_id, survey.id)
        store.update_survey(
            connection,
            actor.district_id,
            survey.id,
            state=SurveyState.CLOSED.value,
            closed_at=actor.at,
            sheets=told.sheets,
        )
    closed = store.find_survey(connection, actor.district_id, survey.id) or survey
    asked = store.list_asked(connection, actor.district_id, [survey.id])[survey.id]
    tallies = store.list_tallies(connection, actor.district_id, survey.id)
    return SurveyView(closed, tuple(asked), tallies, replayed=survey.state is SurveyState.CLOSED)


def _opened(connection: Connection, actor: Actor, survey: Survey, cipher: FieldCipher) -> Told:
    asked = store.list_asked(connection, actor.district_id, [survey.id])[survey.id]
    sealed = store.lock_box(connection, actor.district_id, survey.id)
    if sealed is None:  # no code was ever drawn, so nobody has answered
        return Told(None, tuple(asked), {})
    box = Box.read(cipher.decrypt(sealed, box_context(survey.id)), survey.voters)
    return tell(survey.sheet, asked, box)
