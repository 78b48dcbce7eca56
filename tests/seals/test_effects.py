"""What nobody has confirmed sets nothing off; and what comes late about a sealed quarter is listed as an adjustment."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from app.kit.ids import new_id
from app.points import service as points
from app.points.views import Opening
from tests.seals.conftest import Q3, Office
from tests.seals.test_sealing import MEMBER, through

LOW = "低分"


def warned(office: Office) -> set[str]:
    """Whom the line of 600 finds at the third quarter's end, as their secretary is told."""
    office.run("lines", force=True)
    found = office.call("GET", "secretary", f"lines/quarters/{Q3}").json()["findings"]
    return {one["name"] for one in found if one["line"] == "warn-total"}


def test_an_entry_that_nobody_has_confirmed_sets_nothing_off(office: Office) -> None:
    """Opened with 610, and 15 lost: below 600 only with an entry that came late and still waits."""
    town = office.desk.town
    town.on(date(2026, 1, 5))
    town.add_member(LOW, standing=False)
    one = Opening(town.members[LOW], 610, "2025年台账")
    town.run(lambda connection, actor: points.open_standings(connection, actor, "2026", [one]))
    town.on(date(2026, 10, 8))
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    through(office)
    office.recorded(LOW, "ORG-D01")
    assert office.desk.total(LOW) == 595
    assert warned(office) == set()
    confirmed = office.call("POST", "secretary", office.check_path(quarter="2026Q4"), {})
    assert confirmed.json()["confirmed"] == 1
    assert warned(office) == {LOW}


def adjustments(office: Office, quarter: str) -> list[tuple[Any, ...]]:
    answer = office.call("GET", "district_officer", f"quarters/{quarter}/sheet")
    assert answer.status_code == 200, answer.text
    page = load_workbook(BytesIO(answer.content))["更正与补记"]
    return list(page.iter_rows(min_row=2, values_only=True))


def test_the_next_sheet_lists_corrections_of_sealed_quarters_as_adjustments(office: Office) -> None:
    entry = office.recorded(MEMBER, "ORG-D01")
    through(office)
    body = {"id": str(new_id()), "reason": "有签到记录"}
    assert office.call("POST", "secretary", f"entries/{entry}/reversal", body).status_code == 201
    office.recorded(MEMBER, "ORG-D04")
    office.recorded(MEMBER, "ORG-D07", effective_on="2026-10-20")
    assert adjustments(office, Q3) == []
    rows = [(row[1], row[4], row[5], row[6], row[7] or None) for row in adjustments(office, "2026Q4")]
    assert rows == [
        (MEMBER, "2026年第3季度", 15, "冲正", "有签到记录"),
        (MEMBER, "2026年第3季度", -5, "补记", None),
    ]
