"""Reminder talks: asked for by pace at a seal, held by the secretary, late ones told upwards without a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from app.auth.core import Role
from app.auth.tables import appointment
from app.kit.ids import new_id
from tests.cases.conftest import LOW, Casebook, apply
from tests.town import Json

SLOW = "慢的"
HELD = {"held_on": "2026-10-12", "note": "本人说明三季度轮班较多"}


@dataclass
class Talks:
    """Lists and holds the talks of a town, under the log-in of whoever is named."""

    book: Casebook

    def seen(self, login: str = "secretary", **query: Any) -> list[Json]:
        answer = self.book.call("GET", login, "reminder-talks", **query)
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["talks"]
        return found

    def hold(self, login: str, talk: str, **body: Any) -> Any:
        return self.book.call("POST", login, f"reminder-talks/{talk}/talk", {"id": str(new_id()), **HELD, **body})


@pytest.fixture
def talks(casebook: Casebook) -> Talks:
    """It is 12 October; beside the one with a case, somebody of the branch has lost half of what was due."""
    casebook.add_low(**{SLOW: 1000})
    casebook.on(date(2026, 10, 9))
    months = [(item, f"2026-0{month}-15") for item in ("ORG-D02", "ORG-D03") for month in range(1, 10)]
    lost = [*months, ("ORG-D05", "2026-03-15"), ("ORG-D06", "2026-03-15")]
    casebook.desk.recorded(
        "committee_officer", *(casebook.town.missed(SLOW, item, effective_on=day) for item, day in lost)
    )
    casebook.on(date(2026, 10, 12))
    apply(casebook.town, "settle", "2026Q3")
    casebook.seal()
    return Talks(casebook)


def test_half_of_what_was_due_lost_asks_the_secretary_and_nobody_else(talks: Talks) -> None:
    (one,) = talks.seen()
    assert (one["member"], one["quarter"], one["state"], one["due_on"]) == (SLOW, "2026Q3", "asked", "2026-10-26")
    assert one["value"] >= one["bound"] == 50
    (told,) = talks.book.told("secretary", "talk_asked")
    assert SLOW in told
    for login in ("committee_officer", "district_officer", "auditor", "next-door", SLOW):
        assert talks.seen(login) == [], login
        assert talks.hold(login, one["id"]).status_code in {403, 404}, login
    assert talks.book.open_again()["talks"] == 0, "a run once more asks nothing anew"


def test_who_has_a_case_is_talked_with_in_it(talks: Talks) -> None:
    assert [one["member"] for one in talks.book.cases()] == [LOW]
    assert LOW not in {one["member"] for one in talks.seen()}


def test_a_held_talk_is_a_dated_fact_that_the_member_reads(talks: Talks) -> None:
    (one,) = talks.seen()
    sent = str(new_id())
    early = talks.hold("secretary", one["id"], held_on="2026-10-11")
    assert (early.status_code, early.json()["code"]) == (422, "talk_day")
    answer = talks.hold("secretary", one["id"], id=sent)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**one, **answer.json(), **HELD, "state": "held"}
    assert answer.json()["recorded_by_name"]
    again = talks.hold("secretary", one["id"], id=sent)
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert talks.hold("secretary", one["id"], id=sent, note="别的").json()["code"] == "id_used"
    assert talks.hold("secretary", one["id"]).json()["code"] == "reminder_talk_ended"
    (own,) = talks.seen(SLOW)
    assert own["note"] == HELD["note"]
    (told,) = talks.book.told(SLOW, "talk_held")
    assert HELD["note"] in told
    assert talks.seen(open=True) == []


def test_a_late_talk_climbs_without_the_name(talks: Talks) -> None:
    late = {
        "secretary": date(2026, 10, 27),
        "committee_officer": date(2026, 11, 2),
        "district_officer": date(2026, 11, 9),
    }
    talks.book.on(date(2026, 10, 26))
    talks.book.step()
    assert talks.book.told("secretary", "deadline_passed") == []
    for login, day in late.items():
        talks.book.on(day)
        talks.book.step()
        talks.book.step()
        found = [one for one in talks.book.told(login, "deadline_passed") if "提醒谈话" in one]
        assert len(found) == 1, login
        assert (SLOW in found[0]) == (login == "secretary")
    assert [one["member"] for one in talks.seen(late=True)] == [SLOW]


def test_what_nothing_asks_for_any_more_is_dropped(talks: Talks) -> None:
    book, town = talks.book, talks.book.town
    member = str(town.members[SLOW])
    entries = book.call("GET", "secretary", f"members/{member}/entries", cycle="2026", limit=200).json()["entries"]
    for one in entries:
        if one["points"] < 0:
            assert book.reverse(one["id"]).status_code == 201
    assert book.step()["talks_dropped"] == 1
    (one,) = talks.seen()
    assert (one["state"], one["dropped_because"]) == ("dropped", "corrected")
    ended = talks.hold("secretary", one["id"])
    assert (ended.status_code, ended.json()["code"]) == (409, "reminder_talk_ended")


def test_nobody_talks_with_themselves(talks: Talks) -> None:
    """Where the only secretary is the member, it is the committee's."""
    town = talks.book.town
    ended = update(appointment).where(
        appointment.c.district_id == town.district.id, appointment.c.account_id == town.accounts["secretary"]
    )
    town.run(lambda connection, _: connection.execute(ended.values(until_on=date(2026, 10, 11))))
    town.appoint(SLOW, Role.SECRETARY, town.branch_path)
    assert talks.seen(SLOW) == []
    (one,) = talks.seen("committee_officer")
    assert talks.hold(SLOW, one["id"]).status_code == 404
    assert talks.hold("committee_officer", one["id"]).status_code == 200
