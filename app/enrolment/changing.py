"""What every change of enrolment does: the roster, the offices, what is open, the ledger, the messages; in this order.

The order is that of the locks: the root of the roster, proposals and appeals, quarters, standings, inboxes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.appeals import following as appeals
from app.auth import enrolling as offices
from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.enrolment import refusals, store
from app.enrolment.classes import ClassesInForce, plain_class
from app.enrolment.core_changes import Change, Done, Effected, Moved, Result
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points import following
from app.points.following import Followed
from app.roster import enrolling as roster
from app.roster import service as roster_service
from app.roster.core import (
    NO_GROUPS,
    KnownMember,
    Membership,
    OrganisationKind,
    OrganisationView,
    RosterChanges,
)
from app.roster.history import MemberHistory
from app.rules.core import overlaid
from app.submissions import following as submissions

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entering:
    """A member on the way into a branch: the class without the property of the branch, and the group, if any."""

    member: KnownMember
    branch: OrganisationView
    profile: str
    group: OrganisationView | None = None


@dataclass(slots=True)
class Doing:
    """One change under way: what it has done so far, and what is to be told at the end."""

    connection: Connection
    actor: Actor
    organisations: dict[UUID, OrganisationView]
    classes: ClassesInForce
    told: list[Message] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    offices_ended: int = 0
    handed_on: int = 0

    @classmethod
    def begun(cls, connection: Connection, actor: Actor, classes: ClassesInForce) -> Doing:
        found = roster_service.organisations(connection, actor.district_id)
        return cls(connection, actor, {one.id: one for one in found}, classes)

    # Looking.

    def branch(self, branch_id: UUID, kind: OrganisationKind = OrganisationKind.BRANCH) -> OrganisationView:
        """An open branch, or committee. Raises NotFound and NotABranch."""
        found = self.organisations.get(branch_id)
        if found is None:
            raise NotFound(what=kind.value, field="branch_id")
        if found.kind is not kind or found.until_on is not None:
            wanted = ("党支部", "branch") if kind is OrganisationKind.BRANCH else ("基层党委", "committee")
            raise refusals.NotABranch(name=found.name, wanted=wanted[0], wanted_en=wanted[1], field="branch_id")
        return found

    def group_of(self, branch: OrganisationView, group_id: UUID | None) -> OrganisationView | None:
        """Raises GroupElsewhere."""
        if group_id is None:
            return None
        found = self.organisations.get(group_id)
        if found is None or found.parent_id != branch.id or found.until_on is not None:
            raise refusals.GroupElsewhere(branch=branch.name, field="group_id")
        return found

    def spell(self, entering: Entering, from_on: date) -> Membership:
        """The membership as the branch's book and groups have it. Raises UnknownClass."""
        branch = entering.branch
        has_groups = any(
            one.parent_id == branch.id and one.kind is OrganisationKind.GROUP and one.until_on is None
            for one in self.organisations.values()
        )
        profile = plain_class(self.classes, branch, entering.profile)
        at = entering.group or branch
        return Membership(
            new_id(),
            entering.member.id,
            branch.id,
            None if entering.group is None else entering.group.id,
            at.path,
            overlaid(profile, None if has_groups else NO_GROUPS),
            from_on,
        )

    # Doing.

    def move(self, entering: Sequence[Entering], organisations: Sequence[OrganisationView] = ()) -> Followed:
        """Members leave their branch yesterday and are in another one from today on.

        Their offices in the old branch end, the role of a member goes along, and what is open about them goes to
        whoever reviews in the new one. Raises ChangedSameDay.
        """
        today = self.actor.today
        closed, opened, paths = [], [], {}
        before = self.histories(one.member.id for one in entering)
        for one in entering:
            last = open_membership(one.member)
            if last.from_on >= today:
                raise refusals.ChangedSameDay(day=last.from_on.isoformat(), field="member_id")
            closed.append((last.id, today - ONE_DAY))
            spell = self.spell(one, today)
            opened.append(spell)
            paths[one.member.id] = spell.path
            self._follow_offices(one, last)
            self.note_move(one.member, last.branch_id, spell.branch_id)
        changes = RosterChanges(
            organisations=tuple(organisations), memberships_closed=tuple(closed), memberships=tuple(opened)
        )
        roster.write_spells(self.connection, self.actor, changes)
        self._hand_on(paths)
        return following.follow(self.connection, self.actor, before, today)

    def _follow_offices(self, entering: Entering, last: Membership) -> None:
        account_id = entering.member.account_id
        old = self.organisations[last.branch_id]
        if account_id is None or old.id == entering.branch.id:
            return
        ended = offices.end_offices(self.connection, self.actor, [account_id], self.actor.today, under=old.path)
        if any(one.role is Role.MEMBER for one in ended):
            here = (account_id, Role.MEMBER, entering.branch.path)
            offices.give_offices(self.connection, self.actor, [here], self.actor.today)
        self.offices_ended += sum(one.role is not Role.MEMBER for one in ended)

    def _hand_on(self, paths: Mapping[UUID, str]) -> None:
        found = submissions.follow(self.connection, self.actor, paths)
        found += appeals.follow(self.connection, self.actor, paths)
        self.handed_on += len({one.subject for one in found})
        self.told += found

    def histories(self, ids: Iterable[UUID]) -> dict[UUID, MemberHistory]:
        return roster_service.histories(self.connection, self.actor.district_id, list(ids))

    def note_move(self, member: KnownMember, from_id: UUID | None, to_id: UUID | None) -> None:
        self.moved.append(Moved(member.id, member.number, member.name, from_id, to_id))

    # Telling.

    def secretaries(self, path: str) -> list[Recipient]:
        """Whoever leads the branch; where there is nobody, the committee above it."""
        found = auth.holders(self.connection, self.actor, [Role.SECRETARY, Role.COMMITTEE_OFFICER], path)
        for role in (Role.SECRETARY, Role.COMMITTEE_OFFICER):
            accounts = list(dict.fromkeys(account for account, held in found if held is role))
            if accounts:
                return [Recipient(account_id=one) for one in accounts]
        return []

    def tell(
        self,
        recipients: Sequence[Recipient],
        kind: Kind,
        subject: Subject,
        facts: Mapping[str, FactValue],
        occasion: str = "",
    ) -> None:
        """Each of them once, but for who acts."""
        for one in dict.fromkeys(recipients):
            if one.account_id is None or one.account_id != self.actor.account_id:
                self.told.append(Message(one, kind, subject, facts, occasion=occasion))

    def result(self, *followed: Followed) -> Result:
        """What it did; call it last, since it tells."""
        messages.tell(self.connection, self.actor, self.told)
        effects = [one for some in followed for one in some.effects]
        return Result(
            moved=tuple(self.moved),
            effects=tuple(
                Effected(one.member_id, one.cycle, one.before.total, one.after.total, one.after.decimals)
                for one in effects
            ),
            waived=sum(one.waived for one in followed),
            asked_again=sum(one.asked_again for one in followed),
            reversed=sum(one.reversed for one in followed),
            offices_ended=self.offices_ended,
            handed_on=self.handed_on,
        )


def open_membership(member: KnownMember) -> Membership:
    """Raises NotBelonging."""
    last = member.last_membership
    if last is None or last.until_on is not None:
        raise refusals.NotBelonging(day="–" if last is None else str(last.until_on), field="member_id")
    return last


def hold_member(
    connection: Connection, actor: Actor, member_id: UUID, permission: Permission
) -> tuple[KnownMember, Membership]:
    """The member with their last membership, the roster held still, where the permission reaches it.

    Raises NotFound, and OwnMembership for the own.
    """
    roster_service.get_member_for(connection, actor, member_id, permission)
    member = roster.hold_members(connection, actor, [member_id])[member_id]
    last = member.last_membership
    if last is None or not actor.may(permission, last.path):
        raise NotFound(what="member", field="member_id")  # moved away while the roster was waited for
    refuse_own(actor, member)
    return member, last


def refuse_own(actor: Actor, member: KnownMember) -> None:
    """Raises OwnMembership."""
    if actor.account_id is not None and member.account_id == actor.account_id:
        raise refusals.OwnMembership(field="member_id")


def made_before(connection: Connection, actor: Actor, change_id: UUID, input_digest: bytes) -> Done | None:
    """What the same request did before. Raises IdUsed for another one."""
    found = store.find_change(connection, actor.district_id, change_id)
    if found is None:
        return None
    if found.input_digest != input_digest or found.recorded_by != actor.account_id:
        raise refusals.IdUsed(id=str(change_id), field="id")
    return Done(found, replayed=True)


def keep(connection: Connection, actor: Actor, change: Change) -> Done:
    """Write the change down under the client's id."""
    made = replace(change, recorded_at=actor.at, recorded_by=actor.account_id)
    store.insert_change(connection, actor.district_id, made)
    return Done(made)
