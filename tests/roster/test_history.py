"""Where a member belonged on a day, and since when without a gap."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roster.history import MemberHistory, Spell

NAMES = UUID("3a0e7a52-6c1b-5f0e-9a53-0d2c3b9f7e22")
FIRST = date(2026, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def spell(branch: str, start: int, end: int | None = None, profile: str = "standard") -> Spell:
    return Spell(uuid5(NAMES, branch), None, f"root.{branch}", profile, day(start), None if end is None else day(end))


def history(*spells: Spell, exempt: tuple[tuple[int, int | None], ...] = ()) -> MemberHistory:
    exemptions = tuple((day(start), None if end is None else day(end)) for start, end in exempt)
    return MemberHistory(uuid5(NAMES, "m"), "M1", None, "陈晓明", date(2010, 7, 1), spells, exemptions)


def place(one: MemberHistory, number: int) -> str | None:
    found = one.on(day(number))
    return None if found is None else found.path


def test_a_membership_holds_from_its_first_day_to_its_last() -> None:
    one = history(spell("a", 10, 20))
    assert [place(one, number) for number in (9, 10, 20, 21)] == [None, "root.a", "root.a", None]


def test_on_the_day_of_a_move_the_member_is_in_the_new_branch() -> None:
    one = history(spell("a", 0, 9), spell("b", 10, profile="probationary"))
    assert [place(one, number) for number in (9, 10)] == ["root.a", "root.b"]
    there = one.on(day(10))
    assert there is not None
    assert (there.profile, there.from_on, there.branch_id) == ("probationary", day(10), uuid5(NAMES, "b"))


def test_between_two_memberships_a_member_is_nowhere() -> None:
    assert place(history(spell("a", 0, 9), spell("b", 12)), 10) is None


@pytest.mark.parametrize(
    ("number", "profile"),
    [(9, "floating"), (10, "exempt"), (15, "exempt"), (16, "floating"), (30, "exempt"), (99, "exempt")],
)
def test_an_exemption_holds_on_its_days_whatever_the_profile(number: int, profile: str) -> None:
    there = history(spell("a", 0, profile="floating"), exempt=((10, 15), (30, None))).on(day(number))
    assert there is not None
    assert there.profile == profile


def test_an_exemption_makes_nobody_a_member() -> None:
    assert history(spell("a", 10), exempt=((0, None),)).on(day(5)) is None


def test_a_member_belongs_since_the_first_of_the_spells_without_a_gap() -> None:
    one = history(spell("a", 0, 9), spell("b", 10, 19), spell("c", 20))
    assert [one.since(day(number)) for number in (5, 15, 25)] == [day(0)] * 3


def test_a_single_day_outside_starts_it_anew() -> None:
    one = history(spell("a", 0, 9), spell("b", 11))
    assert one.since(day(20)) == day(11)
    assert one.since(day(5)) == day(0), "what came later does not count"


def test_what_comes_later_does_not_change_since_when() -> None:
    assert history(spell("a", 0, 30), spell("b", 31)).since(day(20)) == day(0)


def test_the_latest_branch_is_that_of_the_last_membership() -> None:
    assert history(spell("a", 0, 9), spell("b", 12)).latest_branch == uuid5(NAMES, "b")
    assert history().latest_branch is None


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=5), st.data())
def test_since_is_the_first_of_the_unbroken_days_whatever_order_the_spells_come_in(
    lengths: list[tuple[int, int]], data: st.DataObject
) -> None:
    spells, start = [], 0
    for at, (length, gap) in enumerate(lengths):
        spells.append(spell(f"b{at}", start, start + length))
        start += length + 1 + gap
    one = history(*data.draw(st.permutations(spells)))
    belonging = [number for number in range(start) if one.on(day(number)) is not None]
    number = data.draw(st.sampled_from(belonging))
    first = number
    while first - 1 in belonging:
        first -= 1
    assert one.since(day(number)) == day(first)
