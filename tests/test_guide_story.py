"""The story of the guide comes out as it is told, over real HTTP."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.auth.core import Role
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import PASSWORD
from tests.serving import served
from tests.town import Town, found_town

STORY = Path(__file__).resolve().parent.parent / "docs" / "guide" / "story.py"
TOLD = 6  # what the story says, each in Chinese and in English


@pytest.fixture
def town(database: Database, owner_database: Database, clock: FixedClock) -> Town:
    found = found_town(database, owner_database, clock)
    for name in ("陈建国", "周美玲"):
        found.add_member(name, account=True)
    found.add_member("郑海燕", branch=found.neighbour, account=True)
    found.appoint_cast()
    found.live_through("2026Q1", "2026Q2", "2026Q3", "2026Q4")
    return found


def tell(town: Town, address: str) -> subprocess.CompletedProcess[str]:
    names = {
        "address": address,
        "district": town.district.code,
        "password": PASSWORD,
        "day": date(2026, 11, 21).isoformat(),
        "leader": Role.GROUP_LEADER.value,
        "secretary": Role.SECRETARY.value,
        "committee": Role.COMMITTEE_OFFICER.value,
        "absent": "陈建国",
        "other": "周美玲",
        "stranger": "郑海燕",
    }
    asked = [f"--{name}={value}" for name, value in names.items()]
    return subprocess.run(
        [sys.executable, STORY, *asked], capture_output=True, encoding="utf-8", timeout=60, check=False
    )


def test_the_story_of_the_guide_comes_out_as_it_is_told(town: Town, settings: Settings) -> None:
    with served(create_app(settings, database=town.database, clock=town.clock)) as address:
        ran = tell(town, address)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert ran.stdout.count("· ") == TOLD + 1


def test_the_story_says_where_it_comes_out_otherwise(town: Town, settings: Settings) -> None:
    with served(create_app(settings, database=town.database, clock=town.clock)) as address:
        tell(town, address)
        again = tell(town, address)  # the theme day stands already: nothing of it is told anew
    assert again.returncode == 1
    assert again.stderr.startswith("✗ ")
    assert "已经记录" in again.stderr, "in the service's words"
    assert "make demo" in again.stderr, "and what to do"
    assert "{" not in again.stderr, "no raw answer"


def test_the_story_says_that_nothing_answers_at_the_address(town: Town) -> None:
    silent = tell(town, "http://127.0.0.1:9")
    assert silent.returncode == 1
    for words in ("http://127.0.0.1:9", "--address", "make demo", "无法连接"):
        assert words in silent.stderr
