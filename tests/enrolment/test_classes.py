"""A roster goes by the classes of the rule book that each branch goes by, and before any by the service's own words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import TypeAlias
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import Connection, select

from app.auth.core import Actor
from app.enrolment import service
from app.enrolment.classes import SERVICE_CLASSES, Classes
from app.enrolment.faults import RosterRefused
from app.enrolment.layout import MEMBERS
from app.enrolment.template import write_template
from app.kit.db import Database
from app.kit.sheets import column_letters
from app.points import adopting, settling
from app.points.tables import standing
from app.roster import service as roster
from app.roster.tables import member as member_rows
from app.rules import service as rules
from app.rules.book import Book
from app.rules.core import Edition
from app.rules.name import Name
from tests.conftest import ROOT, TIME_ZONE
from tests.enrolment.conftest import Import, Rows, member, small_roster

GoBy: TypeAlias = Callable[..., Edition]
BACKBONE = "骨干党员（支委、党小组长）"


@cache
def book_of(name: str) -> Book:
    return rules.read_folder(ROOT / "scoring_rules" / name)[0][0]


@pytest.fixture
def go_by(database: Database, district: UUID, actor: Actor) -> GoBy:
    """Lets the district, or one of its organisations, go by a book that ships; gives the edition of the test's day."""

    def run(name: str, at: str | None = None, *, since: date | None = None) -> Edition:
        book = book_of(name)

        def work(connection: Connection) -> None:
            rules.publish(connection, district, book, at=actor.at, by=None)
            paths = {one.code: one.path for one in roster.organisations(connection, district)}
            path = roster.root_of(district) if at is None else paths[at]
            first = since or book.editions[0].edition.starts_on
            adopting.adopt(connection, actor, book=book.code, path=path, from_on=first)

        database.run(work, district)
        found = book.on(actor.today)
        assert found is not None
        return found

    return run


def classed(*profiles: str) -> Rows:
    """The small roster with a member of each class, in the branch with groups and in the one without."""
    rows = small_roster()
    rows["member"] = [
        member(f"M{place}{branch}", branch=branch, profile=profile)
        for place, profile in enumerate(profiles)
        for branch in ("B1", "B2")
    ]
    rows["appointment"] = []
    return rows


def profiles_on(database: Database, district: UUID, day: date) -> dict[str, str]:
    def work(connection: Connection) -> dict[str, str]:
        rows = connection.execute(
            select(member_rows.c.id, member_rows.c.number).where(member_rows.c.district_id == district)
        ).all()
        numbers = {row.id: row.number for row in rows}
        found = roster.members_on(connection, district, list(numbers), day)
        return {numbers[one]: there.profile for one, there in found.items()}

    return database.run(work, district)


def judged_by(database: Database, district: UUID, quarter: str = "2026Q4") -> dict[str, str]:
    """The profile of the regime that judges each member's quarter."""

    def work(connection: Connection) -> dict[str, str]:
        rows = connection.execute(
            select(member_rows.c.number, standing.c.regimes)
            .select_from(member_rows)
            .join(
                standing,
                (standing.c.district_id == member_rows.c.district_id) & (standing.c.member_id == member_rows.c.id),
            )
            .where(member_rows.c.district_id == district, standing.c.district_id == district)
        )
        return {row.number: row.regimes[quarter][1] for row in rows if quarter in row.regimes}

    return database.run(work, district)


def fault_of(hand_in: Import, rows: Rows) -> str:
    with pytest.raises(RosterRefused) as refused:
        hand_in(rows)
    (fault,) = refused.value.faults
    assert (fault.error.code, fault.error.field) == ("not_a_choice", "党员!I2")
    return fault.error.text("zh")


@pytest.mark.parametrize(
    ("book", "word", "profile"),
    [
        ("tanghe", "一般党员", "standard"),
        ("tanghe", BACKBONE, "backbone"),
        ("tanghe", "骨干党员(支委、党小组长)", "backbone"),
        ("tanghe", "backbone", "backbone"),
        ("tanghe", "Backbone Member", "backbone"),
        ("tanghe", "普通党员", "standard"),
        ("tanghe", "流动党员", "floating"),
        ("sanjin", "支部委员", "committee"),
        ("sanjin", "预备党员", "probationary"),
    ],
)
def test_a_book_without_that_overlay_judges_branches_without_groups_by_its_plain_classes(
    database: Database, district: UUID, hand_in: Import, go_by: GoBy, book: str, word: str, profile: str
) -> None:
    go_by(book)
    hand_in(classed(word))
    told = "no-groups" if profile == "standard" else f"{profile}+no-groups"
    assert profiles_on(database, district, date(2026, 11, 21)) == {"M0B1": profile, "M0B2": told}
    assert judged_by(database, district) == {"M0B1": profile, "M0B2": profile}
    assert hand_in(classed(word)).does_nothing


def test_a_book_with_that_overlay_judges_by_it(
    database: Database, district: UUID, hand_in: Import, go_by: GoBy
) -> None:
    go_by("longwen")
    hand_in(classed("一般党员", "预备党员"))
    assert judged_by(database, district) == {
        "M0B1": "standard",
        "M0B2": "no-groups",
        "M1B1": "probationary",
        "M1B2": "probationary+no-groups",
    }


def test_an_unknown_class_is_told_with_those_of_the_book(hand_in: Import, go_by: GoBy) -> None:
    go_by("sanjin")
    assert fault_of(hand_in, {**classed("一般党员"), "member": [member("M1", profile=BACKBONE)]}).endswith(
        "只能是：一般党员、支部委员、预备党员或流动党员。"
    )


@pytest.mark.parametrize("word", ["exempt", "免考评党员", "no-groups", "不设党小组的支部", "backbone+no-groups"])
def test_neither_exemption_nor_a_property_of_the_branch_is_a_class_to_choose(
    hand_in: Import, go_by: GoBy, word: str
) -> None:
    go_by("longwen")
    assert "一般党员、预备党员或流动党员" in fault_of(hand_in, {**classed(), "member": [member("M1", profile=word)]})


def test_before_any_book_the_services_own_words_stand(hand_in: Import) -> None:
    told = fault_of(hand_in, {**classed(), "member": [member("M1", profile="一般党员")]})
    assert told.endswith("只能是：普通党员、预备党员或流动党员。")
    assert not hand_in(classed("普通党员", "预备党员", "流动党员")).does_nothing


def test_a_class_of_no_book_is_told_beside_an_unknown_branch(hand_in: Import, go_by: GoBy) -> None:
    go_by("tanghe")
    rows = {**classed(), "member": [member("M1", branch="B9", profile="外星人"), member("M2", branch="B9")]}
    with pytest.raises(RosterRefused) as refused:
        hand_in(rows)
    assert [one.error.field for one in refused.value.faults] == ["党员!F2", "党员!I2", "党员!F3"]


def test_a_change_of_class_is_dated_and_counts_from_the_next_quarter(
    database: Database, district: UUID, hand_in: Import, go_by: GoBy
) -> None:
    go_by("sanjin")
    july, september, october = (
        Actor.service(district, datetime(2026, month, 10, 2, tzinfo=UTC), TIME_ZONE) for month in (7, 9, 10)
    )
    hand_in(classed("一般党员"), by=july)
    report = hand_in(classed("支部委员"), by=september)
    lines = [(one.action.value, one.zh) for one in report.changes if one.key == "M0B2"]
    assert lines == [
        ("closed", "第二支部（一般党员，支部不设党小组）至 2026-09-09"),
        ("new", "第二支部（支部委员，支部不设党小组）自 2026-09-10"),
    ]
    assert profiles_on(database, district, date(2026, 9, 9)) == {"M0B1": "standard", "M0B2": "no-groups"}
    assert profiles_on(database, district, date(2026, 9, 10)) == {"M0B1": "committee", "M0B2": "committee+no-groups"}
    database.run(lambda connection: settling.enter_members(connection, october, "2026Q4"), district)
    assert judged_by(database, district, "2026Q3") == {"M0B1": "standard", "M0B2": "standard"}
    assert judged_by(database, district, "2026Q4") == {"M0B1": "committee", "M0B2": "committee"}


def test_a_class_that_the_edition_does_not_have_is_still_refused(
    database: Database, district: UUID, go_by: GoBy
) -> None:
    digest = go_by("tanghe").digest
    found = database.run(lambda one: rules.regime(one, district, digest, "backbone+no-groups"), district)
    assert found.profile == "backbone"
    for unknown in ("committee", "committee+no-groups", "standard+nights"):
        with pytest.raises(rules.UnknownProfile):
            database.run(lambda one, asked=unknown: rules.regime(one, district, digest, asked), district)  # type: ignore[misc]


def offered(target: BytesIO) -> list[str]:
    """The choices of the member's class in a template, from the cell's own list or from where it refers to."""
    book = openpyxl.load_workbook(target)
    place = [column.key for column in MEMBERS.columns].index("profile") + 1
    letters = column_letters(place)
    (rule,) = [
        one for one in book[MEMBERS.name].data_validations.dataValidation if str(one.sqref).startswith(f"{letters}2:")
    ]
    source = str(rule.formula1)
    if source.startswith('"'):
        return source.strip('"').split(",")
    sheet, cells = source.split("!")
    return [row[0].value for row in book[sheet.strip("'")][cells.replace("$", "")]]


def template_of(database: Database, district: UUID, actor: Actor) -> list[str]:
    target = BytesIO()
    write_template(target, database.run(lambda one: service.classes_offered(one, actor), district))
    return offered(target)


def test_the_template_offers_the_classes_of_the_books_in_force(
    database: Database, district: UUID, actor: Actor, hand_in: Import, go_by: GoBy
) -> None:
    assert template_of(database, district, actor) == ["普通党员", "预备党员", "流动党员"]
    hand_in({**classed(), "member": []})
    go_by("hongdong", "C1", since=date(2027, 1, 1))
    assert template_of(database, district, actor) == ["普通党员", "预备党员", "流动党员"]
    go_by("sanjin")
    assert template_of(database, district, actor) == ["一般党员", "支部委员", "预备党员", "流动党员"]


def test_a_branch_of_another_book_has_its_classes(
    database: Database, district: UUID, actor: Actor, hand_in: Import, go_by: GoBy
) -> None:
    hand_in({**classed(), "member": []})
    go_by("longwen")
    go_by("sanjin", "B2")
    assert template_of(database, district, actor) == ["一般党员", "预备党员", "流动党员", "支部委员"]
    rows = {**classed(), "member": [member("M1", branch="B1", profile="支部委员")]}
    assert fault_of(hand_in, rows).endswith("只能是：一般党员、预备党员或流动党员。")
    rows["member"][0]["branch"] = "B2"
    hand_in(rows)
    assert judged_by(database, district) == {"M1": "committee"}


def test_choices_too_long_for_a_cell_stand_on_the_sheet_of_notes() -> None:
    for many in (
        [f"某一类党员第{number}种，说明甚长甚长甚长甚长" for number in range(20)],
        ["甲, 乙", "丙"],
    ):
        target = BytesIO()
        write_template(target, many)
        assert offered(target) == many


def test_a_name_that_two_classes_share_stands_for_neither() -> None:
    shared = Classes({"standard": Name("党员", "Member"), "shift": Name("党员", "Worker"), "own": Name("own", "Own")})
    assert shared.choices == ("standard", "shift", "own")
    assert [shared.find(word) for word in ("党员", "SHIFT", "worker", "普通党员", "预备党员")] == [
        None, "shift", "shift", "standard", None
    ]  # fmt: skip
    assert SERVICE_CLASSES.named("unknown+no-groups") == Name("unknown+no-groups", "unknown+no-groups")
