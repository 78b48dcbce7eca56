"""Digests: what is counted, what is frozen, who is told, and that a sample can be drawn again by anybody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.digests import making, rendering, sampling, service
from app.digests.core import DigestKind, SampleRule, Snapshot, draw
from app.digests.tables import digest_snapshot
from app.job_runs.service import Outcome
from app.kit.digests import canonical
from app.points.tables import entry
from app.seals.tables import quarter_standing
from tests.seals.conftest import Q3, Office
from tests.statements import count_statements

MEMBER, COLLEAGUE, NEIGHBOUR = "林晓明", "陈建国", "周美玲"


def snapshots(office: Office, kind: DigestKind, period: str) -> dict[str, Snapshot]:
    """By the kind of scope."""
    page = office.desk.town.run(lambda connection, actor: service.digests(connection, actor, kind=kind, period=period))
    return {one.content["scope"]["kind"]: one for one in page.snapshots}


def line(snapshot: Snapshot, name: str) -> Any:
    return next(one for one in snapshot.content["lines"] if one["name"] == name)


def seal(office: Office, quarter: str = Q3) -> None:
    """All confirmed, on notice, sealed and frozen."""
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16), quarter)
    assert office.live(date(2026, 10, 24), quarter)["freeze"].outcome is Outcome.DONE


def test_a_month_is_counted_at_each_place_of_the_tree(office: Office) -> None:
    for name in (MEMBER, NEIGHBOUR):
        office.recorded(name, "ORG-D01", login="district_officer")
    office.desk.recorded(MEMBER, office.desk.town.praise(MEMBER, effective_on="2026-10-02"))
    office.on(date(2026, 11, 1))
    assert office.run("digest_month", "2026-10").counts["made"] == 2
    made = snapshots(office, DigestKind.MONTH, "2026-10")
    for one in made.values():
        assert (one.content["numbers"]["members"], one.content["numbers"]["entries_routine"]) == (3, 2)
    committee = made["committee"]
    assert line(committee, "第一支部")["numbers"]["entries_routine"] == 1
    assert line(made["district"], "城东街道党工委")["numbers"]["entries_routine"] == 2
    # What is confirmed late is late where it waits, and above.
    tasks = {one["task"]: one for one in committee.content["tasks"]}
    assert (tasks["check"]["late"], tasks["check"]["oldest_on"]) == (2, "2026-10-15")
    assert tasks["review"]["due"] + tasks["review"]["late"] == 1
    assert (committee.content["late"], line(committee, "第二支部")["late"]) == (2 + tasks["review"]["late"], 1)


def test_a_month_ends_at_the_districts_midnight(office: Office) -> None:
    town = office.desk.town
    office.recorded(MEMBER, "ORG-D01")
    office.on(date(2026, 11, 1))
    town.clock.moment -= timedelta(hours=10, minutes=1)  # 23:59 on the last of October, where the district is
    office.desk.forget()
    office.desk.recorded("organisation_commissioner", town.missed(COLLEAGUE, "ORG-D01", effective_on="2026-10-20"))
    town.clock.moment += timedelta(minutes=2)
    office.desk.recorded("organisation_commissioner", town.missed(MEMBER, "ORG-D01", effective_on="2026-10-20"))
    office.on(date(2026, 12, 1))
    for month, count in (("2026-10", 2), ("2026-11", 1)):
        assert office.run("digest_month", month).outcome is Outcome.DONE
        made = snapshots(office, DigestKind.MONTH, month)
        assert made["district"].content["numbers"]["entries_routine"] == count


def test_a_month_that_is_not_over_has_no_digest(office: Office) -> None:
    office.on(date(2026, 10, 31))
    assert office.run("digest_month", "2026-10").outcome is Outcome.NOT_DUE
    office.on(date(2026, 11, 1))
    assert office.run("digest_month", "2026-10").outcome is Outcome.DONE


def test_offices_and_late_branches_are_told_once(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    office.on(date(2026, 11, 1))
    assert office.run("digest_month", "2026-10").counts == {"made": 2, "told": 3}
    assert office.run("digest_month", "2026-10", force=True).counts == {"made": 0, "told": 0}
    (text,) = [text for kind, text in office.messages("committee_officer") if kind == "digest_made"]
    assert text == "城东街道党工委2026年10月月调度已生成：待办 0 项，逾期 1 项。请查阅并督促办理。"
    assert office.kinds("district_officer").count("digest_made") == 1
    (text,) = [text for kind, text in office.messages("secretary") if kind == "branch_late"]
    assert "第一支部逾期 1 项" in text


def test_what_was_frozen_holds_still(office: Office) -> None:
    town = office.desk.town
    office.on(date(2026, 11, 1))
    office.run("digest_month", "2026-10")
    before = snapshots(office, DigestKind.MONTH, "2026-10")
    papers = {kind: rendering.html(one, "zh") for kind, one in before.items()}
    office.desk.recorded("organisation_commissioner", town.missed(MEMBER, "ORG-D01", effective_on="2026-10-20"))
    office.on(date(2026, 11, 20))
    office.run("digest_month", "2026-10", force=True)
    after = snapshots(office, DigestKind.MONTH, "2026-10")
    assert after == before
    assert {kind: rendering.html(one, "zh") for kind, one in after.items()} == papers
    own = digest_snapshot.delete().where(digest_snapshot.c.district_id == town.district.id)
    with pytest.raises(DBAPIError, match="only added"):
        town.owner_database.run(lambda connection: connection.execute(own), None)


def test_a_paper_is_made_of_the_snapshot_alone_in_both_languages(office: Office) -> None:
    office.recorded(MEMBER, "ORG-D01")
    office.on(date(2026, 11, 1))
    office.run("digest_month", "2026-10")
    one = snapshots(office, DigestKind.MONTH, "2026-10")["committee"]
    with count_statements(office.desk.town.database) as statements:
        zh, en = rendering.html(one, "zh"), rendering.html(one, "en")
    assert statements == []
    assert "城东街道党工委 2026年10月 月调度" in zh
    assert "Routine entries to be confirmed" in en
    for name in (MEMBER, COLLEAGUE, NEIGHBOUR):
        assert name not in zh


def test_a_check_waits_for_the_seal(office: Office) -> None:
    assert office.run("digest_quarter").outcome is Outcome.NOT_DUE


def ids(office: Office, quarter: str) -> dict[UUID, list[UUID]]:
    """By branch, what the sample is drawn from, asked in the simplest way."""
    town = office.desk.town
    rows = town.run(lambda c, _: c.execute(select(entry).where(entry.c.district_id == town.district.id)).all())
    found: dict[UUID, list[UUID]] = {}
    for row in rows:
        if row.booked_in == quarter and row.kind != "opening" and row.reverses is None:
            found.setdefault(row.branch_id, []).append(row.id)
    return found


def seed_by_hand(office: Office, quarter: str) -> bytes:
    """The recipe of the decision record, from exported rows, with nothing but a hash function."""
    town = office.desk.town
    chosen = select(quarter_standing).where(
        quarter_standing.c.district_id == town.district.id, quarter_standing.c.quarter == quarter
    )
    rows = sorted(town.run(lambda c, _: c.execute(chosen).all()), key=lambda row: row.member_id.bytes)
    parts = [row.member_id.bytes + row.seq.to_bytes(4, "big") + bytes(row.running_hash) for row in rows]
    ledger = hashlib.sha256(b"".join(parts)).hexdigest()
    known = {"district": str(town.district.id), "quarter": quarter, "ledger": ledger}
    return hashlib.sha256(canonical(known)).digest()


def drawn(snapshot: Snapshot) -> dict[UUID, list[UUID]]:
    branches = snapshot.content["sample"]["branches"]
    return {UUID(one["branch_id"]): [UUID(row["entry_id"]) for row in one["entries"]] for one in branches}


def record_many(office: Office, names: Sequence[str], items: Sequence[str]) -> None:
    for name in names:
        for item in items:
            office.recorded(name, item, login="district_officer")


def test_anybody_draws_the_same_sample_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "RULE", SampleRule(percent=40, least=1, most=2))
    record_many(office, (MEMBER, COLLEAGUE, NEIGHBOUR), ("ORG-D01", "ORG-D02", "ORG-D03"))
    seal(office)
    assert office.run("digest_quarter").counts["made"] == 2
    made = snapshots(office, DigestKind.QUARTER, Q3)
    seed = seed_by_hand(office, Q3)
    assert made["committee"].content["sample"]["seed"] == seed.hex()
    again = draw(seed, ids(office, Q3), SampleRule(percent=40, least=1, most=2))
    assert drawn(made["committee"]) == again
    assert {branch: len(rows) for branch, rows in again.items()} == {
        office.desk.town.branch: 2,
        office.desk.town.neighbour: 2,
    }
    assert drawn(made["district"]) == {}  # each record stands in one paper, its committee's
    assert made["district"].content["sample"]["drawn"] == 4


def test_a_sample_is_proved_and_what_was_changed_is_found(office: Office) -> None:
    record_many(office, (MEMBER, NEIGHBOUR), ("ORG-D01", "ORG-D02"))
    seal(office)
    office.run("digest_quarter")
    one = snapshots(office, DigestKind.QUARTER, Q3)["committee"]
    path = f"digests/{one.id}/proof"
    assert office.call("GET", "committee_officer", path).json() == {"content": True, "ledger": True, "sample": True}
    # A correction of later days changes nothing of what was drawn.
    office.on(date(2026, 11, 5))
    office.recorded(MEMBER, "ORG-D03", login="district_officer", effective_on="2026-09-20")
    assert office.call("GET", "committee_officer", path).json() == {"content": True, "ledger": True, "sample": True}
    sample = one.content["sample"]
    (first, *_) = sample["branches"]
    moved = sample | {"branches": [first | {"entries": first["entries"][:-1]}, *sample["branches"][1:]]}
    forged = sample | {"seed": "00" * 32}
    run = office.desk.town.run
    assert not run(lambda connection, actor: sampling.is_drawn_again(connection, actor, moved))
    assert not run(lambda connection, actor: sampling.is_ledger_as_sampled(connection, actor, forged))


def test_the_committee_is_asked_to_inspect_its_sample(office: Office) -> None:
    record_many(office, (MEMBER,), ("ORG-D01",))
    seal(office)
    office.run("digest_quarter")
    (text,) = [text for kind, text in office.messages("committee_officer") if kind == "sample_asked"]
    assert "随机抽取 1 条记录" in text
    assert "2026年11月6日" in text  # ten working days after the 24th of October, a Saturday
    assert "sample_asked" not in office.kinds("district_officer")


def test_a_half_year_is_compared_and_a_quarter_that_ends_none_has_no_analysis(office: Office) -> None:
    assert office.run("digest_half", "2026Q1").counts == {"made": 0}
    assert office.run("digest_half", "2026Q2").counts["made"] == 2
    made = snapshots(office, DigestKind.HALF, "2026H1")["district"]
    assert made.content["quarters"] == ["2026Q1", "2026Q2"]
    assert made.content["compared"] == []
    assert "此前没有已封账的同类时段可比。" in made.content["sentences"]["zh"]
    assert [one["period"] for one in made.content["trend"]] == ["2026Q1", "2026Q2"]


def test_a_quarter_is_compared_with_the_one_before(office: Office) -> None:
    record_many(office, (MEMBER, COLLEAGUE), ("ORG-D01",))
    seal(office)
    office.run("digest_quarter")
    made = snapshots(office, DigestKind.QUARTER, Q3)["committee"]
    (before,) = made.content["compared"]
    assert before["period"] == "2026Q2"
    assert made.content["numbers"]["daily"] < before["numbers"]["daily"]
    assert any(
        one.startswith("与2026Q2相比，日常积分平均由") and "降至" in one for one in made.content["sentences"]["zh"]
    )


def test_the_cost_does_not_grow_with_the_members(office: Office) -> None:
    town = office.desk.town

    def statements(month: str) -> int:
        with count_statements(town.database) as sent:
            town.run(lambda connection, actor: making.month(connection, actor, month))
        return len(sent)

    office.on(date(2026, 12, 1))
    statements("2026-09")  # makes the inboxes of the offices
    few = statements("2026-10")
    for number in range(30):
        town.add_member(f"党员{number}", standing=False)
    assert statements("2026-11") == few


def test_a_year_is_told_quarter_by_quarter_and_its_second_half_beside_the_first(office: Office) -> None:
    record_many(office, (MEMBER, COLLEAGUE), ("ORG-D01",))
    seal(office)
    assert office.run("digest_half").counts == {"made": 0}
    assert office.run("digest_year").counts == {"made": 0}
    for day in (date(2027, 1, 16), date(2027, 1, 26)):
        office.live(day, "2026Q4")
    office.run("lines", "2026Q4")
    for job in ("digest_half", "digest_year"):
        assert office.run(job, "2026Q4").counts["made"] == 2
    half = snapshots(office, DigestKind.HALF, "2026H2")["committee"]
    assert [one["period"] for one in half.content["compared"]] == ["2026Q1–2026Q2"]
    assert half.content["numbers"]["entries_routine"] == 2
    year = snapshots(office, DigestKind.YEAR, "2026")["committee"]
    assert [one["period"] for one in year.content["trend"]] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert year.content["numbers"]["entries_routine"] == 2
    assert any(one.startswith("line:") for one in year.content["numbers"])
    paper = office.call("GET", "committee_officer", f"digests/{year.id}/paper")
    assert re.search(r"分数线“[^a-z”]+”：达到", paper.text), "a line is called as in the rule book, and not by its code"
    assert paper.headers["content-type"] == "text/html; charset=utf-8"
    assert "城东街道党工委 2026年 年底总评" in paper.text


def test_digests_are_paged_the_latest_first(office: Office) -> None:
    for month in ("2026-08", "2026-09"):
        office.run("digest_month", month)
    first = office.call("GET", "district_officer", "digests", kind="month", limit=3).json()
    second = office.call("GET", "district_officer", "digests", kind="month", limit=3, cursor=first["next"]).json()
    assert len({one["id"] for one in (*first["digests"], *second["digests"])}) == 4
    assert second["next"] is None
    assert {one["period"] for one in office.call("GET", "auditor", "digests", period="2026-08").json()["digests"]} == {
        "2026-08"
    }
