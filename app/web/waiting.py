"""What else waits for the caller, beside what the first page lists one by one: so many of a kind, and the first day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from app.appeals import complaints
from app.appeals.core import ComplaintState
from app.auth.core import Actor, Permission
from app.enrolment import transferring
from app.enrolment.core_changes import Side, Transfer, TransferState
from app.kit.words import Words
from app.ratings import recalling
from app.ratings.core import BRANCH_TURN, RatingState
from app.roster import service as roster

_COUNTED_MAX = 50
# Whose turn a rating is, by what they may do there.
_TURNS = (
    (Permission.RATING_FILE, BRANCH_TURN, Words("星级自评待填报", "self-ratings to fill in")),
    (Permission.RATING_SIGN, frozenset({RatingState.COMMITTEE}), Words("星级自评待核正签字", "self-ratings to sign")),
    (
        Permission.RATING_DECIDE,
        frozenset({RatingState.DECIDING, RatingState.DISPUTED}),
        Words("星级待决定或答复异议", "stars to decide, or objected to"),
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """So many of a kind (``more``: and others), due from a day on where they have one."""

    name: Words
    path: str
    number: int
    more: bool = False
    due_on: date | None = None


def waiting(connection: Connection, actor: Actor) -> list[Waiting]:
    """Only kinds of which there is any."""
    found: list[Waiting] = []
    if actor.may(Permission.COMPLAINT_ANSWER, roster.root_of(actor.district_id)):
        page = complaints.complaints(
            connection, actor, state=ComplaintState.OPEN, after=None, count_max=_COUNTED_MAX
        )  # fmt: skip
        number, due_on = len(page.complaints), min((one.due_on for one in page.complaints), default=None)
        more = page.following is not None
        found.append(
            Waiting(
                Words("意见建议待答复", "complaints and suggestions"), "/complaints?state=open", number, more, due_on
            )
        )
    if actor.reach(Permission.TRANSFER_SET):
        known = transferring.transfers(
            connection, actor, state=TransferState.PROPOSED, before=None, count_max=_COUNTED_MAX
        )  # fmt: skip
        number = sum(_is_to_answer(actor, one.transfer) for one in known.transfers)
        more = known.following is not None
        found.append(
            Waiting(Words("组织关系转接待答复", "transfers to answer"), "/transfers?state=proposed", number, more)
        )
    for permission, states, name in _TURNS:
        if permission is Permission.RATING_SIGN and actor.reach(Permission.RATING_DECIDE):
            continue  # the district may sign, but it is the committees' turn
        reach = actor.reach(permission)
        number = recalling.count_in(connection, actor, reach, states) if reach else 0
        found.append(Waiting(name, "/ratings", number))
    return [one for one in found if one.number]


def _is_to_answer(actor: Actor, one: Transfer) -> bool:
    """The side that did not ask answers."""
    path = one.to_path if one.asked_by is Side.OLD else one.from_path
    return path is not None and actor.may(Permission.TRANSFER_SET, path)
