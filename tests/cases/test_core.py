"""The lines, to the point: who meets one, who is kept off its list, in what order, and how many places there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cases import core
from app.cases.core import Count, Exclusion, Finding, apply_lines, names_now, value_of
from app.cycles.core import Place
from app.rules import lines as rules
from app.rules.lines import Basis, Line, Relation, When
from app.rules.name import Name

NAMES = UUID("4a0e7a52-6c1b-5f0e-9a53-0d2c3b9f7e33")
Q = "2026Q"


def line(code: str, basis: Basis, relation: Relation, bound: int, consequence: str, **facts: object) -> Line:
    when = facts.pop("when", When.EVERY_QUARTER)
    return Line(code, Name(code, code), basis, relation, bound, when, consequence, **facts)  # type: ignore[arg-type]


EXCLUDES = (
    rules.Exclusion(rules.Ground.IN_ASSISTANCE),
    rules.Exclusion(rules.Ground.VETO),
    rules.Exclusion(rules.Ground.DIMENSION_FAULT, dimension="LAW"),
    rules.Exclusion(rules.Ground.HEAVY_FAULT, amount=50),
    rules.Exclusion(rules.Ground.SHORT_TIME, amount=6),
    rules.Exclusion(rules.Ground.INSUFFICIENT),
)
COMMEND = line(
    "commend",
    Basis.DAILY,
    Relation.AT_LEAST,
    900,
    "recommend",
    when=When.YEAR_END,
    quota=(1, 3),
    pool_below=3,
    excludes=EXCLUDES,
)
ASSIST = line("assist", Basis.TOTAL, Relation.AT_MOST, 500, "assistance")
WARN = line("warn-total", Basis.TOTAL, Relation.BELOW, 600, "warning")
WARN_PACE = line("warn-pace", Basis.PACE, Relation.AT_LEAST, 40, "warning", due_min=100)
TALK_PACE = line("talk-pace", Basis.PACE, Relation.AT_LEAST, 50, "reminder_talk", due_min=100)
LINES = (COMMEND, ASSIST, WARN, WARN_PACE, TALK_PACE)


def member(number: int | str = 1, branch: str = "a", committee: str = "c1", **facts: Any) -> core.Tested:
    """Someone who meets no line: 800 points, nothing lost, and no ground against them."""
    plain: dict[str, Any] = {
        "member_id": uuid5(NAMES, str(number)), "branch_id": uuid5(NAMES, branch), "committee": committee,
        "joined_on": date(2010, 7, 1), "days": 365, "daily": 800, "total": 800, "fault": 0, "lost": 0,
        "share_due": 1000, "exempt": False, "graded": True, "vetoed": False, "heaviest_fault": 0,
        "insufficient": False, "edition": "d1",
    }  # fmt: skip
    return core.Tested(**{**plain, **facts})


def place(quarter: str) -> Place:
    """In a calendar year."""
    return Place(int(quarter[-1]), 4)


def applied(
    *members: core.Tested, quarter: str = Q + "4", lines: tuple[Line, ...] = LINES, decides: bool = False
) -> tuple[list[Finding], list[Count]]:
    return apply_lines(lines, members, place(quarter), half_year_decides=decides)


def codes(*members: core.Tested, quarter: str = Q + "4") -> list[str]:
    return [one.line.code for one in applied(*members, quarter=quarter)[0]]


def count_of(code: str, *members: core.Tested, quarter: str = Q + "4", decides: bool = False) -> Count:
    return next(one for one in applied(*members, quarter=quarter, decides=decides)[1] if one.line.code == code)


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"daily": 899}, []),
        ({"daily": 900}, ["commend"]),
        ({"daily": 901}, ["commend"]),
        ({"daily": 800, "total": 1100}, []),  # what is added opens no gate
        ({"total": 601}, []),
        ({"total": 600}, []),
        ({"total": 599}, ["warn-total"]),
        ({"total": 501}, ["warn-total"]),
        ({"total": 500}, ["assist", "warn-total"]),
        ({"total": 0}, ["assist", "warn-total"]),
        ({"daily": 500, "total": 800}, []),  # tested on the total
    ],
)
def test_lines_include_their_bound_and_a_warning_does_not(facts: dict[str, Any], met: list[str]) -> None:
    assert codes(member(**facts)) == met


@pytest.mark.parametrize(
    ("lost", "due", "met"),
    [
        (39, 100, []),
        (40, 100, ["warn-pace"]),
        (49, 100, ["warn-pace"]),
        (50, 100, ["warn-pace", "talk-pace"]),
        (399, 1000, []),  # 39.9 % is not 40 %
        (499, 1000, ["warn-pace"]),
        (99, 99, []),  # too little was due to tell
        (0, 0, []),
        (100, 100, ["warn-pace", "talk-pace"]),
    ],
)
def test_a_pace_needs_a_hundred_points_due_and_counts_whole_percents(lost: int, due: int, met: list[str]) -> None:
    assert codes(member(lost=lost, share_due=due)) == met


def test_where_too_little_was_due_the_pace_tests_nobody() -> None:
    assert count_of("warn-pace", member(1, lost=90, share_due=99), member(2)).tested == 1
    assert value_of(replace(WARN_PACE, due_min=0), member(lost=0, share_due=0)) is None


def test_a_finding_carries_the_number_that_was_tested() -> None:
    found, _ = applied(member(daily=950, total=480, lost=456, share_due=1000))
    assert {one.line.code: one.value for one in found} == {
        "commend": 950, "assist": 480, "warn-total": 480, "warn-pace": 45,
    }  # fmt: skip


def test_exempt_members_are_in_no_line_and_in_no_count() -> None:
    exempt = [member(number, exempt=True, daily=950, total=100, lost=900) for number in range(6)]
    found, counts = applied(*exempt)
    assert found == []
    assert {(one.tested, one.met, one.named, one.quota or 0) for one in counts} == {(0, 0, 0, 0)}


def test_members_without_a_grade_are_warned_and_helped_but_neither_recommended_nor_counted_for_places() -> None:
    new = [member(number, graded=False, daily=990, total=480) for number in range(6)]
    found, _ = applied(*new)
    assert {one.line.code for one in found} == {"assist", "warn-total"}
    assert (count_of("commend", *new).tested, count_of("commend", *new).quota) == (0, 0)


# Exclusions.


def good(number: int | str = 1, branch: str = "a", **facts: Any) -> core.Tested:
    return member(number, branch, **{"daily": 950, "total": 950, **facts})


def others(count: int, branch: str = "a") -> list[core.Tested]:
    """Graded members who meet nothing, so that there are places."""
    return [member(f"other {branch} {number}", branch) for number in range(count)]


@pytest.mark.parametrize(
    ("facts", "ground"),
    [
        ({"vetoed": True}, Exclusion.VETO),
        ({"faulted": frozenset({"LAW"})}, Exclusion.DIMENSION_FAULT),
        ({"heaviest_fault": 50}, Exclusion.HEAVY_FAULT),
        ({"heaviest_fault": 51}, Exclusion.HEAVY_FAULT),
        ({"days": 179}, Exclusion.SHORT_TIME),
        ({"insufficient": True}, Exclusion.INSUFFICIENT),
        ({"total": 500}, Exclusion.IN_ASSISTANCE),
    ],
)
def test_whoever_is_kept_off_the_list_is_told_why_and_takes_no_place(facts: dict[str, Any], ground: Exclusion) -> None:
    found, counts = applied(good(1, **facts), good(2, total=940), *others(1))
    listed = {one.member.member_id: one for one in found if one.line is COMMEND}
    excluded, taken = listed[uuid5(NAMES, "1")], listed[uuid5(NAMES, "2")]
    assert (excluded.exclusions, excluded.position) == ((ground,), None)
    assert (taken.exclusions, taken.position) == ((), 1)
    assert next(one for one in counts if one.line is COMMEND).named == 1


@pytest.mark.parametrize(
    "facts", [{"heaviest_fault": 49}, {"faulted": frozenset({"ORG"})}, {"days": 180}, {"total": 501, "fault": -49}]
)
def test_just_inside_the_bounds_nothing_keeps_a_member_off(facts: dict[str, Any]) -> None:
    found, _ = applied(good(1, **facts), *others(2))
    assert [one.exclusions for one in found if one.line is COMMEND] == [()]


def test_every_ground_is_told() -> None:
    bad = good(1, vetoed=True, faulted=frozenset({"LAW"}), heaviest_fault=99, days=100, insufficient=True, total=400)
    found, _ = applied(bad, *others(2))
    grounds = next(one.exclusions for one in found if one.line is COMMEND)
    elsewhere = {Exclusion.OVER_QUOTA, Exclusion.APPEAL, Exclusion.LINE_NOT_MET}
    assert set(grounds) == set(Exclusion) - elsewhere


def test_a_line_excludes_by_its_own_grounds_only() -> None:
    plain = line("top", Basis.DAILY, Relation.AT_LEAST, 900, "grade", when=When.YEAR_END, quota=(1, 1))
    bad = good(1, vetoed=True, faulted=frozenset({"LAW"}), heaviest_fault=99, days=100, insufficient=True)
    found, _ = applied(bad, lines=(plain,))
    assert [one.exclusions for one in found] == [()]


def test_a_line_may_look_at_one_dimension_and_leave_its_bound_out() -> None:
    keen = line("keen", Basis.DIMENSION, Relation.ABOVE, 300, "grade", dimension="ORG")
    found, _ = applied(member(1, dimensions={"ORG": 300}), member(2, dimensions={"ORG": 301}), lines=(keen,))
    assert [(one.member.member_id, one.value) for one in found] == [(uuid5(NAMES, "2"), 301)]


def test_members_under_two_books_are_counted_together_and_found_by_their_own_line() -> None:
    strict = line("assist", Basis.TOTAL, Relation.AT_MOST, 700, "assistance")
    counts = core.merged([*applied(member(1, total=650))[1], *applied(member(2, total=650), lines=(strict,))[1]])
    assist = next(one for one in counts if one.line.code == "assist")
    assert (assist.tested, assist.met, assist.named) == (2, 1, 1)


def test_no_exclusion_saves_anyone_from_help() -> None:
    found, _ = applied(member(total=480, vetoed=True, faulted=frozenset({"LAW"}), insufficient=True))
    assert [(one.line.code, one.exclusions) for one in found] == [("assist", ()), ("warn-total", ())]


# Order and places.


def test_the_order_is_by_total_then_fewer_faults_then_earlier_membership() -> None:
    ordered = [
        good("total", total=990, fault=-40),
        good("faults", total=980, fault=0, joined_on=date(2020, 1, 1)),
        good("early", total=980, fault=-5, joined_on=date(2005, 1, 1)),
        good("late", total=980, fault=-5, joined_on=date(2015, 1, 1)),
        good("daily", total=970, daily=999),
    ]
    found, _ = applied(*ordered[::-1], *others(10))
    listed = sorted((one for one in found if one.line is COMMEND), key=lambda one: one.position or 0)
    assert [one.member.member_id for one in listed] == [one.member_id for one in ordered]
    assert [one.position for one in listed] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(("size", "places"), [(3, 1), (4, 1), (5, 1), (6, 2), (8, 2), (9, 3)])
def test_a_branch_has_a_third_of_its_graded_members_as_places(size: int, places: int) -> None:
    everyone = [good(number, total=1000 - number) for number in range(size)]
    found, _ = applied(*everyone)
    named = [one for one in found if not one.exclusions]
    assert [one.member for one in named] == everyone[:places]
    assert [one.exclusions for one in found[places:]] == [(Exclusion.OVER_QUOTA,)] * (size - places)
    assert count_of("commend", *everyone).quota == places


def test_those_without_a_grade_and_the_exempt_make_no_places() -> None:
    everyone = [good(1), good(2), good(3, graded=False), good(4, exempt=True)]
    assert count_of("commend", *everyone).quota == 0
    found, _ = applied(*everyone)
    assert {one.exclusions for one in found if one.line is COMMEND} == {(Exclusion.OVER_QUOTA,)}


def test_small_branches_of_a_committee_are_pooled() -> None:
    pooled = [good(1, "x", total=960), good(2, "x", total=970), good(3, "y", total=980)]
    found, counts = applied(*pooled)
    named = [one.member.member_id for one in found if one.line is COMMEND and not one.exclusions]
    assert named == [uuid5(NAMES, "3")]
    assert next(one.quota for one in counts if one.line is COMMEND) == 1


def test_small_branches_of_different_committees_are_not() -> None:
    apart = [good(1, "x"), good(2, "x"), member(3, "y", "c2", daily=950)]
    assert count_of("commend", *apart).quota == 0


def test_a_branch_of_three_stands_alone_and_leaves_the_pool_as_it_is() -> None:
    alone = [good(number, "big", total=990) for number in range(3)]
    small = [good(f"s{number}", "small", total=999) for number in range(2)]
    found, _ = applied(*alone, *small)
    named = {one.member.member_id for one in found if one.line is COMMEND and not one.exclusions}
    assert len(named) == 1
    assert named <= {one.member_id for one in alone}


# When names are named.


@pytest.mark.parametrize(
    ("quarter", "decides", "named"),
    [
        ("1", False, False),
        ("2", False, False),
        ("2", True, True),
        ("3", True, False),
        ("4", False, True),
        ("4", True, True),
    ],
)
def test_900_names_persons_at_the_years_end_and_at_the_half_year_only_by_setting(
    quarter: str, decides: bool, named: bool
) -> None:  # fmt: skip
    everyone = [good(1), good(2), good(3), member(4, total=480)]
    found, counts = applied(*everyone, quarter=Q + quarter, decides=decides)
    assert any(one.line is COMMEND for one in found) == named
    count = next(one for one in counts if one.line is COMMEND)
    assert (count.tested, count.met, count.out_of_reach, count.named, count.quota) == (4, 3, 1, int(named), 1)
    assert any(one.line is ASSIST for one in found), "500 names at every quarter's end"
    assert names_now(ASSIST, place(Q + quarter), half_year_decides=decides)


def test_only_the_gate_counts_who_is_below_for_good() -> None:
    _, counts = applied(member(1), member(2, total=480))
    assert {one.line.code: one.out_of_reach for one in counts} == {
        "commend": 2, "assist": 0, "warn-total": 0, "warn-pace": 0, "talk-pace": 0,
    }  # fmt: skip


@st.composite
def districts(draw: st.DrawFn) -> list[core.Tested]:
    """Members around the lines, in few branches of two committees."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        branch = draw(st.sampled_from(("a", "b", "c", "d")))
        points = st.sampled_from((480, 500, 501, 599, 600, 899, 900, 950, 990))
        found.append(
            member(
                number,
                branch,
                "c1" if branch in "ab" else "c2",
                daily=draw(points),
                total=draw(points),
                fault=draw(st.sampled_from((0, -5, -60))),
                graded=draw(st.integers(0, 4)) > 0,
                exempt=draw(st.integers(0, 5)) == 0,
                vetoed=draw(st.integers(0, 7)) == 0,
                days=draw(st.sampled_from((89, 179, 180, 365))),
            )
        )
    return found


@settings(deadline=None, max_examples=100)
@given(districts(), st.data())
def test_places_are_never_exceeded_nor_passed_over_and_the_order_of_asking_does_not_matter(
    everyone: list[core.Tested], data: st.DataObject
) -> None:
    found, counts = applied(*everyone)
    shuffled, recounted = applied(*data.draw(st.permutations(everyone)))
    assert sorted(found, key=repr) == sorted(shuffled, key=repr)
    assert counts == recounted
    gate = [one for one in found if one.line is COMMEND]
    named = [one for one in gate if not one.exclusions]
    count = next(one for one in counts if one.line is COMMEND)
    assert count.named == len(named) <= (count.quota or 0) <= count.tested // 3
    assert all(one.member.daily >= 900 and one.member.graded and not one.member.exempt for one in gate)
    for over in (one for one in gate if one.exclusions == (Exclusion.OVER_QUOTA,)):
        before = [one for one in named if one.member.committee == over.member.committee]
        same = [one for one in before if one.member.branch_id == over.member.branch_id]
        assert all(rank(one) <= rank(over) for one in same)


def rank(one: Finding) -> tuple[int, int, date]:
    return -one.member.total, -one.member.fault, one.member.joined_on


# What is under appeal sets nothing off.

KEEPING = replace(COMMEND, excludes=(*EXCLUDES, rules.Exclusion(rules.Ground.APPEAL)))


def under_appeal(number: int | str = 1, without: dict[str, Any] | None = None, **facts: Any) -> core.Tested:
    """Someone with an open appeal; ``without``: what differs once the disputed entry is left out."""
    one = member(number, **facts)
    return replace(one, undisputed=replace(one, **(without or {})))


@pytest.mark.parametrize(
    ("without", "found"),
    [(605, []), (600, []), (599, ["warn-total"]), (501, ["warn-total"]), (500, ["assist", "warn-total"])],
)
def test_a_line_below_holds_under_appeal_only_if_it_holds_without_the_entry(without: int, found: list[str]) -> None:
    assert codes(under_appeal(total=495, without={"total": without})) == found


def test_a_pace_under_appeal_is_that_without_the_entry() -> None:
    assert codes(under_appeal(lost=450, without={"lost": 390})) == []
    assert codes(under_appeal(lost=450, without={"lost": 420})) == ["warn-pace"]


def recommended(*members: core.Tested) -> list[tuple[UUID, tuple[Exclusion, ...], int | None]]:
    found, _ = applied(*members, lines=(KEEPING,))
    return [(one.member.member_id, one.exclusions, one.position) for one in found]


def test_who_is_under_appeal_keeps_the_place_and_is_not_named() -> None:
    ids = [uuid5(NAMES, str(number)) for number in range(1, 7)]
    first = under_appeal(1, daily=950, total=1050)
    others = [member(number, daily=950, total=1000 - number) for number in range(2, 5)]
    rest = [member(number) for number in (5, 6)]
    assert recommended(first, *others, *rest) == [
        (ids[0], (Exclusion.APPEAL,), 1),
        (ids[1], (), 2),
        (ids[2], (Exclusion.OVER_QUOTA,), 3),
        (ids[3], (Exclusion.OVER_QUOTA,), 4),
    ]


def test_whom_only_the_disputed_entry_keeps_off_keeps_the_place_too() -> None:
    ids = [uuid5(NAMES, str(number)) for number in range(1, 4)]
    heavy = under_appeal(1, daily=950, total=890, heaviest_fault=60, without={"total": 950, "heaviest_fault": 0})
    missed = under_appeal(2, daily=895, total=895, without={"daily": 910, "total": 910})
    found = recommended(heavy, missed, *(member(number) for number in range(3, 9)))
    assert found == [
        (ids[0], (Exclusion.HEAVY_FAULT, Exclusion.APPEAL), 1),
        (ids[1], (Exclusion.APPEAL,), 2),
    ]


def test_no_place_is_kept_for_whom_something_else_keeps_off() -> None:
    one = under_appeal(1, daily=950, total=950, insufficient=True)
    assert recommended(one, *(member(number) for number in range(2, 5))) == [
        (uuid5(NAMES, "1"), (Exclusion.INSUFFICIENT, Exclusion.APPEAL), None)
    ]
