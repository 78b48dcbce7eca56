"""Exemptions, dated and back-dated, and the class of a member; the duties follow in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import refusals, store
from app.enrolment.changing import (
    ONE_DAY,
    Doing,
    Entering,
    hold_member,
    keep,
    made_before,
    open_membership,
)
from app.enrolment.core_changes import Asked, Change, Done, ExemptionEnd, ExemptionWish, MemberPast, Reclassing, Verb
from app.enrolment.leaving import check_day
from app.enrolment.service import classes_in_force
from app.kit.errors import NotFound
from app.messages.core import Recipient, Subject
from app.messages.texts import Kind
from app.points import following
from app.points.following import Followed
from app.roster import enrolling as roster
from app.roster import service as roster_service
from app.roster.core import Exemption, KnownMember, Membership, RosterChanges


def exempt(connection: Connection, actor: Actor, wish: ExemptionWish) -> Done:
    """Days without grading; those that have passed in the running cycles count as well.

    Additions count on; losses of before stay. Raises NotFound, OwnMembership, NotBelonging, DaysReversed,
    DayOutOfReach, ExemptionOverlaps, IdUsed.
    """
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    member, last = hold_member(connection, actor, wish.member_id, Permission.MEMBERSHIP_SET)
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    open_membership(member)
    if wish.until_on is not None and wish.until_on < wish.from_on:
        raise refusals.DaysReversed(first=wish.from_on.isoformat(), until=wish.until_on.isoformat(), field="until_on")
    if wish.from_on < actor.today:
        since = member.belongs_since or last.from_on
        check_day(connection, actor, replace(last, from_on=since), wish.from_on, "from_on")
    _check_overlaps(member.exemptions, wish.from_on, wish.until_on)
    new = Exemption(wish.id, member.id, wish.ground.value, wish.from_on, wish.until_on)
    return _done(
        connection, actor, wish, Verb.EXEMPTED, member, last, RosterChanges(exemptions=(new,)), wish.from_on,
        wish.ground.value, wish.reference, since=wish.from_on,
    )  # fmt: skip


def end_exemption(connection: Connection, actor: Actor, end: ExemptionEnd) -> Done:
    """Its last day, also another one than was written before; what falls due after it is asked for again.

    Raises NotFound, OwnMembership, DaysReversed, DayOutOfReach, ExemptionOverlaps, NothingChanges, IdUsed.
    """
    before = made_before(connection, actor, end.id, end.digest())
    if before is not None:
        return before
    member_id = roster.owner_of_exemption(connection, actor, end.exemption_id)
    if member_id is None:
        raise NotFound(what="exemption", field="id")
    member, last = hold_member(connection, actor, member_id, Permission.MEMBERSHIP_SET)
    before = made_before(connection, actor, end.id, end.digest())
    if before is not None:
        return before
    found = next(one for one in member.exemptions if one.id == end.exemption_id)
    if end.until_on < found.from_on:
        raise refusals.DaysReversed(first=found.from_on.isoformat(), until=end.until_on.isoformat(), field="until_on")
    if end.until_on == found.until_on:
        raise refusals.NothingChanges(field="until_on")
    since = min(end.until_on, found.until_on or end.until_on) + ONE_DAY
    if since <= actor.today:
        first = following.first_day(connection, actor) or since
        if since < first:
            raise refusals.DayOutOfReach(
                day=end.until_on.isoformat(), first=first.isoformat(), last=actor.today.isoformat(), field="until_on"
            )
    _check_overlaps([one for one in member.exemptions if one.id != found.id], found.from_on, end.until_on)
    changes = RosterChanges(exemptions_closed=((found.id, end.until_on),))
    return _done(
        connection, actor, end, Verb.EXEMPTION_ENDED, member, last, changes, end.until_on, found.ground, end.reference,
        since=since,
    )  # fmt: skip


def reclass(connection: Connection, actor: Actor, wish: Reclassing) -> Done:
    """Another class or group in the same branch from today on; the rules of a quarter are those of its first day.

    Raises NotFound, OwnMembership, NotBelonging, UnknownClass, GroupElsewhere, NothingChanges, ChangedSameDay, IdUsed.
    """
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    member, last = hold_member(connection, actor, wish.member_id, Permission.MEMBER_ENROL)
    before = made_before(connection, actor, wish.id, wish.digest())
    if before is not None:
        return before
    last = open_membership(member)
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    branch = doing.branch(last.branch_id)
    group = doing.group_of(branch, wish.group_id or last.group_id)
    entering = Entering(member, branch, wish.profile or last.profile, group)
    spell = doing.spell(entering, actor.today)
    if (spell.group_id, spell.profile) == (last.group_id, last.profile):
        raise refusals.NothingChanges(field="profile")
    followed = doing.move([entering])
    ground = spell.profile
    return _kept(doing, wish, Verb.RECLASSED, member, last, actor.today, ground, None, followed)


def past(connection: Connection, actor: Actor, member_id: UUID) -> MemberPast:
    """Every membership and exemption, and the changes that made them. Raises NotFound."""
    roster_service.get_member_for(connection, actor, member_id, Permission.ROSTER_READ)
    member = roster.known_member(connection, actor, member_id)
    changes = store.list_changes(connection, actor.district_id, member_id)
    return MemberPast(member.memberships, member.exemptions, tuple(changes))


def _check_overlaps(known: Sequence[Exemption], first: date, last: date | None) -> None:
    for one in known:
        if first <= (one.until_on or date.max) and one.from_on <= (last or date.max):
            raise refusals.ExemptionOverlaps(first=one.from_on, last=one.until_on or "–", field="from_on")


def _done(
    connection: Connection,
    actor: Actor,
    asked: Asked,
    verb: Verb,
    member: KnownMember,
    last: Membership,
    changes: RosterChanges,
    day: date,
    ground: str,
    reference: str | None,
    *,
    since: date,
) -> Done:
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    before = doing.histories([member.id])
    roster.write_spells(connection, actor, changes)
    followed = following.follow(connection, actor, before, min(since, actor.today))
    return _kept(doing, asked, verb, member, last, day, ground, reference, followed)


def _kept(
    doing: Doing,
    asked: Asked,
    verb: Verb,
    member: KnownMember,
    last: Membership,
    day: date,
    ground: str,
    reference: str | None,
    followed: Followed,
) -> Done:
    branch = doing.organisations[last.branch_id]
    facts = {"member": member.name, "branch": branch.name, "change": verb.value, "changed_on": day.isoformat()}
    told = [Recipient(member_id=member.id), *doing.secretaries(branch.path)]
    doing.tell(told, Kind.MEMBERSHIP_CHANGED, Subject("member", member.id), facts, occasion=str(asked.id))
    change_id: UUID = asked.id
    return keep(
        doing.connection,
        doing.actor,
        Change(
            id=change_id,
            verb=verb,
            member_id=member.id,
            organisation_id=last.branch_id,
            path=last.path,
            effective_on=day,
            ground=ground,
            reference=reference,
            result=doing.result(followed),
            recorded_at=doing.actor.at,
            recorded_by=doing.actor.account_id,
            input_digest=asked.digest(),
        ),
    )
