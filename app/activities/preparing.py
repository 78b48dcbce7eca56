"""What is known before a session is written down: what it can count for, and who is expected at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.activities.core import Ground, may_hold
from app.activities.gathering import owing, own_member, session_of
from app.auth.core import Actor, Permission
from app.points import waiving
from app.points.gathering import Background
from app.points.ledger import DutyRow, DutyState
from app.roster import service as roster
from app.roster.core import MemberOn, OrganisationKind, OrganisationView, name_readings
from app.rules.core import Item


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody who owes a session; ``readings`` are the name's in pinyin, for search."""

    member: MemberOn
    readings: str


def places(connection: Connection, actor: Actor) -> tuple[OrganisationView, ...]:
    """The open branches and groups where the caller writes down sessions, in the order of the tree."""
    found = roster.organisations_for(connection, actor, Permission.ACTIVITY_RECORD)
    kinds = (OrganisationKind.BRANCH, OrganisationKind.GROUP)
    return tuple(one for one in found if one.kind in kinds and one.until_on is None)


def items(connection: Connection, actor: Actor, organisation_id: UUID, day: date) -> tuple[Item, ...]:
    """The duties of an organisation's members that sessions settle and the caller may write down, by code. NotFound."""
    place = roster.get_organisation_for(connection, actor, organisation_id, Permission.ACTIVITY_RECORD)
    people = roster.members_under(connection, actor.district_id, place.path, day)
    background = Background.read(connection, actor, [one.id for one in people])
    roles = actor.roles_at(place.path)
    found: dict[str, Item] = {}
    for one in people:
        regime = background.regime_of(one.id, day)
        for code in () if regime is None else regime.items:
            item = session_of(background, one.id, code, day)
            if item is not None and may_hold(item, roles, is_service=actor.is_service):
                found.setdefault(code, item)
    return tuple(found[code] for code in sorted(found))


def expected(connection: Connection, actor: Actor, organisation_id: UUID, item: str, day: date) -> tuple[Expected, ...]:
    """Who owes the item there on the day, by number, but for the caller, whose attendance somebody else writes down.

    Raises NotFound, and NoSession where nobody owes it.
    """
    place = roster.get_organisation_for(connection, actor, organisation_id, Permission.ACTIVITY_RECORD)
    due = owing(connection, actor, place.path, item, day)
    own = own_member(connection, actor)
    people = roster.members_under(connection, actor.district_id, place.path, day)
    return tuple(Expected(one, name_readings(one.name)) for one in people if one.id in due.items and one.id != own)


def asked(connection: Connection, actor: Actor, organisation_id: UUID, item: str, day: date) -> tuple[Expected, ...]:
    """The same but for those of whom nobody asks it in this window: they came in its middle, or it was waived.

    To be rolled back: members enter the quarter for it, as when a session is recorded. Raises as ``expected``.
    """
    found = expected(connection, actor, organisation_id, item, day)
    background = Background.read(connection, actor, [one.member.id for one in found])
    duties = waiving.duties_on(connection, actor, background, item, {one.member.id: day for one in found})
    return tuple(one for one in found if _is_asked(duties.get(one.member.id)))


def _is_asked(duty: DutyRow | None) -> bool:
    """What was said not to be held is asked again by holding it."""
    if duty is None:
        return False
    return duty.state is not DutyState.WAIVED or duty.source == Ground.NOT_HELD.value
