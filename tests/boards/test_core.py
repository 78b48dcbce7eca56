"""Ranks, and names as a policy lets them be seen."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.boards.core import BoardPolicy, Level, NameForm, Reach, Tally, competition_ranks, shown_name
from app.boards.core_screens import BranchSum, by_average
from app.kit.ids import new_id


@pytest.mark.parametrize(
    ("points", "ranks"),
    [
        ([], []),
        ([5], [1]),
        ([9, 8, 8, 7], [1, 2, 2, 4]),
        ([9, 9, 9], [1, 1, 1]),
        ([9, 9, 8, 8, 8, 1], [1, 1, 3, 3, 3, 6]),
        ([0, -1], [1, 2]),
    ],
)
def test_equal_points_share_a_rank_and_the_next_one_counts_them_all(points: list[int], ranks: list[int]) -> None:
    assert competition_ranks(points) == ranks


@given(st.lists(st.integers(-5, 5)))
def test_a_rank_is_one_more_than_how_many_have_more(points: list[int]) -> None:
    falling = sorted(points, reverse=True)
    assert competition_ranks(falling) == [1 + sum(other > one for other in falling) for one in falling]


@pytest.mark.parametrize(
    ("name", "masked"),
    [("陈晓明", "陈**"), ("陈", "陈**"), ("欧阳修远", "欧**"), ("Anna", "A**"), ("", "**"), ("𠀀某", "𠀀**")],
)
def test_a_masked_name_tells_its_first_character_and_not_its_length(name: str, masked: str) -> None:
    assert shown_name(name, NameForm.MASKED) == masked


@pytest.mark.parametrize(("name", "initials"), [("陈晓明", "C.X.M."), ("林芳", "L.F.")])
def test_initials_are_those_of_the_syllables(name: str, initials: str) -> None:
    assert shown_name(name, NameForm.INITIALS) == initials


def test_a_full_name_stays() -> None:
    assert shown_name("陈晓明", NameForm.FULL) == "陈晓明"


@given(st.text("陈林黄张李王吴刘晓明芳国华建", min_size=2, max_size=4))
def test_only_the_full_form_tells_a_whole_name(name: str) -> None:
    assert all(name not in shown_name(name, form) for form in (NameForm.MASKED, NameForm.INITIALS))


def test_from_the_first_day_a_board_shows_masked_names_of_the_first_ten() -> None:
    assert BoardPolicy() == BoardPolicy(Reach.DISTRICT, 10, NameForm.MASKED)


@given(st.lists(st.integers(-5, 40), min_size=1))
def test_a_tally_gives_every_rank_that_sorting_would(values: list[int]) -> None:
    tally = Tally.of(Counter(values).items())
    falling = sorted(values, reverse=True)
    assert [tally.rank(one) for one in falling] == competition_ranks(falling)
    assert tally.members == len(values)
    for one in range(-7, 43):  # what nobody has, too
        assert tally.rank(one) == 1 + sum(other > one for other in values)
        above = [other for other in values if other > one]
        below = sorted({other for other in values if other < one}, reverse=True)[:-1]  # never the last
        assert tally.ahead(one) == (Level(min(above), above.count(min(above))) if above else None)
        assert tally.behind(one) == (Level(below[0], values.count(below[0])) if below else None)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(3, 9)), min_size=1, max_size=12))
def test_branches_are_ranked_by_the_exact_mean(sums: list[tuple[int, int]]) -> None:
    names = {new_id(): f"支部{number:02d}" for number in range(len(sums))}
    given_sums = [BranchSum(one, members, points) for one, (points, members) in zip(names, sums, strict=True)]
    for row in by_average(given_sums, (), names, 200):
        (own,) = (one for one in given_sums if names[one.branch_id] == row.branch)
        assert row.rank == 1 + sum(one.mean > own.mean for one in given_sums)


def test_a_branch_moves_against_where_it_stood_at_the_seal_and_a_new_one_does_not() -> None:
    first, second, new = new_id(), new_id(), new_id()
    now = [BranchSum(first, 3, 2900), BranchSum(second, 3, 3000), BranchSum(new, 3, 2800)]
    rows = by_average(now, [BranchSum(first, 4, 4000), BranchSum(second, 3, 2700)], {first: "一", second: "二"}, 3)
    assert [(one.branch, one.rank, one.movement) for one in rows] == [("二", 1, 1), ("一", 2, -1), ("", 3, None)]
