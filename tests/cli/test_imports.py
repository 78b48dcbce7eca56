"""``longwen import roster``: the template, a preview, the import, and faults with their places."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import psycopg
import pytest

from tests.cli.conftest import Longwen
from tests.conftest import Addresses
from tests.enrolment.conftest import small_roster, workbook_of


@pytest.fixture
def district(longwen: Longwen) -> None:
    assert longwen("district", "create", "sample", "样例区").status == 0


def test_the_template_needs_no_district_and_imports_as_it_is(longwen: Longwen, tmp_path: Path) -> None:
    template = tmp_path / "template.xlsx"
    assert longwen("import", "roster", "--template", template).status == 0
    assert longwen("district", "create", "sample", "样例区").status == 0
    done = longwen("import", "roster", template)
    assert (done.status, "Nothing to do" in done.err) == (0, True)


def test_the_template_lists_the_classes_of_the_districts_book(longwen: Longwen, district: None, tmp_path: Path) -> None:
    assert longwen("rules", "publish", "sanjin").status == 0
    template = tmp_path / "template.xlsx"
    assert longwen("import", "roster", "--template", template).status == 0
    rules = openpyxl.load_workbook(template)["党员"].data_validations.dataValidation
    assert '"一般党员,支部委员,预备党员,流动党员"' in [rule.formula1 for rule in rules]


def test_a_preview_tells_and_the_import_does(
    longwen: Longwen, there: Addresses, district: None, tmp_path: Path
) -> None:
    book = tmp_path / "roster.xlsx"
    book.write_bytes(workbook_of(small_roster()).getvalue())
    previewed = longwen("import", "roster", book, "--preview", "--json")
    assert previewed.status == 0, previewed.err
    told = json.loads(previewed.out)
    assert told["counts"]["member"] == {"new": 3}
    done = json.loads(longwen("import", "roster", book, "--json").out)
    assert {**done, "preview": True} == told
    again = longwen("import", "roster", book)
    assert (again.status, "Nothing to do" in again.err) == (0, True)
    with psycopg.connect(there.owner_url) as connection:
        log = connection.execute(
            "SELECT object_id, operator IS NOT NULL FROM access_log WHERE action = 'roster:import'"
        )
        assert log.fetchall() == [("roster.xlsx", True)] * 2, "a preview takes nothing in"


def test_faults_end_the_command_with_their_places(longwen: Longwen, district: None, tmp_path: Path) -> None:
    rows = small_roster()
    rows["member"][1]["branch"] = "B9"
    book = tmp_path / "roster.xlsx"
    book.write_bytes(workbook_of(rows).getvalue())
    refused = longwen("import", "roster", book)
    assert refused.status == 1
    assert "党员!F3" in refused.err
    assert "B9" in refused.err


def test_a_file_or_a_template_is_asked_for(longwen: Longwen) -> None:
    assert longwen("import", "roster").status == 2
    assert longwen("import", "roster", "missing.xlsx").status == 2
