"""What a replay of a town's third quarter cannot tell is said, and what it can is settled from the duties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.kit.calendar import Window
from app.points import service as points
from app.points.views import Opening
from app.rules.core import Duty, Edition, Item, Kind, Settlement, Unrecorded
from tests.town import Desk
from tests.trials.test_simulating import drafted, of_regimes, replayed


@pytest.fixture
def year(desk: Desk) -> Desk:
    """林晓明 missed a theme day of the third quarter; 陈建国 kept one."""
    desk.recorded("committee_officer", desk.town.missed("林晓明", effective_on="2026-07-05"))
    desk.recorded("committee_officer", desk.town.fact("陈建国", outcome="kept", effective_on="2026-07-05"))
    return desk


def test_what_nobody_recorded_is_lost_where_the_draft_says_so(year: Desk) -> None:
    """A theme day that nobody recorded stays undecided by the book; each is worth 10."""
    draft = drafted(date(2026, 7, 1), ORG_D02={"duty": {"unrecorded": Unrecorded.MISSED}})
    totals, found = replayed(year.town, draft)
    assert {name: one.new.total - one.old.total for name, one in found.items()} == {
        "林晓明": -20,
        "陈建国": -20,
        "周美玲": -30,
    }
    assert totals.omissions == {}


def test_entries_of_what_the_draft_retires_are_left_out_and_counted(year: Desk) -> None:
    draft = drafted(date(2026, 7, 1), ORG_D02={"retired": True})
    totals, found = replayed(year.town, draft)
    assert {name: one.new.total - one.old.total for name, one in found.items()} == {"林晓明": 10}
    (one,) = totals.listed_omissions()
    assert (one.code, one.where, one.members, one.entries) == ("retired", "ORG-D02", 2, 2)
    assert "2 条记录" in one.text("zh")


def with_new_duty(draft: Edition) -> Edition:
    duty = Duty(Window.QUARTER, 5, Settlement.CONFIRMATION, Unrecorded.MISSED)

    def more(items: dict[str, Item]) -> dict[str, Item]:
        new = replace(items["ORG-D02"], code="ORG-D99", kind=Kind.ROUTINE, duty=duty, retired=False)
        return {**items, "ORG-D99": new}

    regimes = {code: replace(one, items=more(dict(one.items))) for code, one in draft.regimes.items()}
    return replace(draft, regimes=regimes)


def test_who_would_have_owed_a_new_duty_is_told(year: Desk) -> None:
    totals, found = replayed(year.town, with_new_duty(drafted(date(2026, 7, 1))))
    assert found == {}
    (one,) = totals.listed_omissions()
    assert (one.code, one.where, one.members, len(one.numbers)) == ("new_duty", "ORG-D99", 3, 3)
    assert all(number in one.text("en") for number in one.numbers)


def test_an_opening_from_a_paper_ledger_stays(year: Desk) -> None:
    town = year.town
    town.add_member("纸质", standing=False)
    town.run(
        lambda connection, actor: points.open_standings(
            connection, actor, "2026", [Opening(town.members["纸质"], 1000, "纸质台账")]
        )
    )
    _, found = replayed(town, of_regimes(opening=1010))
    assert {one.new.total - one.old.total for name, one in found.items() if name != "纸质"} == {10}
    assert "纸质" not in found
