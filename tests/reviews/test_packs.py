"""Packs of a sealed quarter: what is in them, that they hold still, and who gets which part."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from docx import Document
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, select

from app.auth.core import Role
from app.cases.tables import assistance_case
from app.job_runs.service import Outcome
from app.kit.ids import new_id
from app.points.tables import entry
from app.reviews import document_template, making
from app.reviews.core_packs import (
    MEMBER_HELPED,
    Fact,
    PackKind,
    PackState,
    Part,
    Scope,
    cut,
    pieces,
    range_of,
    scrubbed,
)
from app.reviews.image_files import read_image
from app.reviews.periods import Span
from app.reviews.summing import sentences, sums_of
from tests.reviews.conftest import COLLEAGUE, ID_NUMBER, MEMBER, NEIGHBOUR, PHONE, Archive
from tests.reviews.test_api import COLUMNS_ZH
from tests.seals.conftest import Q3

ALL = set(Part)


def text_of(path: Path) -> str:
    """Everything that a reader of the paper sees, whatever its form."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return data.decode()


def test_a_seal_asks_for_the_pack_and_the_next_round_makes_it(archive: Archive, tmp_path: Path) -> None:
    office = archive.office
    assert office.run("pack").counts == {"asked": 1}
    assert archive.pack().state is PackState.WAITING
    assert archive.round() == {"made": 1, "expired": 0}
    assert office.run("pack", force=True).counts == {"asked": 1}
    assert archive.round() == {"made": 0, "expired": 0}  # it is there, and stays
    pack = archive.pack()
    assert ({one.part for one in pack.parts}, pack.lacking, pack.progress) == (ALL, {}, 100)
    paths = {part: archive.stored(pack, part.value, tmp_path) for part in Part}
    assert pack.root is not None

    book = load_workbook(paths[Part.WORKBOOK])
    assert book.sheetnames == [
        "说明", "季度考评表", "五项指标", "支部概况", "星级依据", "积分记录", "更正与补记", "分数线", "表彰推荐",
        "帮扶整改", "结对帮带", "城东街道党工委",
    ]  # fmt: skip
    page = book["季度考评表"]
    assert [cell.value for cell in page[1]] == COLUMNS_ZH
    assert page.freeze_panes == "C2"
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.print_title_rows) == ("landscape", 9, "$1:$1")
    assert (page.column_dimensions["A"].width or 0) > 20
    assert [cell.data_type for cell in page[2]] == list("ssnsnsnsnsnds")
    notes = {str(row[0]): str(row[1]) for row in book["说明"].iter_rows(values_only=True)}
    assert pack.root.hex() in notes["封账校验点"]
    assert notes["材料内容摘要"] == (pack.digest or b"").hex()
    assert "longwen 2026 " in notes["评分细则版本"]
    sheets = CalamineWorkbook.from_path(str(paths[Part.WORKBOOK]))
    rows = sheets.get_sheet_by_name("季度考评表").to_python()[1:]
    assert [row[1] for row in rows] == [MEMBER, COLLEAGUE, NEIGHBOUR]
    assert sheets.get_sheet_by_name("城东街道党工委").to_python()[1:] == rows
    (late,) = sheets.get_sheet_by_name("更正与补记").to_python()[1:]
    assert (late[1], late[4], late[6]) == (NEIGHBOUR, "2026年第2季度", "补记")
    assert len(sheets.get_sheet_by_name("积分记录").to_python()) == 3

    table = list(csv.reader(io.StringIO(paths[Part.TABLE].read_text(encoding="utf-8-sig"))))
    assert paths[Part.TABLE].read_bytes().startswith(b"\xef\xbb\xbf")
    assert (table[0][:13], [row[1] for row in table[1:]]) == (COLUMNS_ZH, [MEMBER, COLLEAGUE, NEIGHBOUR])

    report = text_of(paths[Part.REPORT])
    assert pack.root.hex()[:8] in report
    for said in ("一、总体情况", "填报人", "（盖", MEMBER):
        assert said in report, said
    document = Document(str(paths[Part.DOCUMENT]))
    assert any("参加考评的党支部 2 个，党员 3 名" in one.text for one in document.paragraphs)
    assert document.tables[-1].rows[1].cells[1].text == MEMBER


def test_the_papers_are_the_same_to_the_byte_whenever_they_are_made(archive: Archive, tmp_path: Path) -> None:
    archive.ask()
    pack = archive.pack()
    image = archive.image(pack, tmp_path)
    before = {part: archive.stored(pack, part.value, tmp_path).read_bytes() for part in Part}
    town = archive.office.desk.town
    archive.office.on(date(2026, 11, 20))
    archive.office.recorded(COLLEAGUE, "ORG-D01", effective_on="2026-09-10")  # a later correction of the quarter
    town.add_member("新来的")
    assert archive.ask().status_code == 200
    again = archive.pack()
    assert (again.id, again.digest) == (pack.id, pack.digest)
    for part in Part:
        target = tmp_path / f"again-{part.value}"
        making.render(part, image, target)
        assert target.read_bytes() == before[part] == archive.stored(again, part.value, tmp_path).read_bytes(), part


def test_no_paper_shows_an_id_or_telephone_number(archive: Archive, tmp_path: Path) -> None:
    archive.ask()
    pack = archive.pack()
    for name in ("image", *Part):
        told = text_of(archive.stored(pack, name, tmp_path))
        assert PHONE not in told, name
        assert ID_NUMBER[:14] not in told, name
    assert "联系不上，电话 （号码略）" in text_of(archive.image(pack, tmp_path))
    for text in ("139 0596 1234", "+86-13905961234", "0596-2612345", "350600198001011234", "350600800101123"):
        assert not any(run in scrubbed(f"见 {text} 云") for run in (text[-4:], text[:4])), text
    for text in ("2026年9月5日", "第350600号", "编号 20260905001"):
        assert scrubbed(text) == text


def test_a_committee_and_a_branch_get_their_own_part_and_no_more(archive: Archive, tmp_path: Path) -> None:
    town = archive.office.desk.town
    assert archive.ask("secretary").json()["code"] == "district_pack_missing"
    archive.ask()
    whole = archive.pack()
    assert archive.ask("secretary").status_code == 202
    own = archive.pack(town.branch)
    for name in ("image", *Part):
        told = text_of(archive.stored(own, name, tmp_path))
        assert NEIGHBOUR not in told, name
        assert "第二支部" not in told, name
    head = next(read_image(archive.image(own, tmp_path)))
    assert (head["source"], head["scope"]["name"]) == ((whole.digest or b"").hex(), "第一支部")
    listed = archive.office.call("GET", "secretary", f"quarters/{Q3}/packs").json()["packs"]
    assert [one["id"] for one in listed] == [str(own.id)]
    for path in (f"packs/{whole.id}", f"packs/{whole.id}/progress"):
        assert archive.office.call("GET", "secretary", path).status_code == 404
    assert archive.ask("secretary", scope=str(town.neighbour)).status_code == 404
    assert archive.ask("committee_officer").status_code == 202
    assert NEIGHBOUR in text_of(archive.stored(archive.pack(town.committee), Part.REPORT.value, tmp_path))


def test_whoever_holds_two_offices_says_whose_pack_is_meant(archive: Archive) -> None:
    town = archive.office.desk.town
    archive.ask()
    town.appoint("secretary", Role.SECRETARY, town.neighbour_path)
    archive.office.desk.forget()
    refused = archive.ask("secretary")
    assert (refused.status_code, refused.json()["code"]) == (422, "scope_unclear")
    assert archive.ask("secretary", scope=str(town.neighbour)).status_code == 202


def test_a_quarter_that_is_not_sealed_has_no_pack(archive: Archive) -> None:
    answer = archive.ask(quarter="2026Q4")
    assert (answer.status_code, answer.json()["code"]) == (409, "quarter_unsealed")
    assert archive.office.run("pack", "2026Q3").outcome is Outcome.DONE
    assert archive.rows_left() == (1, 0)


def test_a_half_year_is_made_of_its_quarters(archive: Archive, tmp_path: Path) -> None:
    assert archive.office.run("pack", "2026Q1").counts == {"asked": 1}
    assert archive.office.run("pack", "2026Q2").counts == {"asked": 2}
    assert archive.round()["made"] == 3
    half = archive.pack(quarter="2026H1", kind=PackKind.HALF)
    assert {one.part for one in half.parts} == ALL
    sheets = load_workbook(archive.stored(half, Part.WORKBOOK.value, tmp_path))
    assert "积分记录" not in sheets.sheetnames  # entries stand in the quarters'
    assert [row[0] for row in sheets["各季度走势"].iter_rows(min_row=2, values_only=True)] == [
        "2026年第1季度", "2026年第2季度"
    ]  # fmt: skip
    notes = {str(row[0]): str(row[1]) for row in sheets["说明"].iter_rows(values_only=True)}
    assert notes["考评期"] == "2026年上半年"
    assert notes["数据截至"].endswith("（北京时间）")
    head = next(read_image(archive.image(half, tmp_path)))
    assert [line[0] for line in head["trend"]] == ["2026年第1季度", "2026年第2季度"]
    report = text_of(archive.stored(half, Part.REPORT.value, tmp_path))
    assert "2026年上半年" in report
    assert "四、各季度走势" in report
    assert "五、表彰、帮扶、结对与更正" in report
    refused = archive.ask(quarter=Q3, kind="half")
    assert (refused.status_code, refused.json()["code"]) == (422, "period_unfit")


def test_a_half_year_speaks_of_all_its_quarters_and_counts_what_goes_on_once(archive: Archive, tmp_path: Path) -> None:
    archive.ask()
    facts = [*read_image(archive.image(archive.pack(), tmp_path))]
    head, path = facts[0], next(one["path"] for one in facts if one["is"] == Fact.BRANCH)
    who = {"path": path, "branch": "第一支部", "name": MEMBER}
    case = {"is": Fact.CASE, **who, "quarter": "2026Q3", "value": "480", "opened_on": "2026-10-26", "due_on": None}
    listed = {"is": Fact.COMMENDATION, **who, "line": "优先推荐线", "value": "930", "state": "列入名单", "grounds": []}
    span = Span(PackKind.HALF, "2026H2")
    for quarter, state in (("2026Q3", "待谈话"), ("2026Q4", "帮扶中")):
        first = {**head, "period": quarter}
        span.take(partial(iter, [first, *facts[1:], {**case, "bound": "500", "state": state}, listed]))
    booked = sum(one["is"] == Fact.ENTRY for one in facts)
    added = sum(Decimal(one["values"][6]) for one in facts if one["is"] == Fact.MEMBER and one["ranked"])
    lines = [*span.lines(facts)]
    assert (booked, lines[0]["starts_on"]) == (2, head["starts_on"])
    assert [one["state"] for one in lines if one["is"] == Fact.CASE] == ["帮扶中"]
    told = "".join(sentences(sums_of(lines)))
    assert f"本期共入账积分记录 {2 * booked} 条；参加排名党员创新工作加分合计 {2 * added} 分" in told
    assert "表彰推荐名单涉及 2 人次" in told
    assert "本期办结 1 件" in told
    assert "本季" not in told
    assert [one["line"] for one in lines if one["is"] == Fact.COMMENDATION] == [
        "优先推荐线（2026年第3季度）", "优先推荐线（2026年第4季度）"
    ]  # fmt: skip


def test_a_pack_made_late_knows_nothing_of_later_quarters_cases(archive: Archive, tmp_path: Path) -> None:
    town = archive.office.desk.town

    def open_cases(connection: Any, actor: Any) -> None:
        edition = connection.scalar(select(entry.c.edition).where(entry.c.district_id == actor.district_id))
        for name, quarter, opened_on in ((MEMBER, Q3, date(2026, 10, 26)), (COLLEAGUE, "2026Q4", date(2027, 1, 20))):
            connection.execute(
                insert(assistance_case).values(
                    district_id=actor.district_id, id=new_id(), member_id=town.members[name], branch_id=town.branch,
                    path=town.branch_path, quarter=quarter, cycle="2026", line="assistance", edition=edition,
                    value=480, bound=500, opened_at=actor.at, opened_on=opened_on, state="opened", version=1,
                )
            )  # fmt: skip

    town.run(open_cases)
    archive.ask()
    cases = [one for one in read_image(archive.image(archive.pack(), tmp_path)) if one["is"] == Fact.CASE]
    assert [(one["name"], one["quarter"]) for one in cases] == [(MEMBER, Q3)]


def test_what_is_cut_for_a_committee_holds_no_line_of_another() -> None:
    scope = Scope(UUID(int=7), "d.a", "城东街道党工委", "committee")
    kinds = [one for one in Fact if one is not Fact.HEAD]
    near: dict[str, Any] = {"is": Fact.HEAD, "scope": {}, "source": None}
    own = [{"is": kind, "path": path} for kind in kinds for path in ("d.a", "d.a.1")]
    others = [
        {"is": kind, "path": path} for kind in kinds for path in ("d", "d.b", "d.b.1", "d.ab", "d.ab.1", "d.b.d.a")
    ]
    helped = {"is": Fact.MENTORING, "path": "d.b.1", "also": "d.a.1"}  # a lead of its own helps elsewhere
    strange = {"is": Fact.MENTORING, "path": "d.b.1", "also": "d.ab.1"}
    person = {**helped, "kind": MEMBER_HELPED, "helped": NEIGHBOUR}  # that a member of elsewhere needs help
    inside = {**person, "path": "d.a.1", "also": "d.b.1"}
    head, *held = cut([near, *others, *own, helped, strange, person, inside], scope, b"x")
    assert head["scope"]["id"] == str(scope.id)
    assert held == [*own, helped, {**person, "helped": held[-2]["helped"]}, inside]
    assert NEIGHBOUR not in held[-2]["helped"]


def test_what_looks_like_a_formula_stays_text_in_workbook_and_table(archive: Archive, tmp_path: Path) -> None:
    hostile = "=HYPERLINK(1)"
    archive.office.desk.town.run(lambda c, a: _rename(c, a, hostile))
    archive.ask()
    pack = archive.pack()
    book = load_workbook(archive.stored(pack, Part.WORKBOOK.value, tmp_path))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if hostile in str(cell.value)]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).startswith("'=") for cell in cells)
    table = archive.stored(pack, Part.TABLE.value, tmp_path).read_text(encoding="utf-8-sig")
    assert f",{hostile}" not in table


def _rename(connection: Any, actor: Any, name: str) -> None:
    from sqlalchemy import update  # noqa: PLC0415 - of this one step

    from app.roster.tables import member  # noqa: PLC0415 - the same

    mine = (member.c.district_id == actor.district_id, member.c.name == COLLEAGUE)
    connection.execute(update(member).where(*mine).values(name=name))


def test_the_shipped_template_is_the_one_that_was_drawn(tmp_path: Path) -> None:
    document_template.build(tmp_path / "drawn.docx")
    shipped = Path(document_template.__file__).parent / "templates" / "report.docx"

    def parts(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist() if name != "docProps/core.xml"}

    assert parts(tmp_path / "drawn.docx") == parts(shipped)


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        (None, None), ("bytes=0-", (0, 10)), ("bytes=4-", (4, 10)), ("bytes=2-3", (2, 4)), ("bytes=-3", (7, 10)),
        ("bytes=2-99", (2, 10)), ("bytes=5-2", None), ("bytes=0-1,3-4", None), ("lines=1-2", None), ("bytes=-", None),
    ],
)  # fmt: skip
def test_a_range_is_what_the_standard_says(asked: str | None, span: tuple[int, int] | None) -> None:
    assert range_of(asked, 10) == span


def test_pieces_cover_every_byte_once() -> None:
    size = 256 * 1024
    assert list(pieces(10, 20)) == [(0, 10, 20)]
    assert list(pieces(size - 1, 2 * size + 1)) == [(0, size - 1, size), (1, 0, size), (2, 0, 1)]
    with pytest.raises(ValueError, match="bytes=10-"):
        range_of("bytes=10-", 10)
