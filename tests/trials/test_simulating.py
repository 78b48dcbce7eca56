"""A town's third quarter replayed under drafts: in the database, over HTTP and on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner

from app.auth.core import Actor
from app.cli.rules import application
from app.cycles import service as cycles
from app.kit.calendar import Window
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.points import reading, settling
from app.rules import service as rules
from app.rules.book import load_book
from app.rules.core import Bound, Edition, Item
from app.trials.simulating import simulate
from app.trials.simulation import Changed, Simulation
from tests.conftest import Addresses
from tests.rules.small_book import edited, put_book
from tests.town import BOOK, Desk, Json, Town

LONGWEN = BOOK.editions[0].edition
FOLDER = BOOK.editions[0].folder
BOOK_TEXT = (FOLDER.parent / "book.yaml").read_text(encoding="utf-8")
ITEMS_TEXT = (FOLDER / "items.yaml").read_text(encoding="utf-8")
# A draft for the next year: to be recommended takes 980 instead of 900.
NEXT_TEXT = edited(
    ITEMS_TEXT,
    ('edition: "2026"', 'edition: "2027"'),
    ("from: 2026-01-01", "from: 2027-01-01"),
    ("basis: daily, relation: at_least, bound: 900, source", "basis: daily, relation: at_least, bound: 980, source"),
    ("bound: {value: 900, source: SEED4, note:", "bound: {value: 980, source: SEED4, note:"),
)  # fmt: skip
PATH = "/api/v1/rule-books/simulations"


def drafted(starts: date = date(2027, 1, 1), **items: Any) -> Edition:
    """The Longwen edition with other facts of some items, as a draft; ``ORG_D02=…`` changes its duty."""

    def changed(item: Item) -> Item:
        facts = items.get(item.code.replace("-", "_"), {})
        if "duty" in facts and item.duty is not None:
            facts = {**facts, "duty": replace(item.duty, **facts["duty"])}
        return replace(item, **(facts if item.duty is not None or "duty" not in facts else {}))

    regimes = {
        code: replace(
            regime, edition="draft", digest="d" * 64, items={name: changed(item) for name, item in regime.items.items()}
        )
        for code, regime in LONGWEN.regimes.items()
    }
    return replace(LONGWEN, code="draft", digest="d" * 64, starts_on=starts, regimes=regimes)


def replayed(
    town: Town, draft: Edition, quarter: str = "2026Q3", **options: Any
) -> tuple[Simulation, dict[str, Changed]]:
    found: list[Changed] = []

    def work(connection: Connection, actor: Actor) -> Simulation:
        return simulate(connection, actor, draft, quarter, found.append, **{"everyone": True, **options})

    totals: Simulation = town.run(work, snapshot=True)
    return totals, {one.name: one for one in found}


def points(one: Changed) -> dict[str, int]:
    return {article.where: article.points for article in one.articles}


@pytest.fixture
def year(desk: Desk) -> Desk:
    """林晓明 missed three theme days of the third quarter, and one of the fourth, which is not replayed."""
    days = ("2026-07-05", "2026-08-05", "2026-09-05", "2026-10-05")
    desk.recorded("committee_officer", *(desk.town.missed("林晓明", effective_on=day) for day in days))
    desk.recorded("committee_officer", desk.town.fact("陈建国", outcome="kept", effective_on="2026-07-05"))
    return desk


@pytest.mark.parametrize("starts", [date(2026, 7, 1), date(2027, 1, 1)])
def test_a_draft_equal_to_the_book_in_force_changes_nobody(year: Desk, starts: date) -> None:
    totals, found = replayed(year.town, drafted(starts))
    assert found == {}
    assert (totals.members, totals.elsewhere, totals.changed_total, totals.crossing) == (3, 0, 0, 0)
    assert not totals.omissions
    assert totals.laid == (("2026Q3",) if starts.month == 7 else ("2026Q1", "2026Q2", "2026Q3"))


def test_who_changes_is_told_with_the_articles_that_make_the_difference(year: Desk) -> None:
    totals, found = replayed(year.town, drafted(ORG_D02={"duty": {"share": 120}, "bounds": ()}), everyone=False)
    one = found.pop("林晓明")
    assert found == {}
    # 3 x -120 are more than the 350 points of the dimension.
    assert (one.old.total, one.new.total) == (970, 650)
    assert (one.old.daily, one.new.daily) == (970, 650)
    assert points(one) == {"ORG-D02": -330, "routine/ORG": 10}
    assert [article.name.zh for article in one.articles] == ["参加主题党日", "组织生活·日常工作积分"]
    assert (one.old.band, one.new.band) == ("recommended", "qualified")
    assert (one.gained, one.lost) == ((), ("commend",))
    assert (one.number, one.branch) == ("N0000", "第一支部")
    assert (totals.changed_daily, totals.changed_total, totals.raised, totals.lowered) == (1, 1, 0, 1)
    assert totals.bands == {("recommended", "qualified"): 1}
    assert (totals.gained, totals.lost) == ({}, {"commend": 1})
    assert "warn-pace" in totals.pace


def test_the_side_of_the_books_is_the_corrected_score(year: Desk) -> None:
    _, found = replayed(year.town, drafted(ORG_D02={"duty": {"share": 11}, "bounds": ()}))
    quarter = year.town.run(lambda connection, actor: cycles.quarter(connection, actor, "2026Q3"))
    scores = year.town.run(lambda c, a: {one.balance.member_id: one.score for one in reading.corrected(c, a, quarter)})
    score = scores[year.town.members["林晓明"]]
    assert (found["林晓明"].old.daily, found["林晓明"].old.total) == (score.daily, score.total) == (970, 970)


def test_a_draft_for_mid_cycle_rules_the_quarter_asked_for_only(year: Desk) -> None:
    draft = drafted(date(2026, 7, 1), ORG_D02={"duty": {"share": 20}, "bounds": ()})
    year.recorded("committee_officer", year.town.missed("周美玲", effective_on="2026-06-05"))
    totals, found = replayed(year.town, draft)
    assert totals.laid == ("2026Q3",)
    assert {name: one.new.total - one.old.total for name, one in found.items()} == {"林晓明": -30}
    _, found = replayed(year.town, draft, whole_cycle=True)
    assert {name: one.new.total - one.old.total for name, one in found.items()} == {"林晓明": -30, "周美玲": -10}


def test_a_class_that_the_draft_does_not_have_is_told(year: Desk) -> None:
    year.town.on(date(2026, 7, 1))
    year.town.add_member("吴预备", profile="probationary", since=date(2026, 7, 1))
    year.town.on(date(2026, 11, 21))
    draft = drafted()
    kept = {code: one for code, one in draft.regimes.items() if not code.startswith("probationary")}
    totals, _ = replayed(year.town, replace(draft, regimes=kept))
    (one,) = totals.listed_omissions()
    assert (one.code, one.where, one.members, one.numbers) == ("no_profile", "probationary", 1, ["N0003"])
    assert "N0003" in one.text("zh")
    assert totals.members == 3


def test_what_the_draft_drops_is_told_and_counts_for_nothing(year: Desk) -> None:
    draft = drafted()
    without = {
        code: replace(regime, items={name: item for name, item in regime.items.items() if name != "ORG-D02"})
        for code, regime in draft.regimes.items()
    }
    totals, found = replayed(year.town, replace(draft, regimes=without))
    (one,) = totals.listed_omissions()
    assert (one.code, one.where, one.members, one.entries) == ("item_dropped", "ORG-D02", 2, 4)
    assert points(found["林晓明"]) == {"ORG-D02": 30}


def test_members_under_another_book_are_not_replayed(desk: Desk, tmp_path: Path) -> None:
    town = desk.town
    small = load_book(put_book(tmp_path))

    def adopt(connection: Connection, actor: Actor) -> None:
        rules.publish(connection, town.district.id, small, at=actor.at, by=None)
        rules.adopt(connection, town.district.id, book="small", path=town.neighbour_path, from_on=date(2026, 7, 1))

    town.run(adopt)
    town.on(date(2026, 7, 2))
    town.add_member("郑邻居", branch=town.neighbour, since=date(2026, 7, 2))
    town.on(date(2026, 11, 21))
    assert replayed(town, drafted())[0].elsewhere == 1
    totals, _ = replayed(town, small.editions[0].edition)
    assert (totals.members, totals.elsewhere) == (1, 3)


def test_a_new_ceiling_per_month_reads_the_live_entries(desk: Desk) -> None:
    """Two talks in July and one in September; one of August was taken back."""
    days = ("2026-07-05", "2026-07-20", "2026-08-03", "2026-09-05")
    facts = [desk.town.fact("林晓明", "ORG-A01", effective_on=day, reason="讲稿存支部") for day in days]
    desk.recorded("committee_officer", *facts)
    for fact in facts:
        assert desk.decide("district_officer", fact["id"]).status_code == 200
    undone = {"id": str(new_id()), "reason": "未举办"}
    answer = desk.client.post(
        f"/api/v1/entries/{facts[2]['id']}/reversal", json=undone, headers=desk.headers("district_officer")
    )
    assert answer.status_code in {200, 201}, answer.text
    bounds = (Bound(Window.MONTH, high=5), Bound(Window.QUARTER, high=15))
    _, found = replayed(desk.town, drafted(ORG_A01={"bounds": bounds}))
    assert found == {}, "10 of 15 points counted before, 10 of 15 count now"
    _, found = replayed(desk.town, drafted(ORG_A01={"bounds": (Bound(Window.MONTH, high=4), bounds[1])}))
    assert points(found["林晓明"]) == {"ORG-A01": -2}


def test_hours_are_settled_by_the_drafts_targets_at_the_half_year(town: Town, desk: Desk) -> None:
    town.on(date(2026, 6, 1))
    desk.forget()
    desk.recorded("committee_officer", town.fact("林晓明", "ORG-D08", units=8, effective_on="2026-05-05"))
    town.on(date(2026, 7, 12))
    town.run(lambda connection, actor: settling.settle(connection, actor, "2026Q2"))
    town.on(date(2026, 11, 21))
    duty = next(item.duty for item in LONGWEN.regimes["standard"].items.values() if item.code == "ORG-D08")
    assert duty is not None
    targets = tuple(replace(target, units=target.units // 4) for target in duty.targets)
    draft = drafted(ORG_D08={"duty": {"targets": targets}})
    for quarter in ("2026Q2", "2026Q3"):
        _, found = replayed(town, draft, quarter)
        # 8 of 16 hours cost 8 of 15; of 4 hours nothing is missing. Whoever did nothing loses the same 15.
        assert {name: points(one) for name, one in found.items()} == {"林晓明": {"ORG-D08": 8}}
    assert replayed(town, draft, "2026Q1")[1] == {}


@pytest.mark.parametrize(
    ("draft", "quarter", "code"),
    [
        (drafted, "2026Q4", "quarter_running"),
        (drafted, "2020Q1", "unknown_quarter"),
        (lambda: replace(drafted(), frame=replace(LONGWEN.frame, period=Window.HALF)), "2026Q3", "draft_elsewhere"),
        (lambda: of_regimes(decimals=1), "2026Q3", "draft_elsewhere"),
        (lambda: of_regimes(date(2026, 7, 1), bands=()), "2026Q3", "regimes_disagree"),
    ],
)
def test_a_draft_that_cannot_be_laid_over_the_quarter_is_refused(
    year: Desk, draft: Callable[[], Edition], quarter: str, code: str
) -> None:
    with pytest.raises(LongwenError) as refused:
        replayed(year.town, draft(), quarter)
    assert refused.value.code == code


def of_regimes(starts: date = date(2027, 1, 1), **facts: Any) -> Edition:
    draft = drafted(starts)
    return replace(draft, regimes={code: replace(one, **facts) for code, one in draft.regimes.items()})


def posted(desk: Desk, body: Json, language: str = "zh") -> Any:
    headers = {**desk.headers("district_officer"), "Accept-Language": language}
    return desk.client.post(PATH, json={"quarter": "2026Q3", **body}, headers=headers)


def test_the_district_office_sends_the_drafts_files(year: Desk) -> None:
    answer = posted(year, {"draft": {"book": BOOK_TEXT, "items": NEXT_TEXT}})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["book"], told["edition"], told["members"], told["crossing"]) == ("longwen", "2027", 3, 1)
    assert told["bands"] == [{"old": "recommended", "new": "good", "members": 1}]
    assert told["lines"] == [{"line": "commend", "gained": 0, "lost": 1}]
    assert told["pace_lines"] == ["talk-pace", "warn-pace"]
    (one,) = told["changed"]
    assert (one["name"], one["old"]["total"], one["new"]["total"]) == ("林晓明", 970, 970)
    assert [article["where"] for article in one["articles"]] == ["bands", "lines.commend"]
    assert posted(year, {"draft": {"book": BOOK_TEXT, "items": NEXT_TEXT}, "limit": 0}).json()["changed"] == []


def test_a_published_edition_is_replayed_by_its_digest(year: Desk) -> None:
    answer = posted(year, {"edition": LONGWEN.digest})
    assert (answer.status_code, answer.json()["crossing"]) == (200, 0)
    assert posted(year, {"edition": "0" * 64}).status_code == 404
    for body in ({}, {"edition": LONGWEN.digest, "draft": {"book": BOOK_TEXT, "items": NEXT_TEXT}}):
        answer = posted(year, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "draft_unclear")


def test_faults_of_a_draft_come_back_with_file_line_key_and_sentence(year: Desk) -> None:
    wrong = edited(NEXT_TEXT, ("points: {value: 5, assumption: true, note: M16", "points: {value: 5, note: M16"))
    answer = posted(year, {"draft": {"book": BOOK_TEXT, "items": wrong}}, "en")
    assert (answer.status_code, answer.json()["code"]) == (422, "rules_faulty")
    (fault,) = answer.json()["faults"]
    place = wrong[: wrong.index("points: {value: 5, note: M16")].count("\n") + 1
    assert (fault["file"], fault["line"]) == ("longwen/2027/items.yaml", place)
    assert (fault["field"], fault["code"]) == ("items.ORG-A01.points", "uncited")
    assert fault["detail"]


@pytest.mark.parametrize("text", ["", "edition: ../../../etc\nbook: ../../x", "a: [", "x" * 524_288])
def test_texts_that_are_no_rule_book_are_faults_and_nothing_else(year: Desk, text: str) -> None:
    answer = posted(year, {"draft": {"book": text, "items": text}})
    assert (answer.status_code, answer.json()["code"]) == (422, "rules_faulty")
    assert all(".." not in fault["file"] for fault in answer.json()["faults"])


@pytest.fixture
def command(
    year: Desk, addresses: Addresses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """``longwen rules simulate`` of a folder with both editions, in English."""
    monkeypatch.setenv("LONGWEN_DATABASE_URL", addresses.application_url)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setattr("app.cli.context.SystemClock", lambda: year.town.clock)
    at = tmp_path / "longwen"
    for edition, text in (("2026", ITEMS_TEXT), ("2027", NEXT_TEXT)):
        (at / edition).mkdir(parents=True)
        (at / edition / "items.yaml").write_text(text, encoding="utf-8")
    (at / "book.yaml").write_text(BOOK_TEXT, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, str]:
        given = ["simulate", str(at), "--district", year.town.district.code, "--quarter", "2026Q3", *arguments]
        result = CliRunner().invoke(application, given)
        return result.exit_code, result.stdout

    return run


def test_the_command_tells_the_totals_and_who_changes(command: Callable[..., tuple[int, str]]) -> None:
    code, told = command()
    assert code == 0, told
    lines = told.splitlines()
    assert lines[0] == "longwen 2027 laid over 2026Q1, 2026Q2, 2026Q3, 2026Q3 replayed: 3 members; 0 go by others"
    assert "band Recommended first → Good: 1" in lines
    assert "Commendation line: 0 meet it now, 1 no more" in lines
    assert lines[-1].split("\t")[:9] == [
        "N0000", "林晓明", "第一支部", "970", "970", "970", "970", "Recommended first", "Good",
    ]  # fmt: skip
    assert command("--edition", "2026")[1].splitlines()[1].endswith("band or line for 0")
    assert command("--edition", "2030")[0] == 2


def test_the_command_writes_json_and_a_sheet(command: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    sheet = tmp_path / "changes.csv"
    code, told = command("--json", "--to", str(sheet))
    assert code == 0
    assert json.loads(told)["crossing"] == 1
    raw = sheet.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0][:2] == ["number", "name"]
    assert rows[1][1:4] == ["林晓明", "第一支部", "970"]
    assert rows[1][10] == "Commendation line"
    assert sheet.stat().st_mode & 0o077 == 0
