"""What is on notice, and a member's quarters as they were sealed beside what has been corrected since."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.errors import NotFound
from app.points import booking
from app.points.gathering import histories_of
from app.points.reading import NoStanding, present_cycle
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.seals import store
from app.seals.core import Frozen, MemberQuarter, NoticeRow, NoticeSheet
from app.seals.refusals import NoticeNotBegun
from app.seals.sealing import frozen_of

HISTORY_MAX = 24  # quarters, of six years


def member_quarters(
    connection: Connection, actor: Actor, member_id: UUID, cycle: str | None = None
) -> list[MemberQuarter]:
    """Each quarter that the member has entered: as sealed, and as corrected by now. Raises NotFound and NoStanding."""
    roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    cycle = cycle or present_cycle(connection, actor)
    corrected = booking.corrected_by_quarter(connection, actor, member_id, cycle)
    if not corrected:
        raise NoStanding(cycle=cycle)
    frozen = store.list_frozen_of(connection, actor.district_id, member_id, cycle)
    known = {one.code: one for one in cycles.quarters(connection, actor)}
    return [MemberQuarter(known[code], frozen.get(code), score) for code, score in corrected.items()]


def history(connection: Connection, actor: Actor, member_id: UUID) -> list[tuple[Quarter, Frozen]]:
    """The member's sealed quarters over the cycles, the earliest first; of some years. Raises NotFound."""
    roster.get_member_for(connection, actor, member_id, Permission.STANDING_READ)
    known = sorted(cycles.quarters(connection, actor), key=lambda one: one.code)[-HISTORY_MAX:]
    frozen = store.list_frozen_at(connection, actor.district_id, member_id, [one.code for one in known])
    return [(one, frozen[one.code]) for one in known if one.code in frozen]


def notice_sheet(connection: Connection, actor: Actor, code: str, branch_id: UUID) -> NoticeSheet:
    """A branch's results on notice, by the members' numbers; names are whole, and the caller's to mask.

    The numbers are what was booked up to the quarter, with what was corrected since the notice began. Whoever is exempt
    or has left is not on it. Raises NotFound, UnknownQuarter and NoticeNotBegun.
    """
    branch = next((one for one in roster.organisations(connection, actor.district_id) if one.id == branch_id), None)
    if branch is None or branch.kind is not OrganisationKind.BRANCH:
        raise NotFound(what="branch", field="branch_id")
    quarter = cycles.quarter(connection, actor, code)
    notices = store.list_notices(connection, actor.district_id, code, branch_id)
    first = next((one for one in notices if one.member_id is None), None)
    if first is None:
        raise NoticeNotBegun(branch=branch.name, quarter=code, field="quarter")
    until: dict[UUID, date] = {one.member_id: one.until_on for one in notices if one.member_id is not None}
    members = {one.id: one for one in roster.members_under(connection, actor.district_id, branch.path, quarter.ends_on)}
    duties = store.count_duties(connection, actor.district_id, quarter.cycle, quarter.ends_on, members)
    booked = {one.member_id: one for one in booking.booked(connection, actor, quarter, members)}
    histories = histories_of(connection, actor, members)
    rows = []
    for one in members.values():
        if one.id not in booked:
            continue
        found = frozen_of(booked[one.id], quarter, histories[one.id], duties.get(one.id, (0, 0)), actor.today)
        if not found.ranked:
            continue
        day = until.get(one.id, first.until_on)
        rows.append(NoticeRow(one.id, one.name, booked[one.id].score, found.is_insufficient, day, one.number))
    return NoticeSheet(quarter, branch.name, first.from_on, first.until_on, tuple(rows))
