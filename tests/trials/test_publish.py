"""``longwen rules publish``: once for a district, and again without harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.auth.core import Actor
from app.cli.rules import application
from app.cycles import service as cycles
from app.kit.calendar import quarter_of
from app.kit.clock import SystemClock
from app.kit.db import opened
from app.roster.core import root_path
from app.rules import service as rules
from app.rules.core import Edition
from tests.conftest import Addresses, create_district, settings_for
from tests.rules.period_books import BY_QUARTER, QUARTER_ITEMS
from tests.rules.small_book import put_book


def test_publishing_lets_a_district_without_a_book_adopt_it(
    fresh_database: Callable[..., Addresses], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = fresh_database()
    monkeypatch.setenv("LONGWEN_DATABASE_URL", addresses.application_url)
    settings = settings_for(addresses, tmp_path)
    with opened(addresses.owner_url, settings) as owner:
        district = create_district(owner)
    folder = put_book(tmp_path / "books")

    def publish() -> list[dict[str, object]]:
        result = CliRunner().invoke(application, ["publish", str(folder), "--json"])
        assert result.exit_code == 0, result.output
        found: list[dict[str, object]] = json.loads(result.stdout)
        return found

    assert [(one["code"], one["is_new"]) for one in publish()] == [("2026", True)]
    assert [(one["code"], one["is_new"]) for one in publish()] == [("2026", False)]
    with opened(addresses.application_url, settings) as database:
        found: Edition = database.run(
            lambda connection: rules.edition_on(connection, district, root_path(district), date(2026, 11, 21)), district
        )
    assert (found.book, found.code) == ("small", "2026")


def test_the_first_book_gives_the_district_its_cycles(
    fresh_database: Callable[..., Addresses], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = fresh_database()
    monkeypatch.setenv("LONGWEN_DATABASE_URL", addresses.application_url)
    settings = settings_for(addresses, tmp_path)
    with opened(addresses.owner_url, settings) as owner:
        district = create_district(owner)
    folder = put_book(tmp_path / "books", book=BY_QUARTER, items=QUARTER_ITEMS)
    result = CliRunner().invoke(application, ["publish", str(folder)])
    assert result.exit_code == 0, result.output
    with opened(addresses.application_url, settings) as database:
        actor = Actor.service(district, SystemClock().now(), "Asia/Shanghai")
        known = database.run(lambda connection: cycles.quarters(connection, actor), district)
    assert [one.cycle for one in known] == [quarter_of(actor.today)], "the present cycle is the present quarter"
