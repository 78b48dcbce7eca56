"""From signed appraisals to filed grades: reckoning, grounds, decisions, notice, filing, withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import refusals, store
from app.appraisals.core import (
    ON_NOTICE,
    Action,
    Appraisal,
    AppraisalRoundState,
    AppraisalState,
    AppraisalView,
    RoundView,
)
from app.appraisals.gathering import done, open_folder, was_made
from app.appraisals.holding import Hall, hall_of, open_objections
from app.auth.core import Actor, Permission
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.kit.words import Words, all_of
from app.ratings.core import Step
from app.roster import service as roster

_DECIDE = Permission.APPRAISAL_DECIDE


def _hall_of_district(
    connection: Connection, actor: Actor, round_id: UUID, step: Step, action: Action
) -> tuple[Hall, bytes, bool]:
    """A round for a verb of the district. Raises NotFound, IdUsed, AppraisalMoved."""
    if not actor.may(_DECIDE, roster.root_of(actor.district_id)):
        raise NotFound(what="appraisal round", field="round")
    hall = Hall.held(connection, actor, round_id)
    sent = digest(canonical([str(round_id), action.value, step.basis]))
    replayed = was_made(connection, actor, step.id, sent)
    if not replayed and step.seen is not None and step.seen != hall.round.version:
        raise refusals.AppraisalMoved(seen=step.seen, now=hall.round.version, field="seen")
    return hall, sent, replayed


def reckon(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """Close the committees' stage and grade everybody. Raises AppraisalRoundIsPast, AppraisalsOpen."""
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.RECKONED)
    if not replayed:
        hall.check_state(AppraisalRoundState.OPEN)
        ready = (AppraisalState.SIGNED, AppraisalState.UNGRADED)
        hall.refuse_open([one for one in hall.appraisals if one.state not in ready])
        hall.change_round(state=AppraisalRoundState.DECIDING)
        hall.reckon()
        hall.note_round(step, Action.RECKONED, sent)
        hall.open_notices()
        hall.tell()
    return hall.view(replayed=replayed)


def find_ground(connection: Connection, actor: Actor, appraisal_id: UUID, ground: str, step: Step) -> AppraisalView:
    """The organisation finds a ground of the sheet: the last grade, whatever the score; until the round is filed.

    Once grades are reckoned it is the district's to find, and all are graded anew. Raises NotFound, OwnAppraisal,
    IdUsed, AppraisalMoved, AppraisalIsElsewhere, UnknownAppraisalGround.
    """
    hall = hall_of(connection, actor, appraisal_id, Permission.APPRAISAL_SIGN)
    folder = open_folder(connection, actor, appraisal_id, Permission.APPRAISAL_SIGN, Action.VETOED, step, ground)
    if folder.replayed:
        return folder.view()
    states = [AppraisalState.OPEN, AppraisalState.SIGNED]
    if actor.may(_DECIDE, roster.root_of(actor.district_id)):
        states += [AppraisalState.DECIDING, AppraisalState.DECIDED, *ON_NOTICE]
    folder.check_state(*states)
    known = {one.code for one in folder.sheet.section.grounds}
    if ground not in known:
        raise refusals.UnknownAppraisalGround(ground=ground, known=all_of(sorted(known)), field="ground")
    folder.change(ground=ground, ground_words=step.basis)
    folder.note(about=ground)
    if hall.round.state is not AppraisalRoundState.OPEN:
        hall.reckon()
        hall.open_notices()
        hall.tell()
    return folder.view()


def decide_best(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step, *, accept: bool) -> AppraisalView:
    """The district takes or refuses a grade that is its own to decide; a refusal counts the places again.

    Raises NotFound, OwnAppraisal, IdUsed, AppraisalMoved, AppraisalIsElsewhere, NotYourGrade.
    """
    hall = hall_of(connection, actor, appraisal_id, _DECIDE)
    action = Action.ACCEPTED if accept else Action.REFUSED
    folder = open_folder(connection, actor, appraisal_id, _DECIDE, action, step)
    if folder.replayed:
        return folder.view()
    hall.check_state(AppraisalRoundState.DECIDING, AppraisalRoundState.NOTICE)
    folder.check_state(AppraisalState.DECIDING)
    found = folder.appraisal
    if not hall.is_districts(found) or (not accept and found.grade != folder.sheet.best):
        named = folder.sheet.section.grade(found.grade or "")
        words = Words(found.grade or "", found.grade or "") if named is None else Words(named.name.zh, named.name.en)
        raise refusals.NotYourGrade(grade=words, field="id")
    folder.note(grade=found.grade)
    if not accept:
        folder.change(refusal=step.basis)
    hall.reckon()
    now = next(one for one in hall.appraisals if one.id == appraisal_id)
    if accept and now.grade == found.grade:
        hall.change(now, None, {"state": AppraisalState.DECIDED, "decided_grade": now.grade})
    hall.open_notices()
    hall.tell()
    return folder.view()


def decide_others(connection: Connection, actor: Actor, round_id: UUID, committee_id: UUID, step: Step) -> RoundView:
    """A committee decides the grades that are its own, once the district has decided; its officer's own is left over.

    Raises NotFound, IdUsed, AppraisalRoundIsPast, AppraisalsOpen, NoGradeToDecide, OnlyOwnWaits.
    """
    place = roster.get_organisation_for(connection, actor, committee_id, Permission.APPRAISAL_SIGN)
    hall = Hall.held(connection, actor, round_id)
    sent = digest(canonical([str(round_id), str(committee_id), Action.DECIDED.value, step.basis]))
    if was_made(connection, actor, step.id, sent):
        return hall.view(replayed=True)
    hall.check_state(AppraisalRoundState.DECIDING, AppraisalRoundState.NOTICE)
    hall.refuse_open(hall.waiting(district=True))
    waiting = [one for one in hall.waiting(district=False) if one.committee_id == place.id]
    if not waiting:
        raise refusals.NoGradeToDecide(field="committee_id")
    own = [one for one in waiting if one.account_id != actor.account_id]
    if not own:
        raise refusals.OnlyOwnWaits(field="committee_id")
    for number, one in enumerate(own):
        hall.change(one, None, {"state": AppraisalState.DECIDED, "decided_grade": one.grade})
        made = done(actor, Action.DECIDED, appraisal=one, basis=step.basis, grade=one.grade)
        first = replace(made, id=step.id, input_digest=sent)
        store.insert_steps(connection, actor.district_id, [made if number else first])
    hall.open_notices()
    hall.tell()
    return hall.view(replayed=False)


def file(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """File the grades after every notice has run without an open objection.

    Raises NotFound, IdUsed, AppraisalMoved, AppraisalRoundIsPast, AppraisalsOpen, AppraisalNoticeRunning.
    """
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.FILED)
    if replayed:
        return hall.view(replayed=True)
    hall.check_state(AppraisalRoundState.NOTICE)
    graded = _graded(hall.appraisals)
    disputed = {one.appraisal_id for one in open_objections(connection, actor, [one.id for one in graded])}
    hall.refuse_open([one for one in graded if one.state is not AppraisalState.NOTICE or one.id in disputed])
    last = max((one.notice_until for one in graded if one.notice_until is not None), default=None)
    if last is not None and last >= actor.today:
        raise refusals.AppraisalNoticeRunning(day=last.isoformat(), field="id")
    for one in graded:
        hall.change(one, Action.FILED, {"state": AppraisalState.FILED, "filed_on": actor.today}, grade=one.grade)
    hall.change_round(state=AppraisalRoundState.FILED, filed_on=actor.today)
    hall.note_round(step, Action.FILED, sent)
    return hall.view(replayed=False)


def _graded(appraisals: Sequence[Appraisal]) -> list[Appraisal]:
    return [one for one in appraisals if one.state is not AppraisalState.UNGRADED]


def withdraw(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """Take a round back before it is filed, with the reason. Raises NotFound, IdUsed, AppraisalRoundIsPast."""
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.WITHDRAWN)
    if not replayed:
        hall.check_state(AppraisalRoundState.OPEN, AppraisalRoundState.DECIDING, AppraisalRoundState.NOTICE)
        for one in hall.appraisals:
            hall.change(one, None, {"state": AppraisalState.WITHDRAWN})
        hall.change_round(state=AppraisalRoundState.WITHDRAWN, reason=step.basis)
        hall.note_round(step, Action.WITHDRAWN, sent)
    return hall.view(replayed=replayed)
