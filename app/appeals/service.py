"""A member's own verbs: filing an appeal, taking it back, and reading what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.appeals import facts, refusals, store
from app.appeals.core import (
    ANSWER_DAYS,
    FILING_DAYS,
    INSTANCES_MAX,
    NEAR_DAYS,
    PAGE_MAX,
    Answered,
    Appeal,
    AppealPage,
    AppealState,
    Filing,
)
from app.appeals.facts import Case
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles import work_calendar
from app.cycles.core import QuarterState
from app.files import service as files
from app.files.core import Evidence, Owner, OwnerKind
from app.kit.errors import NotFound
from app.kit.words import STATES
from app.messages import service as messages
from app.messages.core import Message
from app.messages.texts import Kind
from app.points import disputing
from app.points import service as points
from app.points.disputing import Held
from app.points.ledger import Entry
from app.points.refusals import IdUsed
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules.core import Kind as EntryKind


def file(connection: Connection, actor: Actor, filing: Filing) -> Answered:
    """Appeal against an entry; the same id and content again is a retry.

    A member does so for the own record; of one without an account, who decides appeals there writes it down from
    paper, unless it concerns them. Raises NotFound, NotOwnEntry, ConcernedFiler, IdUsed and why this entry is not
    appealed against (``refusals``).
    """
    entry = points.find_entry(connection, actor, filing.entry_id)
    member = roster.histories(connection, actor.district_id, [entry.member_id])[entry.member_id]
    _check_filer(actor, member, entry)
    before = store.find_appeal(connection, actor.district_id, filing.id)
    if before is None:
        # First what may be under decision, then the ledger: the order in which a decision holds them.
        store.lock_of_entry(connection, actor.district_id, entry.id)
        held = disputing.hold(connection, actor, entry.id)
        earlier = store.list_of_entry(connection, actor.district_id, entry.id)
        before = next((one for one in earlier if one.id == filing.id), None)  # sent twice at once
    if before is not None:
        if before.entry_id != entry.id or before.input_digest != filing.digest():
            raise IdUsed(id=str(filing.id), field="id")
        return Answered(facts.view(connection, actor, before), replayed=True)
    _check_entry(held)
    _check_earlier(earlier)
    _check_window(connection, actor, entry, earlier)
    case = facts.case_of(connection, actor, entry, earlier)
    filed_by = None if _is_own(actor, member) else actor.account_id
    if filed_by is not None:
        if filed_by in case.concerned:
            raise refusals.ConcernedFiler(field="id")
        case = replace(case, concerned=case.concerned | {filed_by})  # nobody answers what they wrote down
    instance = 1 + sum(one.state is AppealState.DECIDED for one in earlier)
    appeal = Appeal(
        id=filing.id,
        entry_id=entry.id,
        cycle=entry.cycle,
        member_id=entry.member_id,
        path=case.path,
        instance=instance,
        text=filing.text,
        filed_at=actor.at,
        filed_by=filed_by,
        asked=facts.turn_of(connection, actor, case, instance),
        due_on=work_calendar.add_working_days(connection, actor, actor.today, ANSWER_DAYS).day,
        input_digest=filing.digest(),
    )
    store.insert_appeal(connection, actor.district_id, appeal)
    files.attach(connection, actor, filing.files, Owner(OwnerKind.APPEAL, appeal.id), may_see=_shows(connection, actor))
    disputing.dispute(connection, actor, held)
    messages.tell(connection, actor, _asked(connection, actor, case, appeal))
    return Answered(facts.view(connection, actor, appeal))


def _asked(connection: Connection, actor: Actor, case: Case, appeal: Appeal) -> list[Message]:
    accounts = facts.deciders(connection, actor, case, appeal.asked)
    told = {**case.told, "member": case.member.name}
    return facts.to_deciders(Kind.APPEAL_ASKED, appeal, accounts, told, appeal.due_on)


def _is_own(actor: Actor, member: MemberHistory) -> bool:
    return actor.account_id is not None and member.account_id == actor.account_id


def _check_filer(actor: Actor, member: MemberHistory, entry: Entry) -> None:
    if _is_own(actor, member):
        return
    there = member.on(entry.effective_on)
    path = member.spells[-1].path if there is None else there.path
    if not actor.may(Permission.APPEAL_FILE, path):
        raise NotFound(what="entry", field="id")
    if member.account_id is not None:
        raise refusals.NotOwnEntry(field="id")


def _check_entry(held: Held) -> None:
    entry = held.entry
    if entry.reverses is not None:
        raise refusals.ReversalNotAppealed(id=str(entry.id), field="id")
    if entry.kind is EntryKind.OPENING:
        raise refusals.OpeningNotAppealed(field="id")
    if held.reversal is not None:
        raise refusals.EntryUndone(id=str(entry.id), reversal=str(held.reversal.id), field="id")


def _check_earlier(earlier: Sequence[Appeal]) -> None:
    still = next((one for one in earlier if one.state is AppealState.OPEN), None)
    if still is not None:
        raise refusals.AppealOpen(id=str(still.id), field="id")
    if sum(one.state is AppealState.DECIDED for one in earlier) >= INSTANCES_MAX:
        raise refusals.AppealsExhausted(field="id")


def _check_window(connection: Connection, actor: Actor, entry: Entry, earlier: Sequence[Appeal]) -> None:
    """Until 30 working days after the entry or the last answer, and in any case until the cycle's last seal."""
    own = [one for one in cycles.quarters(connection, actor) if one.cycle == entry.cycle]
    if max(own, key=lambda one: one.code).state is not QuarterState.SEALED:
        return
    last = max([entry.recorded_at, *(one.decided_at for one in earlier if one.decided_at is not None)])
    until = work_calendar.add_working_days(connection, actor, _day_of(last), FILING_DAYS).day
    if actor.today > until:
        raise refusals.WindowClosed(day=until.isoformat(), cycle=entry.cycle, field="id")


def _day_of(at: datetime) -> date:
    """The day of a moment in any zone east of Greenwich, or the one after it: a window is never a day too short."""
    return at.date() + timedelta(days=1)


def _shows(connection: Connection, actor: Actor) -> Callable[[Owner], bool]:
    """Whether files of another owner may be attached anew: those of appeals that the actor may read."""

    def shows(owner: Owner) -> bool:
        if owner.kind is not OwnerKind.APPEAL:
            return False
        found = store.find_appeal(connection, actor.district_id, owner.id)
        return found is not None and _may_read(connection, actor, found)

    return shows


def withdraw(connection: Connection, actor: Actor, appeal_id: UUID, wish: str | None = None) -> Answered:
    """Take an appeal back before it is decided. Again is a retry.

    A member does so for themselves; of one without an account, who wrote the appeal down or another office that it does
    not concern, with the member's ``wish``: when and how they said so. Raises NotFound, NotOwnEntry, Concerned,
    WishMissing and AppealClosed.
    """
    appeal = store.lock_appeal(connection, actor.district_id, appeal_id)
    if appeal is None:
        raise NotFound(what="appeal", field="id")
    member = roster.histories(connection, actor.district_id, [appeal.member_id])[appeal.member_id]
    if not _is_own(actor, member):
        if not actor.may(Permission.APPEAL_FILE, appeal.path):
            raise NotFound(what="appeal", field="id")
        if member.account_id is not None:
            raise refusals.NotOwnEntry(field="id")
        case = facts.case_of_appeal(connection, actor, appeal)
        if actor.account_id != appeal.filed_by and actor.account_id in case.concerned:
            raise refusals.Concerned(field="id")
        if wish is None and appeal.state is AppealState.OPEN:
            raise refusals.WishMissing(field="wish")
    replayed = appeal.state is AppealState.WITHDRAWN
    if appeal.state is AppealState.DECIDED:
        raise refusals.AppealClosed(state=STATES[appeal.state.value], field="id")
    if not replayed:
        store.update_appeal(connection, actor.district_id, appeal_id, _withdrawn(actor, wish))
        disputing.end_dispute(connection, actor, appeal.entry_id)
    found = store.find_appeal(connection, actor.district_id, appeal_id)
    return Answered(facts.view(connection, actor, found or appeal), replayed=replayed)


def _withdrawn(actor: Actor, wish: str | None) -> dict[str, object]:
    return {"state": AppealState.WITHDRAWN.value, "withdrawn_by": actor.account_id, "withdrawal_wish": wish}


# Reading.


def _may_read(connection: Connection, actor: Actor, appeal: Appeal) -> bool:
    if actor.may(Permission.APPEAL_READ, appeal.path):
        return True
    member = roster.own_member(connection, actor)
    return member is not None and member.id == appeal.member_id


def get(connection: Connection, actor: Actor, appeal_id: UUID) -> Answered:
    """Raises NotFound, also for an appeal that is not the caller's to read."""
    found = store.find_appeal(connection, actor.district_id, appeal_id)
    if found is None or not _may_read(connection, actor, found):
        raise NotFound(what="appeal", field="id")
    return Answered(facts.view(connection, actor, found))


def evidence(connection: Connection, actor: Actor, appeal_id: UUID, content_hash: str, *, request_id: str) -> Evidence:
    """One file of an appeal that the caller may read. Raises NotFound."""
    get(connection, actor, appeal_id)
    owner = Owner(OwnerKind.APPEAL, appeal_id)
    return files.evidence_of(connection, actor, owner, content_hash, request_id=request_id)


def appeals(
    connection: Connection,
    actor: Actor,
    *,
    state: AppealState | None = None,
    waits_for_me: bool = False,
    member_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    count_max: int,
) -> AppealPage:
    """Those in the caller's reach and the caller's own, of one member if one is named, by time of filing;
    ``waits_for_me``: those that are the caller's turn to decide.

    It is the turn of the nearest office that may; once the day has passed also of the one above.
    """
    count = min(count_max, PAGE_MAX)
    waiting = None
    if waits_for_me and actor.account_id is not None:
        waiting = store.waits_for(actor.district_id, actor.account_id, actor.appointments, actor.today)
    found = store.list_appeals(
        connection,
        actor.district_id,
        paths=None if actor.is_service else actor.reach(Permission.APPEAL_READ),
        own_account=actor.account_id,
        state=state,
        waiting=waiting,
        after=after,
        count_max=count + 1,
        member_id=member_id,
    )
    return _page(connection, actor, found, count)


def own_appeals(
    connection: Connection,
    actor: Actor,
    *,
    state: AppealState | None = None,
    after: tuple[datetime, UUID] | None = None,
    count_max: int,
) -> AppealPage:
    """Those against entries of the caller's own record, whatever the caller's offices reach."""
    count = min(count_max, PAGE_MAX)
    found = store.list_appeals(
        connection,
        actor.district_id,
        paths=(),
        own_account=actor.account_id,
        state=state,
        waiting=None,
        after=after,
        count_max=count + 1,
    )
    return _page(connection, actor, found, count)


def _page(connection: Connection, actor: Actor, found: Sequence[Appeal], count: int) -> AppealPage:
    page = found[:count]
    following = (page[-1].filed_at, page[-1].id) if len(found) > count else None
    return AppealPage(facts.views(connection, actor, page), following)


# Deadlines.


def remind(connection: Connection, actor: Actor) -> list[Message]:
    """What to tell today of appeals whose answer is due soon or was due before."""
    near = work_calendar.add_working_days(connection, actor, actor.today, NEAR_DAYS).day
    due = store.list_open_due(connection, actor.district_id, near)
    return [message for one in due for message in facts.reminders(connection, actor, one)]
