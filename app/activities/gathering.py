"""Who owes a session, and who may write down who was there: what every verb of the room asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.activities import refusals, store, store_waivers
from app.activities.core import Activity, ActivityView, may_hold
from app.auth.core import Actor, Permission
from app.auth.wording import any_role
from app.cycles import service as cycles
from app.cycles.core import quarter_on
from app.files import service as files
from app.files.core import OwnerKind
from app.kit.errors import NotFound
from app.points import refusals as points_refusals
from app.points.gathering import Background
from app.roster import service as roster
from app.rules.core import Item, Settlement


@dataclass(frozen=True, slots=True)
class Owing:
    """Those of an organisation on a day, and for whom of them the item is settled by sessions."""

    background: Background
    present: frozenset[UUID]
    items: dict[UUID, Item]

    @property
    def item(self) -> Item:
        """The item, as any of them has it."""
        return next(iter(self.items.values()))


def owing(connection: Connection, actor: Actor, path: str, item: str, day: date) -> Owing:
    """Raises NoSession where nobody owes it, NoCycle and NoEditionInForce."""
    people = roster.members_under(connection, actor.district_id, path, day)
    background = Background.read(connection, actor, [one.id for one in people])
    found = {}
    for one in people:
        session = session_of(background, one.id, item, day)
        if session is not None:
            found[one.id] = session
    if not found:
        raise refusals.NoSession(day=day.isoformat(), item=item, field="item")
    return Owing(background, frozenset(one.id for one in people), found)


def session_of(background: Background, member_id: UUID, item: str, day: date) -> Item | None:
    """The item, if the member's regime of the day has it as a duty settled by sessions."""
    regime = background.regime_of(member_id, day)
    found = None if regime is None else regime.items.get(item)
    if found is None or found.retired or found.duty is None or found.duty.settlement is not Settlement.SESSIONS:
        return None
    return found


def check_recorder(actor: Actor, item: Item, path: str) -> None:
    """Raises NotYourItem."""
    if not may_hold(item, actor.roles_at(path), is_service=actor.is_service):
        roles = any_role((*item.record, *item.review))
        raise points_refusals.NotYourItem(item=item.code, roles=roles, field="item")


def own_member(connection: Connection, actor: Actor) -> UUID | None:
    """The caller as a member: nobody writes down their own attendance."""
    found = roster.own_member(connection, actor)
    return None if found is None else found.id


def activity_for(connection: Connection, actor: Actor, activity_id: UUID, permission: Permission) -> Activity:
    """The session, if the permission reaches it; NotFound."""
    found = store.find_activity(connection, actor.district_id, activity_id)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="activity", field="id")
    return found


def view_of(connection: Connection, actor: Actor, activity: Activity, *, replayed: bool = False) -> ActivityView:
    """The session as it is now, with everybody's attendance and who is left out."""
    attendees = store.list_attendees(connection, actor.district_id, activity.id)
    known = {one.attendance.member_id for one in attendees}
    cycle = quarter_on(cycles.quarters(connection, actor), activity.held_on).cycle
    day = activity.held_on
    duties = store_waivers.list_unasked(
        connection, actor.district_id, activity.path, cycle, activity.item, activity.window, day
    )
    without = {member_id: is_waived for member_id, is_waived in duties.items() if member_id not in known}
    if without:
        background = Background.read(connection, actor, without)
        without = {
            one: it for one, it in without.items() if session_of(background, one, activity.item, day) is not None
        }
    left_out, waived = ([one for one in sorted(without) if without[one] is it] for it in (False, True))
    evidence = files.files_of(connection, actor, OwnerKind.ACTIVITY, [activity.id]).get(activity.id, ())
    return ActivityView(activity, tuple(attendees), tuple(left_out), tuple(waived), evidence, replayed)
