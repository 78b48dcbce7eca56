"""Grids, the enterprises in them and the branches that lead them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.grids import refusals, store, store_mentoring, supplying
from app.grids.core import (
    LEAD_STARS,
    Grid,
    GridLead,
    GridMember,
    GridView,
    LeadState,
    Placing,
    Succession,
    Supplied,
    WantedLead,
    place,
    standard_grids,
    succeed,
)
from app.grids.core_mentoring import Mentoring, MentoringOutcome
from app.grids.knowing import Scene
from app.grids.telling import Herald
from app.kit.calendar import quarter_days, quarter_of
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.roster import service as roster
from app.roster.core import OrganisationKind


def check_office(actor: Actor) -> None:
    """Grids are the whole district's. Raises NotFound for whoever does not set them there."""
    if not actor.may(Permission.GRID_SET, roster.root_of(actor.district_id)):
        raise NotFound(what="district")


def grids(connection: Connection, actor: Actor) -> list[GridView]:
    """Every grid by code; everybody of the district may see them."""
    leads = store.list_leads(connection, actor.district_id)
    members = [
        one for one in store.list_members(connection, actor.district_id, actor.today) if one.from_on <= actor.today
    ]
    return [
        GridView(
            one,
            tuple(lead for lead in leads if lead.grid_id == one.id),
            sum(member.grid_id == one.id for member in members),
        )
        for one in store.list_grids(connection, actor.district_id)
    ]


def found_standard(connection: Connection, actor: Actor) -> list[GridView]:
    """The six trades of Longwen as grids, where the district has none yet; else what it has."""
    check_office(actor)
    if not store.lock_grids(connection, actor.district_id):
        store.write_grids(connection, actor.district_id, standard_grids(actor.today, new_id), new=True)
        arrange(connection, actor)
    return grids(connection, actor)


def set_grid(connection: Connection, actor: Actor, wanted: Grid) -> GridView:
    """Found the grid, or change its name, trades and neighbours; whom it moves, it moves as a change of trade would.

    Raises NotFound, TradeTaken and GridUsed.
    """
    check_office(actor)
    known = store.lock_grids(connection, actor.district_id)
    others = [one for one in known if one.id != wanted.id]
    for one in others:
        for trade in set(one.trades) & set(wanted.trades):
            raise refusals.TradeTaken(trade=trade, name=one.name, field="trades")
    for neighbour in wanted.neighbours:
        if neighbour not in {one.id for one in others}:
            raise refusals.GridUsed(id=str(neighbour), field="neighbours")
    before = next((one for one in known if one.id == wanted.id), None)
    kept = wanted if before is None else replace(wanted, from_on=before.from_on)
    if kept != before:
        store.write_grids(connection, actor.district_id, [kept], new=before is None)
        arrange(connection, actor)
    return next(one for one in grids(connection, actor) if one.grid.id == wanted.id)


# Enterprises.


def arrange(connection: Connection, actor: Actor) -> Placing:
    """Put every enterprise into the grid of its trade, today or from the next quarter on (rule 44)."""
    known = store.lock_grids(connection, actor.district_id)
    scene = Scene.on_the_day(connection, actor)
    enterprises = store.list_enterprises(connection, actor.district_id)
    members = store.list_members(connection, actor.district_id, actor.today)
    territories = {one.id: scene.territory_of(one) for one in enterprises}
    placing = place(enterprises, known, members, territories, actor.today, new_id)
    store.close_members(connection, actor.district_id, placing.closed)
    store.insert_members(connection, actor.district_id, placing.opened)
    return placing


def set_territory(connection: Connection, actor: Actor, enterprise_id: UUID, territory_id: UUID) -> list[GridMember]:
    """Say which committee's territory an enterprise is in; its grid follows its trade. Raises NotFound."""
    check_office(actor)
    store.lock_grids(connection, actor.district_id)
    committee = next(
        (one for one in roster.organisations(connection, actor.district_id) if one.id == territory_id), None
    )
    is_territory = committee is not None and committee.until_on is None
    if committee is None or not is_territory or committee.kind not in _TERRITORIES:
        raise NotFound(what="committee", field="territory_id")
    arrange(connection, actor)
    history = store.list_history(connection, actor.district_id, enterprise_id)
    current = [one for one in history if one.until_on is None or one.until_on >= actor.today]
    if not current:
        raise NotFound(what="enterprise", field="enterprise_id")
    changed = [replace(one, territory_id=territory_id) for one in current]
    store.update_members(connection, actor.district_id, changed)
    return store.list_history(connection, actor.district_id, enterprise_id)


_TERRITORIES = frozenset({OrganisationKind.COMMITTEE, OrganisationKind.DISTRICT})


def members_of(connection: Connection, actor: Actor, grid_id: UUID, after: UUID | None, count: int) -> list[GridMember]:
    """The enterprises in the grid today or later on, by enterprise. Raises NotFound."""
    if grid_id not in {one.id for one in store.list_grids(connection, actor.district_id)}:
        raise NotFound(what="grid", field="grid_id")
    found = [
        one
        for one in store.list_members(connection, actor.district_id, actor.today)
        if one.grid_id == grid_id and (after is None or one.enterprise_id > after)
    ]
    return found[:count]


# Leads.


def set_lead(connection: Connection, actor: Actor, wanted: WantedLead) -> GridLead:
    """Appoint a lead, or change its deputy and capacity.

    Raises NotFound, NotABranch, TooFewStars, StarUnknown, LeadsAlready, LeadFixed and LeadOver.
    """
    check_office(actor)
    known = {one.id: one for one in store.lock_grids(connection, actor.district_id)}
    if wanted.grid_id not in known:
        raise NotFound(what="grid", field="grid_id")
    scene = Scene.on_the_day(connection, actor)
    on_record = supplying.supplied(connection, actor) or Supplied()
    before = store.find_lead(connection, actor.district_id, wanted.id)
    leads = store.list_leads(connection, actor.district_id)
    if before is not None and (before.grid_id, before.branch_id) != (wanted.grid_id, wanted.branch_id):
        raise refusals.LeadFixed(field="id")
    if before is not None and before.state is LeadState.ENDED:
        raise refusals.LeadOver(field="id")
    if wanted.deputy_id is not None:
        _check_star(scene, on_record.lead_stars, wanted.deputy_id, wanted.deputy_star, "deputy_id", "deputy_star")
        if wanted.deputy_id == wanted.branch_id:
            raise refusals.NotABranch(name="本支部 / the lead itself", field="deputy_id")
        _check_free(known, leads, scene, wanted.deputy_id, "deputy_id", but=wanted.grid_id)
    if before is not None:
        changed = replace(before, deputy_id=wanted.deputy_id, capacity=wanted.capacity)
        store.write_leads(connection, actor.district_id, [changed], new=False)
        return changed
    star = _check_star(scene, on_record.lead_stars, wanted.branch_id, wanted.star, "branch_id", "star")
    _check_free(known, leads, scene, wanted.branch_id, "branch_id")
    lead = GridLead(
        wanted.id, wanted.grid_id, wanted.branch_id, wanted.deputy_id, wanted.capacity, star, LeadState.LEADING,
        actor.today,
    )  # fmt: skip
    store.write_leads(connection, actor.district_id, [lead], new=True)
    herald = Herald(connection, actor)
    herald.tell(herald.named(lead))
    return lead


def _check_star(
    scene: Scene, stars: Mapping[UUID, int], branch_id: UUID, said: int | None, field: str, star_field: str
) -> int:
    branch = scene.branch(branch_id)
    if branch is None:
        raise refusals.NotABranch(name=str(branch_id), field=field)
    star = stars.get(branch_id, said)
    if star is None:
        raise refusals.StarUnknown(name=branch.name, field=star_field)
    if star < LEAD_STARS:
        raise refusals.TooFewStars(name=branch.name, star=star, field=field)
    return star


def _check_free(
    known: Mapping[UUID, Grid],
    leads: Sequence[GridLead],
    scene: Scene,
    branch_id: UUID,
    field: str,
    but: UUID | None = None,
) -> None:
    """Leads no grid; a deputy may lead the same one."""
    for one in leads:
        if one.branch_id == branch_id and one.grid_id != but:
            branch = scene.organisations[branch_id]
            raise refusals.LeadsAlready(name=branch.name, grid=known[one.grid_id].name, field=field)


def end_lead(connection: Connection, actor: Actor, lead_id: UUID, reason: str) -> GridLead:
    """The lead keeps the grid to the quarter's end; then its deputy follows. Raises NotFound and LeadOver."""
    check_office(actor)
    store.lock_grids(connection, actor.district_id)
    lead = store.find_lead(connection, actor.district_id, lead_id)
    if lead is None:
        raise NotFound(what="lead", field="lead_id")
    if lead.state is LeadState.ENDED:
        raise refusals.LeadOver(field="lead_id")
    if lead.state is not LeadState.LEADING:
        return lead
    leaving = replace(lead, state=LeadState.LEAVING, until_on=_quarter_end(actor.today), reason=reason)
    store.write_leads(connection, actor.district_id, [leaving], new=False)
    herald = Herald(connection, actor)
    herald.tell(herald.lost(leaving))
    return leaving


def _quarter_end(day: date) -> date:
    return quarter_days(quarter_of(day))[1]


def turn(connection: Connection, actor: Actor, stars: Mapping[UUID, int]) -> Succession:
    """What the day changes about leads, with the mentorings that go to whoever follows (rule 43)."""
    store.lock_grids(connection, actor.district_id)
    leads = store.list_leads(connection, actor.district_id)
    succession = succeed(leads, stars, actor.today, new_id)
    store.write_leads(connection, actor.district_id, succession.changed, new=False)
    store.write_leads(connection, actor.district_id, succession.opened, new=True)
    if succession.handed:
        _hand_over(connection, actor, succession)
    return succession


def _hand_over(connection: Connection, actor: Actor, succession: Succession) -> None:
    paths = {one.id: one.path for one in roster.organisations(connection, actor.district_id)}
    leads = {one.id: one for one in store.list_leads(connection, actor.district_id)}
    open_ones = store_mentoring.list_open(connection, actor.district_id)
    closed: list[Mentoring] = []
    opened: list[Mentoring] = []
    for old, new in succession.handed:
        lead = leads[new]
        for one in open_ones:
            if one.lead_id == old:
                reason = "龙头更替 · the lead was followed by another"
                closed.append(one.ended(MentoringOutcome.HANDED_OVER, actor.today, reason))
                if not _is_own(one, lead, paths):
                    opened.append(one.handed_to(new_id(), new, paths[lead.branch_id], actor.today))
        held = sum(one.lead_id == new for one in (*open_ones, *opened))
        if held > lead.capacity:  # whoever follows takes all: none of them is to be left without a lead
            store.write_leads(connection, actor.district_id, [replace(lead, capacity=held)], new=False)
    store_mentoring.write_mentorings(connection, actor.district_id, closed, new=False)
    store_mentoring.write_mentorings(connection, actor.district_id, opened, new=True)


def _is_own(one: Mentoring, lead: GridLead, paths: Mapping[UUID, str]) -> bool:
    """Whoever follows had been helped itself: that help ends, and the next assignment looks anew."""
    return one.helped_id == lead.branch_id or one.path == paths[lead.branch_id]
