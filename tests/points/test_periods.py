"""Districts whose years run from July, or whose score starts anew each quarter: from the roster to the standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.auth.core_districts import District
from app.boards import reckoning
from app.boards.core import Asked, Scope
from app.boards.ranking import resolve
from app.cases import service as cases
from app.cycles import service as cycles
from app.cycles.core import FrameHeld
from app.enrolment import service as enrolment
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.points import adopting, settling, verifying
from app.points import service as points
from app.points.ledger import Posting
from app.reviews import service as reviews
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules import service as rules
from app.rules.adoption import FrameDiffers
from app.rules.award import Outcome
from app.rules.book import load_book
from app.seals import checking
from tests.applications import Applications
from tests.auth.people import CHEAP, PASSWORD, found_district
from tests.enrolment.conftest import member, small_roster, workbook_of
from tests.rules.period_books import BY_QUARTER, FROM_JULY, JULY_ITEMS, QUARTER_ITEMS
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

Json = dict[str, Any]


@dataclass
class Place:
    """A district on its way through the calendar, with two members, 单䶮 (M1) and 王芳 (M2), in one branch."""

    database: Database
    clock: FixedClock
    district: District
    client: TestClient
    folder: Path

    def on(self, year: int, month: int, day: int) -> None:
        self.clock.moment = datetime(year, month, day, 2, tzinfo=UTC)

    def actor(self) -> Actor:
        return Actor.service(self.district.id, self.clock.now(), self.district.time_zone)

    def run(self, work: Any, *arguments: Any) -> Any:
        return self.database.run(lambda connection: work(connection, self.actor(), *arguments), self.district.id)

    def adopt(
        self, book: str, items: str, from_on: date, *, code: str = "small", path: str = "", edition: str = "2026"
    ) -> None:
        """Publish under a code and adopt, as the command does, at the district's root or under it."""
        book = edited(book, ("book: small", f"book: {code}"))
        items = edited(items, ('edition: "2026"', f'edition: "{edition}"'))
        written = put_book(self.folder / new_id().hex, book=book, items=items, edition=edition)
        loaded = load_book(written.rename(written.with_name(code)))

        def work(connection: Connection, actor: Actor) -> None:
            rules.publish(connection, self.district.id, loaded, at=actor.at, by=None)
            root = roster.root_of(self.district.id)
            adopting.adopt(connection, actor, book=code, path=f"{root}{path}", from_on=from_on)

        self.run(work)

    def import_roster(self, *more: dict[str, Any]) -> None:
        rows = small_roster()
        rows["member"] = [member("M1", name="单䶮"), member("M2", name="王芳"), *more]
        records = enrolment.read_roster(workbook_of(rows))
        cipher = AesFieldCipher.from_secret("a secret that only the tests know")
        self.run(enrolment.import_roster, cipher, records)

        def officer(connection: Connection, actor: Actor) -> None:
            account_id = auth.open_account(connection, actor, "officer", "某同志", PASSWORD, passwords=CHEAP)
            root = roster.root_of(self.district.id)
            auth.appoint(connection, actor, account_id, Role.DISTRICT_OFFICER, root, date(2026, 1, 1))

        self.run(officer)

    def member(self, number: str) -> Any:
        root = roster.root_of(self.district.id)
        found = self.run(lambda c, a: roster.members_under(c, self.district.id, root, a.today))
        return next(one.id for one in found if one.number == number)

    def post(self, number: str, item: str, day: date, **facts: Any) -> None:
        posting = Posting(id=new_id(), member_id=self.member(number), item=item, effective_on=day, **facts)
        self.run(points.post, [posting])

    def close(self, quarter: str) -> Json:
        """What the calendar does on the eleventh day after a quarter."""
        self.run(cycles.advance)
        counts: Json = self.run(settling.settle, quarter)
        return counts

    def confirm(self) -> None:
        """The check of every branch and quarter: what nobody has confirmed sets nothing off."""

        def all_of(connection: Connection, actor: Actor) -> None:
            for quarter in cycles.quarters(connection, actor):
                for one in roster.organisations(connection, actor.district_id):
                    if one.kind is OrganisationKind.BRANCH:
                        checking.confirm(connection, actor, quarter.code, one.id)

        self.run(all_of)

    def lines(self, quarter: str) -> list[tuple[str, str]]:
        """Who is found by which line at the quarter's end."""
        self.confirm()
        self.run(cases.apply, quarter)
        return [(one.line, one.name) for one in self.run(cases.found, quarter).findings]

    def standing(self, number: str, **query: str) -> Json:
        login = {"login": f"{self.district.code}/officer", "password": PASSWORD}
        token = self.client.post("/api/v1/sessions", json=login).json()["access_token"]
        answer = self.client.get(
            f"/api/v1/members/{self.member(number)}/standing",
            params=query,
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def assert_sound(self) -> None:
        work = self.database.run(lambda c: verifying.verify(c, self.actor()), self.district.id, snapshot=True)
        assert work.is_sound, work.findings


@pytest.fixture
def place(
    applications: Applications,
    database: Database,
    owner_database: Database,
    clock: FixedClock,
    settings: Settings,
    tmp_path: Path,
) -> Place:
    client = TestClient(applications.lend(settings, database, clock), raise_server_exceptions=False)
    return Place(database, clock, found_district(owner_database), client, tmp_path)


def test_a_year_from_july_to_june_is_lived_through(place: Place) -> None:
    place.on(2026, 7, 6)
    place.adopt(FROM_JULY, JULY_ITEMS, date(2026, 7, 1))
    place.import_roster()
    first = place.standing("M1")
    assert (first["cycle"], first["total"], first["year"]) == ("2026-2027", 100, None)

    place.post("M1", "SRV-D01", date(2026, 7, 3), units=4)
    place.on(2026, 10, 11)
    place.run(settling.enter_members, "2026Q4")
    place.close("2026Q3")
    assert place.standing("M1")["daily"] == 100, "the half-year ends in December"

    place.on(2027, 1, 11)
    place.run(settling.enter_members, "2027Q1")
    place.close("2026Q4")
    assert place.standing("M1")["daily"] == 88, "4 of 10 hours: 12 of 20 points are lost"
    assert place.standing("M2")["daily"] == 80
    assert place.lines("2026Q4") == [("pace", "王芳")], "who is commended is named at the year's end"

    place.on(2027, 5, 10)
    place.run(settling.enter_members, "2027Q2")
    place.post("M1", "SRV-D01", date(2027, 5, 9), units=16)
    place.on(2027, 7, 11)
    place.run(settling.enter_members, "2027Q3")
    assert place.close("2027Q2") == {"kept": 1, "missed": 1, "waived": 0, "reversed": 2}
    assert place.standing("M1", cycle="2026-2027")["daily"] == 100, "20 hours by June: the half-year's loss is undone"
    assert place.standing("M2", cycle="2026-2027")["daily"] == 60
    assert ("commend", "单䶮") in place.lines("2027Q2")
    after = place.standing("M1")
    assert (after["cycle"], after["total"]) == ("2027-2028", 100)
    place.assert_sound()


def test_a_score_by_the_quarter_starts_anew_and_the_year_is_the_mean(place: Place) -> None:
    place.on(2026, 4, 6)
    place.adopt(BY_QUARTER, QUARTER_ITEMS, date(2026, 4, 1))
    place.import_roster()
    first = place.standing("M1")
    assert (first["cycle"], first["total"]) == ("2026Q2", 100)
    assert first["year"] == {"form": "mean", "cycles": [], "result": None}

    place.post("M1", "ORG-D01", date(2026, 4, 3), outcome=Outcome.MISSED)
    place.post("M1", "SRV-D01", date(2026, 4, 5), units=6)
    place.on(2026, 6, 15)
    assert place.run(cycles.advance)["opened"] == 1, "the next quarter is the next cycle"
    place.on(2026, 7, 11)
    place.run(settling.enter_members, "2026Q3")
    assert place.close("2026Q2") == {"kept": 1, "missed": 1, "waived": 0, "reversed": 0}
    assert place.lines("2026Q2") == [("pace", "王芳")], "80 is no 90"
    assert place.standing("M2", cycle="2026Q2")["total"] == 60
    now = place.standing("M1")
    assert (now["cycle"], now["total"]) == ("2026Q3", 100)
    assert now["year"] == {"form": "mean", "cycles": [{"cycle": "2026Q2", "total": 80}], "result": 80}

    place.post("M1", "SRV-D01", date(2026, 7, 10), units=5)
    place.on(2026, 9, 2)
    place.run(cycles.advance)
    place.on(2026, 10, 11)
    place.run(settling.enter_members, "2026Q4")
    place.close("2026Q3")
    assert ("commend", "单䶮") in place.lines("2026Q3"), "each quarter is the last of its cycle"
    found = place.standing("M1")
    assert (found["cycle"], found["total"]) == ("2026Q4", 100)
    assert found["year"] == {
        "form": "mean",
        "cycles": [{"cycle": "2026Q2", "total": 80}, {"cycle": "2026Q3", "total": 93}],
        "result": 86,  # 86.5, rounded down once
    }
    facts = place.run(reckoning.gather_facts)
    asked = Asked(Scope.DISTRICT, place.run(lambda _, actor: actor.district_id))
    assert place.run(lambda _, actor: resolve(facts, actor, asked)[0].period.cycle) == "2026Q4"
    rows = {one.name: one for one in place.run(reviews.quarter_sheet, "2026Q3", "zh").rows}
    assert (rows["单䶮"].lost, rows["王芳"].lost) == (7, 40), "what a quarter lost is its own, not less the one before"
    place.assert_sound()


def test_a_veto_makes_its_cycle_nothing_in_the_year_too(place: Place) -> None:
    place.on(2026, 4, 6)
    place.adopt(BY_QUARTER, QUARTER_ITEMS, date(2026, 4, 1))
    place.import_roster()
    place.post("M1", "ORG-V01", date(2026, 4, 5))
    place.on(2026, 6, 15)
    place.run(cycles.advance)
    place.on(2026, 7, 11)
    place.run(settling.enter_members, "2026Q3")
    vetoed = place.standing("M1", cycle="2026Q2")
    assert (vetoed["total"], vetoed["effective"]) == (100, 0)
    year = place.standing("M1")["year"]
    assert (year["cycles"], year["result"]) == ([{"cycle": "2026Q2", "total": 0}], 0)
    assert place.standing("M2")["year"]["result"] == 100


def test_a_book_that_is_partly_earned_shows_in_its_sheet_what_duties_cost_and_what_was_earned(place: Place) -> None:
    place.on(2026, 4, 6)
    tanghe = load_book(Path(__file__).resolve().parents[2] / "scoring_rules" / "tanghe")

    def adopt(connection: Connection, actor: Actor) -> None:
        rules.publish(connection, place.district.id, tanghe, at=actor.at, by=None)
        root = roster.root_of(place.district.id)
        adopting.adopt(connection, actor, book="tanghe", path=root, from_on=date(2026, 4, 1))

    place.run(adopt)
    place.import_roster(member("M3", name="周游", profile="floating"))
    place.post("M1", "BAS-D01", date(2026, 4, 3), outcome=Outcome.MISSED)
    place.post("M1", "TSK-R01", date(2026, 4, 4), units=6)  # 24 points, 20 a month
    place.post("M1", "TSK-R02", date(2026, 4, 5), chosen=Decimal("2.5"), matter="四月")
    place.post("M1", "TSK-R06", date(2026, 4, 5))
    rows = {one.name: one for one in place.run(reviews.quarter_sheet, "2026Q2", "zh").rows}
    row = rows["单䶮"]
    assert (row.lost, row.lost_on) == (2, "参加组织生活 -2")
    assert (row.daily, row.total) == (Decimal("41.0"), Decimal("41.0")), "20 to begin with, -2, +23"
    assert row.duties.endswith("；本季得23分（完成当月任务 +24；任务质量评定 +2.5；学习体会 +0.5）")
    assert rows["王芳"].lost == 0
    assert rows["周游"].duties.startswith("应尽"), "whoever is not ranked may still owe duties"
    english = {one.name: one for one in place.run(reviews.quarter_sheet, "2026Q2", "en").rows}
    assert english["王芳"].duties.endswith("; 0 earned this quarter")
    place.assert_sound()


def test_books_in_force_together_have_one_frame(place: Place) -> None:
    place.on(2026, 7, 6)
    place.adopt(BOOK, ITEMS, date(2026, 1, 1))
    with pytest.raises(FrameDiffers) as caught:
        place.adopt(FROM_JULY, JULY_ITEMS, date(2026, 7, 1), code="other", path=".committee")
    assert "book.yaml" in caught.value.text("zh")
    place.adopt(BOOK, ITEMS, date(2026, 7, 1), code="third", path=".committee")
    with pytest.raises(FrameDiffers):
        place.adopt(FROM_JULY, JULY_ITEMS, date(2026, 7, 1), edition="2026b")  # the same book under other cycles


def test_a_district_under_way_is_told_when_another_frame_may_begin(place: Place) -> None:
    place.on(2026, 4, 6)
    place.run(cycles.open_cycle, date(2026, 4, 6))
    with pytest.raises(FrameHeld) as caught:
        place.adopt(FROM_JULY, JULY_ITEMS, date(2026, 7, 1))
    assert "2026-12-31" in caught.value.text("zh")


def test_without_a_book_no_cycle_is_opened_that_the_first_book_could_not_follow(place: Place) -> None:
    place.on(2026, 7, 6)
    assert place.run(settling.enter_members, "2026Q3") == {"entered": 0}
    assert place.run(cycles.quarters) == ()
