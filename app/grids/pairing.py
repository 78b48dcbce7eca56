"""Assignments: what is to be solved, and what of the solution is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.grids import following, handing, refusals, service, store, store_mentoring, supplying
from app.grids.assigning import (
    Assignment,
    HelpedKind,
    Lead,
    Need,
    NeedGround,
    Pair,
    Pairing,
    Problem,
    Release,
    assign,
)
from app.grids.core import NEEDY_STARS, Applied, GridLead, LeadState, Supplied, reach_of
from app.grids.core_mentoring import Mentoring, MentoringOutcome, MentoringState
from app.grids.knowing import Scene
from app.grids.telling import Herald
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.roster import service as roster
from app.roster.core import MemberOn

_RELEASED = {
    Release.LEAD_GONE: "龙头已卸任 · the lead is gone",
    Release.OUT_OF_REACH: "已不在同一或相邻网格 · no longer of the same or a neighbouring grid",
    Release.OVER_CAPACITY: "超出龙头名额 · over the lead's capacity",
    Release.NOT_NEEDED: "不再需要帮带 · help is no longer needed",
    Release.BETTER: "另有更合适的安排 · another arrangement is better",
}


def apply(connection: Connection, actor: Actor, said: Supplied | None = None) -> Applied:
    """Put everybody in their grid, let deputies follow, pair whoever needs help, and write down the proposals.

    What is agreed on stays as long as it is valid. ``said`` stands in for what is not on record. A caller who previews
    does the same and does not commit. Raises NotFound and StarsUnknown.
    """
    service.check_office(actor)
    on_record = supplying.supplied(connection, actor)
    known = said if on_record is None else on_record.over(said)
    if known is None:
        raise refusals.StarsUnknown(field="stars")
    placing = service.arrange(connection, actor)
    succession = service.turn(connection, actor, known.lead_stars)
    desk = _Desk(connection, actor, known)
    assignment = assign(desk.problem())
    opened, closed = desk.write(assignment)
    handing.hand_down(connection, actor)
    herald = Herald(connection, actor)
    told = [*herald.turned(succession), *herald.asked(opened), *herald.ended(closed)]
    herald.tell([*told, *following.meetings_due(connection, actor, herald)])
    return Applied(assignment, tuple(opened), tuple(closed), succession, placing)


class _Desk:
    """One assignment: the scene, the needs, the leads and what stands."""

    def __init__(self, connection: Connection, actor: Actor, known: Supplied) -> None:
        self.connection, self.actor, self.known = connection, actor, known
        self.scene = Scene.on_the_day(connection, actor)
        self.leads = {one.id: one for one in store.list_leads(connection, actor.district_id)}
        self.open = {one.helped_id: one for one in store_mentoring.list_open(connection, actor.district_id)}
        helped = {one.helped_id for one in self.open.values() if one.kind is HelpedKind.MEMBER}
        members = sorted(known.cases | helped)
        self.belonging = roster.members_on(connection, actor.district_id, members, actor.today)

    def problem(self) -> Problem:
        reach = reach_of(store.list_grids(self.connection, self.actor.district_id))
        standing = tuple(
            Pairing(one.helped_id, one.lead_id, one.is_firm, one.proposed_on) for one in self.open.values()
        )
        return Problem(tuple(self.needs()), tuple(self._leads()), reach, standing)

    def needs(self) -> list[Need]:
        """Who needs help today, and whoever is helped already, unless they exist no longer."""
        grounds: dict[tuple[HelpedKind, UUID], set[NeedGround]] = {}
        for key, star in self.known.stars.items():
            if star <= NEEDY_STARS:
                ground = NeedGround.TWO_STARS if star == NEEDY_STARS else NeedGround.ONE_STAR
                grounds[HelpedKind.BRANCH, key] = {ground}
        for key in self.scene.enterprises:
            if not self.scene.enterprise_sizes.get(key):
                grounds[HelpedKind.ENTERPRISE, key] = {NeedGround.NO_MEMBERS}
        for key in self.known.cases:
            grounds[HelpedKind.MEMBER, key] = {NeedGround.CASE}
        for one in self.open.values():
            if one.is_firm:
                grounds.setdefault((one.kind, one.helped_id), {NeedGround.UNDER_WAY})
        return [need for (kind, key), why in grounds.items() if (need := self._need(kind, key, why)) is not None]

    def _need(self, kind: HelpedKind, key: UUID, grounds: set[NeedGround]) -> Need | None:
        place = self.scene.place(kind, key, self.belonging)
        if place is None:
            return None
        return Need(key, kind, place.grid, place.territory, place.size, frozenset(grounds), place.branch)

    def _leads(self) -> list[Lead]:
        """One that is to leave takes on nobody new: its capacity is what it has."""
        found: list[Lead] = []
        for one in self.leads.values():
            place = self.scene.place_of_branch(one.branch_id)
            if place is None:
                continue
            held = sum(other.lead_id == one.id and other.is_firm for other in self.open.values())
            capacity = one.capacity if one.state is LeadState.LEADING else held
            if capacity:
                found.append(Lead(one.id, one.branch_id, one.grid_id, place.territory, place.size, capacity))
        return found

    def write(self, assignment: Assignment) -> tuple[list[Mentoring], list[Mentoring]]:
        """What is proposed anew, and what ends."""
        closed: list[Mentoring] = []
        for standing, why in assignment.released:
            one = self.open[standing.need]
            firm = one.state in (MentoringState.AGREED, MentoringState.ACTIVE)
            outcome = MentoringOutcome.RELEASED if firm else MentoringOutcome.WITHDRAWN
            closed.append(one.ended(outcome, self.actor.today, _RELEASED[why]))
        ended = {one.helped_id: one for one in closed}
        opened = [
            self._proposal(pair, ended.get(pair.need.key))
            for pair in assignment.pairs
            if not (pair.kept and pair.need.key in self.open and pair.need.key not in ended)
        ]
        kept = [
            replace(one, grounds=grounds)
            for pair in assignment.pairs
            if pair.kept and (one := self.open[pair.need.key]).grounds != (grounds := _sorted(pair.need.grounds))
        ]
        district_id = self.actor.district_id
        store_mentoring.write_mentorings(self.connection, district_id, [*closed, *kept], new=False)
        store_mentoring.write_mentorings(self.connection, district_id, opened, new=True)
        return opened, closed

    def _proposal(self, pair: Pair, before: Mentoring | None) -> Mentoring:
        return proposal(
            self.actor,
            self.scene,
            self.leads[pair.lead.key],
            pair.need.kind,
            pair.need.key,
            self.belonging,
            grounds=_sorted(pair.need.grounds),
            costs={name: cost for name, cost in asdict(pair.costs).items() if cost},
            star=self.known.stars.get(pair.need.key),
            before=before,
        )


def _sorted(grounds: frozenset[NeedGround]) -> tuple[NeedGround, ...]:
    return tuple(sorted(grounds))


def proposal(
    actor: Actor,
    scene: Scene,
    lead: GridLead,
    kind: HelpedKind,
    key: UUID,
    belonging: Mapping[UUID, MemberOn],
    *,
    grounds: Sequence[NeedGround],
    costs: Mapping[str, int],
    star: int | None = None,
    before: Mentoring | None = None,
    by_hand: str | None = None,
) -> Mentoring:
    """A mentoring that waits for both sides to agree. Raises NotFound for who does not exist."""
    place, by = scene.place(kind, key, belonging), scene.place_of_branch(lead.branch_id)
    if place is None or by is None:
        raise NotFound(what=kind.value, field="helped_id")
    return Mentoring(
        id=new_id(),
        lead_id=lead.id,
        lead_path=by.path,
        kind=kind,
        helped_id=key,
        path=place.path,
        state=MentoringState.PROPOSED,
        grounds=tuple(grounds),
        costs=costs,
        by_hand=by_hand,
        star=star,
        proposed_on=actor.today,
        before_id=None if before is None else before.id,
    )


def override(
    connection: Connection, actor: Actor, kind: HelpedKind, helped_id: UUID, lead_id: UUID, reason: str
) -> Mentoring:
    """Give somebody the lead that is chosen by hand; assignments keep it. The same choice again changes nothing.

    Raises NotFound, LeadOver, CapacityFull and HelpsItself.
    """
    service.check_office(actor)
    store.lock_grids(connection, actor.district_id)
    lead = store.find_lead(connection, actor.district_id, lead_id)
    if lead is None:
        raise NotFound(what="lead", field="lead_id")
    if lead.state is not LeadState.LEADING:
        raise refusals.LeadOver(field="lead_id")
    scene = Scene.on_the_day(connection, actor)
    belonging = roster.members_on(connection, actor.district_id, [helped_id], actor.today)
    place = scene.place(kind, helped_id, belonging)
    if place is None:
        raise NotFound(what=kind.value, field="helped_id")
    if lead.branch_id in (place.branch, helped_id):
        raise refusals.HelpsItself(field="lead_id")
    every = store_mentoring.list_open(connection, actor.district_id)
    before = next((one for one in every if one.helped_id == helped_id), None)
    if before is not None and before.lead_id == lead_id:
        if before.by_hand is None:
            before = replace(before, by_hand=reason)
            store_mentoring.write_mentorings(connection, actor.district_id, [before], new=False)
        return before
    firm = sum(one.lead_id == lead_id and one.is_firm for one in every)
    if firm >= lead.capacity:
        raise refusals.CapacityFull(capacity=lead.capacity, field="lead_id")
    grounds = () if before is None else before.grounds
    star = None if before is None else before.star
    chosen = proposal(
        actor, scene, lead, kind, helped_id, belonging, grounds=grounds, costs={}, star=star, before=before,
        by_hand=reason,
    )  # fmt: skip
    if before is not None:
        ended = before.ended(MentoringOutcome.CHOSEN_OTHERWISE, actor.today, reason)
        store_mentoring.write_mentorings(connection, actor.district_id, [ended], new=False)
    store_mentoring.write_mentorings(connection, actor.district_id, [chosen], new=True)
    handing.hand_down(connection, actor)
    herald = Herald(connection, actor)
    herald.tell(herald.asked([chosen]))
    return chosen


def keep(connection: Connection, actor: Actor) -> dict[str, int]:
    """What a day asks for: enterprises move, deputies follow, and whoever needs help is proposed to a lead.

    Only proposals: both sides agree before anything begins. Without any stars on record nothing is proposed, since
    whoever is helped for its stars would seem to need no help.
    """
    if not store.list_grids(connection, actor.district_id):
        return {}
    known = supplying.supplied(connection, actor)
    if known is None:
        placing = service.arrange(connection, actor)
        succession = service.turn(connection, actor, {})
        handing.hand_down(connection, actor)
        herald = Herald(connection, actor)
        herald.tell([*herald.turned(succession), *following.meetings_due(connection, actor, herald)])
        return {"placed": len(placing.opened), "leads": len(succession.changed), "waits_for_stars": 1}
    applied = apply(connection, actor, known)
    return {
        "placed": len(applied.placing.opened),
        "leads": len(applied.succession.changed),
        "proposed": len(applied.opened),
        "ended": len(applied.closed),
        "without_lead": len(applied.assignment.unserved),
    }
