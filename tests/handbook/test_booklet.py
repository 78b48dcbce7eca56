"""What a printed rule book says: everything in the book, in the words of the book, and what is our own as such."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from app.handbook.booklet import Booklet
from app.handbook.booklet_parts import Chapter, Section, Table, cited, cited_by_value, numeral
from app.handbook.rendering import ClassUnknown, EditionUnknown, read_booklet
from app.rules.book import Book, book_folders, load_book
from tests.rules.extension_books import put_family
from tests.rules.period_books import BY_QUARTER, FROM_JULY, JULY_ITEMS, QUARTER_ITEMS
from tests.rules.small_book import BOOK, ITEMS, edited, next_edition, put_book, put_edition

SHIPPED = Path(__file__).resolve().parents[2] / "scoring_rules"


@cache
def longwen() -> Book:
    return load_book(SHIPPED / "longwen")


def small(folder: Path, *edits: tuple[str, str], book: str = BOOK) -> Booklet:
    return read_booklet(put_book(folder, book=book, items=edited(ITEMS, *edits)))


def chapter(booklet: Booklet, words: str) -> Chapter:
    return next(one for one in booklet.chapters if words in one.title)


def section(booklet: Booklet, words: str, title: str) -> Section:
    return next(one for one in chapter(booklet, words).sections if title in one.title)


def table(booklet: Booklet, words: str, title: str) -> Table:
    found = section(booklet, words, title).table
    assert found is not None
    return found


def row(found: Table, code: str) -> tuple[str, ...]:
    return next(one for one in found.rows if code in one[0])


def text(booklet: Booklet) -> str:
    """All that is printed."""
    return str(booklet.plain())


def test_the_cover_tells_whose_book_it_is_and_since_when() -> None:
    cover = read_booklet(SHIPPED / "longwen").cover
    assert (cover.name, cover.edition) == ("龙文区两新组织党员积分细则", "龙文区两新组织党员积分细则（2026年版）")
    assert cover.issuer == "龙文区两新工委"
    assert cover.in_force == "自2026年1月1日起施行"
    assert cover.digest == longwen().editions[0].digest
    assert cover.class_of_members == ""


def test_an_edition_that_ends_says_until_when(tmp_path: Path) -> None:
    booklet = small(tmp_path, ("from: 2026-01-01", "from: 2026-01-01\nuntil: 2026-12-31"))
    assert booklet.cover.in_force == "自2026年1月1日起施行，至2026年12月31日止"


def test_the_chapters_are_counted() -> None:
    titles = [one.title for one in read_booklet(SHIPPED / "longwen").chapters]
    assert titles == [
        "第一章　计分办法",
        "第二章　组织生活（ORG，350分）",
        "第三章　创先争优（EXC，150分）",
        "第四章　服务职工（SRV，200分）",
        "第五章　遵纪守法（LAW，150分）",
        "第六章　群众反映（PUB，150分）",
        "第七章　党员类别和支部情形",
        "第八章　等次和界线",
        "第九章　支部星级",
        "第十章　书记考核",
        "第十一章　出处清单",
    ]
    assert [numeral(number) for number in (1, 10, 11, 20, 34)] == ["一", "十", "十一", "二十", "三十四"]


@pytest.mark.parametrize("folder", book_folders(SHIPPED), ids=lambda folder: folder.name)
def test_every_item_is_in_a_table_and_its_article_in_full(folder: Path) -> None:
    book = load_book(folder)
    booklet = read_booklet(folder)
    articles = {one.code: one for part in booklet.chapters for each in part.sections for one in each.articles}
    rows = {cells[0] for part in booklet.chapters for each in part.sections if each.table for cells in each.table.rows}
    for item in book.editions[-1].edition.regimes["standard"].items.values():
        assert articles[item.code].text == item.article
        assert item.code in rows


@pytest.mark.parametrize("folder", book_folders(SHIPPED), ids=lambda folder: folder.name)
def test_a_table_has_a_width_and_a_cell_for_every_heading(folder: Path) -> None:
    for part in read_booklet(folder).chapters:
        for each in part.sections:
            if each.table is not None:
                assert sum(each.table.widths) == 100
                assert len(each.table.widths) == len(each.table.headings)
                assert all(len(cells) == len(each.table.headings) for cells in each.table.rows)
                assert all(cell for cells in each.table.rows for cell in cells)


@pytest.mark.parametrize(("words", "points"), [("ORG", 350), ("EXC", 150), ("SRV", 200), ("LAW", 150), ("PUB", 150)])
def test_the_duties_of_a_chapter_add_up_to_its_allotment(words: str, points: int) -> None:
    assert sum(int(cells[4]) for cells in table(read_booklet(SHIPPED / "longwen"), words, "日常职责").rows) == points


def test_a_duty_says_how_often_how_much_and_how_it_is_found_out() -> None:
    duties = table(read_booklet(SHIPPED / "longwen"), "ORG", "日常职责")
    code, name, often, share, yearly, settled, hands, evidence, grounds = row(duties, "ORG-D08")
    assert (code, name, often, share, yearly) == ("ORG-D08", "集中学习不少于32学时", "全年", "30", "30")
    how, targets, silence = settled.splitlines()
    assert (how, silence) == ("按数量累计", "到期未记录的，视为未履行")
    assert "16小时" in targets
    assert "32小时" in targets
    assert hands == "系统或组织委员\n→组织委员"
    assert evidence == "学习名册、结业证书"
    assert grounds == "C1 第16—20条\n（自定：份额、未记录、目标）"
    assert "3月31日前完成" in row(duties, "ORG-D05")[5]


def test_an_addition_says_its_tiers_and_limits() -> None:
    found = row(table(read_booklet(SHIPPED / "longwen"), "ORG", "创新加分"), "ORG-A02")
    assert found[2].splitlines() == [
        "区直部门：加5分",
        "市直部门：加10分",
        "区级：加20分",
        "市级：加40分",
        "省级：加60分",
    ]
    assert "全年至多加60分" in found[3]
    assert "不占“组织生活·创新工作加分”的限额" in found[3]
    assert "同一事项只计一次" in found[3]


def test_a_deduction_says_which_duty_it_costs_and_that_the_member_is_heard(tmp_path: Path) -> None:
    found = row(table(small(tmp_path), "ORG", "失误扣分"), "ORG-F01")
    assert found[2] == "每次扣5分"
    assert found[3].splitlines() == ["全年至多扣20分", "另扣ORG-D01当期份额", "计入前听取本人意见"]


def test_a_veto_says_what_follows_and_who_decides() -> None:
    found = row(table(read_booklet(SHIPPED / "longwen"), "ORG", "一票否决"), "ORG-V01")
    assert found[2:7] == ("当期积分计为零", "本细则条款", "支部书记", "党委", "党委")


def test_what_is_our_own_is_marked() -> None:
    assert cited("M1; C1 第16条 (说明; 又一句)") == "M1；C1 第16条"
    assert cited("assumption (从低)") == "（自定）"
    assert cited("M16; assumption", brackets=True) == "（M16）（自定）"
    assert cited("") == ""
    assert cited_by_value([("分值", "assumption"), ("设项", "C1; M2"), ("计分", "")]) == "C1；M2\n（自定：分值）"
    assert cited_by_value([("分值", "")]) == "—"
    dimensions = table(read_booklet(SHIPPED / "longwen"), "计分办法", "起算和指标")
    assert {cells[-1] for cells in dimensions.rows} == {"（自定）"}
    additions = table(read_booklet(SHIPPED / "longwen"), "ORG", "创新加分")
    assert row(additions, "ORG-A01")[-1] == "M16\n（自定：分值、限额）"


def test_half_points_are_printed_with_the_decimals_of_the_book(tmp_path: Path) -> None:
    booklet = small(
        tmp_path,
        ("points: {value: -5, source: M1}", "points: {value: -2.5, source: M1}"),
        book=edited(BOOK, ("decimals: 0", "decimals: 1")),
    )
    assert row(table(booklet, "ORG", "失误扣分"), "ORG-F01")[2] == "每次扣2.5分"
    assert [cells[3:5] for cells in table(booklet, "ORG", "日常职责").rows] == [("15", "60")]


def test_a_ladder_is_printed_rung_by_rung(tmp_path: Path) -> None:
    found = row(table(small(tmp_path), "SRV", "创新加分"), "SRV-A01")
    assert found[2].splitlines() == ["全年累计，只计达到的最高一级", "满40小时加5分", "满80小时加9分"]


def test_ceilings_above_the_items_are_listed_with_those_across_groups(tmp_path: Path) -> None:
    found = table(small(tmp_path), "计分办法", "合计限额")
    assert [cells[:2] for cells in found.rows] == [
        ("全部创新工作加分", "全年至多加20分"),
        ("组织生活·创新工作加分", "全年至多加10分"),
        ("组织生活·宣讲（创新工作加分）", "全年至多加8分"),
        ("跨组合计：ORG-A01", "每季度至多加9分"),
    ]


def test_each_class_of_members_says_what_is_otherwise() -> None:
    booklet = read_booklet(SHIPPED / "longwen")
    titles = [one.title for one in chapter(booklet, "党员类别").sections]
    assert titles == [
        "预备党员（probationary）",
        "流动党员（floating）",
        "免考评党员（exempt）",
        "不设党小组的支部（no-groups）",
    ]
    assert section(booklet, "党员类别", "预备").paragraphs == ("依据：M27。", "计分，不评定等次。")
    floating = table(booklet, "党员类别", "流动")
    assert [cells[0][:7] for cells in floating.rows] == ["ORG-D01", "ORG-D02", "ORG-D03", "ORG-D04"]
    assert "支部名单确认" in floating.rows[0][2]
    exempt = section(booklet, "党员类别", "免考评")
    assert "不要求履行日常职责，相应分值保留。" in exempt.paragraphs
    assert exempt.table is None
    groups = section(booklet, "党员类别", "不设党小组")
    assert "不适用的项目：ORG-D03 参加党小组会。" in groups.paragraphs


def test_a_booklet_for_one_class_leaves_out_what_it_has_not() -> None:
    booklet = read_booklet(SHIPPED / "longwen", profile="no-groups")
    assert booklet.cover.class_of_members == "不设党小组的支部"
    duties = table(booklet, "ORG", "日常职责")
    assert not [cells for cells in duties.rows if cells[0] == "ORG-D03"]
    assert row(duties, "ORG-D02")[3:5] == ("15", "180")
    assert len(chapter(booklet, "党员类别").sections) == 1
    assert read_booklet(SHIPPED / "longwen", profile="standard") == read_booklet(SHIPPED / "longwen")


def test_a_booklet_for_both_a_class_and_a_branch_cites_both() -> None:
    booklet = read_booklet(SHIPPED / "longwen", profile="floating+no-groups")
    found = section(booklet, "党员类别", "流动党员（不设党小组的支部）")
    assert found.paragraphs[0] == "依据：C1 第25条（自定）。"


def test_an_item_that_only_a_class_has_says_whose_it_is() -> None:
    booklet = read_booklet(SHIPPED / "sanjin")
    assert row(table(booklet, "组织生活", "日常得分"), "ORG-R02")[1] == "参加支部委员会会议（只适用于支部委员）"


def test_a_retired_item_is_marked(tmp_path: Path) -> None:
    booklet = small(tmp_path, ("    article: 按层级加分。", "    article: 按层级加分。\n    retired: true"))
    assert row(table(booklet, "ORG", "创新加分"), "ORG-A02")[1] == "表彰（不再记录）"


def test_lines_say_their_bound_quota_and_whom_they_leave_out() -> None:
    booklet = read_booklet(SHIPPED / "longwen")
    commend = row(table(booklet, "等次", "界线"), "表彰推荐线")
    assert commend[1:4] == ("日常积分在900分以上（含本数）", "年末", "推荐表彰")
    assert "1/3" in commend[4]
    pace = row(table(booklet, "等次", "界线"), "进度预警线")
    assert pace[1].splitlines() == ["已失分占已到期应得分的百分比在40%以上（含本数）", "已到期应得分不少于100分"]
    excluded = [cells[0] for cells in table(booklet, "等次", "不列入").rows]
    assert "本期有单次扣50分以上失误的" in excluded
    bands = table(booklet, "等次", "等次").rows
    assert [cells[1] for cells in bands] == ["帮扶整改", "提醒谈话", "优先推荐", "良好", "合格"]
    assert bands[-1][2] == "其余的"


def test_the_star_sheet_is_a_chapter_where_there_is_one(tmp_path: Path) -> None:
    booklet = read_booklet(SHIPPED / "longwen")
    modules = [one for one in chapter(booklet, "星级").sections if one.title.startswith("S")]
    assert len(modules) == 6
    assert sum(float(cells[2]) for one in modules if one.table for cells in one.table.rows) == 100
    days = row(table(booklet, "星级", "S2"), "S2.2")
    assert days[4] == "每次0.5分，不超过本项分值"
    assert row(table(booklet, "星级", "S3"), "S3.1")[4] == "600分以下不得分，900分以上得满分，其间按比例"
    assert row(table(booklet, "星级", "星级"), "五星级")[2] == "不超过全区参评支部的1/10"
    assert not [one for one in small(tmp_path).chapters if "星级" in one.title]


def test_the_sources_are_those_cited_with_their_grade(tmp_path: Path) -> None:
    rows = table(small(tmp_path), "出处", "").rows
    assert rows == (("M1", "报道", "2024-06-10", "g2　党政机关网站或报刊"), ("C1", "条例", "—", "—"))
    keys = [cells[0] for cells in table(read_booklet(SHIPPED / "longwen"), "出处", "").rows]
    assert "T3" in keys  # the star sheet's
    assert "M12" not in keys  # cited by the frame of the book alone


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("longwen", ("期初给满分1000分，未尽职责的扣减相应份额（M1）。",)),
        (
            "sanjin",
            (
                "从零起算，逐项得分；各指标共300分（M17；M27；M28）。",
                "上期总积分的20%结转，计入期初分（M21；M29）。",
                "中途加入的党员，期初分取所在支部期初分的平均值（M29）。",
            ),
        ),
    ],
)
def test_how_a_cycle_opens_is_told_in_the_words_of_the_book(folder: str, told: tuple[str, ...]) -> None:
    assert section(read_booklet(SHIPPED / folder), "计分办法", "起算").paragraphs == told


def test_a_cycle_is_told_by_its_months_and_what_the_year_comes_to(tmp_path: Path) -> None:
    def told(booklet: Booklet) -> str:
        return section(booklet, "计分办法", "总的规定").paragraphs[1]

    july = put_book(tmp_path / "july", book=FROM_JULY, items=JULY_ITEMS)
    quarters = put_book(tmp_path / "quarters", book=BY_QUARTER, items=QUARTER_ITEMS)
    assert told(read_booklet(SHIPPED / "longwen")) == "每年1月至12月为一个考评年度。"
    assert told(read_booklet(july)) == "每年7月至次年6月为一个考评年度。"
    assert told(read_booklet(quarters)) == (
        "每年1月至12月为一个考评年度，每季度为一个考评期，积分逐期起算；全年成绩为各期平均。"
    )


def test_a_book_that_extends_another_is_printed_whole_and_says_so(tmp_path: Path) -> None:
    booklet = read_booklet(put_family(tmp_path))
    assert booklet.cover.name == "街道细则"
    first = section(booklet, "计分办法", "总的规定").paragraphs[0]
    assert first == "本细则在《小细则》的基础上增加项目、收紧限额，以下为合并后的全部内容。"
    added = [cells[0] for cells in table(booklet, "SRV", "创新加分").rows]
    assert added == ["SRV-A01", "SRV-C01"]
    assert [cells[0] for cells in table(booklet, "出处", "").rows] == ["M1", "C1", "J1"]


def test_an_edition_or_class_that_is_not_there_is_refused() -> None:
    with pytest.raises(EditionUnknown, match="2026"):
        read_booklet(SHIPPED / "longwen", edition="2020")
    with pytest.raises(ClassUnknown, match="floating"):
        read_booklet(SHIPPED / "longwen", profile="nobody")


def test_the_latest_edition_is_printed_unless_another_is_named(tmp_path: Path) -> None:
    at = put_book(tmp_path)
    alone = read_booklet(at)
    put_edition(at, next_edition(), "2027")
    assert read_booklet(at, edition="2026") == alone
    assert text(read_booklet(at)) == text(read_booklet(at, edition="2027")) != text(alone)
