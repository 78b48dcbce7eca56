"""Windows in which nobody is asked: a session that was not held, and what the district asks of nobody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.activities import findings, refusals, store, store_waivers
from app.activities.booking import Booking
from app.activities.core import Ground, Record, Waived, Waiver
from app.activities.gathering import check_recorder, owing
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.calendar import half_days, half_of, is_quarter, month_days, month_of, quarter_days, quarter_of
from app.kit.days import is_reckoned
from app.messages import service as messages
from app.points import refusals as points_refusals
from app.points import waiving
from app.points.gathering import Background
from app.points.ledger import DutyKey, DutyState, Entry
from app.roster import service as roster
from app.submissions import reversing

_LOOK_BACK = timedelta(days=100)


@dataclass(frozen=True, slots=True)
class Request:
    """That nobody at an organisation is asked for an item in a window, and why."""

    id: UUID
    organisation_id: UUID
    item: str
    window: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A window's cycle, with its first and last day."""

    cycle: str
    first: date
    last: date


def not_held(connection: Connection, actor: Actor, request: Request) -> Waived:
    """The branch or group held no session in the window: its members owe none, and its star answers for it.

    What was recorded as missed is given back. What was planned there is marked as not held; a session held later in the
    window asks again. Raises NotFound, NotYourItem, NoSession, WindowUnknown, SessionHeld and IdUsed.
    """
    place = roster.get_organisation_for(connection, actor, request.organisation_id, Permission.ACTIVITY_RECORD)
    waiver = _waiver(actor, request, place.path, Ground.NOT_HELD)
    before = _before(connection, actor, waiver)
    if before is not None:
        return Waived(before, 0, replayed=True)
    span = _span_of(cycles.quarters(connection, actor), request.window)
    if span is None or span.first > actor.today:
        raise refusals.WindowUnknown(item=request.item, window=request.window, field="window")
    held = store.find_held(connection, actor.district_id, place.path, request.item, request.window)
    if held is not None:
        raise refusals.SessionHeld(
            item=request.item, window=request.window, day=held.held_on.isoformat(), title=held.title, field="window"
        )
    day = min(actor.today, span.last)
    due = owing(connection, actor, place.path, request.item, day)
    check_recorder(actor, due.item, place.path)
    days = dict.fromkeys(due.items, day)
    duties = waiving.duties_on(connection, actor, due.background, request.item, days)
    keys = [row.key for row in duties.values() if row.key.window == request.window]
    if duties and not keys:
        raise refusals.WindowUnknown(item=request.item, window=request.window, field="window")
    undone = _give_back_recorded(connection, actor, waiver, span.cycle, day)
    waived = waiving.waive(connection, actor, {*keys, *undone}, Ground.NOT_HELD.value)
    store.update_not_held(connection, actor.district_id, place.id, request.item, request.window)
    store_waivers.insert_waiver(connection, actor.district_id, waiver)
    _tell_given_back(connection, actor, undone.values(), waiver.reason)
    return Waived(waiver, len(waived), replayed=False)


def excuse(connection: Connection, actor: Actor, request: Request) -> Waived:
    """The district asks nobody at an organisation, or below it, for an item in a window, past or to come.

    What the window has cost already is given back, but for what a finding took. Raises NotFound, WindowUnknown and
    IdUsed.
    """
    place = roster.get_organisation_for(connection, actor, request.organisation_id, Permission.ACTIVITY_EXCUSE)
    waiver = _waiver(actor, request, place.path, Ground.EXCEPTION)
    before = _before(connection, actor, waiver)
    if before is not None:
        return Waived(before, 0, replayed=True)
    if _span_of(cycles.quarters(connection, actor), request.window) is None and not _is_to_come(actor, request.window):
        raise refusals.WindowUnknown(item=request.item, window=request.window, field="window")
    store_waivers.insert_waiver(connection, actor.district_id, waiver)
    return Waived(waiver, _apply(connection, actor, waiver), replayed=False)


def apply_all(connection: Connection, actor: Actor) -> int:
    """Waive what exceptions reach by now: windows begun since, members who came. A re-run adds nothing."""
    known = cycles.quarters(connection, actor)
    windows = {code for day in (actor.today, actor.today - _LOOK_BACK) for code in (half_of(day), quarter_of(day))}
    for passed in range(_LOOK_BACK.days // 28 + 1):
        windows.add(month_of(actor.today - timedelta(days=28 * passed)))
    windows |= {one.cycle for one in known if one.ends_on >= actor.today - _LOOK_BACK}
    found = store_waivers.list_exceptions(connection, actor.district_id, windows)
    return sum(_apply(connection, actor, one) for one in found)


def _apply(connection: Connection, actor: Actor, waiver: Waiver) -> int:
    span = _span_of(cycles.quarters(connection, actor), waiver.window)
    if span is None or span.first > actor.today:
        return 0  # nobody owes it yet: the job comes to it
    day = min(actor.today, span.last)
    keys = store_waivers.list_open_duties(
        connection, actor.district_id, waiver.path, span.cycle, waiver.item, waiver.window, day
    )
    undone = _give_back_recorded(connection, actor, waiver, span.cycle, day)
    waived = waiving.waive(connection, actor, [*keys, *undone], Ground.EXCEPTION.value)
    given_back = _give_back(connection, actor, waiver, day)
    _tell_given_back(connection, actor, undone.values(), waiver.reason)
    return len(waived) + given_back


def _give_back_recorded(
    connection: Connection, actor: Actor, waiver: Waiver, cycle: str, day: date
) -> dict[DutyKey, Entry]:
    """Reverse what the window has cost without a session, so that these duties can be waived."""
    lost = store_waivers.list_lost_without_session(
        connection, actor.district_id, waiver.path, cycle, waiver.item, waiver.window, day
    )
    return waiving.give_back(connection, actor, lost, waiver.reason)


def _tell_given_back(connection: Connection, actor: Actor, undone: Collection[Entry], reason: str) -> None:
    """Those who had lost it learn that it counts no longer; last, since inboxes are locked after standings."""
    if undone:
        background = Background.read(connection, actor, {one.member_id for one in undone})
        messages.tell(connection, actor, [reversing.message_of(background, one, reason) for one in undone])


def _give_back(connection: Connection, actor: Actor, waiver: Waiver, day: date) -> int:
    """Reverse what sessions of the window have cost."""
    lost = store_waivers.list_lost(connection, actor.district_id, waiver.path, waiver.item, waiver.window, day)
    if not lost:
        return 0
    members = {member_id for _, member_id in lost}
    booking = Booking(connection, actor, Background.read(connection, actor, members))
    by_session: dict[UUID, set[UUID]] = {}
    for activity_id, member_id in lost:
        by_session.setdefault(activity_id, set()).add(member_id)
    for activity_id, attending in by_session.items():
        activity = store.find_activity(connection, actor.district_id, activity_id)
        if activity is None:
            continue
        days = dict.fromkeys(attending, activity.held_on)
        duties = waiving.duties_on(connection, actor, booking.background, waiver.item, days)
        rows = store.find_attendance(connection, actor.district_id, [activity_id], attending)
        for member_id in sorted(attending):
            duty = duties.get(member_id)
            if duty is not None and duty.state is DutyState.MISSED:
                row = rows[activity_id, member_id]
                record, _ = booking.undo(Record(activity, row), duty, waiver.reason, for_good=True)
                booking.put(record.attendance)
    booking.finish()
    findings.review(connection, actor, members)
    return len(booking.rows)


def _waiver(actor: Actor, request: Request, path: str, ground: Ground) -> Waiver:
    return Waiver(
        id=request.id,
        organisation_id=request.organisation_id,
        path=path,
        item=request.item,
        window=request.window,
        ground=ground,
        reason=request.reason,
        recorded_by=actor.account_id,
        recorded_at=actor.at,
    )


def _before(connection: Connection, actor: Actor, waiver: Waiver) -> Waiver | None:
    """The same, received before. Raises IdUsed for another one of the id."""
    before = store_waivers.find_waiver(connection, actor.district_id, waiver.id)
    if before is not None and before.input_digest() != waiver.input_digest():
        raise points_refusals.IdUsed(id=str(waiver.id), field="id")
    return before


def _days_of(window: str) -> tuple[date, date] | None:
    """First and last day of a month, quarter or half-year; None for any other code, and beyond the years reckoned."""
    try:
        if is_quarter(window):
            days = quarter_days(window)
        elif len(window) == 6 and window[4] == "H" and window[5] in "12":
            days = half_days(window)
        elif len(window) == 7 and window[4] == "-":
            days = month_days(window)
        else:
            return None
    except ValueError:
        return None
    first = days[0]
    written = window in (month_of(first), quarter_of(first), half_of(first))  # and in no other digits or signs
    return days if written and is_reckoned(first.year) else None


def _span_of(quarters: Sequence[Quarter], window: str) -> _Span | None:
    """The window in the district's books; None where they have none."""
    own = [one for one in quarters if one.cycle == window]
    if own:
        return _Span(window, min(one.starts_on for one in own), max(one.ends_on for one in own))
    days = _days_of(window)
    if days is None:
        return None
    cycle = next((one.cycle for one in quarters if one.starts_on <= days[0] <= one.ends_on), None)
    return None if cycle is None else _Span(cycle, *days)


def _is_to_come(actor: Actor, window: str) -> bool:
    """A window of a cycle that is not open yet."""
    days = _days_of(window)
    return days is not None and days[0] > actor.today
