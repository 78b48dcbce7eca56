"""The district's calendar: seeded when a cycle opens, set day by day, and shown over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.cycles import service as cycles
from app.cycles import work_calendar
from app.cycles.work_calendar import YearOutOfRange, YearView
from app.cycles.working_days import Source, announced
from tests.statements import count_statements
from tests.town import Desk, Town, client, desk, town

__all__ = ["client", "desk", "town"]

TYPHOON = date(2026, 11, 23)


def rows(town: Town) -> dict[date, tuple[bool, Source]]:
    read = town.run(lambda connection, actor: work_calendar.read(connection, actor, date(2026, 1, 1)))
    return {day: (one.is_working, one.source) for day, one in read.days.items()}


def set_day(town: Town, day: date = TYPHOON, *, is_working: bool = False, note: str | None = "台风") -> bool:
    changed: bool = town.run(
        lambda connection, actor: work_calendar.set_day(connection, actor, day, is_working=is_working, note=note)
    )
    return changed


def year(town: Town, wanted: int) -> YearView:
    found: YearView = town.run(lambda connection, actor: work_calendar.year(connection, actor, wanted))
    return found


def test_opening_a_cycle_writes_down_what_was_announced(town: Town) -> None:
    assert set(rows(town)) == set(announced(2026))


def test_every_day_the_calendar_is_made_complete_and_the_districts_days_stay(town: Town) -> None:
    assert set_day(town, date(2026, 10, 1), is_working=True, note="值班")
    town.run(cycles.advance)
    assert rows(town)[date(2026, 10, 1)] == (True, Source.DISTRICT)
    assert len(rows(town)) == len(announced(2026)) + len(announced(2027))


def test_a_day_is_set_once(town: Town) -> None:
    assert [set_day(town), set_day(town), set_day(town, is_working=True)] == [True, False, True]
    assert rows(town)[TYPHOON] == (True, Source.DISTRICT)


def test_a_deadline_follows_the_districts_days_in_one_statement(town: Town) -> None:
    set_day(town)
    with count_statements(town.database) as statements:
        found = town.run(lambda c, actor: work_calendar.add_working_days(c, actor, date(2026, 11, 20), 5))
    assert (found.day, found.assumed, len(statements)) == (date(2026, 11, 30), False, 1)


def test_a_year_without_rows_is_shown_as_announced(town: Town) -> None:
    found = year(town, 2025)
    assert (found.assumed, found.working_days, len(found.days)) == (False, 248, len(announced(2025)))


def test_a_year_not_announced_says_so(town: Town) -> None:
    found = year(town, 2090)
    assert (found.assumed, found.days) == (True, ())
    assert year(town, 2026).assumed is False


@pytest.mark.parametrize("wanted", [2003, 2101, 0, 10**6])
def test_a_year_out_of_range_is_refused(town: Town, wanted: int) -> None:
    with pytest.raises(YearOutOfRange):
        year(town, wanted)


def test_one_district_s_days_are_not_another_s(town: Town, desk: Desk) -> None:
    set_day(desk.town)
    answer: Any = desk.client.get("/api/v1/calendar/2026", headers=desk.headers("林晓明"))
    days = {one["day"]: one for one in answer.json()["days"]}
    assert days["2026-11-23"] == {"day": "2026-11-23", "is_working": False, "source": "district", "note": "台风"}
    assert days["2026-10-10"]["is_working"] is True
    assert answer.json()["working_days"] == 247
    tag = {"If-None-Match": answer.headers["etag"]}
    assert desk.client.get("/api/v1/calendar/2026", headers={**desk.headers("林晓明"), **tag}).status_code == 304
    assert desk.client.get("/api/v1/calendar/1999", headers=desk.headers("林晓明")).status_code == 422


def test_a_clock_put_back_before_the_books_began_opens_nothing_and_fails_nothing(town: Town) -> None:
    town.on(date(2025, 12, 31))
    assert town.run(cycles.advance) == {"moved": 0, "opened": 0}
