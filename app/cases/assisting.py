"""The verbs of people about a case: what the branch does, what the committee decides, and reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cases import store_cases, store_steps
from app.cases.casework import Casework
from app.cases.core_cases import (
    FAILURES_LISTED,
    OF_THE_BRANCH,
    OF_THE_COMMITTEE,
    PAGE_MAX,
    Case,
    CaseAction,
    CasePage,
    CaseState,
    CaseView,
    Deed,
    DoneCase,
    Failures,
    Progress,
)
from app.cases.refusals import NoHelper, OwnCase, TalkDay
from app.kit.errors import NotFound
from app.points.ledger import DutyState
from app.points.refusals import IdUsed
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules import service as rules
from app.rules.points import decimals_of


def act(connection: Connection, actor: Actor, case_id: UUID, deed: Deed) -> DoneCase:
    """Do one thing to a case; the same id and content again is a retry.

    Raises NotFound, OwnCase, IdUsed, MovedOn, OutOfState, NoHelper, TalkDay, NotDueYet and TooLong.
    """
    case = store_cases.lock_case(connection, actor.district_id, case_id)
    if case is None or not actor.may(_permission(deed.action), case.path):
        raise NotFound(what="case", field="id")
    histories = roster.histories(connection, actor.district_id, _people(case, deed))
    _check_concerned(actor, case, deed, histories)
    before = store_steps.find_step(connection, actor.district_id, deed.id)
    if before is not None:
        if before[0] != case.id or before[1].sent_digest != deed.digest():
            raise IdUsed(id=str(deed.id), field="id")
        return DoneCase(_view(connection, actor, case), replayed=True)
    if deed.helper_id is not None:
        helper = histories.get(deed.helper_id)
        if helper is None or helper.on(actor.today) is None:
            raise NoHelper(field="helper_id")
    if deed.day is not None and not case.opened_on <= deed.day <= actor.today:
        raise TalkDay(first=case.opened_on.isoformat(), last=actor.today.isoformat(), field="held_on")
    work = Casework(connection, actor)
    changed = work.done(case, deed, histories[case.member_id])
    work.finish()
    return DoneCase(_view(connection, actor, changed))


def propose_helper(
    connection: Connection, actor: Actor, case_id: UUID, proposal: UUID, helper_id: UUID, note: str | None
) -> DoneCase:
    """For rooms above: whom they know as a helper. The branch decides, and its secretary is told. As ``act``."""
    return act(connection, actor, case_id, Deed(proposal, CaseAction.HELPER_PROPOSED, note, helper_id=helper_id))


def _permission(action: CaseAction) -> Permission:
    if action in OF_THE_BRANCH:
        return Permission.CASE_KEEP
    if action in OF_THE_COMMITTEE or action is CaseAction.HELPER_PROPOSED:
        return Permission.CASE_DECIDE
    raise NotFound(what="case", field="action")  # the service's own


def _people(case: Case, deed: Deed) -> list[UUID]:
    return [one for one in (case.member_id, case.helper_id, deed.helper_id) if one is not None]


def _check_concerned(actor: Actor, case: Case, deed: Deed, histories: dict[UUID, MemberHistory]) -> None:
    """Never about oneself; and who helps does not say whether it has helped."""
    if actor.account_id is None:
        return
    concerned = {case.member_id}
    if deed.action in OF_THE_COMMITTEE and case.helper_id is not None:
        concerned.add(case.helper_id)
    if any(histories[one].account_id == actor.account_id for one in concerned):
        raise OwnCase(field="id")


def read(connection: Connection, actor: Actor, case_id: UUID) -> CaseView:
    """With what was done to it, and what became of the member's duties since. Raises NotFound."""
    case = store_cases.find_case(connection, actor.district_id, case_id)
    if case is None:
        raise NotFound(what="case", field="id")
    if not actor.may(Permission.CASE_READ, case.path):
        member = roster.histories(connection, actor.district_id, [case.member_id])[case.member_id]
        if actor.account_id is None or member.account_id != actor.account_id:
            raise NotFound(what="case", field="id")
    return _view(connection, actor, case)


def count_open(connection: Connection, actor: Actor, path: str) -> tuple[int, int]:
    """Open cases at the path or below it, and how many of them are overdue. Raises NotFound."""
    if not actor.may(Permission.CASE_READ, path):
        raise NotFound(what="organisation", field="path")
    return store_cases.count_open(connection, actor.district_id, path, actor.today)


def count_open_below(connection: Connection, actor: Actor, path: str) -> dict[str, int]:
    """Open cases at the path or below it, by the branch's path. Raises NotFound."""
    if not actor.may(Permission.CASE_READ, path):
        raise NotFound(what="organisation", field="path")
    return store_cases.count_open_by_path(connection, actor.district_id, path)


def page(
    connection: Connection,
    actor: Actor,
    *,
    state: CaseState | None = None,
    is_open: bool | None = None,
    late: bool = False,
    after: tuple[datetime, UUID] | None = None,
    count_max: int = 50,
) -> CasePage:
    """Those in the caller's reach and the own ones, without their steps; ``late`` leaves those overdue."""
    count = min(count_max, PAGE_MAX)
    found = store_cases.list_cases(
        connection,
        actor.district_id,
        paths=None if actor.is_service else actor.reach(Permission.CASE_READ),
        own_account=actor.account_id,
        state=state,
        is_open=is_open,
        late_on=actor.today if late else None,
        after=after,
        count_max=count + 1,
    )
    views = _views(connection, actor, found[:count])
    last = found[count - 1] if len(found) > count else None
    return CasePage(views, None if last is None else (last.opened_at, last.id))


def failures(connection: Connection, actor: Actor) -> list[Failures]:
    """Members whose cases failed twice, for those who decide on cases to consider; nothing else follows from it."""
    paths = None if actor.is_service else actor.reach(Permission.CASE_DECIDE)
    return store_cases.list_failures(connection, actor.district_id, paths, FAILURES_LISTED)


def _view(connection: Connection, actor: Actor, case: Case) -> CaseView:
    (found,) = _views(connection, actor, [case])
    steps = store_steps.list_case_steps(connection, actor.district_id, case.id)
    until = actor.today if case.ended_at is None else min(actor.today, case.ended_at.date())
    counts = store_cases.count_duties_since(connection, actor.district_id, case.member_id, case.opened_on, until)
    progress = Progress(
        kept=counts.get(DutyState.KEPT, 0),
        missed=counts.get(DutyState.MISSED, 0),
        open=counts.get(DutyState.EXPECTED, 0),
    )
    return replace(found, steps=steps, progress=progress)


def _views(connection: Connection, actor: Actor, cases: Sequence[Case]) -> tuple[CaseView, ...]:
    """Each with its names, in a handful of queries."""
    people = {one for case in cases for one in (case.member_id, case.helper_id, case.proposed_helper_id) if one}
    names = store_cases.names_of(connection, actor.district_id, people, {one.branch_id for one in cases})
    decimals = {
        digest: decimals_of(rules.edition_by_digest(connection, actor.district_id, digest))
        for digest in {one.edition for one in cases}
    }
    return tuple(
        CaseView(
            case=one,
            member=names[one.member_id],
            branch=names[one.branch_id],
            decimals=decimals[one.edition],
            helper=None if one.helper_id is None else names[one.helper_id],
            proposed_helper=None if one.proposed_helper_id is None else names[one.proposed_helper_id],
        )
        for one in cases
    )
