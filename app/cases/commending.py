"""The verbs of people about commendations: the branch meeting, the notice, objections, and the day of handing over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission, Role
from app.cases import store_commendations, store_steps
from app.cases.core import Exclusion
from app.cases.core_cases import CaseStep
from app.cases.core_commendations import (
    NOTICE_DAYS,
    OBJECTORS,
    Commendation,
    ListAction,
    ListDeed,
    ListState,
    Meeting,
    Moved,
    after,
    check_grounds,
    check_place,
)
from app.cases.listing import grounds_today
from app.cases.refusals import MeetingDay, NothingThere, NoticeShort, NotOnList, OwnCase, ReasonMissing
from app.cases.showing import view, views
from app.cycles import work_calendar
from app.kit.errors import NotFound
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points.refusals import IdUsed
from app.roster import service as roster

ANSWERING = (Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)
_MOVES = frozenset(set(ListAction) - {ListAction.LISTED, ListAction.OBJECTED, ListAction.ANSWERED})


@dataclass(slots=True)
class Committing:
    """One transaction's work on commendations; ``finish`` writes the steps and tells the members."""

    connection: Connection
    actor: Actor
    steps: list[tuple[UUID, CaseStep]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def done(self, one: Commendation, deed: ListDeed, *, sent: bytes | None = None) -> Commendation:
        """The commendation, held, after one more deed. Raises what ``after`` raises."""
        actor = self.actor
        changed = after(one, deed, actor.today)
        store_commendations.update_commendation(self.connection, actor.district_id, changed)
        day = deed.meeting.held_on if deed.meeting is not None else deed.day
        step = CaseStep(
            deed.id,
            changed.version,
            deed.action.value,
            actor.at,
            actor.account_id,
            deed.note,
            day,
            sent or deed.digest(),
        )
        self.steps.append((one.id, step))
        is_struck = changed.state is ListState.STRUCK and one.state is not ListState.STRUCK
        if deed.action in _MOVES or is_struck:
            move = ListState.STRUCK.value if is_struck else deed.action.value
            facts: dict[str, FactValue] = {"quarter": one.quarter, "move": move, "note": deed.note}
            to, about = Recipient(member_id=one.member_id), Subject("commendation", one.id)
            self.messages.append(Message(to, Kind.COMMENDATION_MOVED, about, facts, occasion=str(changed.version)))
        return changed

    def ask(self, one: Commendation) -> None:
        """Tell those who answer an objection, the nearest above the branch; neither who made it nor the member."""
        actor = self.actor
        history = roster.histories(self.connection, actor.district_id, [one.member_id])[one.member_id]
        branch = next(o for o in roster.organisations(self.connection, actor.district_id) if o.id == one.branch_id)
        found = auth.holders(self.connection, actor, ANSWERING, branch.path)
        others = [(account, role) for account, role in found if account not in (actor.account_id, history.account_id)]
        facts: dict[str, FactValue] = {"branch": branch.name, "quarter": one.quarter, "member": history.name}
        self.messages += [
            Message(
                Recipient(account_id=account),
                Kind.OBJECTION_ASKED,
                Subject("commendation", one.id),
                facts,
                occasion=str(one.version),
            )
            for account, role in others
            if role is others[0][1]
        ]

    def finish(self) -> None:
        store_steps.insert_commendation_steps(self.connection, self.actor.district_id, self.steps)
        messages.tell(self.connection, self.actor, self.messages)


def decide(connection: Connection, actor: Actor, meeting: Meeting) -> Moved:
    """Write down what the branch meeting decided: all of it or nothing; the same again is a retry.

    Raises NotFound, NotOnList, OwnCase, MeetingDay, ReasonMissing, KeptOff, NoPlace, NoMajority, OutOfState, IdUsed.
    """
    _reach(connection, actor, meeting.branch_id, Permission.CASE_KEEP)
    pools = store_commendations.list_pools(connection, actor.district_id, meeting.quarter, meeting.branch_id)
    held = store_commendations.lock_pools(connection, actor.district_id, meeting.quarter, pools)
    deeds = {}
    for choice in meeting.choices:
        one = held.get(choice.commendation_id)
        if one is None or one.branch_id != meeting.branch_id:
            raise NotOnList(quarter=meeting.quarter, field="choices")
        if not choice.recommend and choice.note is None:
            raise ReasonMissing(field="choices")
        action = ListAction.RECOMMENDED if choice.recommend else ListAction.STRUCK
        deeds[one.id] = ListDeed(
            uuid5(meeting.id, one.id.hex), action, choice.note, meeting=meeting, votes_for=choice.votes_for
        )
    chosen = [held[one] for one in deeds]
    if _is_retry(connection, actor, deeds):
        return Moved(views(connection, actor, chosen), replayed=True)
    _check_own(connection, actor, chosen)
    first = min(one.listed_at for one in chosen).date()
    if not first <= meeting.held_on <= actor.today:
        raise MeetingDay(first=first.isoformat(), last=actor.today.isoformat(), field="held_on")
    against = grounds_today(connection, actor, chosen)
    work = Committing(connection, actor)
    # Those struck free their places first, then by order, so that a list decided at once is decided like one by one.
    for one in sorted(chosen, key=lambda one: (deeds[one.id].action is ListAction.RECOMMENDED, one.position or 0)):
        if deeds[one.id].action is ListAction.RECOMMENDED:
            check_grounds(against[one.id])
            check_place(one, [other for other in held.values() if (other.pool, other.line) == (one.pool, one.line)])
        held[one.id] = work.done(one, deeds[one.id])
    work.finish()
    return Moved(views(connection, actor, [held[one] for one in deeds]))


def publish(
    connection: Connection, actor: Actor, request: UUID, quarter: str, branch_id: UUID, until: date | None
) -> Moved:
    """Put those whom the meeting recommends on notice, for five working days at least; the same again is a retry.

    Raises NotFound, NothingThere, NoticeShort and IdUsed.
    """
    path = _reach(connection, actor, branch_id, Permission.CASE_KEEP)
    earliest = work_calendar.add_working_days(connection, actor, actor.today, NOTICE_DAYS).day
    batch = _Batch(request, ListDeed(request, ListAction.NOTICED, until=until), ListState.RECOMMENDED)
    candidates, moved = _candidates(connection, actor, batch, quarter, path)
    if moved is not None:
        return moved
    if until is not None and until < earliest:
        raise NoticeShort(days=NOTICE_DAYS, day=earliest.isoformat(), field="until")
    shown = replace(batch.deed, until=until or earliest)
    return _move(connection, actor, batch, [(one, shown) for one in candidates])


def confirm(connection: Connection, actor: Actor, request: UUID, quarter: str, organisation_id: UUID) -> Moved:
    """Confirm those whose notice is over and against whom no objection waits; the rest stay, and are named.

    Raises NotFound, NothingThere and IdUsed.
    """
    path = _reach(connection, actor, organisation_id, Permission.CASE_DECIDE)
    batch = _Batch(request, ListDeed(request, ListAction.CONFIRMED), ListState.NOTICED)
    candidates, moved = _candidates(connection, actor, batch, quarter, path)
    if moved is not None:
        return moved
    return _move(
        connection,
        actor,
        batch,
        [
            (one, batch.deed if one.notice_until and actor.today > one.notice_until and not one.objections else None)
            for one in candidates
        ],
    )


def hand_over(
    connection: Connection, actor: Actor, request: UUID, quarter: str, organisation_id: UUID, document: str
) -> Moved:
    """Hand over those confirmed, under a document's number, after looking once more at what keeps them off.

    Who is kept off now is struck, by name; for an appeal it is waited. Raises NotFound, NothingThere and IdUsed.
    """
    path = _reach(connection, actor, organisation_id, Permission.CASE_DECIDE)
    batch = _Batch(request, ListDeed(request, ListAction.HANDED_OVER, document=document), ListState.CONFIRMED)
    candidates, moved = _candidates(connection, actor, batch, quarter, path)
    if moved is not None:
        return moved
    against = grounds_today(connection, actor, candidates)

    def deed_for(one: Commendation) -> ListDeed | None:
        grounds = against[one.id]
        if not grounds:
            return batch.deed
        if grounds == (Exclusion.APPEAL,):
            return None
        return ListDeed(request, ListAction.STRUCK, ", ".join(ground.value for ground in grounds))

    return _move(connection, actor, batch, [(one, deed_for(one)) for one in candidates])


@dataclass(frozen=True, slots=True)
class _Batch:
    """A request about everybody in one state; each step's id is made from the request's."""

    request: UUID
    deed: ListDeed
    state: ListState

    def step_id(self, one: Commendation) -> UUID:
        return uuid5(self.request, one.id.hex)


def _candidates(
    connection: Connection, actor: Actor, batch: _Batch, quarter: str, path: str
) -> tuple[list[Commendation], Moved | None]:
    """Those in the state, held; or what the same request did before."""
    rows = store_commendations.lock_below(connection, actor.district_id, quarter, path)
    known = store_steps.find_steps(connection, actor.district_id, [batch.step_id(one) for one in rows])
    if known:
        if any(step.sent_digest != batch.deed.digest() for step in known.values()):
            raise IdUsed(id=str(batch.request), field="id")
        return [], Moved(views(connection, actor, [one for one in rows if batch.step_id(one) in known]), replayed=True)
    found = [one for one in rows if one.state is batch.state]
    if not found:
        raise NothingThere(quarter=quarter, field="quarter")
    return found, None


def _move(
    connection: Connection, actor: Actor, batch: _Batch, deeds: Sequence[tuple[Commendation, ListDeed | None]]
) -> Moved:
    work = Committing(connection, actor)
    moved, held_back = [], []
    for one, deed in deeds:
        if deed is None:
            held_back.append(one)
        else:
            moved.append(work.done(one, replace(deed, id=batch.step_id(one)), sent=batch.deed.digest()))
    work.finish()
    return Moved(views(connection, actor, moved), views(connection, actor, held_back))


# About one.


def object_to(connection: Connection, actor: Actor, commendation_id: UUID, request: UUID, note: str) -> Moved:
    """During the notice, by members of that branch and those who lead it or stand above; kept with who said it.

    Raises NotFound, NotOnNotice, OutOfState and IdUsed.
    """
    one = store_commendations.lock_commendation(connection, actor.district_id, commendation_id)
    if one is None or not (actor.is_service or actor.roles_at(one.path) & OBJECTORS):
        raise NotFound(what="commendation", field="id")
    return _move_one(connection, actor, one, ListDeed(request, ListAction.OBJECTED, note), asks=True)


def answer(
    connection: Connection, actor: Actor, commendation_id: UUID, request: UUID, note: str, *, upheld: bool
) -> Moved:
    """Answer an objection; upheld strikes the name. Not by who objected, nor by whom it is about.

    Raises NotFound, OwnCase, OutOfState and IdUsed.
    """
    one = _held(connection, actor, commendation_id)
    steps = store_steps.list_commendation_steps(connection, actor.district_id, one.id)
    objectors = {step.by for step in steps if step.action == ListAction.OBJECTED.value}
    if actor.account_id is not None and actor.account_id in objectors:
        raise OwnCase(field="id")
    return _move_one(connection, actor, one, ListDeed(request, ListAction.ANSWERED, note, upheld=upheld))


def strike(
    connection: Connection, actor: Actor, commendation_id: UUID, request: UUID, note: str, seen: int | None
) -> Moved:
    """Take a name off before it is handed over, for a reason. Raises NotFound, OwnCase, MovedOn, OutOfState, IdUsed."""
    one = _held(connection, actor, commendation_id)
    return _move_one(connection, actor, one, ListDeed(request, ListAction.STRUCK, note, seen=seen))


def settle_veto(
    connection: Connection, actor: Actor, commendation_id: UUID, request: UUID, note: str, *, withdraw: bool
) -> Moved:
    """Withdraw a commendation after which a veto was entered, or keep it; either way by a person, for a reason.

    Raises NotFound, OwnCase, OutOfState, NothingThere (no such veto stands) and IdUsed.
    """
    one = _held(connection, actor, commendation_id)
    action = ListAction.WITHDRAWN if withdraw else ListAction.KEPT
    deed = ListDeed(request, action, note)
    if store_steps.find_step(connection, actor.district_id, request) is None:
        vetoed = store_commendations.list_vetoed(connection, actor.district_id, actor.today)
        if one.id not in {found.id for found, _, _ in vetoed}:
            raise NothingThere(quarter=one.quarter, field="id")
    return _move_one(connection, actor, one, deed)


def _held(connection: Connection, actor: Actor, commendation_id: UUID) -> Commendation:
    """For somebody who decides there, and whom it is not about."""
    one = store_commendations.lock_commendation(connection, actor.district_id, commendation_id)
    if one is None or not actor.may(Permission.CASE_DECIDE, one.path):
        raise NotFound(what="commendation", field="id")
    _check_own(connection, actor, [one])
    return one


def _move_one(connection: Connection, actor: Actor, one: Commendation, deed: ListDeed, *, asks: bool = False) -> Moved:
    before = store_steps.find_step(connection, actor.district_id, deed.id)
    if before is not None:
        if before[0] != one.id or before[1].sent_digest != deed.digest():
            raise IdUsed(id=str(deed.id), field="id")
        return Moved((view(connection, actor, one),), replayed=True)
    work = Committing(connection, actor)
    changed = work.done(one, deed)
    if asks:
        work.ask(changed)
    work.finish()
    return Moved((view(connection, actor, changed),))


def _reach(connection: Connection, actor: Actor, organisation_id: UUID, permission: Permission) -> str:
    """The organisation's path, where the permission reaches it. Raises NotFound."""
    return roster.get_organisation_for(connection, actor, organisation_id, permission).path


def _check_own(connection: Connection, actor: Actor, rows: Iterable[Commendation]) -> None:
    if actor.account_id is None:
        return
    histories = roster.histories(connection, actor.district_id, {one.member_id for one in rows})
    if any(one.account_id == actor.account_id for one in histories.values()):
        raise OwnCase(field="id")


def _is_retry(connection: Connection, actor: Actor, deeds: Mapping[UUID, ListDeed]) -> bool:
    """Whether every deed was done before in the same words. IdUsed where some of them were, or otherwise."""
    known = store_steps.find_steps(connection, actor.district_id, [one.id for one in deeds.values()])
    if not known:
        return False
    for one in deeds.values():
        if one.id not in known or known[one.id].sent_digest != one.digest():
            raise IdUsed(id=str(one.id), field="id")
    return True
