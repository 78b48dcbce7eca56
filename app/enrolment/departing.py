"""What ends with a membership: the spell, the offices, the log-ins where rights end, and what was still due."""

from __future__ import annotations

from datetime import date

from app.auth import enrolling as offices
from app.enrolment.changing import ONE_DAY, Doing, open_membership
from app.enrolment.core_changes import WITHOUT_RIGHTS, LeavingGround
from app.points import following
from app.points.following import Followed
from app.roster import enrolling as roster
from app.roster.core import KnownMember, RosterChanges

__all__ = ["Followed", "depart"]


def depart(doing: Doing, member: KnownMember, ground: LeavingGround, last_day: date) -> Followed:
    """The membership's last day; ranked no more, and what falls due later is waived.

    Raises NotBelonging.
    """
    last = open_membership(member)
    before = doing.histories([member.id])
    roster.write_spells(doing.connection, doing.actor, RosterChanges(memberships_closed=((last.id, last_day),)))
    doing.note_move(member, last.branch_id, None)
    if member.account_id is not None:
        # Who left today has no say today: offices end at once, whatever day is written.
        day = min(last_day + ONE_DAY, doing.actor.today)
        doing.offices_ended += len(offices.end_offices(doing.connection, doing.actor, [member.account_id], day))
        if ground in WITHOUT_RIGHTS:
            offices.end_sessions(doing.connection, doing.actor, member.account_id, close=ground is LeavingGround.DIED)
    return following.follow(doing.connection, doing.actor, before, last_day)
