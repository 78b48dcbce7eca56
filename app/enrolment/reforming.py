"""Branches merged, split, moved under another committee, or closed: each in one transaction, from today on.

Paths are immutable. So a branch that moves is closed, and a successor with its code, its groups and its offices stands
under the other committee; what was booked stays with the branch of its day.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid5

from sqlalchemy import Connection

from app.auth import enrolling as offices
from app.auth.core import Actor, Permission, Role
from app.auth.enrolled import Held
from app.enrolment import refusals
from app.enrolment.changing import ONE_DAY, Doing, Entering, keep, made_before, open_membership
from app.enrolment.core_changes import Change, Done, NewBranch, Reform, Verb, went_to
from app.enrolment.service import classes_in_force
from app.enrolment.transferring import withdraw_open
from app.kit.errors import NotFound
from app.kit.words import all_of
from app.messages.core import Recipient, Subject
from app.messages.texts import Kind
from app.points.following import Followed
from app.roster import enrolling as roster
from app.roster import service as roster_service
from app.roster.core import BranchForm, KnownMember, OrganisationKind, OrganisationView, path_under

_SET = Permission.BRANCH_REFORM
_NAMED_MAX = 3  # of those who move, in a message about all of them
_NOTE = "支部已调整 · the branch was reformed"


def reform(connection: Connection, actor: Actor, wish: Reform) -> Done:
    """Merge, split, move or close a branch; the same id and content again is a retry.

    Raises NotFound, NotABranch, SameBranch, BranchNotEmpty, NotAMemberThere, CodeTaken, ChangedSameDay, UnknownClass,
    IdUsed.
    """
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    branch = roster_service.get_organisation_for(connection, actor, wish.branch_id, _SET)
    roster.hold_members(connection, actor, [])
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    branch = doing.branch(wish.branch_id)
    if branch.from_on >= actor.today:
        raise refusals.ChangedSameDay(day=branch.from_on.isoformat(), field="branch_id")
    ids = roster.belonging(connection, actor, branch.id)
    people = roster.hold_members(connection, actor, ids)
    ordered = sorted(people.values(), key=lambda one: one.number)
    followed = {
        Verb.MERGED: _merge,
        Verb.SPLIT: _split,
        Verb.MOVED: _move,
        Verb.CLOSED: _close,
    }[wish.verb](doing, wish, branch, ordered)
    return keep(
        connection,
        actor,
        Change(
            id=wish.id,
            verb=wish.verb,
            member_id=None,
            organisation_id=branch.id,
            path=branch.path,
            effective_on=actor.today,
            ground=None,
            reference=wish.reference,
            result=doing.result(followed),
            recorded_at=actor.at,
            recorded_by=actor.account_id,
            input_digest=wish.digest(),
        ),
    )


def _merge(doing: Doing, wish: Reform, branch: OrganisationView, people: list[KnownMember]) -> Followed:
    """Everybody goes over into another branch, without a group; what the branch covered the other one covers."""
    into = _reached(doing, wish.into_id)
    if into.id == branch.id:
        raise refusals.SameBranch(field="into_id")
    followed = doing.move([_entering(one, into) for one in people])
    _close_down(doing, branch, covering=into.id)
    offices.let_succeed(doing.connection, doing.actor, branch.path, into.path)
    _tell(doing, Verb.MERGED, people, into, wish.id)
    return followed


def _split(doing: Doing, wish: Reform, branch: OrganisationView, people: list[KnownMember]) -> Followed:
    """Those who are named found a new branch under the same committee."""
    chosen = [one for one in people if one.id in set(wish.members)]
    missing = len(set(wish.members)) - len(chosen)
    if missing or not chosen or len(chosen) == len(people):
        why = ("有人不在本支部", "somebody is not in the branch") if missing else ("须留一部分党员", "some must stay")
        raise refusals.NotAMemberThere(why=why[0], why_en=why[1], field="members")
    committee = doing.organisations[branch.parent_id or doing.actor.district_id]
    founded = _found(doing, wish.new, committee)
    doing.organisations[founded.id] = founded
    followed = doing.move([_entering(one, founded) for one in chosen], [founded])
    _tell(doing, Verb.SPLIT, chosen, founded, wish.id)
    return followed


def _move(doing: Doing, wish: Reform, branch: OrganisationView, people: list[KnownMember]) -> Followed:
    """A successor under the other committee, with the same code, groups, offices and firms."""
    committee = _reached(doing, wish.into_id, OrganisationKind.COMMITTEE)
    if committee.id == branch.parent_id:
        raise refusals.NothingChanges(field="into_id")
    if wish.new is None:
        raise NotFound(what="branch", field="new")
    successor = replace(
        branch,
        id=wish.new.id,
        path=path_under(committee.path, wish.new.id),
        parent_id=committee.id,
        from_on=doing.actor.today,
        until_on=None,
    )
    heirs = {branch.id: successor}
    for group in _open_groups(doing, branch):
        # Made of the request, so that a preview and the commit name the same ones.
        new_id = uuid5(wish.id, group.id.hex)
        heirs[group.id] = replace(
            group,
            id=new_id,
            path=path_under(successor.path, new_id),
            parent_id=successor.id,
            from_on=doing.actor.today,
            until_on=None,
        )
    held = offices.offices_under(doing.connection, doing.actor, branch.path, doing.actor.today)
    _close_down(doing, branch, covering=None)  # first: a code is one open organisation's
    roster.found_organisations(doing.connection, doing.actor, list(heirs.values()))
    roster.close_organisations(doing.connection, doing.actor, [], {branch.id: successor.id})
    doing.organisations |= {one.id: one for one in heirs.values()}
    entering = [
        _entering(one, successor, heirs.get(open_membership(one).group_id or branch.id) or successor) for one in people
    ]
    followed = doing.move(entering)
    offices.let_succeed(doing.connection, doing.actor, branch.path, successor.path)
    _give_again(doing, held, {doing.organisations[old].path: new.path for old, new in heirs.items()})
    _tell(doing, Verb.MOVED, people, successor, wish.id)
    return followed


def _close(doing: Doing, wish: Reform, branch: OrganisationView, people: list[KnownMember]) -> Followed:
    """A branch without members is closed; for its days the branch acts that most of its members went to."""
    del wish
    if people:
        raise refusals.BranchNotEmpty(count=len(people), field="branch_id")
    _close_down(doing, branch, covering=None)
    once = roster.once_belonging(doing.connection, doing.actor, branch.id)
    heirs = (_acting_for(doing, one) for one in went_to(once, branch.id))
    heir = next((path for path in heirs if path is not None), None)
    offices.let_succeed(doing.connection, doing.actor, branch.path, heir)
    return Followed()


def _acting_for(doing: Doing, branch_id: UUID) -> str | None:
    """The path of the branch or, where that is closed too, of the one that acts for it."""
    found = doing.organisations[branch_id]
    return found.path if found.until_on is None else offices.heir_of(doing.connection, doing.actor, found.path)


def _reached(doing: Doing, wanted: UUID | None, kind: OrganisationKind = OrganisationKind.BRANCH) -> OrganisationView:
    """An open organisation that the actor may reform too. Raises NotFound and NotABranch."""
    found = None if wanted is None else doing.organisations.get(wanted)
    if found is None or not doing.actor.may(_SET, found.path):
        raise NotFound(what=kind.value, field="into_id")
    return doing.branch(found.id, kind)


def _found(doing: Doing, new: NewBranch | None, committee: OrganisationView) -> OrganisationView:
    if new is None:
        raise NotFound(what="branch", field="new")
    if any(one.code == new.code and one.until_on is None for one in doing.organisations.values()):
        raise refusals.CodeTaken(value=new.code, field="code")
    if new.id in doing.organisations:
        raise refusals.IdUsed(id=str(new.id), field="new")
    today = doing.actor.today
    form = None if new.form is None else BranchForm(new.form).value
    return OrganisationView(
        id=new.id, path=path_under(committee.path, new.id), parent_id=committee.id, kind=OrganisationKind.BRANCH,
        code=new.code, name=new.name, form=form, founded_on=today, from_on=today, until_on=None,
    )  # fmt: skip


def _entering(member: KnownMember, to: OrganisationView, at: OrganisationView | None = None) -> Entering:
    group = at if at is not None and at.kind is OrganisationKind.GROUP else None
    return Entering(member, to, open_membership(member).profile, group)


def _open_groups(doing: Doing, branch: OrganisationView) -> list[OrganisationView]:
    return [one for one in doing.organisations.values() if one.parent_id == branch.id and one.until_on is None]


def _close_down(doing: Doing, branch: OrganisationView, *, covering: UUID | None) -> None:
    """The branch and its groups are no more from today on: nobody is appointed there, no transfer leads there.

    ``covering`` is the branch that covers its firms from now on.
    """
    actor = doing.actor
    held = offices.offices_under(doing.connection, actor, branch.path, actor.today)
    withdraw_open(doing, _NOTE, members=[], branch=branch)
    offices.close_offices(doing.connection, actor, held, actor.today)
    doing.offices_ended += sum(one.role is not Role.MEMBER for one in held)
    closed = [(one.id, actor.today - ONE_DAY) for one in (branch, *_open_groups(doing, branch))]
    roster.close_organisations(doing.connection, actor, closed, {branch.id: covering} if covering is not None else {})
    for key, last in closed:
        doing.organisations[key] = replace(doing.organisations[key], until_on=last)


def _give_again(doing: Doing, held: list[Held], paths: dict[str, str]) -> None:
    """Whoever held an office in the branch holds it in its successor."""
    given = [(one.account_id, one.role, paths[one.path]) for one in held if one.path in paths]
    offices.give_offices(doing.connection, doing.actor, given, doing.actor.today)
    doing.offices_ended -= sum(role is not Role.MEMBER for _, role, _ in given)


def _tell(doing: Doing, verb: Verb, people: list[KnownMember], to: OrganisationView, change_id: UUID) -> None:
    """Everybody who moved; and, all in one, who leads the branch that they are in now."""
    if not people:
        return
    day, subject = doing.actor.today.isoformat(), Subject("organisation", to.id)
    facts = {"branch": to.name, "change": verb.value, "changed_on": day}
    for member in people:
        told = [Recipient(member_id=member.id)]
        doing.tell(told, Kind.MEMBERSHIP_CHANGED, subject, {**facts, "member": member.name}, occasion=str(change_id))
    names, more = all_of(one.name for one in people[:_NAMED_MAX]), " …" if len(people) > _NAMED_MAX else ""
    count = len(people)
    everybody = {**facts, "member": f"{names.zh}{more}（{count}）", "member_en": f"{names.en}{more} ({count})"}
    doing.tell(doing.secretaries(to.path), Kind.MEMBERSHIP_CHANGED, subject, everybody, occasion=str(change_id))
