"""From signed ratings to named stars: reckoning, decisions, notice, objections, naming."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.cycles import work_calendar
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.kit.words import all_of
from app.ratings import refusals, service, store, telling
from app.ratings.core import (
    ON_NOTICE,
    Action,
    Decision,
    Entry,
    Rating,
    RatingState,
    RatingView,
    Round,
    RoundState,
    RoundView,
    Step,
)
from app.ratings.gathering import (
    candidates,
    decision,
    last_stars,
    may_read,
    names_of,
    open_folder,
    sheet_of,
    was_made,
    write_values,
)
from app.ratings.starring import Rated, months_later, outside, rate
from app.roster import service as roster
from app.rules.stars import DayCount, Decider, Stars

_NAMES_MAX = 5  # of branches in a refusal


@dataclass(slots=True)
class _Hall:
    """A round with all its ratings, held until the transaction ends: first the round, then the ratings by id."""

    connection: Connection
    actor: Actor
    round: Round
    sheet: Stars
    ratings: list[Rating]

    @classmethod
    def held(cls, connection: Connection, actor: Actor, round_id: UUID) -> _Hall:
        found = store.get_round(connection, actor.district_id, round_id, lock=True)
        listed = store.list_ratings(connection, actor.district_id, round_id, lock=True)
        return cls(connection, actor, found, sheet_of(connection, actor, found), listed)

    def check_state(self, *allowed: RoundState) -> None:
        if self.round.state not in allowed:
            raise refusals.RoundIsPast(state=self.round.state.value, field="id")

    def read_again(self) -> None:
        self.ratings = store.list_ratings(self.connection, self.actor.district_id, self.round.id)

    def is_districts(self, star: int | None) -> bool:
        level = self.sheet.level(star or 0)
        return level is not None and level.decided_by is Decider.DISTRICT

    def waiting(self, *, district: bool | None = None) -> list[Rating]:
        """Whose star waits for its decision: by the district, or by committees."""
        return [
            one
            for one in self.ratings
            if one.state is RatingState.DECIDING and district in (None, self.is_districts(one.star))
        ]

    def change(self, one: Rating, action: Action | None, values: dict[str, Any], **more: Any) -> None:
        """Write the values, and the step that they come from."""
        store.update_rating(self.connection, self.actor.district_id, one, values)
        if action is not None:
            made = decision(self.actor, one, action, **more)
            store.insert_decisions(self.connection, self.actor.district_id, [made])

    def note_round(self, step: Step, action: Action, input_digest: bytes) -> None:
        """A step of the whole round stands under the district's own organisation."""
        made = Decision(
            id=step.id,
            branch_id=self.actor.district_id,
            rating_id=None,
            action=action,
            at=self.actor.at,
            by=self.actor.account_id,
            effective_on=self.actor.today,
            basis=step.basis,
            ground=str(self.round.id),
            input_digest=input_digest,
        )
        store.insert_decisions(self.connection, self.actor.district_id, [made])

    def reckon(self) -> None:
        """Ask the algorithm again, from the beginning, and write down what changed (steps 2 to 9).

        A star that its decider has confirmed stays so as long as it comes out the same.
        """
        last = last_stars(self.connection, self.actor)
        self.read_again()
        fresh = [replace(one, last=last.get(one.branch_id)) for one in self.ratings]
        highest = self.sheet.levels[0].star
        known = candidates(self.connection, self.actor, fresh, highest)
        rated = rate(self.sheet, self.round.cut_off, known, first_round=self.round.first_round)
        for one in fresh:
            self._write(one, rated[one.branch_id])
        self.read_again()

    def _write(self, one: Rating, found: Rated) -> None:
        values: dict[str, Any] = {
            "last": one.last,
            "score": found.score.points,
            "star": found.star,
            "scored_as": found.scored_as,
            "reasons": found.reasons,
        }
        after = [one.score, one.star, one.scored_as, one.reasons]
        if after == [found.score.points, found.star, found.scored_as, found.reasons] and one.state in (
            RatingState.DECIDING,
            RatingState.DECIDED,
            RatingState.UNRATED,
            *ON_NOTICE,
        ):
            return
        if found.star is None:
            values |= {"state": RatingState.UNRATED, "decided_star": None, "notice_from": None, "notice_until": None}
        elif one.decided_star != found.star:
            values |= {"state": RatingState.DECIDING, "decided_star": None, "notice_from": None, "notice_until": None}
        self.change(one, Action.RECKONED, values, star=found.star)

    def open_notices(self) -> None:
        """When nothing waits for a decision any more, the notice begins for who has none running."""
        self.read_again()
        if self.waiting():
            return
        last = _last_day(self.connection, self.actor, self.sheet)
        for one in self.ratings:
            if one.state is RatingState.DECIDED:
                values = {"state": RatingState.NOTICE, "notice_from": self.actor.today, "notice_until": last}
                self.change(one, Action.NOTICED, values, star=one.star)
        if self.round.state is not RoundState.NOTICE:
            store.update_round(self.connection, self.actor.district_id, self.round, {"state": RoundState.NOTICE})

    def view(self, *, replayed: bool) -> RoundView:
        return service.round_view(
            self.connection,
            self.actor,
            store.get_round(self.connection, self.actor.district_id, self.round.id),
            replayed=replayed,
        )


def _last_day(connection: Connection, actor: Actor, sheet: Stars) -> Any:
    days = sheet.round.notice_days
    if sheet.round.notice_counts is DayCount.WORKING:
        return work_calendar.add_working_days(connection, actor, actor.today, days).day
    return actor.today + timedelta(days=days)


def _hall_of_district(
    connection: Connection, actor: Actor, round_id: UUID, step: Step, action: Action
) -> tuple[_Hall, bytes, bool]:
    """A round for a verb of the district. Raises NotFound, IdUsed, RatingMoved."""
    if not actor.may(Permission.RATING_DECIDE, roster.root_of(actor.district_id)):
        raise NotFound(what="round", field="round")
    hall = _Hall.held(connection, actor, round_id)
    input_digest = digest(canonical([str(round_id), action.value, step.basis]))
    replayed = was_made(connection, actor, step.id, input_digest)
    if not replayed and step.seen is not None and step.seen != hall.round.version:
        raise refusals.RatingMoved(seen=step.seen, now=hall.round.version, field="seen")
    return hall, input_digest, replayed


def reckon(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """Close the committees' stage and reckon the stars. Raises RoundIsPast, RatingsOpen."""
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.RECKONED)
    if not replayed:
        hall.check_state(RoundState.OPEN)
        known = {one.branch_id: one for one in candidates(connection, actor, hall.ratings, hall.sheet.levels[0].star)}
        unsigned = [
            one
            for one in hall.ratings
            if one.state is not RatingState.SIGNED
            and outside(hall.sheet, hall.round.cut_off, known[one.branch_id]) is None
        ]
        _refuse_open(connection, actor, unsigned)
        store.update_round(connection, actor.district_id, hall.round, {"state": RoundState.DECIDING})
        hall.round = replace(hall.round, state=RoundState.DECIDING, version=hall.round.version + 1)
        hall.reckon()
        hall.note_round(step, Action.RECKONED, sent)
        hall.open_notices()
        telling.tell_round(connection, actor, round_id)
    return hall.view(replayed=replayed)


def _refuse_open(connection: Connection, actor: Actor, ratings: Sequence[Rating]) -> None:
    if ratings:
        names = names_of(connection, actor)
        told = all_of(names[one.branch_id] for one in ratings[:_NAMES_MAX])
        raise refusals.RatingsOpen(count=len(ratings), names=told, field="id")


def _of_rating(connection: Connection, actor: Actor, rating_id: UUID, permission: Permission) -> _Hall:
    """The hall of a rating's round, held. Raises NotFound."""
    found = store.find_rating(connection, actor.district_id, rating_id)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="rating", field="rating")
    return _Hall.held(connection, actor, found.round_id)


def decide_highest(connection: Connection, actor: Actor, rating_id: UUID, step: Step, *, accept: bool) -> RatingView:
    """The district takes or refuses a star that is its own to decide; a refusal counts the places again (step 8).

    What has changed since the reckoning is looked at first: a rectification that was opened, say. Raises NotFound,
    IdUsed, RatingMoved, RatingIsElsewhere, NotYourStar.
    """
    hall = _of_rating(connection, actor, rating_id, Permission.RATING_DECIDE)
    action = Action.ACCEPTED if accept else Action.REFUSED
    folder = open_folder(connection, actor, rating_id, Permission.RATING_DECIDE, action, step)
    if folder.replayed:
        return folder.view()
    hall.check_state(RoundState.DECIDING, RoundState.NOTICE)
    folder.check_state(RatingState.DECIDING)
    if not hall.is_districts(folder.rating.star):
        raise refusals.NotYourStar(star=folder.rating.star, office=ROLE_WORDS["committee_officer"], field="id")
    folder.note(star=folder.rating.star)
    if not accept:
        folder.change(refusal=step.basis)
    hall.reckon()
    now = next(one for one in hall.ratings if one.id == rating_id)
    if accept and now.star == folder.rating.star:
        hall.change(now, None, {"state": RatingState.DECIDED, "decided_star": now.star})
    hall.open_notices()
    telling.tell_round(connection, actor, hall.round.id)
    return folder.view()


def decide_below(connection: Connection, actor: Actor, round_id: UUID, committee_id: UUID, step: Step) -> RoundView:
    """A committee decides the stars that are its own and files them, once the district has decided the highest.

    Raises NotFound, IdUsed, RoundIsPast, RatingsOpen, NothingToDecide.
    """
    place = roster.get_organisation_for(connection, actor, committee_id, Permission.RATING_SIGN)
    hall = _Hall.held(connection, actor, round_id)
    sent = digest(canonical([str(round_id), str(committee_id), Action.FILED.value, step.basis]))
    if was_made(connection, actor, step.id, sent):
        return hall.view(replayed=True)
    hall.check_state(RoundState.DECIDING, RoundState.NOTICE)
    _refuse_open(connection, actor, hall.waiting(district=True))
    own = [one for one in hall.waiting(district=False) if one.committee_id == place.id]
    if not own:
        raise refusals.NothingToDecide(field="committee_id")
    for number, one in enumerate(own):
        store.update_rating(
            connection, actor.district_id, one, {"state": RatingState.DECIDED, "decided_star": one.star}
        )
        made = decision(actor, one, Action.FILED, basis=step.basis, star=one.star)
        first = replace(made, id=step.id, input_digest=sent)
        store.insert_decisions(connection, actor.district_id, [made if number else first])
    hall.open_notices()
    telling.tell_round(connection, actor, round_id)
    return hall.view(replayed=False)


def except_from_step(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Free a branch from the step, with the basis (scoring, section 6, 5); until the stars are reckoned."""
    hall = _of_rating(connection, actor, rating_id, Permission.RATING_DECIDE)
    folder = open_folder(connection, actor, rating_id, Permission.RATING_DECIDE, Action.EXCEPTED, step)
    if not folder.replayed:
        hall.check_state(RoundState.OPEN)
        folder.change(exception=step.basis)
        folder.note()
    return folder.view()


def object_to(connection: Connection, actor: Actor, rating_id: UUID, step: Step) -> RatingView:
    """Object to a star on notice. Whoever may see it may; the investigator knows who. Raises NoticeOver."""
    found = store.find_rating(connection, actor.district_id, rating_id)
    if found is None or not may_read(actor, found):
        raise NotFound(what="rating", field="rating")
    hall = _Hall.held(connection, actor, found.round_id)
    found = next(one for one in hall.ratings if one.id == rating_id)
    sent = digest(canonical([str(rating_id), Action.OBJECTED.value, step.basis]))
    replayed = was_made(connection, actor, step.id, sent)
    if not replayed:
        if found.state not in ON_NOTICE or found.notice_until is None or actor.today > found.notice_until:
            raise refusals.NoticeOver(field="id")
        made = replace(
            decision(actor, found, Action.OBJECTED, basis=step.basis, star=found.star), id=step.id, input_digest=sent
        )
        store.update_rating(connection, actor.district_id, found, {"state": RatingState.DISPUTED})
        store.insert_decisions(connection, actor.district_id, [made])
        telling.tell_objection(connection, actor, found, step.id)
    return replace(service.get(connection, actor, rating_id), replayed=replayed)


def answer(
    connection: Connection,
    actor: Actor,
    rating_id: UUID,
    objection_id: UUID,
    step: Step,
    entries: Collection[Entry],
    *,
    upheld: bool,
) -> RatingView:
    """Answer an objection. Upheld, it corrects indicators, the stars are reckoned again and the notice restarts for
    those that changed only (step 11).

    Raises NotFound, IdUsed, RatingMoved, RatingIsElsewhere, OwnRating, CorrectionMissing and BatchRefused.
    """
    hall = _of_rating(connection, actor, rating_id, Permission.RATING_DECIDE)
    sent = [str(objection_id), upheld, [one.sent() for one in entries]]
    folder = open_folder(connection, actor, rating_id, Permission.RATING_DECIDE, Action.ANSWERED, step, sent)
    if folder.replayed:
        return folder.view()
    hall.check_state(RoundState.DECIDING, RoundState.NOTICE)
    still = _open_objections(connection, actor, [rating_id])
    objection = next((one for one in still if one.id == objection_id), None)
    if objection is None:
        raise NotFound(what="objection", field="objection")
    if actor.account_id is not None and actor.account_id in (objection.by, folder.rating.signed_by):
        raise refusals.OwnRating(field="id")
    if upheld != bool(entries):
        raise refusals.CorrectionMissing(field="corrections")
    folder.note(answers=objection_id, star=folder.rating.star)
    if upheld:
        write_values(folder, entries, as_committee=True)
    # Where the star changed meanwhile, it waits for its decision already.
    is_last = len(still) == 1 and folder.rating.state is RatingState.DISPUTED
    folder.change(state=RatingState.NOTICE if is_last else folder.rating.state)
    hall.reckon()
    hall.open_notices()
    telling.tell_answer(connection, actor, folder.rating, objection, step.basis)
    return folder.view()


def _open_objections(connection: Connection, actor: Actor, ratings: Collection[UUID]) -> list[Decision]:
    steps = store.list_decisions(connection, actor.district_id, ratings=ratings)
    answered = {one.answers for one in steps}
    return [one for one in steps if one.action is Action.OBJECTED and one.id not in answered]


def name(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """Name the stars for a year, after every notice has run without an open objection.

    Raises NotFound, IdUsed, RoundIsPast, RatingsOpen, NoticeRunning.
    """
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.NAMED)
    if replayed:
        return hall.view(replayed=True)
    hall.check_state(RoundState.NOTICE)
    rated = [one for one in hall.ratings if one.state is not RatingState.UNRATED]
    disputed = {one.rating_id for one in _open_objections(connection, actor, [one.id for one in rated])}
    _refuse_open(connection, actor, [one for one in rated if one.state is not RatingState.NOTICE or one.id in disputed])
    last = max((one.notice_until for one in rated if one.notice_until is not None), default=None)
    if last is not None and last >= actor.today:
        raise refusals.NoticeRunning(day=last.isoformat(), field="id")
    until = months_later(actor.today, hall.sheet.round.valid_months) - timedelta(days=1)
    for one in rated:
        values = {
            "state": RatingState.NAMED,
            "named_star": one.star,
            "valid_from": actor.today,
            "valid_until": until,
        }
        hall.change(one, Action.NAMED, values, star=one.star)
    store.update_round(connection, actor.district_id, hall.round, {"state": RoundState.NAMED, "named_on": actor.today})
    hall.note_round(step, Action.NAMED, sent)
    telling.tell_round(connection, actor, round_id)
    return hall.view(replayed=False)


def withdraw(connection: Connection, actor: Actor, round_id: UUID, step: Step) -> RoundView:
    """Take a round back before it is named, with the reason. Raises NotFound, IdUsed, RoundIsPast."""
    hall, sent, replayed = _hall_of_district(connection, actor, round_id, step, Action.WITHDRAWN)
    if not replayed:
        hall.check_state(RoundState.OPEN, RoundState.DECIDING, RoundState.NOTICE)
        for one in hall.ratings:
            hall.change(one, None, {"state": RatingState.WITHDRAWN})
        values = {"state": RoundState.WITHDRAWN, "reason": step.basis}
        store.update_round(connection, actor.district_id, hall.round, values)
        hall.note_round(step, Action.WITHDRAWN, sent)
    return hall.view(replayed=replayed)
