"""The own branch at a glance on the first page; for a committee and the district, the same one level up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cases import assisting, reminding
from app.me.core import Home
from app.points import overview
from app.points.core_overview import Due, Spread
from app.ratings import recalling
from app.ratings.recalling import LastStar, Level
from app.roster.core import OrganisationKind, OrganisationView

_GLANCES_MAX = 3  # hardly anybody leads more than one branch, and each costs a few queries
_OF_A_BRANCH = (OrganisationKind.BRANCH, OrganisationKind.GROUP)


@dataclass(frozen=True, slots=True)
class Glance:
    """One place; what is None is not looked at there: not of this place, or not the caller's to know.

    ``cases`` and ``talks`` are how many, and how many of them are overdue. ``record`` is where a duty is written down.
    """

    place: OrganisationView
    spread: Spread | None = None
    due: Due | None = None
    record: str | None = None
    cases: tuple[int, int] | None = None
    talks: tuple[int, int] | None = None
    star: LastStar | None = None
    levels: tuple[str, tuple[Level, ...]] | None = None

    @property
    def has_tasks(self) -> bool:
        """Whether there are lines below the bars."""
        waiting = any(found is not None and found[0] for found in (self.talks, self.cases))
        return waiting or self.due is not None or self.star is not None

    @property
    def says_anything(self) -> bool:
        """A district without a cycle or a named round has nothing to look at yet."""
        return self.has_tasks or self.spread is not None or self.levels is not None


def glances(connection: Connection, actor: Actor, found: Home) -> list[Glance]:
    """Of each place where the caller reads standings by office; a plain member has none."""
    reach = actor.reach(Permission.STANDING_READ)
    places = {one.path: one.organisation for one in found.offices if one.path in reach and one.organisation is not None}
    cycle = None if found.quarter is None else found.quarter.cycle
    looked_at = [_glance(connection, actor, places[path], cycle) for path in sorted(places)[:_GLANCES_MAX]]
    return [one for one in looked_at if one.says_anything]


def _glance(connection: Connection, actor: Actor, place: OrganisationView, cycle: str | None) -> Glance:
    path = place.path
    if place.kind not in _OF_A_BRANCH:
        # A whole district's standings are not counted at each look: boards and digests have them.
        counted_in = cycle if place.kind is OrganisationKind.COMMITTEE else None
        return Glance(
            place,
            spread=None if counted_in is None else overview.spread(connection, actor, counted_in, path),
            levels=recalling.levels(connection, actor, path),
        )
    keeps = actor.may(Permission.CASE_KEEP, path)  # whom a line only warns of is the secretary's to know
    branch_id = place.parent_id if place.kind is OrganisationKind.GROUP else place.id
    return Glance(
        place,
        spread=None if cycle is None else overview.spread(connection, actor, cycle, path),
        due=None if cycle is None else overview.due_this_month(connection, actor, cycle, path),
        record=_record(actor, path),
        cases=assisting.count_open(connection, actor, path) if keeps else None,
        talks=reminding.count_waiting(connection, actor) if keeps else None,
        star=None if branch_id is None else recalling.last_star(connection, actor, branch_id),
    )


def _record(actor: Actor, path: str) -> str | None:
    if actor.may(Permission.ACTIVITY_RECORD, path):
        return "/meetings/new"
    return "/record" if actor.may(Permission.ENTRY_RECORD, path) else None
