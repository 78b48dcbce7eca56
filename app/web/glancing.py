"""The own branch at a glance on the first page; for a committee and the district, what lies below them as well.

A committee's branches are counted at each look, in two queries. A whole district is not: its committees stand in the
month's digest, as it was made, beside what is cheap to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, within
from app.cases import assisting, reminding
from app.digests import service as digests
from app.digests.core import DigestKind
from app.digests.wording import period_name
from app.kit.naming import Names, Whose
from app.me.core import Home
from app.points import overview, telling
from app.points.core_overview import Due, Lag, Spread
from app.ratings import recalling
from app.ratings.recalling import LastStar, Level
from app.roster import naming
from app.roster.core import OrganisationKind, OrganisationView, path_under
from app.rules.name import Name

_GLANCES_MAX = 3  # hardly anybody leads more than one branch, and each costs a few queries
_BRANCHES_MAX = 8  # the furthest behind; a list of all is a click away
_OF_A_BRANCH = (OrganisationKind.BRANCH, OrganisationKind.GROUP)


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of a committee, furthest behind first: those shown with their names, and how many have anything."""

    shown: tuple[Lag, ...]
    names: Names
    behind: int


@dataclass(frozen=True, slots=True)
class CommitteeLine:
    """A committee of the district: what was late, and whose duties undecided, in the month's digest; cases open now."""

    id: UUID
    name: str
    late: int
    undecided: int
    cases: int


@dataclass(frozen=True, slots=True)
class Committees:
    """The committees, the latest first, by the digest of a month."""

    digest_id: UUID
    period: Name
    lines: tuple[CommitteeLine, ...]


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
    tellings: int = 0  # deductions to be told in person
    star: LastStar | None = None
    levels: tuple[str, tuple[Level, ...]] | None = None
    branches: Branches | None = None
    committees: Committees | None = None

    @property
    def has_tasks(self) -> bool:
        """Whether there are lines below the bars."""
        waiting = any(found is not None and found[0] for found in (self.talks, self.cases))
        return waiting or self.tellings > 0 or self.due is not None or self.star is not None

    @property
    def says_anything(self) -> bool:
        """A district without a cycle or a named round has nothing to look at yet."""
        told = (self.spread, self.levels, self.branches, self.committees)
        return self.has_tasks or any(one is not None for one in told)


def glances(connection: Connection, actor: Actor, found: Home) -> list[Glance]:
    """Of each place where the caller reads standings by office; a plain member has none."""
    reach = actor.reach(Permission.STANDING_READ)
    places = {one.path: one.organisation for one in found.offices if one.path in reach and one.organisation is not None}
    cycle = None if found.quarter is None else found.quarter.cycle
    looked_at = [_glance(connection, actor, places[path], cycle) for path in sorted(places)[:_GLANCES_MAX]]
    return [one for one in looked_at if one.says_anything]


def _glance(connection: Connection, actor: Actor, place: OrganisationView, cycle: str | None) -> Glance:
    path = place.path
    if place.kind is OrganisationKind.COMMITTEE:
        return _committee(connection, actor, place, cycle)
    if place.kind not in _OF_A_BRANCH:
        return _district(connection, actor, place)
    keeps = actor.may(Permission.CASE_KEEP, path)  # whom a line only warns of is the secretary's to know
    branch_id = place.parent_id if place.kind is OrganisationKind.GROUP else place.id
    return Glance(
        place,
        spread=None if cycle is None else overview.spread(connection, actor, cycle, path),
        due=None if cycle is None else overview.due_this_month(connection, actor, cycle, path),
        record=_record(actor, path),
        cases=assisting.count_open(connection, actor, path) if keeps else None,
        talks=reminding.count_waiting(connection, actor) if keeps else None,
        tellings=telling.count_waiting(connection, actor, path) if keeps else 0,
        star=None if branch_id is None else recalling.last_star(connection, actor, branch_id),
    )


def _record(actor: Actor, path: str) -> str | None:
    if actor.may(Permission.ACTIVITY_RECORD, path):
        return "/meetings/new"
    return "/record" if actor.may(Permission.ENTRY_RECORD, path) else None


def _committee(connection: Connection, actor: Actor, place: OrganisationView, cycle: str | None) -> Glance:
    path = place.path
    levels = recalling.levels(connection, actor, path)
    cases = assisting.count_open(connection, actor, path) if actor.may(Permission.CASE_READ, path) else None
    if cycle is None:
        return Glance(place, cases=cases, levels=levels)
    spread, due, lags = overview.branches(connection, actor, cycle, path)
    behind = [one for one in lags if one.due.late or one.due.undecided or one.low]
    shown = tuple(behind[:_BRANCHES_MAX])
    names = naming.names(connection, actor, {Whose.ORGANISATION: {one.branch_id for one in shown}}) if shown else {}
    return Glance(
        place, spread=spread, due=due, cases=cases, levels=levels, branches=Branches(shown, names, len(behind))
    )  # fmt: skip


def _district(connection: Connection, actor: Actor, place: OrganisationView) -> Glance:
    path = place.path
    may_see_cases = actor.may(Permission.CASE_READ, path)
    open_cases = assisting.count_open_below(connection, actor, path) if may_see_cases else {}
    made = digests.latest(connection, actor, DigestKind.MONTH, place.id)
    committees = None
    if made is not None:
        lines = []
        for one in made.content["lines"]:
            below = path_under(path, UUID(one["id"]))
            cases = sum(number for branch, number in open_cases.items() if within(branch, below))
            undecided = one["numbers"].get("duties_expected", 0)
            lines.append(CommitteeLine(UUID(one["id"]), one["name"], one["late"], undecided, cases))
        lines.sort(key=lambda one: (-one.late, -one.undecided, one.name))
        committees = Committees(made.id, period_name(made.kind, made.period), tuple(lines))
    return Glance(
        place,
        cases=assisting.count_open(connection, actor, path) if may_see_cases else None,
        levels=recalling.levels(connection, actor, path),
        committees=committees,
    )
