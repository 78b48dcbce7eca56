"""Transfers: proposed by one side, answered by the other; until then the old branch answers for the member."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import OWN_GRANTS, Actor, Permission
from app.enrolment import departing, refusals, store
from app.enrolment.changing import Doing, Entering, open_membership, refuse_own
from app.enrolment.core_changes import (
    PAGE_MAX,
    Acceptance,
    LeavingGround,
    Side,
    Transfer,
    TransferPage,
    TransferState,
    TransferView,
    TransferWish,
)
from app.enrolment.service import classes_in_force
from app.kit.errors import NotFound
from app.kit.words import STATES
from app.messages.core import Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.roster import enrolling as roster
from app.roster import service as roster_service
from app.roster.core import KnownMember, OrganisationView

_SET = Permission.TRANSFER_SET


def propose(connection: Connection, actor: Actor, wish: TransferWish) -> TransferView:
    """Ask for a transfer, from the old branch or the new one; the same id and content again is a retry.

    Raises NotFound, OwnMembership, NotEmptyWish, NotABranch, NotBelonging, SameBranch, TransferOpen, IdUsed.
    """
    before = store.find_transfer(connection, actor.district_id, wish.id)
    if before is not None:
        return _replayed(connection, actor, wish, before)
    if (wish.member_id is None) == (wish.number is None) or (wish.to_branch_id is None) == (wish.destination is None):
        raise refusals.NotEmptyWish(field="member_id")
    member_id = wish.member_id
    if wish.number is not None:
        member_id = roster.id_by_number(connection, actor, wish.number)
    member = roster.hold_members(connection, actor, [] if member_id is None else [member_id]).get(member_id or wish.id)
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    to = None if wish.to_branch_id is None else doing.organisations.get(wish.to_branch_id)
    last = None if member is None else member.last_membership
    side = None
    if member is not None and last is not None:
        side = Side.OLD if actor.may(_SET, last.path) else None
        if side is None and to is not None and actor.may(_SET, to.path):
            # Numbers are counted up, so that a number alone would tell names to whoever tries them all.
            is_known = wish.member_id is not None or wish.name == member.name
            side = Side.NEW if is_known else None
    if member is None or last is None or side is None:
        raise NotFound(what="member", field="member_id")
    refuse_own(actor, member)
    last = open_membership(member)
    target = None if wish.to_branch_id is None else doing.branch(wish.to_branch_id)
    if target is not None and target.id == last.branch_id:
        raise refusals.SameBranch(field="to_branch_id")
    waiting = store.lock_open(connection, actor.district_id, members=[member.id])
    if waiting:
        if waiting[0].id == wish.id:
            return _replayed(connection, actor, wish, waiting[0])  # sent twice at once
        raise refusals.TransferOpen(id=str(waiting[0].id), field="member_id")
    old = doing.organisations[last.branch_id]
    proposed = Transfer(
        id=wish.id,
        member_id=member.id,
        from_branch_id=old.id,
        from_path=old.path,
        to_branch_id=None if target is None else target.id,
        to_path=None if target is None else target.path,
        destination=wish.destination,
        asked_by=side,
        reason=wish.reason,
        state=TransferState.PROPOSED,
        version=1,
        recorded_at=actor.at,
        recorded_by=actor.account_id,
        decided_at=None,
        decided_by=None,
        note=None,
        moved_on=None,
        result=None,
        input_digest=wish.digest(),
    )
    store.insert_transfer(connection, actor.district_id, proposed)
    facts = {**_facts(doing, proposed, member), "side": side.value, "reason": wish.reason}
    doing.tell(_concerned(doing, proposed), Kind.TRANSFER_ASKED, Subject("transfer", wish.id), facts)
    doing.result()
    return _view(doing, proposed, member)


def _replayed(connection: Connection, actor: Actor, wish: TransferWish, before: Transfer) -> TransferView:
    if before.input_digest != wish.digest() or before.recorded_by != actor.account_id:
        raise refusals.IdUsed(id=str(wish.id), field="id")
    return replace(_views(connection, actor, [before])[0], replayed=True)


def accept(connection: Connection, actor: Actor, transfer_id: UUID, entry: Acceptance) -> TransferView:
    """The other side takes the member in (or lets them go): from today on they belong to the new branch.

    Of one out of the district, what stands above the old branch says that the receipt has come: the membership ends
    today. Raises NotFound, OwnMembership, NotYourAnswer, TransferAnswered, TransferMoved, NotABranch, UnknownClass,
    GroupElsewhere, ChangedSameDay.
    """
    doing, transfer, member, replayed = _held(connection, actor, transfer_id, TransferState.ACCEPTED, entry.seen)
    if replayed:
        return replayed
    _check_answerer(actor, doing, transfer, member)
    last = open_membership(member)
    if transfer.to_branch_id is None:
        followed = departing.depart(doing, member, LeavingGround.TRANSFERRED_OUT, actor.today)
    else:
        branch = doing.branch(transfer.to_branch_id)
        group = doing.group_of(branch, entry.group_id)
        followed = doing.move([Entering(member, branch, entry.profile or last.profile, group)])
    return _answered(doing, transfer, member, TransferState.ACCEPTED, None, followed)


def decline(connection: Connection, actor: Actor, transfer_id: UUID, reason: str, seen: int | None) -> TransferView:
    """The other side says no, and why; the member stays. Raises what ``accept`` raises of these."""
    doing, transfer, member, replayed = _held(connection, actor, transfer_id, TransferState.DECLINED, seen)
    if replayed:
        return replayed
    _check_answerer(actor, doing, transfer, member)
    return _answered(doing, transfer, member, TransferState.DECLINED, reason)


def withdraw(
    connection: Connection, actor: Actor, transfer_id: UUID, note: str | None, seen: int | None
) -> TransferView:
    """The side that asked takes it back. Raises NotFound, NotYourProposal, TransferAnswered, TransferMoved."""
    doing, transfer, member, replayed = _held(connection, actor, transfer_id, TransferState.WITHDRAWN, seen)
    if replayed:
        return replayed
    asking = transfer.from_path if transfer.asked_by is Side.OLD else transfer.to_path
    if asking is None or not actor.may(_SET, asking):
        raise refusals.NotYourProposal(field="id")
    return _answered(doing, transfer, member, TransferState.WITHDRAWN, note)


def _held(
    connection: Connection, actor: Actor, transfer_id: UUID, wanted: TransferState, seen: int | None
) -> tuple[Doing, Transfer, KnownMember, TransferView | None]:
    """The transfer, the roster held before it; with the view where the caller has done the same before."""
    found = store.find_transfer(connection, actor.district_id, transfer_id)
    if found is None or not _reaches(actor, _SET, found):
        raise NotFound(what="transfer", field="id")
    member = roster.hold_members(connection, actor, [found.member_id])[found.member_id]
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    transfer = store.lock_transfer(connection, actor.district_id, transfer_id) or found
    if transfer.state is wanted and transfer.decided_by == actor.account_id:
        return doing, transfer, member, replace(_view(doing, transfer, member), replayed=True)
    if transfer.state is not TransferState.PROPOSED:
        raise refusals.TransferAnswered(state=STATES[transfer.state.value], field="id")
    if seen is not None and seen != transfer.version:
        raise refusals.TransferMoved(seen=seen, now=transfer.version, field="seen")
    return doing, transfer, member, None


def _check_answerer(actor: Actor, doing: Doing, transfer: Transfer, member: KnownMember) -> None:
    refuse_own(actor, member)
    if transfer.to_branch_id is None:
        parent_id = doing.organisations[transfer.from_branch_id].parent_id
        answering = None if parent_id is None else doing.organisations[parent_id].path
    else:
        answering = transfer.to_path if transfer.asked_by is Side.OLD else transfer.from_path
    asked_it = transfer.recorded_by == actor.account_id and not actor.is_service
    if answering is None or asked_it or not actor.may(_SET, answering):
        raise refusals.NotYourAnswer(field="id")


def _answered(
    doing: Doing,
    transfer: Transfer,
    member: KnownMember,
    state: TransferState,
    note: str | None,
    *followed: departing.Followed,
) -> TransferView:
    actor = doing.actor
    facts = {**_facts(doing, transfer, member), "transfer": state.value, "note": note}
    facts["answered_on"] = actor.today.isoformat()
    doing.tell(_concerned(doing, transfer), Kind.TRANSFER_ANSWERED, Subject("transfer", transfer.id), facts)
    result = doing.result(*followed)
    accepted = state is TransferState.ACCEPTED
    answered = replace(
        transfer,
        state=state,
        version=transfer.version + 1,
        decided_at=actor.at,
        decided_by=actor.account_id,
        note=note,
        moved_on=actor.today if accepted else None,
        result=result if accepted else None,
    )
    store.update_transfer(doing.connection, actor.district_id, answered)
    return _view(doing, answered, member)


def withdraw_open(doing: Doing, note: str, *, members: list[UUID], branch: OrganisationView | None = None) -> None:
    """What was under way about members who left, or from or to a branch that is no more, has no object; told so."""
    actor = doing.actor
    found = store.lock_open(
        doing.connection, actor.district_id, members=members, branch_id=None if branch is None else branch.id
    )
    people = roster.hold_members(doing.connection, actor, {one.member_id for one in found})
    for one in found:
        facts = {**_facts(doing, one, people[one.member_id]), "transfer": TransferState.WITHDRAWN.value, "note": note}
        facts["answered_on"] = actor.today.isoformat()
        told = [to for to in _concerned(doing, one) if to.member_id not in members]
        doing.tell(told, Kind.TRANSFER_ANSWERED, Subject("transfer", one.id), facts)
        over = replace(one, state=TransferState.WITHDRAWN, version=one.version + 1, decided_at=actor.at, note=note)
        store.update_transfer(doing.connection, actor.district_id, replace(over, decided_by=actor.account_id))


# Reading.


def get(connection: Connection, actor: Actor, transfer_id: UUID) -> TransferView:
    """Raises NotFound, also for one that is not the caller's to see."""
    found = store.find_transfer(connection, actor.district_id, transfer_id)
    own = roster_service.own_member(connection, actor)
    is_own = found is not None and own is not None and own.id == found.member_id
    if found is None or not (_reaches(actor, Permission.TRANSFER_READ, found) or is_own):
        raise NotFound(what="transfer", field="id")
    return _views(connection, actor, [found])[0]


def transfers(
    connection: Connection,
    actor: Actor,
    *,
    state: TransferState | None,
    before: tuple[datetime, UUID] | None,
    count_max: int,
) -> TransferPage:
    """Those from or to a branch in the caller's reach, and the caller's own; the latest first."""
    count = min(count_max, PAGE_MAX)
    found = store.list_transfers(
        connection,
        actor.district_id,
        paths=None if actor.is_service else actor.reach(Permission.TRANSFER_READ),
        own_account=actor.account_id if Permission.TRANSFER_READ in OWN_GRANTS else None,
        state=state,
        before=before,
        count_max=count + 1,
    )
    page = found[:count]
    following = (page[-1].recorded_at, page[-1].id) if len(found) > count else None
    return TransferPage(_views(connection, actor, page), following)


def _reaches(actor: Actor, permission: Permission, transfer: Transfer) -> bool:
    return any(actor.may(permission, path) for path in (transfer.from_path, transfer.to_path) if path is not None)


def _views(connection: Connection, actor: Actor, found: list[Transfer]) -> tuple[TransferView, ...]:
    if not found:
        return ()
    names = {one.id: one.name for one in roster_service.organisations(connection, actor.district_id)}
    people = roster_service.histories(connection, actor.district_id, {one.member_id for one in found})
    return tuple(
        TransferView(
            one,
            people[one.member_id].number,
            people[one.member_id].name,
            names[one.from_branch_id],
            one.destination or "" if one.to_branch_id is None else names[one.to_branch_id],
        )
        for one in found
    )


def _view(doing: Doing, transfer: Transfer, member: KnownMember) -> TransferView:
    facts = _facts(doing, transfer, member)
    return TransferView(transfer, member.number, member.name, str(facts["old_branch"]), str(facts["new_branch"] or ""))


def _facts(doing: Doing, transfer: Transfer, member: KnownMember) -> dict[str, FactValue]:
    to = transfer.destination if transfer.to_branch_id is None else doing.organisations[transfer.to_branch_id].name
    return {
        "member": member.name,
        "old_branch": doing.organisations[transfer.from_branch_id].name,
        "new_branch": to,
    }


def _concerned(doing: Doing, transfer: Transfer) -> list[Recipient]:
    """The member, and who leads either branch; out of the district also who stands above the old one."""
    found = [Recipient(member_id=transfer.member_id), *doing.secretaries(transfer.from_path)]
    if transfer.to_path is not None:
        return [*found, *doing.secretaries(transfer.to_path)]
    parent_id = doing.organisations[transfer.from_branch_id].parent_id
    above = None if parent_id is None else doing.organisations[parent_id]
    return [*found, *(doing.secretaries(above.path) if above is not None else ())]
