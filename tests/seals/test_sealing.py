"""Notice and seal: what waits for what, what is frozen, and that nothing comes into a sealed quarter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app import schedule
from app.cycles import service as cycles
from app.job_runs.service import Outcome
from app.kit.ids import new_id
from app.points import service as points
from app.points.tables import standing
from app.seals import sealing
from app.seals.tables import notice, quarter_standing
from tests.seals.conftest import DAY, Q3, Office

MEMBER, COLLEAGUE, NEIGHBOUR = "林晓明", "陈建国", "周美玲"
LAST = date(2026, 10, 23)  # of a notice that begins on the 16th


def frozen(office: Office, quarter: str = Q3) -> dict[str, Any]:
    """The frozen rows by name."""
    town = office.desk.town
    statement = select(quarter_standing).where(
        quarter_standing.c.district_id == town.district.id, quarter_standing.c.quarter == quarter
    )
    rows = {row.member_id: row for row in town.run(lambda connection, _: connection.execute(statement).all())}
    return {name: rows[member_id] for name, member_id in town.members.items() if member_id in rows}


def notices(office: Office, quarter: str = Q3) -> list[Any]:
    town = office.desk.town
    statement = (
        select(notice)
        .where(notice.c.district_id == town.district.id, notice.c.quarter == quarter)
        .order_by(notice.c.begun_at, notice.c.member_id.is_not(None))
    )
    found: list[Any] = town.run(lambda connection, _: connection.execute(statement).all())
    return found


def through(office: Office) -> None:
    """All confirmed, on notice from the 16th on, and sealed on the 24th."""
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16))
    office.live(LAST + timedelta(days=1))


def test_a_quarter_lives_from_open_to_sealed(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    assert office.quarter()["state"] == "open"
    office.live(date(2026, 10, 11))
    assert office.quarter()["state"] == "check"
    office.confirmed("secretary")
    assert office.branch()["stage"] == "ready"
    results = office.live(date(2026, 10, 16))
    assert (results["seal"].outcome, results["seal"].counts) == (Outcome.NOT_DUE, {"waits_for": 2})
    assert results["freeze"].outcome is Outcome.NOT_DUE
    branch = office.branch()
    assert (branch["stage"], branch["notice_from"], branch["notice_until"]) == ("on_notice", "2026-10-16", "2026-10-23")
    assert office.live(LAST)["seal"].outcome is Outcome.NOT_DUE
    results = office.live(LAST + timedelta(days=1))
    assert (results["seal"].outcome, results["seal"].counts) == (Outcome.DONE, {"sealed": 1})
    assert results["freeze"].counts == {"frozen": 3, "restarted": 0}
    assert office.quarter()["state"] == "sealed"
    assert office.branch()["stage"] == "sealed"
    assert office.live(date(2026, 10, 25))["seal"].outcome is Outcome.ALREADY_DONE


def test_a_notice_begins_branch_by_branch_and_the_seal_waits_for_the_last(office: Office) -> None:
    late = office.recorded(MEMBER, "ORG-D01")
    office.live(date(2026, 10, 16))
    assert (office.branch()["stage"], office.branch("neighbour")["stage"]) == ("late", "on_notice")
    assert office.live(LAST + timedelta(days=1))["seal"].counts == {"waits_for": 1}
    assert office.branch("neighbour")["stage"] == "noticed"
    office.confirmed("committee_officer", late)
    office.live(date(2026, 10, 27))
    assert office.branch()["notice_until"] == "2026-11-03"
    assert office.live(date(2026, 11, 3))["seal"].outcome is Outcome.NOT_DUE
    assert office.live(date(2026, 11, 4))["seal"].outcome is Outcome.DONE


def test_a_notice_that_would_end_on_a_day_off_ends_on_the_next_working_day(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    office.live(date(2026, 10, 16))
    office.confirmed("committee_officer")
    office.live(date(2026, 10, 17))  # a Saturday; so is the 24th
    assert office.branch()["notice_until"] == "2026-10-26"


def test_a_correction_during_the_notice_restarts_it_for_its_row_alone_and_delays_no_seal(office: Office) -> None:
    entry = office.recorded(MEMBER, "ORG-D01")
    office.confirmed("secretary")
    office.live(date(2026, 10, 16))
    before = {one["name"]: one for one in wall(office)}
    office.on(date(2026, 10, 20))
    filed = office.call("POST", MEMBER, f"entries/{entry}/appeals", {"id": str(new_id()), "text": "当天在场"}).json()
    decided = office.call(
        "POST", "committee_officer", f"appeals/{filed['id']}/decision", {"outcome": "upheld", "answer": "已核实"}
    )
    assert decided.json()["entries"][0]["booked_in"] == Q3
    office.live(date(2026, 10, 21))
    office.live(date(2026, 10, 22))
    first, second, row = notices(office)
    assert (first.member_id, second.member_id) == (None, None)
    assert (row.member_id, row.until_on) == (office.desk.town.members[MEMBER], date(2026, 10, 28))
    after = {one["name"]: one for one in wall(office)}
    assert (after["陈**"], after["林**"]["until_on"]) == (before["陈**"], "2026-10-28")
    assert after["林**"]["score"]["total"] == before["林**"]["score"]["total"] + 15
    results = office.live(LAST + timedelta(days=1))
    assert (results["seal"].outcome, results["freeze"].counts["restarted"]) == (Outcome.DONE, 0)
    assert frozen(office)[MEMBER].total == 1000


def wall(office: Office, login: str = MEMBER) -> list[Any]:
    path = f"boards/notices/{Q3}/branches/{office.desk.town.branch}"
    answer = office.call("GET", login, path)
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["rows"]
    return found


def test_what_is_corrected_on_the_last_day_still_has_its_notice(office: Office) -> None:
    entry = office.recorded(MEMBER, "ORG-D01")
    office.confirmed("secretary")
    office.live(date(2026, 10, 16))
    office.on(LAST)
    filed = office.call("POST", MEMBER, f"entries/{entry}/appeals", {"id": str(new_id()), "text": "当天在场"}).json()
    body = {"outcome": "upheld", "answer": "已核实"}
    assert office.call("POST", "committee_officer", f"appeals/{filed['id']}/decision", body).status_code == 200
    results = office.live(LAST + timedelta(days=1))
    assert results["seal"].outcome is Outcome.DONE
    assert [one.until_on for one in notices(office) if one.member_id is not None] == [date(2026, 11, 2)]


def test_the_wall_shows_nothing_before_the_notice_and_no_names_in_full(office: Office) -> None:
    path = f"boards/notices/{Q3}/branches/{office.desk.town.branch}"
    assert office.call("GET", MEMBER, path).json()["code"] == "notice_not_begun"
    office.live(date(2026, 10, 16))
    assert {one["name"] for one in wall(office)} == {"林**", "陈**"}
    neighbour = f"boards/notices/{Q3}/branches/{office.desk.town.neighbour}"
    assert office.call("GET", MEMBER, neighbour).status_code == 404


def test_frozen_is_what_was_booked_whatever_comes_before_it_is_frozen(office: Office) -> None:
    """The seal comes first; what is booked before the freeze, weeks later, is not in it."""
    entry = office.recorded(MEMBER, "ORG-D01")
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16))
    office.on(date(2026, 10, 24))
    assert office.run("seal").outcome is Outcome.DONE
    assert office.quarters_of(MEMBER)[Q3]["sealed"] is None
    reversal = office.call("POST", "secretary", f"entries/{entry}/reversal", {"id": str(new_id()), "reason": "有签到"})
    assert reversal.json()["entries"][0]["booked_in"] == "2026Q4"
    office.recorded(COLLEAGUE, "ORG-D01")  # late, dated in the sealed quarter
    office.desk.town.add_member("新来的", since=date(2026, 10, 24))
    office.on(date(2026, 11, 20))
    assert office.run("freeze").counts == {"frozen": 3, "restarted": 0}
    assert {name: row.total for name, row in frozen(office).items()} == {MEMBER: 985, COLLEAGUE: 1000, NEIGHBOUR: 1000}
    found = office.quarters_of(MEMBER)[Q3]
    assert (found["sealed"]["total"], found["corrected"]["total"]) == (985, 1000)
    found = office.quarters_of(COLLEAGUE)[Q3]
    assert (found["sealed"]["total"], found["corrected"]["total"]) == (1000, 985)
    assert office.run("freeze", force=True).counts["frozen"] == 0


def test_the_statement_and_the_working_out_freeze_alike(office: Office) -> None:
    """The same member, frozen by the one statement and, with later entries, worked out: equal but for seq and hash."""
    office.recorded(MEMBER, "ORG-D01")
    office.recorded(COLLEAGUE, "ORG-D04")
    praise = office.desk.town.praise(COLLEAGUE, effective_on=DAY)
    office.desk.posted("secretary", praise, "committee_officer")
    through(office)
    plain = frozen(office)
    columns = {"seq", "running_hash", "frozen_at"}
    for name in (MEMBER, COLLEAGUE):
        office.recorded(name, "ORG-D07", effective_on="2026-10-06")

    def anew(connection: Any, actor: Any) -> None:
        quarter = cycles.quarter(connection, actor, Q3)
        members = [office.desk.town.members[name] for name in (MEMBER, COLLEAGUE)]
        for one in sealing._worked_out(connection, actor, quarter, members):
            before = next(row for row in plain.values() if row.member_id == one.member_id)
            for column in one.__slots__:
                if column not in columns:
                    assert getattr(one, column) == getattr(before, column), column

    office.desk.town.run(anew)
    assert plain[COLLEAGUE].total == 1005
    assert plain[COLLEAGUE].matrix["EXC"]["innovation"] == 10


def test_a_frozen_row_carries_what_a_proof_needs(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    through(office)
    row = frozen(office)[MEMBER]
    statement = select(standing).where(
        standing.c.district_id == office.desk.town.district.id, standing.c.member_id == row.member_id
    )
    kept = office.desk.town.run(lambda connection, _: connection.execute(statement).one())
    assert (row.seq, row.running_hash, row.opening) == (kept.seq, kept.running_hash, 1000)
    assert [row.edition, row.profile] == kept.regimes[Q3]
    assert (row.branch_id, row.cycle, row.ranked) == (office.desk.town.branch, "2026", True)
    assert row.duties_due > row.duties_decided > 0


def test_nobody_changes_a_frozen_row(office: Office) -> None:
    through(office)
    town = office.desk.town
    change = quarter_standing.update().where(quarter_standing.c.district_id == town.district.id).values(total=1)
    for database in (town.database, town.owner_database):
        with pytest.raises(DBAPIError):
            database.run(lambda connection: connection.execute(change), town.district.id)


def test_after_the_seal_late_entries_are_booked_in_the_open_quarter(office: Office) -> None:
    through(office)
    office.recorded(MEMBER, "ORG-D01")
    assert office.booked(MEMBER) == [("ORG-D01", "2026Q4")]
    assert list(office.waiting("secretary")) == []
    answer = office.call("GET", "secretary", office.check_path(quarter="2026Q4"))
    assert [one["entry"]["booked_in"] for one in answer.json()["rows"]] == ["2026Q4"]
    assert office.confirm("secretary").json()["code"] == "quarter_sealed"


def test_who_left_is_frozen_out_of_rankings_and_who_moved_where_they_were_on_the_last_day(office: Office) -> None:
    town = office.desk.town
    town.leave(COLLEAGUE, date(2026, 9, 20))
    town.move(MEMBER, town.neighbour, date(2026, 10, 5))
    through(office)
    rows = frozen(office)
    assert (rows[COLLEAGUE].ranked, rows[COLLEAGUE].branch_id) == (False, town.branch)
    assert (rows[MEMBER].ranked, rows[MEMBER].branch_id) == (True, town.branch)


def test_quarters_before_the_books_are_sealed_without_notice_and_hold_nobody(office: Office) -> None:
    """The second quarter cannot be sealed before the first, and the third not before either."""
    assert [one["state"] for one in office.call("GET", MEMBER, "quarters").json()["quarters"]][-2:] == ["sealed"] * 2
    office.on(date(2026, 10, 16))
    assert office.run("seal", "2026Q2", force=True).counts == {"sealed": 0}


def test_a_stopped_scheduler_catches_up_in_order(office: Office) -> None:
    """Nothing ran from October to late January: notices begin then, and two quarters are sealed one after the other."""
    town = office.desk.town
    office.recorded(MEMBER, "ORG-D01")
    days = (date(2027, 1, 20), date(2027, 1, 21), date(2027, 1, 28), date(2027, 2, 1))
    states = []
    for day in days:
        office.on(day)
        results = schedule._run_district(town.database, town.clock, schedule.JOBS, town.district)
        assert not [one.error for one in results if one.outcome is Outcome.FAILED]
        if day == days[0]:
            assert office.confirmed("committee_officer")["left"] == 0
        found = {one["quarter"]: one["state"] for one in office.call("GET", MEMBER, "quarters").json()["quarters"]}
        states.append((found[Q3], found["2026Q4"]))
    assert states == [("notice", "notice"), ("notice", "notice"), ("notice", "notice"), ("sealed", "sealed")]
    assert set(frozen(office)) == set(frozen(office, "2026Q4")) == {MEMBER, COLLEAGUE, NEIGHBOUR}


def test_the_owner_of_the_ledger_and_the_books_agree(office: Office) -> None:
    """What is frozen is the fold of the entries booked up to the quarter."""
    entry = office.recorded(MEMBER, "ORG-D01")
    through(office)
    booked = [
        one
        for one in office.desk.town.run(
            lambda connection, actor: points.entries_of_member(
                connection, actor, office.desk.town.members[MEMBER], "2026"
            )
        )
        if one.booked_in <= Q3
    ]
    assert entry in {str(one.id) for one in booked}
    assert frozen(office)[MEMBER].total == sum(one.points for one in booked)
