"""The verbs of committees until an appraisal is signed: measuring anew, giving parts, grounds, signature."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import measuring, refusals
from app.appraisals.core import Action, AppraisalState, AppraisalView, Gift, missing_parts
from app.appraisals.gathering import open_folder, write_part
from app.auth.core import Actor, Permission
from app.kit.words import Words, all_of
from app.ratings.core import Step

_SIGN = Permission.APPRAISAL_SIGN


def measure(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step) -> AppraisalView:
    """Measure anew until it is signed; of an ungraded one too, for the record."""
    folder = open_folder(connection, actor, appraisal_id, _SIGN, Action.MEASURED, step)
    if not folder.replayed:
        folder.check_state(AppraisalState.OPEN, AppraisalState.UNGRADED)
        found = measuring.measured(connection, actor, folder.round, folder.sheet, [folder.appraisal])
        measuring.write(connection, actor, folder.round, found)
        folder.change()
        folder.note()
    return folder.view()


def give(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step, gift: Gift) -> AppraisalView:
    """Give the organisation's view or the votes, or correct what was measured, with reason and evidence.

    Raises NotFound, OwnAppraisal, IdUsed, AppraisalMoved, AppraisalIsElsewhere, UnknownPart, GiftAmiss, ProofMissing.
    """
    folder = open_folder(connection, actor, appraisal_id, _SIGN, Action.GIVEN, step, gift.sent())
    if not folder.replayed:
        folder.check_state(AppraisalState.OPEN)
        write_part(folder, gift)
        folder.change()
        folder.note(about=gift.part)
    return folder.view()


def sign(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step) -> AppraisalView:
    """Sign when every part is there and what was measured still holds. Raises also PartsMissing, MeasuresMoved."""
    folder = open_folder(connection, actor, appraisal_id, _SIGN, Action.SIGNED, step)
    if not folder.replayed:
        folder.check_state(AppraisalState.OPEN)
        left = missing_parts(folder.sheet, folder.values())
        if left:
            raise refusals.PartsMissing(missing=all_of(Words(one.zh, one.en) for one in left), field="parts")
        found = measuring.measured(connection, actor, folder.round, folder.sheet, [folder.appraisal])
        moved = measuring.write(connection, actor, folder.round, found).get(appraisal_id)
        if moved:
            names = [one.name for one in folder.sheet.section.parts if one.code in moved]
            told = all_of(Words(one.zh, one.en) for one in names)
            raise refusals.MeasuresMoved(parts=told, field="parts")
        folder.change(state=AppraisalState.SIGNED, signed_by=actor.account_id)
        folder.note()
    return folder.view()


def reopen(connection: Connection, actor: Actor, appraisal_id: UUID, step: Step) -> AppraisalView:
    """Take a signature back, with the reason, until the round is reckoned."""
    folder = open_folder(connection, actor, appraisal_id, _SIGN, Action.REOPENED, step)
    if not folder.replayed:
        folder.check_state(AppraisalState.SIGNED)
        folder.change(state=AppraisalState.OPEN, signed_by=None)
        folder.note()
    return folder.view()
