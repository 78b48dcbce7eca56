"""The algorithm of the stars: what holds of every round. Its examples stand beside the sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.ratings.scoring import Reading
from app.ratings.starring import Candidate, Rated, months_later, pools_of, rate
from app.rules.stars import Cause, Pool
from app.trials.rounds import full_reading
from tests.ratings.rounds import CUT_OFF, SHEET, branch

UNIT = 10**SHEET.decimals


_CODES = [one.code for one in SHEET.indicators]


@some.composite
def branches(draw: some.DrawFn) -> Candidate:
    """A branch somewhere between nothing and everything; often equal to others."""
    without = tuple(draw(some.sets(some.sampled_from(_CODES), max_size=8)))
    readings: dict[str, Reading | None] = {}
    if draw(some.booleans()):
        readings["S6.2"] = Reading(draw(some.integers(0, 20)), 20)
    return branch(
        without=tuple(code for code in without if code not in readings),
        readings=readings,
        innovation=draw(some.booleans()),
        pool=draw(some.sampled_from(["东", "西"])),
        last=draw(some.sampled_from([None, 2, 3, 4, 5])),
        founded_on=draw(some.sampled_from([None, date(2026, 6, 1)])),
        bonus=draw(some.integers(0, 3)),
    )


rounds = some.lists(branches(), min_size=1, max_size=24)


@settings(max_examples=150, deadline=None)
@given(rounds, some.data())
def test_a_higher_indicator_lowers_no_star_but_by_a_quota_that_says_so(
    candidates: list[Candidate], data: some.DataObject
) -> None:
    chosen = data.draw(some.integers(0, len(candidates) - 1))
    code = data.draw(some.sampled_from(_CODES))
    one, indicator = candidates[chosen], SHEET.indicator(code)
    assert indicator is not None
    raised = replace(one, readings={**one.readings, code: full_reading(indicator)})
    before = rate(SHEET, CUT_OFF, candidates)
    after = rate(SHEET, CUT_OFF, [raised if other is one else other for other in candidates])
    for branch_id, found in after.items():
        if (found.star or 0) < (before[branch_id].star or 0):
            assert Cause.QUOTA in {reason.cause for reason in found.reasons}
    assert after[one.branch_id].score.points >= before[one.branch_id].score.points


def test_who_rises_takes_a_place_and_who_loses_it_is_told_that_it_is_the_quota() -> None:
    """Chance seldom makes such a round: three places for four stars among ten, and a fourth who comes to have more."""
    first, second, third, rising = (
        branch(without=(code,), innovation=False, last=4) for code in ("S4.5", "S4.1", "S4.2", "S2.1")
    )
    others = [branch(without=("S1.1", "S2.1", "S3.1", "S4.3"), innovation=False, last=4) for _ in range(6)]
    before = rate(SHEET, CUT_OFF, [first, second, third, rising, *others])
    assert [before[one.branch_id].star for one in (first, second, third, rising)] == [4, 4, 4, 3]
    full = replace(rising, readings={**rising.readings, "S2.1": Reading(1)})
    after = rate(SHEET, CUT_OFF, [first, second, third, full, *others])
    assert [after[one.branch_id].star for one in (first, second, third, rising)] == [4, 4, 3, 4]
    assert after[third.branch_id].reasons[-1].cause is Cause.QUOTA
    assert after[third.branch_id].scored_as == 4


@settings(max_examples=150, deadline=None)
@given(rounds)
def test_quotas_are_never_exceeded_and_equals_share_their_fate(candidates: list[Candidate]) -> None:
    rated = rate(SHEET, CUT_OFF, candidates)
    for quota in SHEET.quotas:
        _within(quota.star, list(rated.values()))


def _within(star: int, rated: list[Rated]) -> None:
    quota = next(one for one in SHEET.quotas if one.star == star)
    everybody = [one for one in rated if one.star is not None]
    places = pools_of(quota, [one.candidate.pool for one in everybody])
    pools = [("" if quota.pool is Pool.DISTRICT else one.candidate.pool, one) for one in everybody]
    held = Counter(pool for pool, one in pools if one.star == star)
    for pool, count in held.items():
        assert count <= places[pool] == Fraction(*quota.share) * sum(name == pool for name, _ in pools) // 1
    fates: dict[Any, set[bool]] = {}
    for pool, one in pools:
        causes = {(reason.cause, reason.star) for reason in one.reasons}
        lost = any(reason.cause is Cause.QUOTA and reason.about == str(star) for reason in one.reasons)
        if lost or (Cause.TAKEN, star) in causes:
            fates.setdefault((pool, one.score.key(SHEET.order)), set()).add(lost)
    assert all(len(fate) == 1 for fate in fates.values())


@settings(max_examples=100, deadline=None)
@given(rounds)
def test_a_refusal_counts_the_places_again_without_it(candidates: list[Candidate]) -> None:
    """Whoever had a place keeps it, and nobody who is refused has one."""
    before = rate(SHEET, CUT_OFF, candidates, first_round=True)
    taken = [one.candidate for one in before.values() if one.star == 5]
    if not taken:
        return
    refused = replace(taken[0], refused={5: "材料不实"})
    after = rate(SHEET, CUT_OFF, [refused if one is taken[0] else one for one in candidates], first_round=True)
    found = after[refused.branch_id]
    assert found.star is not None
    assert found.star < 5
    assert Cause.REFUSED in {one.cause for one in found.reasons}
    _within(5, list(after.values()))
    equals = before[refused.branch_id].score.key(SHEET.order)
    for one in before.values():
        if one.star == 5 and one.score.key(SHEET.order) != equals:
            assert after[one.candidate.branch_id].star == 5


def test_the_score_is_rounded_once_and_half_up() -> None:
    """Three indicators with thirds: each alone would round down, together they make a whole."""
    thirds = {code: Reading(1, 3) for code in ("S2.1", "S2.3", "S3.4")}
    (rated,) = rate(SHEET, CUT_OFF, [branch(readings=dict(thirds))]).values()
    assert rated.score.points == 9067
    half = branch(readings={"S2.1": Reading(1, 1600)})  # 8 points / 1600 = half of a hundredth
    (rated,) = rate(SHEET, CUT_OFF, [half]).values()
    assert rated.score.points == 92 * UNIT + 1


@pytest.mark.parametrize(
    ("day", "months", "back"),
    [
        (date(2026, 12, 31), 12, date(2025, 12, 31)),
        (date(2026, 12, 31), 10, date(2026, 2, 28)),
        (date(2026, 1, 15), 24, date(2024, 1, 15)),
    ],
)
def test_months_back(day: date, months: int, back: date) -> None:
    assert months_later(day, -months) == back
