"""A quarter's life as it is read: its branches, what each waits for, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.points import checking
from app.points.gathering import Books
from app.points.views import UncheckedGroup
from app.roster import service as roster
from app.roster.core import OrganisationView
from app.rules.core import Item
from app.seals import store
from app.seals.core import (
    BranchLife,
    BranchView,
    QuarterView,
    Stage,
    UncheckedBranch,
    asked_to_check,
    check_due_on,
    is_seal_due,
    stage_of,
)
from app.submissions.core_reviewing import OFFICES, Holders


def lives(connection: Connection, actor: Actor, quarter: Quarter) -> list[BranchLife]:
    """Every branch that the quarter's end is about: with members on its last day, or with rows that nobody confirmed.

    None for a quarter that had ended before the district opened the cycle: nothing was ever booked in it.
    """
    if cycles.is_before_books(connection, actor, quarter):
        return []
    unchecked = checking.count_unchecked(connection, actor, quarter.code)
    notices = store.list_notices(connection, actor.district_id, quarter.code)
    first = {one.branch_id: one for one in notices if one.member_id is None}
    branches = {*store.list_branches_on(connection, actor.district_id, quarter.ends_on), *unchecked, *first}
    return [BranchLife(one, unchecked.get(one, 0), first.get(one)) for one in sorted(branches)]


@dataclass(slots=True)
class Turns:
    """Whose turn it is to confirm, branch by branch; what is asked of the database is remembered."""

    connection: Connection
    actor: Actor
    quarter: Quarter
    organisations: Mapping[UUID, OrganisationView]
    _books: Books
    _groups: dict[UUID, list[UncheckedGroup]] = field(default_factory=dict)
    _holders: dict[UUID, Holders] = field(default_factory=dict)

    @classmethod
    def read(cls, connection: Connection, actor: Actor, quarter: Quarter) -> Turns:
        found = {one.id: one for one in roster.organisations(connection, actor.district_id)}
        turns = cls(connection, actor, quarter, found, Books.opened(connection, actor))
        for group in checking.unchecked_groups(connection, actor, quarter.code):
            turns._groups.setdefault(group.branch_id, []).append(group)
        return turns

    def asked(self, branch_id: UUID, *, is_late: bool) -> list[UUID]:
        """The accounts that the branch's unconfirmed rows wait for."""
        found: dict[UUID, None] = {}
        for group in self._groups.get(branch_id, ()):
            concerned = (group.recorded_by, group.account_id)
            item = item_of(self._books, group.edition, group.profile, group.item)
            found |= dict.fromkeys(asked_to_check(item, self.holders(branch_id), concerned, is_late=is_late))
        return list(found)

    def look_up(self, branches: Collection[UUID]) -> None:
        """Ask at once who holds the offices of many branches, of whom ``asked`` will be."""
        paths = {one: self.organisations[one].path for one in branches}
        found = auth.holders_at(self.connection, self.actor, OFFICES, sorted(set(paths.values())))
        self._holders |= {one: found[path] for one, path in paths.items()}

    def holders(self, branch_id: UUID) -> Holders:
        if branch_id not in self._holders:
            path = self.organisations[branch_id].path
            self._holders[branch_id] = auth.holders(self.connection, self.actor, OFFICES, path)
        return self._holders[branch_id]


def item_of(books: Books, edition: str, profile: str, code: str) -> Item | None:
    return books.regime(edition, profile).items.get(code)


def quarters(connection: Connection, actor: Actor) -> list[QuarterView]:
    """Every quarter of the books with its state, the latest first."""
    known = sorted(cycles.quarters(connection, actor), key=lambda one: one.code, reverse=True)
    return [QuarterView(one, check_due_on(one), (), 0) for one in known]


def quarter(connection: Connection, actor: Actor, code: str) -> QuarterView:
    """The quarter with the branches in the caller's reach: stage, rows left, notice, and who is asked.

    Raises UnknownQuarter.
    """
    found = cycles.quarter(connection, actor, code)
    everybody = lives(connection, actor, found)
    turns = Turns.read(connection, actor, found)
    reached = {
        one.branch_id for one in everybody if actor.may(Permission.CHECK_READ, turns.organisations[one.branch_id].path)
    }
    waiting = [one.branch_id for one in everybody if one.branch_id in reached and one.unchecked]
    turns.look_up(waiting)
    accounts = {one: turns.asked(one, is_late=is_late(found)) for one in waiting}
    names = store.list_account_names(
        connection, actor.district_id, {one for asked in accounts.values() for one in asked}
    )
    branches = [
        _view(one, turns.organisations[one.branch_id], stage_of(found, one, actor.today), accounts, names)
        for one in everybody
        if one.branch_id in reached
    ]
    is_over = found.state is QuarterState.SEALED
    holding = [] if is_over else [one for one in everybody if not is_seal_due(found, [one], actor.today)]
    in_order = tuple(sorted(branches, key=lambda one: one.path))
    return QuarterView(found, check_due_on(found), in_order, len(holding))


def unchecked(connection: Connection, actor: Actor, quarter: Quarter) -> list[UncheckedBranch]:
    """The branches in the caller's reach with rows to confirm; whose turn it is, ``quarter`` says."""
    counts = checking.count_unchecked(connection, actor, quarter.code)
    places = [one for one in roster.organisations(connection, actor.district_id) if counts.get(one.id)]
    seen = sorted((one for one in places if actor.may(Permission.CHECK_READ, one.path)), key=lambda one: one.path)
    return [UncheckedBranch(one.id, one.path, one.name, counts[one.id]) for one in seen]


def frozen_at(connection: Connection, actor: Actor, quarter: Quarter) -> datetime | None:
    """When the sealed quarter was frozen (UTC); None before that."""
    return store.find_frozen_at(connection, actor.district_id, quarter.code)


def is_late(quarter: Quarter) -> bool:
    """Whether what a branch has not confirmed is the committee's."""
    return quarter.state is QuarterState.NOTICE


def _view(
    life: BranchLife,
    organisation: OrganisationView,
    stage: Stage,
    accounts: Mapping[UUID, Collection[UUID]],
    names: Mapping[UUID, str],
) -> BranchView:
    asked = tuple(names[one] for one in accounts.get(life.branch_id, ()) if one in names)
    return BranchView(life, organisation.path, organisation.name, stage, asked)
