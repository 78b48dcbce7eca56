"""Who helps whom: within capacity, what stands is kept, the same again, and never dearer than the best there is."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from app.grids.assigning import (
    CHANGE,
    NEIGHBOUR,
    PAIR_MAX,
    Assignment,
    HelpedKind,
    Lack,
    Lead,
    Need,
    NeedGround,
    Problem,
    Release,
    assign,
)
from app.grids.core_costs import DISTANCE, DOUBLINGS_MAX, LOAD, SIZE, STEPS_MAX
from tests.grids.problems import GRIDS, RING, all_assignments, made_up, number, pairing

SMALL = settings(max_examples=120, deadline=None)
seeds = st.integers(0, 10**6)


def with_proposals(problem: Problem, seed: int, *, firm: bool) -> Problem:
    """Some needs stand with a lead already, valid or not, but nobody with two."""
    draw = random.Random(seed)
    standing = [
        pairing(one, draw.choice(problem.leads), firm=firm, since=date(2026, 1, draw.randint(1, 28)))
        for one in problem.needs
        if draw.random() < 0.5
    ]
    return replace(problem, standing=tuple(standing))


def cost_of(problem: Problem, choice: tuple[int | None, ...]) -> int:
    """The stated objective, worked out again from its words."""
    total, loads = 0, Counter(one for one in choice if one is not None)
    before = {one.need: one.lead for one in problem.standing}
    by_key = {one.key: one for one in problem.leads}
    for need, index in zip(problem.needs, choice, strict=True):
        if index is None:
            total += need.urgency * (len(problem.needs) * PAIR_MAX + 1)
            proposed = by_key.get(before.get(need.key, need.key))
            total += CHANGE if proposed is not None and problem.reaches(proposed, need) else 0
            continue
        lead = problem.leads[index]
        total += 0 if lead.grid == need.grid else NEIGHBOUR
        total += 0 if lead.territory == need.territory else 2 * DISTANCE
        total += SIZE * next((n for n in range(DOUBLINGS_MAX) if lead.size * 2**n >= need.size), DOUBLINGS_MAX)
        proposed = by_key.get(before.get(need.key, lead.key))
        if proposed is not None and proposed != lead and problem.reaches(proposed, need):
            total += CHANGE
    for index, load in loads.items():
        capacity = problem.leads[index].capacity
        total += sum(LOAD * (2 * place - 1) // (2 * capacity) for place in range(1, load + 1))
    return total


def sound(problem: Problem, found: Assignment) -> None:
    loads = Counter(pair.lead.key for pair in found.pairs)
    assert all(loads[lead.key] <= lead.capacity for lead in problem.leads)
    assert all(problem.reaches(pair.lead, pair.need) for pair in found.pairs)
    served = [pair.need.key for pair in found.pairs]
    waiting = [need.key for need, _ in found.unserved]
    assert sorted([*served, *waiting]) == sorted(need.key for need in problem.needs)


@SMALL
@given(seeds, st.integers(0, 5), st.integers(0, 3), st.integers(1, 2), st.booleans())
def test_no_assignment_costs_less(seed: int, needs: int, leads: int, capacity: int, proposed: bool) -> None:
    problem = made_up(seed, needs, leads, capacity, grids=3)
    if proposed and leads:
        problem = with_proposals(problem, seed, firm=False)
    found = assign(problem)
    sound(problem, found)
    best = min(cost_of(problem, one) for one in all_assignments(problem))
    assert found.objective == best


@SMALL
@given(seeds, st.integers(1, 40), st.integers(1, 8), st.integers(1, 5), st.booleans())
def test_it_is_stable_and_the_order_of_asking_does_not_matter(
    seed: int, needs: int, leads: int, capacity: int, firm: bool
) -> None:
    problem = with_proposals(made_up(seed, needs, leads, capacity), seed, firm=firm)
    found = assign(problem)
    sound(problem, found)
    shuffled = list(problem.needs)
    random.Random(seed).shuffle(shuffled)
    asked_otherwise = replace(
        problem, needs=tuple(shuffled), leads=problem.leads[::-1], standing=problem.standing[::-1]
    )
    assert assign(asked_otherwise) == found
    for agreed in (True,) if firm else (False, True):  # what was agreed would not have been proposed
        again = assign(replace(problem, standing=tuple(pairing(p.need, p.lead, firm=agreed) for p in found.pairs)))
        assert {p.need.key: p.lead.key for p in again.pairs} == {p.need.key: p.lead.key for p in found.pairs}
        assert again.released == ()
        assert all(one.kept for one in again.pairs)


@SMALL
@given(seeds, st.integers(1, 30), st.integers(1, 6), st.integers(1, 4))
def test_a_valid_pairing_is_kept_unless_the_lead_has_too_many(seed: int, needs: int, leads: int, capacity: int) -> None:
    problem = with_proposals(made_up(seed, needs, leads, capacity), seed, firm=True)
    found = assign(problem)
    by_need = {one.key: one for one in problem.needs}
    by_lead = {one.key: one for one in problem.leads}
    now = {pair.need.key: pair.lead.key for pair in found.pairs}
    valid = [one for one in problem.standing if problem.reaches(by_lead[one.lead], by_need[one.need])]
    loads = Counter(one.lead for one in valid)
    for one in valid:
        if loads[one.lead] <= by_lead[one.lead].capacity:
            assert now[one.need] == one.lead
    why = dict(found.released)
    for one in problem.standing:
        if one not in valid:
            assert why[one] is Release.OUT_OF_REACH
        elif now.get(one.need) != one.lead:
            assert why[one] is Release.OVER_CAPACITY
            kept = [other for other in valid if other.lead == one.lead and other not in why]
            assert len(kept) == by_lead[one.lead].capacity
            assert all(other.since <= one.since for other in kept)


@SMALL
@given(seeds, st.integers(1, 30), st.integers(0, 6), st.integers(1, 4))
def test_a_capacity_more_never_leaves_more_waiting(seed: int, needs: int, leads: int, capacity: int) -> None:
    problem = made_up(seed, needs, leads, capacity)
    larger = replace(problem, leads=tuple(replace(one, capacity=one.capacity + 1) for one in problem.leads))
    assert len(assign(larger).unserved) <= len(assign(problem).unserved)


def need(index: int, *grounds: NeedGround, grid: int | None = 0, **more: object) -> Need:
    where = None if grid is None else GRIDS[grid]
    made = Need(number(4, index), HelpedKind.BRANCH, where, "r.c0", 5, frozenset(grounds or {NeedGround.TWO_STARS}))
    return replace(made, **more)  # type: ignore[arg-type]


def lead(index: int, *, grid: int = 0, capacity: int = 1, **more: object) -> Lead:
    made = Lead(number(2, index), number(3, index), GRIDS[grid], "r.c0", 20, capacity)
    return replace(made, **more)  # type: ignore[arg-type]


def ask(needs: list[Need], leads: list[Lead], **more: object) -> Assignment:
    return assign(replace(Problem(tuple(needs), tuple(leads), RING), **more))  # type: ignore[arg-type]


def leads_of(found: Assignment) -> dict[int, int]:
    return {pair.need.key.int & 0xFFFF: pair.lead.key.int & 0xFFFF for pair in found.pairs}


def test_the_own_grid_comes_first_and_a_neighbouring_one_before_nothing() -> None:
    far, near, own = lead(0, grid=3), lead(1, grid=1), lead(2)
    assert leads_of(ask([need(0)], [far, near, own])) == {0: 2}
    assert leads_of(ask([need(0)], [far, near])) == {0: 1}
    assert ask([need(0)], [far]).unserved == ((need(0), Lack.NO_LEAD),)


def test_the_more_urgent_is_helped_where_not_all_can_be() -> None:
    found = ask(
        [need(0, NeedGround.NO_MEMBERS), need(1, NeedGround.CASE), need(2, NeedGround.ONE_STAR)], [lead(0, capacity=2)]
    )
    assert leads_of(found) == {1: 0, 2: 0}
    (shortage,) = found.shortages
    assert (shortage.grid, shortage.waiting, shortage.leads, shortage.capacity, shortage.free) == (GRIDS[0], 1, 1, 2, 0)
    assert found.unserved == ((need(0, NeedGround.NO_MEMBERS), Lack.NO_CAPACITY),)


def test_more_are_helped_rather_than_one_more_urgent_nearby() -> None:
    """The lead of grid 5 is in the reach of the second only, so the first has to go there too far for comfort."""
    first, second = need(0, NeedGround.CASE, grid=0), need(1, NeedGround.NO_MEMBERS, grid=1)
    found = ask([first, second], [lead(0, grid=0), lead(1, grid=5)])
    assert leads_of(found) == {0: 1, 1: 0}


def test_shares_of_capacity_are_evened_out() -> None:
    found = ask([need(index) for index in range(6)], [lead(0, capacity=8), lead(1, capacity=4)])
    assert Counter(leads_of(found).values()) == {0: 4, 1: 2}


def test_near_and_large_leads_are_preferred_and_each_part_is_told() -> None:
    small, far = lead(0, size=2), lead(1, territory="r.c1")
    (pair,) = ask([need(0, size=9)], [small, far]).pairs
    assert pair.lead is small
    assert (pair.costs.size, pair.costs.distance, pair.costs.load) == (SIZE * 3, 0, LOAD // 2)
    (pair,) = ask([need(0, size=9)], [lead(0, territory="r.c2.d.e"), lead(1, territory="r.c1", size=2)]).pairs
    assert pair.costs.distance == DISTANCE * STEPS_MAX


def test_nobody_helps_themselves() -> None:
    own = lead(0)
    member = need(0, NeedGround.CASE, branch=own.branch)
    assert ask([member], [own]).unserved == ((member, Lack.NO_LEAD),)
    itself = need(0, key=own.branch)
    assert ask([itself], [own]).unserved == ((itself, Lack.NO_LEAD),)


def test_who_is_in_no_grid_waits_for_one() -> None:
    found = ask([need(0, grid=None)], [lead(0)])
    assert found.unserved == ((need(0, grid=None), Lack.NO_GRID),)
    assert found.shortages[0].grid is None


def test_what_a_lead_or_need_that_is_gone_leaves_is_told() -> None:
    here, gone = lead(0), lead(1)
    standing = (pairing(need(0), gone), pairing(need(1), here), pairing(need(2), here, firm=False))
    found = ask([need(0)], [here], standing=standing)
    assert leads_of(found) == {0: 0}
    assert [(one.need.int & 0xFFFF, why) for one, why in found.released] == [
        (0, Release.LEAD_GONE),
        (1, Release.NOT_NEEDED),
        (2, Release.NOT_NEEDED),
    ]


def test_a_proposal_gives_way_to_what_is_clearly_better_only() -> None:
    neighbour, own = lead(0, grid=1), lead(1)
    proposed = (pairing(need(0), neighbour, firm=False),)
    found = ask([need(0)], [neighbour, own], standing=proposed)
    assert leads_of(found) == {0: 1}
    assert found.released == ((proposed[0], Release.BETTER),)
    assert found.pairs[0].costs.change == CHANGE
    same = lead(2, size=4)  # of a size that costs 50, less than a change does
    found = ask([need(0)], [own, same], standing=(pairing(need(0), same, firm=False),))
    assert leads_of(found) == {0: 2}


@pytest.mark.parametrize("capacity", [4, 12])
def test_another_solver_finds_no_less(capacity: int) -> None:
    """Three hundred needs: too many to try all, so the places are spread out and matched by SciPy."""
    problem = made_up(capacity, 300, 40, capacity)
    found = assign(problem)
    places = [(one, place) for one in problem.leads for place in range(1, one.capacity + 1)]
    dear = len(problem.needs) * PAIR_MAX + 1
    matrix = np.full((300, len(places) + 300), float(dear) * 10)
    for row, one in enumerate(problem.needs):
        for column, (by, place) in enumerate(places):
            if problem.reaches(by, one):
                alone = replace(problem, needs=(one,), leads=(replace(by, capacity=1),))
                base = cost_of(alone, (0,)) - LOAD // 2
                matrix[row, column] = base + LOAD * (2 * place - 1) // (2 * by.capacity)
        matrix[row, len(places) + row] = dear * one.urgency
    rows, columns = linear_sum_assignment(matrix)
    assert found.objective == int(matrix[rows, columns].sum())
