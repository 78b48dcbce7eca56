"""The verbs of branches and committees until a rating is signed: self-rating, return, correction, signature."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.kit.calendar import quarter_of
from app.kit.words import all_of
from app.messages.texts import Kind
from app.ratings import refusals, store, telling
from app.ratings.checking import missing
from app.ratings.core import BRANCH_TURN, Action, Entry, RatingState, RatingView, Round, Step
from app.ratings.gathering import Folder, open_folder, write_values


def fill(connection: Connection, actor: Actor, rating_id: UUID, step: Step, entries: Collection[Entry]) -> RatingView:
    """Enter indicators of the own branch, as often as it is its turn.

    Raises NotFound, IdUsed, RatingMoved, RatingIsElsewhere and BatchRefused with every entry at fault.
    """
    sent = [one.sent() for one in entries]
    folder = open_folder(connection, actor, rating_id, Permission.RATING_FILE, Action.FILLED, step, sent)
    if not folder.replayed:
        folder.check_state(*BRANCH_TURN)
        write_values(folder, entries, as_committee=False)
        folder.change(state=folder.rating.state)
        folder.note()
    return folder.view()


def submit(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Hand the self-rating to the committee. Raises also IndicatorsMissing."""
    folder = open_folder(connection, actor, rating_id, Permission.RATING_FILE, Action.SUBMITTED, step)
    if not folder.replayed:
        folder.check_state(*BRANCH_TURN)
        left = missing(folder.sheet, folder.values())
        if left:
            raise refusals.IndicatorsMissing(missing=all_of(left), field="indicators")
        folder.change(state=RatingState.COMMITTEE)
        folder.note()
        telling.tell_rating(
            connection, actor, folder.rating, step.id, Kind.RATING_ASKED, Role.COMMITTEE_OFFICER, task="rating_sign"
        )
    return folder.view()


def take_back(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Take the self-rating back before the committee has signed it."""
    folder = open_folder(connection, actor, rating_id, Permission.RATING_FILE, Action.TAKEN_BACK, step)
    if not folder.replayed:
        folder.check_state(RatingState.COMMITTEE)
        folder.change(state=RatingState.SELF)
        folder.note()
    return folder.view()


def send_back(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Return a self-rating to the branch with what is missing; also one that was signed, until it is reckoned."""
    folder = open_folder(connection, actor, rating_id, Permission.RATING_SIGN, Action.RETURNED, step)
    if not folder.replayed:
        folder.check_state(RatingState.COMMITTEE, RatingState.SIGNED)
        folder.change(state=RatingState.RETURNED, signed_by=None)
        folder.note()
        telling.tell_rating(
            connection, actor, folder.rating, step.id, Kind.RATING_RETURNED, Role.SECRETARY, note=step.basis
        )
    return folder.view()


def correct(
    connection: Connection, actor: Actor, rating_id: UUID, step: Step, entries: Collection[Entry]
) -> RatingView:
    """Put the committee's finding beside what was measured or said, with reason and evidence: never a star."""
    sent = [one.sent() for one in entries]
    folder = open_folder(connection, actor, rating_id, Permission.RATING_SIGN, Action.CORRECTED, step, sent)
    if not folder.replayed:
        folder.check_state(RatingState.COMMITTEE)
        _check_not_own(folder)
        write_values(folder, entries, as_committee=True)
        folder.change(state=folder.rating.state)
        folder.note()
        telling.tell_rating(
            connection, actor, folder.rating, step.id, Kind.RATING_CORRECTED, Role.SECRETARY, count=len(entries)
        )
    return folder.view()


def sign(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Sign the indicators, after the cut-off and the seal of its quarter, and never what one filled in oneself.

    A branch that has not rated itself by then is signed on what was measured: it holds up nobody. Raises NotFound,
    IdUsed, RatingMoved, RatingIsElsewhere, BeforeCutOff, QuarterNotSealed, OwnRating.
    """
    folder = open_folder(connection, actor, rating_id, Permission.RATING_SIGN, Action.SIGNED, step)
    if not folder.replayed:
        folder.check_state(RatingState.COMMITTEE, *BRANCH_TURN)
        check_sealed(connection, actor, folder.round)
        _check_not_own(folder)
        folder.change(state=RatingState.SIGNED, signed_by=actor.account_id)
        folder.note()
    return folder.view()


def check_sealed(connection: Connection, actor: Actor, held: Round) -> None:
    """That the numbers of the year move no more. Raises BeforeCutOff and QuarterNotSealed.

    A year before the district's books began has nothing to seal.
    """
    if actor.today <= held.cut_off:
        raise refusals.BeforeCutOff(day=held.cut_off.isoformat(), field="id")
    code = quarter_of(held.cut_off)
    quarter = next((one for one in cycles.quarters(connection, actor) if one.code == code), None)
    if quarter is not None and quarter.state is not QuarterState.SEALED:
        raise refusals.QuarterNotSealed(quarter=code, field="id")


def _check_not_own(folder: Folder) -> None:
    """Nobody corrects or signs what they filled in or submitted."""
    steps = store.list_decisions(folder.connection, folder.actor.district_id, ratings=[folder.rating.id])
    own = {one.by for one in steps if one.action in (Action.FILLED, Action.SUBMITTED)}
    if folder.actor.account_id is not None and folder.actor.account_id in own:
        raise refusals.OwnRating(field="id")
