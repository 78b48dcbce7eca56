"""What the operator takes away at the command line is written down like anybody else's."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest
from sqlalchemy import select

from app.auth.tables import access_log
from tests.cli.conftest import Longwen
from tests.conftest import Addresses
from tests.town import Town, client, desk, town

__all__ = ["client", "desk", "town"]


def test_an_export_at_the_command_line_is_written_down(
    longwen: Longwen, town: Town, addresses: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", addresses.application_url)
    monkeypatch.setenv("LONGWEN_OWNER_DATABASE_URL", addresses.owner_url)
    rows = select(access_log).where(access_log.c.district_id == town.district.id)
    arguments = ("export", "quarter", "2026Q4", "--district", town.district.code, "--reason", "季度公示")
    said = longwen(*arguments, "-o", tmp_path / "sheet.xlsx")
    assert said.status == 0, said.err
    (row,) = town.run(lambda connection, _: connection.execute(rows).all())
    assert (row.account_id, row.action, row.object_id) == (None, "quarter:export", "2026Q4")
    assert (row.path, row.reason) == (town.root, "季度公示")
    assert row.operator.startswith(pwd.getpwuid(os.getuid()).pw_name)
    assert row.request_id.startswith("cli-")
    assert longwen("export", "quarter", "1999Q1", *arguments[3:], "-o", tmp_path / "no.xlsx").status == 1
    assert len(town.run(lambda connection, _: connection.execute(rows).all())) == 1, "nothing was taken away"
