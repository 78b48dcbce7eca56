"""With what a member begins: the book's own opening, the branch's mean, a paper's, and what is carried over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import service as cases
from app.cycles import service as cycles
from app.kit.errors import BatchRefused
from app.kit.ids import new_id
from app.points import reading, settling, verifying
from app.points import service as points
from app.points.ledger import Entry, Posting
from app.points.openings import carried_points, opening_max
from app.points.refusals import OpeningStands, OpeningTooHigh
from app.points.schemas_explaining import ExplanationAnswer
from app.points.views import Effect, Opening
from app.rules import service as rules
from app.rules.book import load_book
from app.rules.core import Starts
from tests.points.books import make_item, make_regime
from tests.rules.small_book import BOOK, ITEMS, edited, put_book
from tests.town import Town

_FULL = "opening: {value: full, source: M1}"
CARRIED = (_FULL, f"{_FULL}\ncarried: {{value: 20, source: C1}}")
_TOTAL = "total: {low: 0, assumption: true}"
MEAN = (_TOTAL, f"newcomers: {{value: branch_mean, source: C1}}\n{_TOTAL}")
_DUTY = ITEMS[ITEMS.index("    duty:\n      every: {value: quarter") : ITEMS.index("    record: [secretary]")]
_HOURS = ITEMS[ITEMS.index("    duty:\n      every: {value: year") : ITEMS.index("    record: [system]")]
Json = dict[str, Any]


def earning(opening: str) -> str:
    """The small items with routine points to be earned instead of duties, under another opening."""
    at_the_end = "bound: {value: 50, source: M1}\n    when: {value: year_end"
    return edited(
        ITEMS,
        ("bound: {value: 50, source: M1}\n    when: {value: every_quarter", at_the_end),
        ("opening: {value: full, source: M1}", f"opening: {{value: {opening}, source: M1}}"),
        (_DUTY, "    points: {value: 15, source: M1}\n"),
        (_HOURS, "    points: {value: 2, per: hours, source: M1}\n"),
        (ITEMS[ITEMS.index("overlays:\n") : ITEMS.index("items:\n  ORG-D01")], ""),
        ("    costs: [ORG-D01]\n", ""),
    )


class Years:
    """The town under a small book of the test's own, on its way from one year into the next."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.folder = folder

    def adopt(self, items: str) -> None:
        book = load_book(put_book(self.folder, book=BOOK, items=items))

        def work(connection: Connection, actor: Actor) -> None:
            rules.publish(connection, actor.district_id, book, at=actor.at, by=None)
            path = self.town.path(self.town.committee)
            rules.adopt(connection, actor.district_id, book="small", path=path, from_on=date(2026, 1, 1))

        self.run(work)
        self.town.on(date(2026, 1, 5))

    def run(self, work: Any, *facts: Any) -> Any:
        return self.town.run(lambda connection, actor: work(connection, actor, *facts))

    def open(self, *openings: Opening, cycle: str = "2026") -> None:
        self.run(points.open_standings, cycle, openings)

    def settle(self, code: str) -> dict[str, int]:
        counts: dict[str, int] = self.run(settling.settle, code)
        return counts

    def close(self, year: int) -> dict[str, int]:
        """New Year's day and the eleventh of January, as the calendar does them."""
        self.town.on(date(year, 12, 31))
        self.run(cycles.advance)
        self.town.on(date(year + 1, 1, 1))
        self.run(cycles.advance)
        self.town.live_through(f"{year + 1}Q1")
        self.town.on(date(year + 1, 1, 11))
        self.run(cycles.advance)
        return self.settle(f"{year}Q4")

    def post(self, name: str, item: str, day: date, **facts: Any) -> Entry:
        posting = Posting(id=new_id(), member_id=self.town.members[name], item=item, effective_on=day, **facts)
        found: Entry = self.run(points.post, [posting]).items[0].entries[0]
        return found

    def reverse(self, entry: Entry) -> dict[tuple[str, UUID], Effect]:
        effects: dict[tuple[str, UUID], Effect] = self.run(points.reverse, entry.id, new_id(), "有误").effects
        return effects

    def entries(self, name: str, cycle: str = "2026") -> list[Entry]:
        found: list[Entry] = self.run(points.entries_of_member, self.town.members[name], cycle)
        return found

    def openings(self, name: str, cycle: str = "2026") -> list[tuple[str | None, int]]:
        """What each opening entry is, with its points."""
        return [(one.tier, one.points) for one in self.entries(name, cycle) if one.item == "OPENING"]

    def total(self, name: str, cycle: str = "2026") -> int:
        total: int = self.run(reading.standing, self.town.members[name], cycle).score.total
        return total

    def explanation(self, name: str, cycle: str = "2026") -> Json:
        view = self.run(reading.explanation, self.town.members[name], cycle)
        return ExplanationAnswer.of_view(view).model_dump(mode="json")

    def assert_sound(self) -> None:
        town = self.town
        found = town.database.run(lambda c: verifying.verify(c, town.actor()), town.district.id, snapshot=True)
        assert found.is_sound, found.findings


@pytest.fixture
def years(town: Town, tmp_path: Path) -> Years:
    return Years(town, tmp_path)


@pytest.fixture
def carrying(years: Years) -> Years:
    """林晓明 and 陈建国 have been in the branch since long ago; a fifth of the year's result is carried over."""
    years.adopt(edited(ITEMS, CARRIED))
    for name in ("林晓明", "陈建国"):
        years.town.add_member(name)
    years.town.on(date(2026, 12, 20))
    return years


@pytest.fixture
def averaging(years: Years) -> Years:
    """林晓明 and 陈建国 open with 90 and 75 from paper; whoever joins in mid-cycle takes the branch's mean."""
    years.adopt(edited(ITEMS, MEAN))
    for name, balance in (("林晓明", 90), ("陈建国", 75)):
        years.town.add_member(name, standing=False)
        years.open(Opening(years.town.members[name], balance, "2025年台账"))
    years.town.on(date(2026, 5, 20))
    return years


# ------------------------------------------------------------------------------------------------ the branch's mean


def test_a_newcomer_opens_with_the_mean_of_the_branch_rounded_down(averaging: Years) -> None:
    averaging.town.add_member("王芳", since=date(2026, 5, 11))
    assert averaging.openings("王芳") == [("branch_mean", 82)]
    assert averaging.total("王芳") == 82
    averaging.assert_sound()


def test_two_newcomers_of_one_batch_see_the_same_mean(averaging: Years) -> None:
    joined = ("王芳", "孙少华")
    for name in joined:
        averaging.town.add_member(name, since=date(2026, 5, 11), standing=False)
    averaging.open(*(Opening(averaging.town.members[name]) for name in joined))
    assert [averaging.openings(name) for name in joined] == [[("branch_mean", 82)]] * 2
    averaging.open(Opening(averaging.town.add_member("周美玲", since=date(2026, 5, 12), standing=False), 60))
    averaging.town.add_member("何平", since=date(2026, 5, 13))
    assert averaging.openings("何平") == [("branch_mean", (90 + 75 + 82 + 82 + 60) // 5)]


def test_the_mean_does_not_hang_on_how_a_job_goes_through_the_members(
    averaging: Years, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "_CHUNK", 1)
    joined = ("王芳", "孙少华", "何平")
    for name in joined:
        averaging.town.add_member(name, since=date(2026, 5, 11), standing=False)
    averaging.town.add_member("冯老", standing=False)
    averaging.town.live_through("2026Q2")
    assert [averaging.openings(name) for name in joined] == [[("branch_mean", 82)]] * 3
    assert averaging.openings("冯老") == [(None, 100)]


def test_who_was_there_on_the_first_day_or_comes_to_an_empty_branch_opens_as_the_book_says(averaging: Years) -> None:
    averaging.town.add_member("王芳", since=date(2026, 1, 1))
    averaging.town.add_member("周美玲", branch=averaging.town.neighbour, since=date(2026, 5, 11))
    assert averaging.openings("王芳") == averaging.openings("周美玲") == [(None, 100)]


def test_a_move_between_branches_is_no_joining(averaging: Years) -> None:
    averaging.town.add_member("王芳", branch=averaging.town.neighbour, standing=False)
    averaging.town.move("王芳", averaging.town.branch, date(2026, 4, 8))
    averaging.open(Opening(averaging.town.members["王芳"]))
    assert averaging.openings("王芳") == [(None, 100)]


def test_a_paper_ledger_wins_over_the_mean(averaging: Years) -> None:
    averaging.town.add_member("王芳", since=date(2026, 5, 11), standing=False)
    averaging.open(Opening(averaging.town.members["王芳"], 66, "支部台账"))
    assert averaging.openings("王芳") == [("paper", 66)]


def test_the_mean_is_told_with_its_citation(averaging: Years) -> None:
    averaging.town.add_member("王芳", since=date(2026, 5, 11))
    found = averaging.explanation("王芳")
    assert [(one["text"]["zh"], one["citation"]) for one in found["opening"]] == [
        ("年度中加入，取所在支部本年度期初分的平均数", "C1")
    ]
    paper = averaging.explanation("林晓明")["opening"][0]
    assert (paper["text"]["en"], paper["citation"], paper["reason"]) == (
        "The opening carried over from the paper ledger",
        "",
        "2025年台账",
    )


# ------------------------------------------------------------------------------------------------- carried per cent


def test_a_share_of_the_result_comes_on_top_when_the_last_quarter_is_settled(carrying: Years) -> None:
    carrying.post("林晓明", "SRV-D01", date(2026, 11, 5), units=20)
    carrying.post("林晓明", "ORG-A01", date(2026, 11, 6))
    carrying.town.on(date(2027, 1, 5))
    carrying.run(cycles.advance)
    carrying.town.live_through("2027Q1")
    assert carrying.openings("林晓明", "2027") == [(None, 100)], "what the year came to is not known yet"
    assert carrying.close(2026)["carried"] == 2
    assert (carrying.total("林晓明"), carrying.openings("林晓明", "2027")) == (105, [(None, 100), ("carried", 21)])
    assert (carrying.total("陈建国"), carrying.openings("陈建国", "2027")) == (60, [(None, 100), ("carried", 12)])
    assert carrying.total("林晓明", "2027") == 121
    carried = carrying.entries("林晓明", "2027")[-1]
    assert (carried.matter, carried.effective_on, carried.booked_in) == ("2026", date(2027, 1, 1), "2027Q1")
    assert carrying.settle("2026Q4")["carried"] == 0, "a re-run adds nothing"
    carrying.assert_sound()


def test_what_is_carried_is_told_beside_the_opening(carrying: Years) -> None:
    carrying.close(2026)
    found = carrying.explanation("林晓明", "2027")
    assert found["adds_up"]
    assert [(one["points"], one["text"]["zh"], one["citation"]) for one in found["opening"]] == [
        (100, "细则规定的期初分", "M1"),
        (12, "结转 2026 年度有效积分的 20%", "C1"),
    ]
    assert found["opening"][1]["text"]["en"] == "20 % of the effective total of the cycle 2026, carried over"
    assert found["score"]["total"] == 112


def test_a_late_correction_is_followed_at_once(carrying: Years) -> None:
    praised = carrying.post("林晓明", "ORG-A02", date(2026, 11, 6), tier="city", matter="表彰1号")
    carrying.close(2026)
    assert carrying.openings("林晓明", "2027") == [(None, 100), ("carried", 13)]
    carrying.town.on(date(2027, 5, 20))
    carrying.run(cycles.advance)
    effects = carrying.reverse(praised)
    member_id = carrying.town.members["林晓明"]
    assert {key: (one.before.total, one.after.total) for key, one in effects.items()} == {
        ("2026", member_id): (69, 60),
        ("2027", member_id): (113, 112),
    }
    assert carrying.openings("林晓明", "2027") == [(None, 100), ("carried", 13), ("carried", -13), ("carried", 12)]
    assert {one.booked_in for one in carrying.entries("林晓明", "2027")[-2:]} == {"2027Q2"}
    shown = carrying.explanation("林晓明", "2027")
    assert shown["adds_up"]
    assert [one["reversed_by"] is None for one in shown["opening"]] == [True, False, True, True]
    assert carrying.settle("2026Q4")["carried"] == carrying.settle("2027Q1")["carried"] == 0
    carrying.assert_sound()


def test_what_moves_no_whole_point_of_the_share_writes_no_entry(carrying: Years) -> None:
    carrying.post("林晓明", "ORG-A01", date(2026, 11, 6))
    carrying.close(2026)
    carrying.post("林晓明", "ORG-A01", date(2026, 9, 6))
    assert carrying.total("林晓明") == 68
    assert carrying.openings("林晓明", "2027") == [(None, 100), ("carried", 13)], "a fifth of 65 and of 68"
    finding = carrying.post("林晓明", "ORG-F01", date(2026, 11, 7))
    assert carrying.openings("林晓明", "2027")[2:] == [("carried", -13), ("carried", 9)], "5 points and a share of 15"
    carrying.reverse(finding)
    assert carrying.openings("林晓明", "2027")[4:] == [("carried", -9), ("carried", 13)]
    carrying.assert_sound()


def test_a_chain_of_years_is_followed_to_its_end(carrying: Years) -> None:
    praised = carrying.post("林晓明", "ORG-A02", date(2026, 11, 6), tier="city", matter="表彰1号")
    carrying.post("林晓明", "SRV-D01", date(2026, 11, 5), units=20)
    carrying.close(2026)
    carrying.post("林晓明", "ORG-A01", date(2027, 1, 6))
    carrying.close(2027)
    assert carrying.openings("林晓明", "2028") == [(None, 100), ("carried", (100 + 21 - 40 + 5) // 5)]
    carrying.run(points.reverse, praised.id, new_id(), "有误")
    assert carrying.openings("林晓明", "2027")[-1] == ("carried", 20)
    assert carrying.openings("林晓明", "2028")[-1] == ("carried", 17), "a fifth of 85 is what a fifth of 86 was"
    carrying.reverse(next(one for one in carrying.entries("林晓明") if one.item == "SRV-D01"))
    carrying.settle("2026Q4")
    assert [carrying.openings("林晓明", year)[-1][1] for year in ("2027", "2028")] == [12, 15]
    carrying.assert_sound()


def test_a_veto_leaves_nothing_to_carry_until_it_falls(carrying: Years) -> None:
    veto = carrying.post("林晓明", "ORG-V01", date(2026, 11, 6))
    carrying.close(2026)
    assert carrying.openings("林晓明", "2027") == [(None, 100)]
    carrying.reverse(veto)
    assert carrying.openings("林晓明", "2027") == [(None, 100), ("carried", 12)]


def test_who_opens_after_the_settling_carries_at_once(carrying: Years) -> None:
    carrying.town.leave("林晓明", date(2026, 12, 20))
    carrying.close(2026)
    carrying.town.on(date(2027, 2, 3))
    carrying.town.rejoin("林晓明", date(2027, 2, 1))
    carrying.town.live_through("2027Q1")
    assert carrying.openings("林晓明", "2027") == [(None, 100), ("carried", 20)], "gone before the hours were due"
    assert carrying.openings("陈建国", "2027") == [(None, 100), ("carried", 12)]
    assert carrying.settle("2026Q4")["carried"] == 0
    carrying.assert_sound()


def test_a_paper_balance_and_a_branchs_mean_are_the_whole(years: Years) -> None:
    years.adopt(edited(ITEMS, CARRIED, MEAN))
    for name in ("林晓明", "陈建国", "王芳"):
        years.town.add_member(name)
    for name in ("林晓明", "王芳"):
        years.town.leave(name, date(2026, 12, 20))
    years.close(2026)
    years.town.on(date(2027, 2, 3))
    for name in ("林晓明", "王芳"):
        years.town.rejoin(name, date(2027, 2, 1))
    years.open(Opening(years.town.members["林晓明"], 70, "支部台账"), cycle="2027")
    years.open(Opening(years.town.members["王芳"]), cycle="2027")
    years.settle("2026Q4")
    assert years.openings("林晓明", "2027") == [("paper", 70)]
    assert years.openings("王芳", "2027") == [("branch_mean", (112 + 70) // 2)]


def test_a_year_settled_by_hand_before_its_books_close_is_carried_and_followed(carrying: Years) -> None:
    carrying.town.on(date(2027, 1, 3))
    carrying.run(cycles.advance)
    carrying.town.live_through("2027Q1")
    assert carrying.settle("2026Q4")["carried"] == 2
    carrying.post("林晓明", "ORG-A02", date(2026, 12, 6), tier="city", matter="表彰1号")
    assert carrying.openings("林晓明", "2027")[-1] == ("carried", 13)


def test_no_hand_posts_or_reverses_what_is_carried(carrying: Years) -> None:
    carrying.close(2026)
    with pytest.raises(OpeningStands) as caught:
        carrying.reverse(carrying.entries("林晓明", "2027")[-1])
    assert "更正上一年度的记录" in caught.value.zh
    with pytest.raises(BatchRefused) as refused:
        carrying.post("林晓明", "OPENING", date(2027, 1, 5), tier="carried", matter="2026")
    assert [fault.error.code for fault in refused.value.faults] == ["unknown_item"]


@pytest.mark.parametrize(
    ("percent", "effective", "old_places", "places", "carried"),
    [(20, 69, 0, 0, 13), (20, 691, 1, 0, 13), (20, 69, 0, 1, 138), (100, 7, 0, 0, 7), (33, 0, 0, 0, 0)],
)
def test_a_share_is_rounded_down_once_in_the_new_books_unit(
    percent: int, effective: int, old_places: int, places: int, carried: int
) -> None:
    regime = make_regime([make_item("A")], carried=percent, decimals=places)
    assert carried_points(regime, effective, old_places) == carried


def test_a_paper_balance_may_hold_what_carrying_makes_possible(years: Years) -> None:
    years.adopt(edited(ITEMS, CARRIED, (_TOTAL, "total: {low: 0, high: 120, source: M1}")))
    years.town.add_member("林晓明", standing=False)
    with pytest.raises(OpeningTooHigh) as caught:
        years.open(Opening(years.town.members["林晓明"], 125, "支部台账"))
    assert "above 124" in str(caught.value)
    years.open(Opening(years.town.members["林晓明"], 124, "支部台账"))
    assert years.total("林晓明") == 120
    assert years.explanation("林晓明")["adds_up"]


def test_a_paper_is_bounded_by_what_can_have_been_lost_earned_and_carried() -> None:
    plain = make_regime([make_item("A")])
    earning_parts = tuple(replace(one, starts=Starts.ZERO) for one in plain.dimensions)
    open_parts = tuple(replace(one, starts=Starts.BASE, allotment=0) for one in plain.dimensions)
    regimes = {
        "loses": plain,
        "carries without end": replace(plain, carried=20),
        "carries": replace(plain, carried=20, total_high=150),
        "earns": replace(plain, opening=0, dimensions=earning_parts),
        "adds without end": replace(plain, dimensions=open_parts),
    }
    assert {name: opening_max(regime) for name, regime in regimes.items()} == {
        "loses": 100,
        "carries without end": None,
        "carries": 130,
        "earns": sum(one.allotment for one in plain.dimensions),
        "adds without end": None,
    }


def test_a_year_that_is_corrected_while_it_is_settled_is_carried_as_it_ends_up(carrying: Years) -> None:
    carrying.town.on(date(2027, 1, 1))
    carrying.run(cycles.advance)
    carrying.town.live_through("2027Q1")
    carrying.town.on(date(2027, 1, 11))
    carrying.run(cycles.advance)
    start = Barrier(3)

    def late(name: str) -> None:
        start.wait()
        carrying.post(name, "ORG-A02", date(2026, 12, 6), tier="city", matter="表彰1号")

    def settle() -> None:
        start.wait()
        carrying.settle("2026Q4")

    threads = [Thread(target=late, args=(name,)) for name in ("林晓明", "陈建国")] + [Thread(target=settle)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name in ("林晓明", "陈建国"):
        assert (carrying.total(name), carrying.total(name, "2027")) == (69, 113)
    carrying.assert_sound()


# -------------------------------------------------------------------------------------- books that earn or only add


@pytest.mark.parametrize(("opening", "opened"), [("zero", 0), ("base", 100)])
def test_a_book_may_open_at_nothing_or_at_its_base_and_add(years: Years, opening: str, opened: int) -> None:
    years.adopt(earning(opening))
    years.town.add_member("林晓明")
    assert years.openings("林晓明") == [(None, opened)]
    years.town.on(date(2026, 3, 20))
    for day in (date(2026, 1, 8), date(2026, 2, 9)):
        years.post("林晓明", "ORG-D01", day)
    years.post("林晓明", "SRV-D01", date(2026, 3, 2), units=10)
    years.post("林晓明", "ORG-F01", date(2026, 3, 3))
    years.town.on(date(2026, 4, 11))
    years.run(cycles.advance)
    years.settle("2026Q1")
    found = years.explanation("林晓明")
    assert found["adds_up"]
    assert (found["score"]["daily"], found["score"]["total"]) == (opened + 50, opened + 45)
    routine = next(kind for kind in found["kinds"] if kind["kind"] == "routine")
    points_by_item = {
        item["item"]: item["points"] for dimension in routine["dimensions"] for item in dimension["items"]
    }
    assert points_by_item == {"ORG-D01": 30, "SRV-D01": 20}
    years.run(cases.apply, "2026Q1")
    found = years.run(cases.found, "2026Q1")
    assert not found.findings, "nothing is lost, so nobody is behind the pace"
    counts = {one.line: (one.tested, one.met) for one in found.counts}
    assert counts == {"commend": (1, int(opening == "base")), "assist": (1, int(opening == "zero")), "pace": (0, 0)}
    years.assert_sound()


def test_classes_may_open_with_bases_of_their_own_and_change_in_mid_cycle(years: Years) -> None:
    own = "    grounds: {source: C1, clause: 第23条}\n"
    years.adopt(edited(earning("base"), (own, own + "    base: {value: 70, source: M1}\n")))
    years.town.add_member("林晓明")
    years.town.add_member("冯老", profile="exempt")
    assert (years.openings("林晓明"), years.openings("冯老")) == ([(None, 100)], [(None, 70)])
    years.town.exempt("林晓明", date(2026, 4, 1))
    years.town.on(date(2026, 4, 3))
    years.town.live_through("2026Q2")
    years.post("林晓明", "ORG-D01", date(2026, 4, 2))
    assert years.total("林晓明") == 115, "the opening is that of the first quarter's class"
    assert years.explanation("林晓明")["adds_up"]
    years.assert_sound()
