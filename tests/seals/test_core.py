"""The life of a quarter as a pure function of days and facts: over made-up facts, its order never breaks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.auth.core import Role
from app.cycles.core import Quarter, QuarterState, state_on
from app.kit.calendar import quarter_days
from app.seals.core import (
    BranchLife,
    Correction,
    Notice,
    Stage,
    asked_to_check,
    check_due_on,
    is_seal_due,
    may_check,
    notice_until,
    notices_due,
    rows_restarted,
    stage_of,
)

ORDER = list(Stage)
AT = datetime(2026, 10, 16, tzinfo=UTC)
BRANCHES = [UUID(int=number) for number in range(1, 4)]
MEMBERS = [UUID(int=number) for number in range(11, 15)]


def quarter(state: QuarterState = QuarterState.OPEN) -> Quarter:
    return Quarter("2026Q3", "2026", *quarter_days("2026Q3"), state)


def on_notice(branch: UUID, from_on: date, *, member: UUID | None = None, at: datetime = AT) -> Notice:
    return Notice(UUID(int=99), "2026Q3", branch, member, from_on, notice_until(from_on), at)


days = st.dates(date(2026, 9, 1), date(2027, 2, 1))


@given(day=days, until=st.integers(0, 60), unchecked=st.integers(0, 3), noticed=st.booleans())
def test_a_branch_never_goes_back(day: date, until: int, unchecked: int, noticed: bool) -> None:
    """With time alone passing, and rows only being confirmed, no stage comes before one that was reached."""
    notice = on_notice(BRANCHES[0], max(day, date(2026, 10, 16))) if noticed and not unchecked else None
    life = BranchLife(BRANCHES[0], unchecked, notice)
    stages = []
    for passed in range(until):
        today = day + timedelta(days=passed)
        if notice is None or today >= notice.from_on:
            stages.append(stage_of(quarter(state_on(quarter(), today)), life, today))
    assert stages == sorted(stages, key=ORDER.index)


@given(day=days, counts=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=3))
def test_the_seal_waits_for_every_row_and_for_seven_whole_days(day: date, counts: list[tuple[int, bool]]) -> None:
    found = quarter(state_on(quarter(), day))
    begun = date(2026, 10, 16)
    lives = [
        BranchLife(branch, unchecked, on_notice(branch, begun) if noticed else None)
        for branch, (unchecked, noticed) in zip(BRANCHES, counts, strict=False)
    ]
    due = is_seal_due(found, lives, day)
    starting = notices_due(found, lives)
    for one in lives:
        waits = bool(one.unchecked) or one.notice is None
        assert not (due and waits)
        assert (one.branch_id in starting) == (
            found.state is QuarterState.NOTICE and one.notice is None and not one.unchecked
        )
        if due and one.notice is not None:
            assert (day - one.notice.from_on).days > 7
    if due:
        assert day > check_due_on(found)
        assert not starting
    elif lives and found.state is QuarterState.NOTICE and day > date(2026, 10, 23):
        assert any(one.unchecked or one.notice is None for one in lives)


@given(
    begun=st.lists(st.integers(0, 20), min_size=3, max_size=3),
    rows=st.lists(st.tuples(st.sampled_from(MEMBERS), st.integers(0, 40)), max_size=5),
    corrections=st.dictionaries(st.sampled_from(MEMBERS), st.integers(0, 40)),
)
def test_a_correction_restarts_its_own_row_once(
    begun: list[int], rows: list[tuple[UUID, int]], corrections: dict[UUID, int]
) -> None:
    branch_of = {member: BRANCHES[place % 3] for place, member in enumerate(MEMBERS)}
    first = date(2026, 10, 16)
    notices = [
        on_notice(branch, first, at=AT + timedelta(hours=hours)) for branch, hours in zip(BRANCHES, begun, strict=True)
    ]
    notices += [on_notice(branch_of[one], first, member=one, at=AT + timedelta(hours=hours)) for one, hours in rows]
    found = [Correction(one, branch_of[one], AT + timedelta(hours=hours)) for one, hours in corrections.items()]
    again = rows_restarted(found, notices)
    assert {one.member_id for one in again} == {
        one.member_id
        for one in found
        if all(one.at > held.begun_at for held in notices if held.member_id == one.member_id)
        and all(
            one.at > held.begun_at for held in notices if held.member_id is None and held.branch_id == one.branch_id
        )
    }
    later = AT + timedelta(hours=41)
    restarted = [on_notice(one.branch_id, first, member=one.member_id, at=later) for one in again]
    assert rows_restarted(found, [*notices, *restarted]) == []


@given(
    holders=st.lists(st.tuples(st.sampled_from(MEMBERS), st.sampled_from([Role.SECRETARY, Role.COMMITTEE_OFFICER]))),
    recorder=st.sampled_from(MEMBERS),
    member=st.sampled_from(MEMBERS),
    is_late=st.booleans(),
)
def test_whoever_is_asked_may_confirm_and_is_not_concerned(
    holders: list[tuple[UUID, Role]], recorder: UUID, member: UUID, is_late: bool
) -> None:
    asked = asked_to_check(None, holders, (recorder, member), is_late=is_late)
    assert not {recorder, member} & set(asked)
    for one in asked:
        roles = frozenset(role for account, role in holders if account == one)
        assert may_check(None, roles, one, (recorder, member), is_late=is_late)
    if not asked:
        for account, role in holders:
            assert not may_check(None, frozenset({role}), account, (recorder, member), is_late=is_late)
