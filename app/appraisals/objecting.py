"""Objections to what is on notice, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import refusals, service, store, store_facts, telling
from app.appraisals.core import ON_NOTICE, Action, AppraisalRoundState, AppraisalState, AppraisalView, Done, Gift
from app.appraisals.gathering import Folder, done, open_folder, was_made, write_part
from app.appraisals.holding import Hall, hall_of, open_objections
from app.auth.core import Actor, Permission
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.ratings.core import Step


def object_to(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step) -> AppraisalView:
    """Object to a result on notice: the secretary, and whoever may see it. Raises NotFound, AppraisalNoticeOver."""
    service.get(connection, actor, appraisal_id)
    found = store.find_appraisal(connection, actor.district_id, appraisal_id)
    if found is None:
        raise NotFound(what="appraisal", field="appraisal")
    hall = Hall.held(connection, actor, found.round_id)
    found = next(one for one in hall.appraisals if one.id == appraisal_id)
    sent = digest(canonical([str(appraisal_id), Action.OBJECTED.value, step.basis]))
    replayed = was_made(connection, actor, step.id, sent)
    if not replayed:
        if found.state not in ON_NOTICE or found.notice_until is None or actor.today > found.notice_until:
            raise refusals.AppraisalNoticeOver(field="id")
        hall.change(found, None, {"state": AppraisalState.DISPUTED})
        made = done(actor, Action.OBJECTED, appraisal=found, basis=step.basis, grade=found.grade, input_digest=sent)
        store.insert_steps(connection, actor.district_id, [replace(made, id=step.id)])
    return replace(service.get(connection, actor, appraisal_id), replayed=replayed)


def answer(
    connection: Connection,
    actor: Actor,
    appraisal_id: UUID,
    objection_id: UUID,
    step: Step,
    gifts: Sequence[Gift],
    *,
    upheld: bool,
    lift_ground: bool,
) -> AppraisalView:
    """Answer an objection. Upheld, it corrects parts or lifts the ground; all are graded again, and the notice restarts
    for those whose grade changed only.

    Raises NotFound, OwnAppraisal, IdUsed, AppraisalMoved, AppraisalRoundIsPast, RemedyMissing, and as for parts.
    """
    hall = hall_of(connection, actor, appraisal_id, Permission.APPRAISAL_DECIDE)
    sent = [str(objection_id), upheld, lift_ground, [one.sent() for one in gifts]]
    folder = open_folder(connection, actor, appraisal_id, Permission.APPRAISAL_DECIDE, Action.ANSWERED, step, sent)
    if folder.replayed:
        return folder.view()
    hall.check_state(AppraisalRoundState.DECIDING, AppraisalRoundState.NOTICE)
    still = open_objections(connection, actor, [appraisal_id])
    objection = next((one for one in still if one.id == objection_id), None)
    if objection is None:
        raise NotFound(what="objection", field="objection")
    _check_free(folder, objection)
    changes = bool(gifts) or lift_ground
    if upheld != changes or (lift_ground and folder.appraisal.ground is None):
        raise refusals.RemedyMissing(field="corrections")
    folder.note(answers=objection_id, grade=folder.appraisal.grade)
    for gift in gifts:
        write_part(folder, gift)
    if lift_ground:
        folder.change(ground=None, ground_words=None)
    # Where the grade changed meanwhile, it waits for its decision already.
    is_last = len(still) == 1 and folder.appraisal.state is AppraisalState.DISPUTED
    folder.change(state=AppraisalState.NOTICE if is_last else folder.appraisal.state)
    hall.reckon()
    hall.open_notices()
    found = folder.appraisal
    secretary = store_facts.list_names(connection, actor.district_id, [found.account_id])[found.account_id]
    note = step.basis or ""
    hall.messages += telling.answered(hall.round, found, objection, secretary, note, upheld=upheld)
    hall.tell()
    return folder.view()


def _check_free(folder: Folder, objection: Done) -> None:
    """Neither who objected nor who gave or signed what is objected to answers it."""
    hands = {objection.by, folder.appraisal.signed_by}
    hands |= {one.given.by for one in folder.values().values() if one.given is not None}
    if folder.actor.account_id is not None and folder.actor.account_id in hands:
        raise refusals.OwnAppraisal(field="id")
