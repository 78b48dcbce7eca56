"""The calendar of working days at the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Longwen


def test_a_day_is_set_and_shown(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    assert longwen("calendar", "set", "2026-11-23", "off", "--note", "台风").err == "2026-11-23 is off now.\n"
    assert longwen("calendar", "set", "2026-11-23", "off", "--note", "台风").err == "2026-11-23 was off already.\n"
    shown = json.loads(longwen("calendar", "show", "2026", "--json").out)
    assert {"day": "2026-11-23", "day_is": "off", "source": "district", "note": "台风"} in shown["days"]
    assert {"day": "2026-10-10", "day_is": "working", "source": "announced", "note": "调休上班"} in shown["days"]
    assert (shown["assumed"], shown["working_days"]) == (False, 247)


def test_a_year_not_announced_is_said(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    said = longwen("calendar", "show", "2090")
    assert said.status == 0
    assert "not announced yet" in said.err
    assert longwen("calendar", "set", "23.11.2026", "off").status == 2
