"""The life of a case, to the point: which step follows which, and that nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.core import Role
from app.cases.core_cases import (
    ADMITTED,
    MONTHS_MAX,
    OFFICES,
    OPEN,
    PLAN_MONTHS,
    TURN,
    Case,
    CaseAction,
    CaseState,
    Deed,
    Moment,
    after,
    has_new_losses,
    late_offices,
    months_after,
    opens,
)
from app.kit.errors import LongwenError
from app.points.ledger import Entry, Source
from app.rules.core import Kind

NAMES = UUID("4a0e7a52-6c1b-5f0e-9a53-0d2c3b9f7e34")
OPENED = date(2026, 10, 12)
ENDED = {CaseState.ACCEPTED, CaseState.CLOSED, CaseState.ANNULLED}


def name(text: str) -> UUID:
    return uuid5(NAMES, text)


def moment(day: date) -> Moment:
    return Moment(datetime(day.year, day.month, day.day, 2, tzinfo=UTC), day, day + timedelta(days=14))


def case(**facts: object) -> Case:
    plain = Case(
        name("case"), name("member"), name("branch"), "d.c.b", "2026Q3", "2026", "assist", "e", 500, 500,
        moment(OPENED).at, OPENED, OPENED + timedelta(days=14),
    )  # fmt: skip
    return replace(plain, **facts)  # type: ignore[arg-type]


def deed(action: CaseAction, *, helped: bool = True) -> Deed:
    wants = action in (CaseAction.PLANNED, CaseAction.HELPER_NAMED, CaseAction.HELPER_PROPOSED)
    return Deed(name(action), action, "说明", helper_id=name("helper") if wants and helped else None)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Case, list[CaseState]]:
    """A case after any sequence of attempts, on days that only go forward; refused ones change nothing."""
    one, day, seen = case(), OPENED, [CaseState.OPENED]
    actions = st.sampled_from(sorted(set(CaseAction) - {CaseAction.OPENED}))
    for action, days, helped in draw(st.lists(st.tuples(actions, st.integers(0, 60), st.booleans()), max_size=14)):
        day += timedelta(days=days)
        before = one
        try:
            one = after(one, deed(action, helped=helped), moment(day))
        except LongwenError:
            assert one == before
            continue
        assert one.version == before.version + 1
        assert before.state in ADMITTED[action]
        seen.append(one.state)
    return one, seen


@given(lives())
def test_whatever_is_tried_a_case_lives_by_its_rules(life: tuple[Case, list[CaseState]]) -> None:
    one, seen = life
    assert (one.ended_at is not None) == (one.state in ENDED)
    assert (one.due_on is None) == (one.state in ENDED)
    assert (one.state in OPEN) == (one.state not in ENDED)
    assert seen.count(CaseState.EXTENDED) <= seen.count(CaseState.RUNNING) + seen.count(CaseState.EXTENDED)
    if one.due_on is not None:
        assert one.state in TURN
    if CaseState.ACCEPTED in seen:
        assert CaseState.RUNNING in seen  # recovery alone closes nothing: there was a plan, and somebody helped
        assert one.helper_id is not None
    if CaseState.FAILED in seen:
        assert one.failed_on is not None
        assert CaseState.ACCEPTED not in seen
    if one.extended_on is not None:
        assert one.planned_on is not None
    for ended in ENDED - {CaseState.ANNULLED}:
        if ended in seen:
            assert set(seen[seen.index(ended) :]) <= {ended, CaseState.ANNULLED}


@given(lives())
def test_only_one_extension_and_never_past_a_year(life: tuple[Case, list[CaseState]]) -> None:
    one, seen = life
    first = [at for at, state in enumerate(seen) if state is CaseState.EXTENDED]
    assert all(state is not CaseState.RUNNING for state in seen[first[0] :]) if first else True
    if one.state in (CaseState.RUNNING, CaseState.EXTENDED) and one.due_on is not None:
        assert one.due_on <= months_after(OPENED, MONTHS_MAX)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 24))
def test_months_later_is_the_same_day_or_the_last_one(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_three_months_from_the_plan() -> None:
    planned = after(case(state=CaseState.TALK_HELD), deed(CaseAction.PLANNED), moment(date(2026, 11, 30)))
    assert (planned.state, planned.due_on) == (CaseState.RUNNING, date(2027, 2, 28))
    assert PLAN_MONTHS == 3


def entry(points: int, *, item: str = "ORG-D02", window: str = "2026-11", kind: Kind = Kind.ROUTINE, number: int = 1,
          reverses: UUID | None = None) -> Entry:  # fmt: skip
    return Entry(
        id=name(f"entry {number}"), cycle="2026", member_id=name("member"), seq=number, branch_id=name("branch"),
        item=item, kind=kind, dimension="ORG", tier=None, matter=None, cause=None, edition="e", profile="standard",
        window=window, units=0, points=points, effective_on=date(2026, 11, 5), booked_in="2026Q4",
        recorded_at=moment(OPENED).at, recorded_by=None, approved_by=None, source=Source.RECORD, batch=None,
        reverses=reverses, input_digest=b"", text_digest=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "lost"),
    [
        ([], False),
        ([entry(-20)], True),
        ([entry(0)], False),  # kept
        ([entry(30, kind=Kind.INNOVATION)], False),
        ([entry(-30, kind=Kind.INNOVATION)], False),  # an addition taken back is no duty missed
        ([entry(-20), entry(20, number=2, reverses=name("entry 1"))], False),
        ([entry(20, reverses=name("old")), entry(-20, number=2)], False),  # settled anew to the same value
        ([entry(20, reverses=name("old")), entry(-30, number=2)], True),
        ([entry(20, item="ORG-D01"), entry(-20, number=2)], True),  # one matter does not make up for another
    ],
)
def test_new_losses_are_counted_matter_by_matter(entries: list[Entry], *, lost: bool) -> None:
    assert has_new_losses(entries, ()) is lost
    assert not has_new_losses(entries, {one.id for one in entries})


ACCEPTED = case(state=CaseState.ACCEPTED, quarter="2026Q2", ended_at=moment(OPENED).at)


@pytest.mark.parametrize(
    ("earlier", "entries", "opened"),
    [
        ([], [], True),
        ([case(quarter="2026Q1")], [entry(-20)], False),  # one is open
        ([ACCEPTED], [], False),
        ([ACCEPTED], [entry(-20)], True),
        ([case(state=CaseState.CLOSED, quarter="2026Q2")], [], True),  # what failed may be tried again
        ([case(state=CaseState.ANNULLED)], [], True),
        ([case(state=CaseState.CLOSED)], [entry(-20)], False),  # of this very quarter
        ([case(state=CaseState.ACCEPTED, quarter="2026Q4", ended_at=moment(OPENED).at)], [entry(-20)], False),
    ],
)
def test_who_gets_a_case(earlier: list[Case], entries: list[Entry], *, opened: bool) -> None:
    assert opens(earlier, entries, (), "2026Q3") is opened


@pytest.mark.parametrize("state", sorted(TURN))
def test_what_is_late_climbs_from_the_office_whose_turn_it_is(state: CaseState) -> None:
    first = OFFICES.index(TURN[state][0])
    due = date(2026, 10, 26)
    delays = {office: due + timedelta(days=1 + 7 * max(0, number - first)) for number, office in enumerate(OFFICES)}
    told = [late_offices(case(state=state, due_on=due), delays, due + timedelta(days=days)) for days in range(30)]
    assert told[0] == ()
    assert told[1] == (TURN[state][0],)
    assert told[-1] == OFFICES[first:]
    assert all(set(one) <= set(other) for one, other in pairwise(told))
    assert Role.SECRETARY not in told[-1] or first == 0


def test_a_late_plan_ends_with_the_year_and_is_not_extended_past_it() -> None:
    late = after(case(state=CaseState.TALK_HELD), deed(CaseAction.PLANNED), moment(date(2027, 9, 1)))
    assert late.due_on == date(2027, 10, 12)
    with pytest.raises(LongwenError) as refused:
        after(late, deed(CaseAction.EXTENDED), moment(date(2027, 10, 1)))
    assert refused.value.code == "case_too_long"
