"""The end of a membership, with its ground: died, expelled, removed, without contact, moved out of the district."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import refusals
from app.enrolment.changing import Doing, hold_member, keep, made_before, open_membership
from app.enrolment.core_changes import Change, Done, Leaving, LeavingGround, Verb
from app.enrolment.departing import depart
from app.enrolment.service import classes_in_force
from app.enrolment.transferring import withdraw_open
from app.messages.core import Recipient, Subject
from app.messages.texts import Kind
from app.points import following
from app.roster.core import Membership


def leave(connection: Connection, actor: Actor, leaving: Leaving) -> Done:
    """End the membership on its last day; the same id and content again is a retry.

    Raises NotFound, OwnMembership, NotBelonging, DayOutOfReach, IdUsed.
    """
    before = made_before(connection, actor, leaving.id, leaving.digest())
    if before is not None:
        return before
    member, last = hold_member(connection, actor, leaving.member_id, Permission.MEMBERSHIP_SET)
    before = made_before(connection, actor, leaving.id, leaving.digest())  # sent twice at once
    if before is not None:
        return before
    open_membership(member)
    check_day(connection, actor, last, leaving.left_on, "left_on")
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    branch = doing.organisations[last.branch_id]
    withdraw_open(doing, "党籍或组织关系已终止 · the membership has ended", members=[member.id])
    followed = depart(doing, member, leaving.ground, leaving.left_on)
    told = doing.secretaries(branch.path)
    if leaving.ground is not LeavingGround.DIED:
        told.append(Recipient(member_id=member.id))
    facts = {
        "member": member.name,
        "branch": branch.name,
        "change": leaving.ground.value,
        "changed_on": leaving.left_on.isoformat(),
    }
    doing.tell(told, Kind.MEMBERSHIP_CHANGED, Subject("member", member.id), facts, occasion=str(leaving.id))
    return keep(
        connection,
        actor,
        Change(
            id=leaving.id,
            verb=Verb.LEFT,
            member_id=member.id,
            organisation_id=last.branch_id,
            path=last.path,
            effective_on=leaving.left_on,
            ground=leaving.ground.value,
            reference=leaving.reference,
            result=doing.result(followed),
            recorded_at=actor.at,
            recorded_by=actor.account_id,
            input_digest=leaving.digest(),
        ),
    )


def check_day(connection: Connection, actor: Actor, last: Membership, day: date, field: str) -> None:
    """Not before the membership nor the earliest cycle that is still open, and not to come. Raises DayOutOfReach."""
    first = max(last.from_on, following.first_day(connection, actor) or last.from_on)
    if not first <= day <= actor.today:
        raise refusals.DayOutOfReach(
            day=day.isoformat(), first=first.isoformat(), last=actor.today.isoformat(), field=field
        )
