"""``longwen rules publish``: once for a district, and again without harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.rules import application
from app.kit.db import opened
from app.roster.core import root_path
from app.rules import service as rules
from app.rules.core import Edition
from tests.conftest import Addresses, create_district, settings_for
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
