"""The story of stars comes out as it is told, over real HTTP, on the sample's beginning district, whose days pass."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.job_runs import service as job_runs
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import found_district
from tests.conftest import Addresses, settings_for
from tests.sample import beginners
from tests.sample.building import Builder
from tests.sample.clock import BEGINS, NoSuchDay, SampleClock, sample_router
from tests.sample.days import LAST_OF_ALL, Days
from tests.serving import served
from tests.town import BOOK

STARS = Path(__file__).resolve().parent.parent / "docs" / "guide" / "stars.py"
TOLD = 11  # what the story says, each in Chinese and in English
DAY = timedelta(days=1)


@pytest.fixture
def settings(fresh_database: Callable[..., Addresses], tmp_path: Path) -> Settings:
    return settings_for(fresh_database(), tmp_path)


@pytest.fixture
def builder(settings: Settings) -> Iterator[Builder]:
    """Of the district, before it begins."""
    cipher = AesFieldCipher.from_secret("a secret that only the tests know")
    with opened(settings.owner_database_url or "", settings) as owner:
        district = found_district(owner)
    with opened(settings.database_url or "", settings) as database:
        yield Builder(database, cipher, district, FixedClock(BEGINS))


def test_one_branch_comes_to_five_stars_and_another_to_a_plan_and_a_mentor(
    builder: Builder, settings: Settings, tmp_path: Path
) -> None:
    roster, clock = tmp_path / "roster.xlsx", SampleClock(tmp_path / "clock")

    def begin() -> None:
        if not roster.exists():
            beginners.begin(builder, BOOK, roster)

    days = Days(builder.database, clock, settings, builder.cipher)
    app = create_app(settings, database=builder.database, clock=clock)
    app.include_router(sample_router(clock.now, days.put_forward, begin))
    with served(app) as address:
        asked = [sys.executable, str(STARS), f"--address={address}", f"--district={builder.district.code}"]
        ran = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=90, check=False)
        again = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=90, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert ran.stdout.count("· ") - ran.stdout.count(" · ") == TOLD
    for words in ("系统取数", "党委核正", "自评", "→ "):
        assert words in ran.stdout, "the star is explained down to its inputs"
    assert again.returncode == 1
    assert "make demo" in again.stderr, "told once"

    lived = [BEGINS.date() + DAY * number for number in range(1, (clock.today - BEGINS.date()).days + 1)]
    builder.clock.moment = clock.now()
    done = builder.ask(job_runs.done_slots_of_all)
    assert len(lived) > 5, "a notice of five working days"
    assert done["quarters"] == {one.isoformat() for one in lived}, "each day had its jobs"
    assert SampleClock(tmp_path / "clock").today == clock.today, "it goes on from there"
    for day in (clock.today - DAY, LAST_OF_ALL + DAY):
        with pytest.raises(NoSuchDay, match=str(day)):
            days.until(day)
