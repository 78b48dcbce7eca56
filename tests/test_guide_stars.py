"""The story of stars comes out as it is told, over real HTTP, on the beginning district of the sample."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.settings import Settings
from app.main import create_app
from tests.auth.people import found_district
from tests.sample import beginners
from tests.sample.building import Builder
from tests.sample.clock import sample_router
from tests.serving import served
from tests.town import BOOK

STARS = Path(__file__).resolve().parent.parent / "docs" / "guide" / "stars.py"
TOLD = 11  # what the story says, each in Chinese and in English


def test_one_branch_comes_to_five_stars_and_another_to_a_plan_and_a_mentor(
    database: Database, owner_database: Database, clock: FixedClock, settings: Settings,
    tmp_path: Path,
) -> None:  # fmt: skip
    district = found_district(owner_database)

    def begin() -> None:
        if not list(tmp_path.iterdir()):
            builder = Builder(
                database, AesFieldCipher.from_secret("a secret that only the tests know"), district, clock
            )
            beginners.begin(builder, BOOK, tmp_path / "roster.xlsx")

    def put_forward(days: int) -> None:
        clock.moment += timedelta(days=days)

    app = create_app(settings, database=database, clock=clock)
    app.include_router(sample_router(clock.now, put_forward, begin))
    with served(app) as address:
        asked = [sys.executable, str(STARS), f"--address={address}", f"--district={district.code}"]
        ran = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=90, check=False)
        again = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=90, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stderr
    assert ran.stdout.count("· ") - ran.stdout.count(" · ") == TOLD
    for words in ("系统取数", "党委核正", "自评", "→ "):
        assert words in ran.stdout, "the star is explained down to its inputs"
    assert again.returncode == 1
    assert "make demo" in again.stderr, "told once"
