"""What a verb about grids needs to know of the roster on a day: who is where, how large, in which grid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.grids import store
from app.grids.assigning import HelpedKind
from app.grids.core import GridMember
from app.roster import service as roster
from app.roster.core import Enterprise, MemberOn, OrganisationKind, OrganisationView


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: ``path`` is what rights are asked at, ``territory`` the committee's."""

    path: str
    territory: str
    grid: UUID | None
    branch: UUID | None
    size: int


@dataclass(frozen=True, slots=True)
class Scene:
    """The district on one day."""

    root: str
    organisations: Mapping[UUID, OrganisationView]
    enterprises: Mapping[UUID, Enterprise]  # those that exist on the day
    members: Mapping[UUID, GridMember]  # by enterprise: the grid of the day
    branch_grids: Mapping[UUID, UUID]
    branch_sizes: Mapping[UUID, int]
    enterprise_sizes: Mapping[UUID, int]

    @classmethod
    def on_the_day(cls, connection: Connection, actor: Actor) -> Scene:
        district, today = actor.district_id, actor.today
        organisations = {one.id: one for one in roster.organisations(connection, district)}
        enterprises = {
            one.id: one
            for one in store.list_enterprises(connection, district)
            if one.until_on is None or one.until_on >= today
        }
        members = {
            one.enterprise_id: one
            for one in store.list_members(connection, district, today)
            if one.from_on <= today and one.enterprise_id in enterprises
        }
        branches, sizes = store.count_members(connection, district, today)
        found: dict[UUID, Counter[UUID]] = {}
        for key, one in members.items():
            branch = enterprises[key].branch_id
            if branch is not None:
                found.setdefault(branch, Counter())[one.grid_id] += 1
        grids = {branch: min(count, key=lambda one: (-count[one], one)) for branch, count in found.items()}
        return cls(roster.root_of(district), organisations, enterprises, members, grids, branches, sizes)

    def branch(self, branch_id: UUID) -> OrganisationView | None:
        """The branch, if it exists on the day."""
        found = self.organisations.get(branch_id)
        return found if found is not None and found.kind is OrganisationKind.BRANCH and found.until_on is None else None

    def territory_of(self, enterprise: Enterprise) -> UUID:
        """The committee over the branch that covers it; the district where none does."""
        found = None if enterprise.branch_id is None else self.organisations.get(enterprise.branch_id)
        return UUID(self.root) if found is None or found.parent_id is None else found.parent_id

    def place_of_branch(self, branch_id: UUID) -> Place | None:
        found = self.branch(branch_id)
        if found is None:
            return None
        territory = found.path.rpartition(".")[0]
        grid, size = self.branch_grids.get(branch_id), self.branch_sizes.get(branch_id, 0)
        return Place(found.path, territory, grid, branch_id, size)

    def place_of_enterprise(self, enterprise_id: UUID) -> Place | None:
        found = self.enterprises.get(enterprise_id)
        if found is None:
            return None
        member = self.members.get(enterprise_id)
        committee = self.organisations.get(self.territory_of(found) if member is None else member.territory_id)
        territory = self.root if committee is None else committee.path
        covering = None if found.branch_id is None else self.branch(found.branch_id)
        path = territory if covering is None else covering.path
        branch = None if covering is None else covering.id
        size = self.enterprise_sizes.get(enterprise_id, 0)
        return Place(path, territory, None if member is None else member.grid_id, branch, size)

    def place_of_member(self, there: MemberOn) -> Place | None:
        """A member is helped where the branch is."""
        found = self.place_of_branch(there.branch_id)
        return None if found is None else Place(found.path, found.territory, found.grid, there.branch_id, 1)

    def place(self, kind: HelpedKind, key: UUID, belonging: Mapping[UUID, MemberOn]) -> Place | None:
        """None for who exists no longer."""
        if kind is HelpedKind.BRANCH:
            return self.place_of_branch(key)
        if kind is HelpedKind.ENTERPRISE:
            return self.place_of_enterprise(key)
        return self.place_of_member(belonging[key]) if key in belonging else None
