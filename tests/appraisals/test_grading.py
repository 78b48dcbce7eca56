"""The grades of secretaries: the examples beside the sheet, and what holds of every round."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some

from app.appraisals.grading import (
    Candidate,
    Frame,
    Graded,
    Poll,
    Votes,
    grade_all,
    places_of,
    poll_of_votes,
    reading_of_votes,
)
from app.appraisals.wording import told
from app.kit.ids import new_id
from app.ratings.scoring import Reading
from app.rules.appraisal import Appraisal
from app.rules.appraisal import GradeCause as Cause
from app.trials.grades import full_part
from tests.ratings.rounds import SHEET

assert SHEET.appraisal is not None
SECTION: Appraisal = SHEET.appraisal
FRAME = Frame(SHEET.round.answers_min, SHEET.round.rounding)
UNIT = 10**SHEET.decimals
RANK = {one.code: place for place, one in enumerate(SECTION.grades)}


@some.composite
def secretaries(draw: some.DrawFn) -> Candidate:
    """Somebody between nothing and everything, often equal to others."""
    count = some.integers(0, 8)
    votes = Votes({one.code: draw(count) for one in SECTION.grades})
    if draw(some.integers(0, 2)):  # most reach the best grade, or the quota would have nothing to do
        close = {one.code: full_part(one) for one in SECTION.parts}
        close["organisation"] = Reading(draw(some.sampled_from([1000, 1900, 2000])))
        return Candidate(new_id(), draw(some.sampled_from(["东", "西"])), 30, readings=dict(close), poll=Poll(0, 10))
    readings: dict[str, Reading | None] = {
        "star": draw(some.sampled_from([None, Reading(0), Reading(3), Reading(5), Reading(0, 0)])),
        "list": draw(some.builds(lambda done, left: Reading(done, done + left), count, count)),
        "members": Reading(draw(some.sampled_from([500, 601, 777, 950]))),
        "grid": draw(some.sampled_from([Reading(1, 3), Reading(2, 3), Reading(0, 0), None])),
        "organisation": Reading(draw(some.sampled_from([0, 1234, 2000]))),
        "masses": reading_of_votes(SECTION, votes),
    }
    return Candidate(
        new_id(),
        draw(some.sampled_from(["东", "西"])),
        months=draw(some.sampled_from([12, 30, 30, 6])),
        left=draw(some.integers(0, 9)) == 0,
        readings=readings,
        poll=poll_of_votes(SECTION, votes),
        ground=draw(some.sampled_from([None, None, None, "discipline"])),
        ground_words="处分决定",
        refusal=draw(some.sampled_from([None, None, None, "材料不实"])),
    )


rounds = some.lists(secretaries(), min_size=1, max_size=24)


def whole_rounds(section: Appraisal) -> list[Appraisal]:
    """With the quota counted in the district, and by committee."""
    return [section, replace(section, in_district=False)]


def _worth(found: Graded) -> int:
    """The better the higher; who is not graded stands apart."""
    return -len(RANK) if found.grade is None else -RANK[found.grade]


@settings(max_examples=150, deadline=None)
@given(rounds)
def test_the_quota_is_never_exceeded_and_equals_share_their_fate(candidates: list[Candidate]) -> None:
    for section in whole_rounds(SECTION):
        graded = list(grade_all(section, FRAME, candidates).values())
        counted = [one for one in graded if one.grade is not None]
        places = places_of(section, [one.candidate.pool for one in counted])
        held = Counter("" if section.in_district else one.candidate.pool for one in counted if one.grade == "excellent")
        assert all(count <= places[pool] for pool, count in held.items())
        contenders = [one for one in counted if {Cause.TAKEN, Cause.QUOTA} & {reason.cause for reason in one.reasons}]
        fates: dict[object, set[str | None]] = {}
        for one in contenders:
            pool = "" if section.in_district else one.candidate.pool
            fates.setdefault((pool, one.score, one.parts["star"], one.parts["masses"]), set()).add(one.grade)
        assert all(len(grades) == 1 for grades in fates.values())


@settings(max_examples=150, deadline=None)
@given(rounds, some.data())
def test_more_points_lead_to_no_worse_grade_but_by_a_quota_that_says_so(
    candidates: list[Candidate], data: some.DataObject
) -> None:
    one = data.draw(some.sampled_from(candidates))
    part = data.draw(some.sampled_from([part for part in SECTION.parts if part.code != "masses"]))
    raised = replace(one, readings={**one.readings, part.code: full_part(part)})
    before = grade_all(SECTION, FRAME, candidates)
    after = grade_all(SECTION, FRAME, [raised if other is one else other for other in candidates])
    assert after[one.id].score >= before[one.id].score
    for key, found in after.items():
        if _worth(found) < _worth(before[key]):
            assert Cause.QUOTA in {reason.cause for reason in found.reasons}
    # Among the graded of one round, who has more points and neither ground, vote nor refusal against them is no worse.
    plain = {Cause.LEVEL, Cause.TAKEN, Cause.NOTHING_DUE, Cause.NOT_SUPPLIED, Cause.NO_VALID_VOTE}
    free = [found for found in after.values() if found.grade and {r.cause for r in found.reasons} <= plain]
    for more in free:
        assert all(_worth(more) >= _worth(less) for less in free if less.score < more.score)


@settings(max_examples=100, deadline=None)
@given(rounds)
def test_what_is_shown_adds_up_and_every_reason_can_be_told(candidates: list[Candidate]) -> None:
    for found in grade_all(SECTION, FRAME, candidates).values():
        assert found.score == sum(one.points for one in found.parts.values())
        assert all(
            0 <= one.points <= part.points for part, one in zip(SECTION.parts, found.parts.values(), strict=True)
        )
        assert found.reasons[-1].grade == found.grade or found.reasons[-1].cause is Cause.TAKEN
        for reason in found.reasons:
            zh, en = told(SECTION, reason, SHEET.decimals)
            assert zh != en
            assert "None" not in zh + en
        if found.candidate.ground and found.grade is not None:
            assert found.grade == "unfit"


def test_nobody_is_graded_by_the_order_in_which_they_stand() -> None:
    made = [Candidate(UUID(int=n), "东", 12, readings={p.code: full_part(p) for p in SECTION.parts}) for n in range(10)]
    found = grade_all(SECTION, FRAME, made)
    # Ten equals and two places: nobody slips in before the others.
    assert {one.grade for one in found.values()} == {"competent"}
    assert {one.scored_as for one in found.values()} == {"excellent"}
