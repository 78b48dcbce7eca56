"""Calling surveys, drawing their codes, withdrawing them, and reading them; and what they say of a branch."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, ancestors
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.kit.words import Words
from app.points.refusals import IdUsed
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.rules import service as rules
from app.rules.surveys import Sheet, SurveyKind, SurveySubject
from app.surveys import refusals, store
from app.surveys.core import (
    CODE_LENGTH,
    CODE_LETTERS,
    DAYS_MAX,
    PAGE_MAX,
    SUBJECTS_MAX,
    Asked,
    Box,
    Calling,
    Satisfaction,
    Survey,
    SurveyState,
    SurveyView,
    box_context,
    code_context,
    number_of,
)

_KINDS = {
    SurveyKind.MEMBERS: Words("党员", "members"),
    SurveyKind.STAFF: Words("职工", "staff"),
    SurveyKind.PEERS: Words("互评", "peers"),
}


# Calling.


def call(connection: Connection, actor: Actor, wanted: Calling) -> SurveyView:
    """Call a survey. The same id and content again is a retry.

    Raises NotFound for a branch outside the caller's reach, SurveyNeedsBranch, WrongSubjects, SurveyDays, IdUsed, and
    NoEditionInForce and NoSurveySheet where the district's rule book does not say what to ask.
    """
    before = store.find_survey(connection, actor.district_id, wanted.id)
    if before is not None:
        if before.input_digest != wanted.input_digest() or not actor.may(Permission.SURVEY_CALL, before.path):
            raise IdUsed(id=str(wanted.id), field="id")
        return replace(_view(connection, actor, before), replayed=True)
    branches = _branches(connection, actor, wanted)
    days = wanted.closes_on - wanted.opens_on
    if wanted.opens_on < actor.today or days.days < 0 or days >= DAYS_MAX:
        raise refusals.SurveyDays(today=actor.today.isoformat(), days=DAYS_MAX.days, field="opens_on")
    survey = Survey(
        id=wanted.id,
        number=number_of(wanted.id),
        title=wanted.title,
        kind=wanted.kind,
        subject=wanted.subject,
        path=_above([one.path for one in branches]),
        year=wanted.year,
        sheet=_sheet(connection, actor, wanted),
        voters=wanted.voters,
        opens_on=wanted.opens_on,
        closes_on=wanted.closes_on,
        state=SurveyState.CALLED,
        called_by=actor.account_id,
        called_at=actor.at,
        input_digest=wanted.input_digest(),
    )
    asked = tuple(Asked(one.id, place, one.name) for place, one in enumerate(branches))
    store.insert_survey(connection, actor.district_id, survey, asked)
    return SurveyView(survey, asked)


def _sheet(connection: Connection, actor: Actor, wanted: Calling) -> Sheet:
    """What the district's rules ask today, with the caller's own questions."""
    edition = rules.edition_on(connection, actor.district_id, roster.root_of(actor.district_id), actor.today)
    found = None if edition.stars is None else edition.stars.survey(wanted.subject, wanted.kind)
    if found is None:
        key = f"{wanted.subject.value}-{wanted.kind.value}"
        raise refusals.NoSurveySheet(edition=edition.code, sheet=key, field="kind")
    return found.with_own(wanted.own)


def _branches(connection: Connection, actor: Actor, wanted: Calling) -> list[OrganisationView]:
    is_peers = wanted.kind is SurveyKind.PEERS
    least, most = (2, SUBJECTS_MAX) if is_peers else (1, 1)
    if not least <= len(wanted.about) <= most or len(set(wanted.about)) != len(wanted.about):
        raise refusals.WrongSubjects(kind=_KINDS[wanted.kind], least=least, most=most, field="about")
    found = [roster.get_organisation_for(connection, actor, one, Permission.SURVEY_CALL) for one in wanted.about]
    for one in found:
        is_present = one.from_on <= actor.today and (one.until_on is None or one.until_on >= actor.today)
        if one.kind is not OrganisationKind.BRANCH or not is_present:
            raise refusals.SurveyNeedsBranch(name=one.name, field="about")
    return found


def _above(paths: Sequence[str]) -> str:
    """The lowest place above all of them, or the one itself."""
    shared = set(ancestors(paths[0])).intersection(*(ancestors(one) for one in paths))
    return max(shared, key=len)


def draw(
    connection: Connection, actor: Actor, survey_id: UUID, cipher: FieldCipher
) -> tuple[SurveyView, tuple[str, ...]]:
    """Draw as many codes as may answer; any drawn before are void. They are told here and never again.

    Raises NotFound and NoMoreCodes.
    """
    survey = _held(connection, actor, survey_id)
    if not survey.may_be_drawn(actor.today):
        raise refusals.NoMoreCodes
    codes: set[str] = set()
    while len(codes) < survey.voters:
        codes.add("".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)))
    hashes = [cipher.lookup(one, code_context(survey.id)) for one in codes]
    asked = store.list_asked(connection, actor.district_id, [survey.id])[survey.id]
    empty = Box.empty(survey.voters, survey.sheet.cells * len(asked))
    store.delete_answers(connection, actor.district_id, survey.id)
    store.insert_codes(connection, actor.district_id, survey.id, hashes)
    sealed = cipher.encrypt(empty.text(), box_context(survey.id))
    store.insert_box(connection, actor.district_id, survey.id, sealed)
    drawn = replace(survey, draws=survey.draws + 1, drawn_by=actor.account_id, drawn_at=actor.at)
    store.update_survey(
        connection,
        actor.district_id,
        survey.id,
        draws=drawn.draws,
        drawn_by=drawn.drawn_by,
        drawn_at=drawn.drawn_at,
    )
    slips = list(codes)
    secrets.SystemRandom().shuffle(slips)  # neither the order of drawing nor that of the table
    return SurveyView(drawn, tuple(asked)), tuple(slips)


def withdraw(connection: Connection, actor: Actor, survey_id: UUID, reason: str) -> SurveyView:
    """End a survey without a result: the box goes unopened. Again is a retry. Raises NotFound, SurveyOver."""
    survey = _held(connection, actor, survey_id)
    if survey.state is SurveyState.WITHDRAWN and survey.reason == reason:
        return replace(_view(connection, actor, survey), replayed=True)
    if survey.state is not SurveyState.CALLED:
        raise refusals.SurveyOver
    store.delete_answers(connection, actor.district_id, survey.id)
    gone = replace(survey, state=SurveyState.WITHDRAWN, reason=reason)
    store.update_survey(connection, actor.district_id, survey.id, state=gone.state.value, reason=reason)
    return _view(connection, actor, gone)


def _held(connection: Connection, actor: Actor, survey_id: UUID) -> Survey:
    """The survey, locked, for who may call it. Raises NotFound."""
    survey = store.lock_survey(connection, actor.district_id, survey_id)
    if not actor.may(Permission.SURVEY_CALL, survey.path):
        raise NotFound(what="survey", field="survey_id")
    return survey


# Reading.


def page(
    connection: Connection,
    actor: Actor,
    *,
    year: int | None = None,
    kind: SurveyKind | None = None,
    before: tuple[date, UUID] | None = None,
    count_max: int = 50,
) -> tuple[list[SurveyView], tuple[date, UUID] | None]:
    """Those in reach, the last day latest first, without tallies; and the cursor of the next page."""
    paths = None if actor.is_service else actor.reach(Permission.SURVEY_READ)
    if paths == ():
        return [], None
    count = min(count_max, PAGE_MAX)
    found = store.list_surveys(
        connection, actor.district_id, paths, year=year, kind=kind, before=before, count_max=count + 1
    )
    asked = store.list_asked(connection, actor.district_id, [one.id for one in found[:count]])
    views = [SurveyView(one, tuple(asked[one.id])) for one in found[:count]]
    return views, (found[count - 1].closes_on, found[count - 1].id) if len(found) > count else None


def read(connection: Connection, actor: Actor, survey_id: UUID) -> SurveyView:
    """Raises NotFound, also for one outside the caller's reach."""
    survey = store.find_survey(connection, actor.district_id, survey_id)
    if survey is None or not actor.may(Permission.SURVEY_READ, survey.path):
        raise NotFound(what="survey", field="survey_id")
    return _view(connection, actor, survey)


def _view(connection: Connection, actor: Actor, survey: Survey) -> SurveyView:
    asked = store.list_asked(connection, actor.district_id, [survey.id])[survey.id]
    return SurveyView(survey, tuple(asked), store.list_tallies(connection, actor.district_id, survey.id))


# For upper rooms.


def satisfactions(
    connection: Connection,
    actor: Actor,
    year: int,
    kind: SurveyKind,
    subject: SurveySubject = SurveySubject.BRANCH,
) -> dict[UUID, Satisfaction]:
    """By branch, what closed surveys of the year say; who was asked about in none is left out."""
    found: dict[UUID, Satisfaction] = {}
    for one in store.list_results(connection, actor.district_id, year, kind, subject):
        found[one.organisation_id] = found.get(one.organisation_id, Satisfaction()).with_one(one)
    return found


def satisfaction(
    connection: Connection,
    actor: Actor,
    branch_id: UUID,
    year: int,
    kind: SurveyKind,
    subject: SurveySubject = SurveySubject.BRANCH,
) -> Satisfaction | None:
    """The same of one branch; None where no survey of it is closed."""
    return satisfactions(connection, actor, year, kind, subject).get(branch_id)
