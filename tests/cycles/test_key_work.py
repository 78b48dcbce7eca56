"""The yearly list of key work: a version replaces the one before, and nothing that was judged changes with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.auth.core import Actor
from app.cycles import key_work
from app.cycles.core_key_work import (
    KeyWork,
    KeyWorkDay,
    KeyWorkIssue,
    KeyWorkList,
    NoKeyWorkList,
    UnknownKeyWork,
    following,
    in_force,
)
from app.kit.db import Database
from app.kit.errors import LongwenError, Taken
from app.kit.ids import new_id

ENTRY = KeyWork("3", "园区党群服务中心建设", "园区党委")


def issue(from_on: date, text: str = "园区党群服务中心建设", year: int = 2026) -> KeyWorkIssue:
    return KeyWorkIssue(new_id(), year, from_on, "2号", (KeyWork("3", text, "园区党委"),))


def made(version: int, from_on: date) -> KeyWorkList:
    return KeyWorkList(2026, version, new_id(), from_on, "2号", (ENTRY,), datetime(2026, 1, 1, tzinfo=UTC), None, b"")


@given(
    st.lists(st.dates(date(2025, 12, 1), date(2027, 1, 31)), max_size=6), st.dates(date(2026, 1, 1), date(2026, 12, 31))
)
def test_a_revision_never_changes_what_held_on_a_day_gone_by(days: list[date], today: date) -> None:
    known: list[KeyWorkList] = []
    for day in days:
        wanted = issue(day)
        before = {past: in_force(known, past) for past in (date(2026, 1, 15), today) if past < today}
        try:
            version = following(known, wanted, today)
        except LongwenError:
            continue
        is_first = not known
        known.append(made(version, day))
        assert version == len(known)
        if not is_first:
            assert all(in_force(known, past) == held for past, held in before.items())


def test_the_list_of_the_day_is_cited_and_older_ones_stay_readable(database: Database, actor: Actor) -> None:
    def run(work: Any, *facts: Any) -> Any:
        return database.run(lambda connection: work(connection, actor, *facts), actor.district_id)

    with pytest.raises(NoKeyWorkList):
        run(key_work.cited, date(2026, 3, 1), "3")
    first, later = issue(date(2026, 1, 15), "旧"), issue(date(2026, 12, 1), "新")
    assert run(key_work.issue, first)[1] is False
    assert run(key_work.issue, first)[1] is True
    with pytest.raises(Taken):
        run(key_work.issue, KeyWorkIssue(first.id, 2026, date(2026, 2, 1), "2号", (ENTRY,)))
    with pytest.raises(KeyWorkDay):
        run(key_work.issue, issue(date(2026, 11, 20)))  # yesterday
    run(key_work.issue, later)
    for day, text, version in ((date(2026, 11, 30), "旧", 1), (date(2026, 12, 1), "新", 2)):
        found, entry = run(key_work.cited, day, " 3 ")
        assert (found.version, entry.text) == (version, text)
    with pytest.raises(UnknownKeyWork):
        run(key_work.cited, date(2026, 12, 1), "4")
    with pytest.raises(NoKeyWorkList):
        run(key_work.cited, date(2026, 1, 14), "3")
    assert [one.version for one in run(key_work.lists, 2026)] == [1, 2]
