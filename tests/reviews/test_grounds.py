"""Why a branch has its star, on paper: what its page says, for whoever's pack it is."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from app.auth.core import Role
from app.kit.ids import new_id
from app.ratings.explaining import ReasonTold
from app.reviews import grounds, making
from app.reviews.core_packs import Part
from app.reviews.image_files import read_image
from app.roster.tables import organisation
from tests.ratings.conftest import Jury
from tests.ratings.test_round import DISTRICT, OFFICER
from tests.reviews.conftest import Archive
from tests.reviews.test_packs import text_of
from tests.town import FOUNDED, Json

ELSEWHERE, STRANGE, THEIR_OFFICER = "城西街道党工委", "城西第一支部", "their_officer"


def neighbours(jury: Jury) -> tuple[UUID, UUID]:
    """Another committee with a branch of its own."""
    town, committee, branch = jury.desk.town, new_id(), new_id()
    rows = [
        {"id": committee, "path": town.path(committee), "parent_id": town.district.id, "kind": "committee",
         "code": "W1", "name": ELSEWHERE},
        {"id": branch, "path": town.path(committee, branch), "parent_id": committee, "kind": "branch",
         "code": "W11", "name": STRANGE},
    ]  # fmt: skip

    def work(connection: Any, _actor: Any) -> None:
        for row in rows:
            connection.execute(insert(organisation), {"district_id": town.district.id, "from_on": FOUNDED, **row})

    town.run(work)
    town.appoint(THEIR_OFFICER, Role.COMMITTEE_OFFICER, town.path(committee))
    return committee, branch


def named_round(jury: Jury) -> dict[str, Json]:
    """Own branch rated itself and was corrected; the others are signed as they were measured. All are named."""
    town = jury.desk.town
    their_committee, their_branch = neighbours(jury)
    round_id = jury.open()
    jury.step(DISTRICT, f"rating-rounds/{round_id}/measurement")
    branches = {"own": town.branch, "neighbour": town.neighbour, "theirs": their_branch}
    ratings = {name: jury.rating_of(round_id, branch)["id"] for name, branch in branches.items()}
    jury.submitted(ratings["own"], share=0.5, bonus=1)
    corrected = {
        "indicator": "S1.4",
        "part": 0,
        "whole": 1,
        "note": "没有批复，见 13805961234",
        "files": [jury.file(OFFICER)],
    }
    jury.step(OFFICER, f"ratings/{ratings['own']}/corrections", indicators=[corrected])
    for name, rating in ratings.items():
        jury.step(THEIR_OFFICER if name == "theirs" else OFFICER, f"ratings/{rating}/signature")
    jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    for committee, officer in ((town.committee, OFFICER), (their_committee, THEIR_OFFICER)):
        jury.step(officer, f"rating-rounds/{round_id}/filing", committee_id=str(committee))
    town.on(date(2026, 11, 18))
    jury.desk.forget()
    jury.step(DISTRICT, f"rating-rounds/{round_id}/naming")
    return {name: jury.read(rating) for name, rating in ratings.items()}


def rows_of(path: Path, branch: str) -> list[list[Any]]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("星级依据").to_python()
    return [row for row in rows[1:] if row[0] == branch]


def test_the_report_gives_the_reasons_that_left_the_star_as_it_is() -> None:
    def way(*steps: tuple[str, int | None]) -> list[str]:
        return grounds.deciding([ReasonTold(cause=cause, star=star, zh=cause, en="") for cause, star in steps])

    assert way(("level", 5), ("not_supplied", 5), ("taken", 5)) == ["level", "taken"]
    assert way(("level", 5), ("gate", 4), ("step", 3)) == ["step"]
    assert way(("level", 5), ("quota", 4), ("taken", 4)) == ["quota", "taken"]
    assert way(("veto", None)) == ["veto"]
    assert way() == []


def test_a_star_on_paper_is_explained_as_on_its_page_and_in_its_own_scope_only(
    archive: Archive, tmp_path: Path
) -> None:
    jury, town = Jury(archive.office.desk), archive.office.desk.town
    ratings = named_round(jury)
    archive.ask()
    whole = archive.pack()
    page, rows = ratings["own"], rows_of(archive.stored(whole, Part.WORKBOOK.value, tmp_path), "第一支部")
    *indicators, fact = page["indicators"]
    beside = {"bonus": "—"}
    assert [row[2] for row in rows] == [
        *(beside.get(one["indicator"], one["indicator"]) for one in indicators),
        "—",
        "合计",
    ]
    assert (fact["indicator"], rows[-2][3], "自评有" in rows[-2][9]) == ("innovation_project", "创新项目", True)
    for row, one in zip(rows, indicators, strict=False):
        known = one["measured"] is not None and one["measured"]["part"] is not None
        measured = one["measured"]["points"] if known else ""
        said = [one[who]["points"] if one[who] else "" for who in ("own", "committee")]
        assert row[4:9] == [one["points_max"], measured, *said, one["points"]], row
    by_code = {row[2]: row for row in rows}
    # One that was measured, with its formula and inputs; one that the committee corrected, with its words.
    formula = next(one["measured"] for one in page["indicators"] if one["indicator"] == "S1.1")
    assert formula["formula_zh"] in by_code["S1.1"][9]
    assert f"党员数 {formula['inputs']['members']}" in by_code["S1.1"][9]
    assert "党委核正（没有批复，见 （号码略））" in by_code["S1.4"][9]
    assert (by_code["合计"][8], by_code["合计"][10][:2]) == (page["score"], "一二三四五"[page["star"] - 1] + "星")
    for reason in page["reasons"]:
        assert reason["zh"] in by_code["合计"][9]
    assert "评分细则：longwen 2026 " in by_code["合计"][9]

    report = text_of(archive.stored(whole, Part.REPORT.value, tmp_path)).replace("\r\n", "")
    assert "星级和理由" in report
    assert STRANGE in report
    assert archive.ask(OFFICER).status_code == 202
    theirs = archive.pack(town.committee)
    for part in (Part.WORKBOOK, Part.STARS, Part.REPORT, Part.DOCUMENT):
        assert STRANGE not in text_of(archive.stored(theirs, part.value, tmp_path)), part
    table = archive.stored(theirs, Part.STARS.value, tmp_path).read_text(encoding="utf-8-sig")
    listed = list(csv.reader(io.StringIO(table)))[1:]
    assert {row[0] for row in listed} == {"第一支部", "第二支部"}

    # A star that falls afterwards changes no paper that was made: its image holds what was.
    image = archive.image(theirs, tmp_path)
    before = [archive.stored(theirs, part.value, tmp_path).read_bytes() for part in Part]
    jury.step(OFFICER, f"ratings/{page['id']}/downgrade", ground="look-back", basis="记录不实")
    fallen = town.run(lambda c, a: next(grounds.facts(c, a, {})))
    assert (fallen["star"], fallen["why"][:13]) == (page["star"] - 1, "2026-11-18因“回")
    assert fallen["why"].endswith("降为 1 星：记录不实")
    for part, kept in zip(Part, before, strict=True):
        target = tmp_path / f"again-{part.value}"
        making.render(part, image, target)
        assert target.read_bytes() == kept, part
    assert [one["star"] for one in read_image(image) if one["is"] == "branch"] == [
        page["star"],
        ratings["neighbour"]["star"],
    ]
