"""What the guide's script reads of the list and the cases is there, over real HTTP."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import PASSWORD
from tests.cases.conftest import client, desk, town
from tests.cases.test_commending import Meetings, meetings
from tests.serving import served

__all__ = ["client", "desk", "meetings", "town"]

YEAR = Path(__file__).resolve().parent.parent / "docs" / "guide" / "year.py"
LOW = "低分"


def read(book: Meetings, address: str) -> subprocess.CompletedProcess[str]:
    names = {
        "address": address,
        "district": book.town.district.code,
        "password": PASSWORD,
        "quarter": "2026Q4",
        "office": "district_officer",
        "committee": "committee_officer",
        "member": LOW,
    }
    asked = [f"--{name}={value}" for name, value in names.items()]
    return subprocess.run(
        [sys.executable, YEAR, *asked], capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def test_the_list_and_the_cases_are_read_and_explained(meetings: Meetings, settings: Settings) -> None:
    with served(create_app(settings, database=meetings.town.database, clock=meetings.town.clock)) as address:
        without = read(meetings, address)
        meetings.add_low(**{LOW: 500})
        meetings.seal("2026Q4", force=True)
        meetings.to_confirmed("良一", "良二")
        ran = read(meetings, address)
    assert (without.returncode, "没有帮扶整改" in without.stderr) == (1, True), without.stderr
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    for words in (
        "达线 7 人，名额 2 个",
        "第1/2 良一",
        "confirmed，6/7 票",
        "良六（第一支部）",
        "遵纪守法指标有扣分 dimension_fault",
        "名额之外的不能进入（试算）",
        f"{LOW}：2026Q4 季末总分 500，帮扶线 500；现为 opened",
        f"{LOW} 登录后只看到本人的",
    ):
        assert words in ran.stdout, ran.stdout
