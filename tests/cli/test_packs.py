"""The pack at the command line: plain lines without a terminal, marked copies, and its trace in the access log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from app.auth.tables import access_log
from app.reviews.core_packs import Part
from tests.cli.conftest import Longwen
from tests.conftest import Addresses
from tests.reviews.conftest import Archive, archive, client, desk, office, town

__all__ = ["archive", "client", "desk", "office", "town"]


def test_a_pack_is_made_and_copied_at_the_command_line(
    longwen: Longwen, archive: Archive, addresses: Addresses, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LONGWEN_DATABASE_URL", addresses.application_url)
    monkeypatch.setenv("LONGWEN_OWNER_DATABASE_URL", addresses.owner_url)
    town = archive.office.desk.town
    arguments = ("pack", "2026Q3", "--district", town.district.code)
    said = longwen(*arguments)
    assert said.status == 0, said.err
    percents = [int(line.rstrip("%")) for line in said.err.splitlines() if line.endswith("%")]
    assert percents == sorted(percents)
    assert (percents[0], percents[-1]) == (1, 100)
    assert said.out.splitlines()[0] == "part\tbytes\tsha256"
    again = longwen(*arguments, "--json", "-o", tmp_path / "q3", "--reason", "季度例会")
    told = json.loads(again.out)
    assert (told["state"], len(told["files"])) == ("done", len(Part))
    stored = {one["part"]: one["size"] for one in told["parts"]}
    assert (tmp_path / "q3" / "longwen-2026Q3.pdf").stat().st_size != stored["report"]
    rows = select(access_log).where(access_log.c.district_id == town.district.id, access_log.c.object_kind == "pack")
    found = town.run(lambda connection, _: connection.execute(rows).all())
    assert [(one.account_id, one.reason) for one in found] == [(None, "季度例会")] * len(Part)
    assert all(one.operator for one in found)
    assert longwen("pack", "2026Q4", *arguments[2:]).status == 1
