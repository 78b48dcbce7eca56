"""Commendations, to the point: the places are never exceeded, and the order is kept whatever a meeting decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.core import Exclusion
from app.cases.core_commendations import (
    ADMITTED,
    STANDING,
    TAKEN,
    UNDECIDED,
    Commendation,
    ListAction,
    ListDeed,
    ListState,
    Meeting,
    after,
    check_place,
    first_state,
)
from app.cases.refusals import NoPlace
from app.kit.errors import LongwenError

NAMES = UUID("4a0e7a52-6c1b-5f0e-9a53-0d2c3b9f7e35")
DAY = date(2027, 1, 12)
MEETING = Meeting(uuid5(NAMES, "meeting"), uuid5(NAMES, "branch"), "2026Q4", DAY, 7, ())


def listed(number: int, places: int = 2, **facts: object) -> Commendation:
    grounds = (Exclusion.OVER_QUOTA,) if number > places else ()
    one = Commendation(
        uuid5(NAMES, str(number)), uuid5(NAMES, f"member {number}"), MEETING.branch_id, "d.c.b", "2026Q4", "2026",
        "commend", "e", 950, 900, "p", places, number, grounds, datetime(2027, 1, 11, tzinfo=UTC),
        first_state(grounds, number),
    )  # fmt: skip
    return replace(one, **facts)  # type: ignore[arg-type]


def deed(action: ListAction, *, votes: int = 7, upheld: bool = False) -> ListDeed:
    meeting = MEETING if action is ListAction.RECOMMENDED else None
    until = DAY + timedelta(days=7)
    return ListDeed(uuid5(NAMES, action), action, "理由", meeting=meeting, votes_for=votes, until=until, upheld=upheld)


@given(
    st.integers(0, 5),
    st.integers(1, 8),
    st.lists(st.tuples(st.integers(1, 8), st.sampled_from([ListAction.RECOMMENDED, ListAction.STRUCK])), max_size=40),
)
def test_whatever_meetings_decide_the_places_hold_and_nobody_is_passed_over(
    places: int, count: int, tried: list[tuple[int, ListAction]]
) -> None:
    pool = {number: listed(number, places) for number in range(1, count + 1)}
    for number, action in tried:
        one = pool.get(number)
        if one is None:
            continue
        try:
            if action is ListAction.RECOMMENDED:
                check_place(one, pool.values())
            pool[number] = after(one, deed(action), DAY)
        except LongwenError:
            continue
        taken = [at for at, other in pool.items() if other.state in TAKEN]
        assert len(taken) <= places
        # Whoever is in has, ahead of them, only those who may still come in, or are in: and all of them fit.
        for at in taken:
            ahead = sum(pool[other].state is not ListState.STRUCK for other in range(1, at))
            assert ahead < places


def test_who_awaits_an_appeal_keeps_the_place_against_the_next() -> None:
    waiting = listed(1, places=1, state=ListState.WAITING)
    reserve = listed(2, places=1)
    with pytest.raises(NoPlace):
        check_place(reserve, [waiting, reserve])
    check_place(reserve, [replace(waiting, state=ListState.STRUCK), reserve])


def test_who_was_handed_over_and_withdrawn_frees_no_place() -> None:
    with pytest.raises(NoPlace):
        check_place(listed(2, places=1), [listed(1, places=1, state=ListState.WITHDRAWN)])


@given(st.lists(st.tuples(st.sampled_from(sorted(ListAction)), st.integers(0, 9), st.booleans()), max_size=12))
def test_a_commendation_lives_by_its_rules(tried: list[tuple[ListAction, int, bool]]) -> None:
    one, day, seen = listed(1), DAY, [ListState.LISTED]
    for action, days, upheld in tried:
        day += timedelta(days=days)
        before = one
        try:
            one = after(one, deed(action, upheld=upheld), day)
        except LongwenError:
            assert one == before
            continue
        assert before.state in ADMITTED[action]
        assert one.version == before.version + 1
        if one.state is not before.state:
            seen.append(one.state)
    assert one.objections >= 0
    order = [ListState.LISTED, ListState.RECOMMENDED, ListState.NOTICED, ListState.CONFIRMED, ListState.HANDED_OVER]
    standing = [state for state in seen if state in order]
    assert standing == order[: len(standing)]  # no step is left out, none taken twice
    assert one.state in UNDECIDED | STANDING | {ListState.STRUCK, ListState.WITHDRAWN}
    if ListState.CONFIRMED in seen:
        assert one.notice_until is not None
    for ended in (ListState.STRUCK, ListState.WITHDRAWN):
        assert ended not in seen[:-1]


@pytest.mark.parametrize(
    ("grounds", "position", "state"),
    [
        ((), 1, ListState.LISTED),
        ((Exclusion.APPEAL,), 1, ListState.WAITING),
        ((Exclusion.DIMENSION_FAULT, Exclusion.APPEAL), 1, ListState.WAITING),  # only what is disputed keeps off
        ((Exclusion.OVER_QUOTA,), 3, ListState.RESERVE),
        ((Exclusion.APPEAL, Exclusion.OVER_QUOTA), 3, ListState.RESERVE),
        ((Exclusion.VETO,), None, ListState.EXCLUDED),
        ((Exclusion.VETO, Exclusion.APPEAL), None, ListState.EXCLUDED),
    ],
)
def test_where_somebody_begins(grounds: tuple[Exclusion, ...], position: int | None, state: ListState) -> None:
    assert first_state(grounds, position) is state


@pytest.mark.parametrize("votes", [0, 3])
def test_half_of_the_votes_are_not_enough(votes: int) -> None:
    with pytest.raises(LongwenError) as refused:
        after(listed(1), deed(ListAction.RECOMMENDED, votes=votes), DAY)
    assert refused.value.code == "no_majority"
