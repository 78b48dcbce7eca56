"""What the rules say of an item and of an edition, in sentences, each value with where it comes from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from app.handbook.glossary import Glossary, cited_in_full
from app.handbook.phrases import bound, chosen
from app.handbook.sentences import Sentence, Topic
from app.handbook.wording import ItemUnknown, explain_item
from app.handbook.wording_book import explain_edition
from app.kit.calendar import Window
from app.rules.book import load_book
from app.rules.core import Edition, Kind, PointRange
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


@cache
def longwen() -> Edition:
    return load_book(LONGWEN).editions[0].edition


def of_item(code: str, profile: str = "standard", edition: Edition | None = None) -> list[Sentence]:
    found = edition or longwen()
    return list(explain_item(found, found.regimes[profile], code))


def zh(sentences: list[Sentence], topic: Topic) -> list[str]:
    return [one.text.zh for one in sentences if one.topic is topic]


def test_a_duty_is_told_with_how_often_its_share_and_what_silence_means() -> None:
    assert zh(of_item("ORG-D02"), Topic.DUTY) == [
        "每月一次，一个考评周期共12次。",
        "每次份额10分，未尽到的扣减。",
        "按场次考勤：支部召开的，到会或按规定补课即为尽到；支部没有召开的，免除党员该次职责。",
        "到期没有人记录的，暂不认定：不扣分，也不算尽到。",
    ]


def test_cumulative_targets_are_told_in_their_unit() -> None:
    duty = zh(of_item("SRV-D02"), Topic.DUTY)
    assert "半年时应达到10小时。" in duty
    assert "年底应达到20小时。" in duty
    assert "得出的分不足1分的零头舍去。" in duty


def test_every_ceiling_up_to_the_total_is_told() -> None:
    assert zh(of_item("ORG-A01"), Topic.BOUNDS) == [
        "每季度至多加10分。",
        "全年至多加20分。",
        "“组织生活·创新工作加分”合计全年至多加80分。",
        "“创新工作加分”合计全年至多加200分。",
        "总积分最低为0分，不设最高分。",
    ]


def test_an_item_outside_a_ceiling_says_so() -> None:
    bounds = zh(of_item("EXC-A04"), Topic.BOUNDS)
    assert "“创先争优·创新工作加分”合计全年至多加80分；本项不占这一限额。" in bounds


def test_a_ladder_counts_only_its_highest_rung() -> None:
    (text,) = zh(of_item("SRV-A01"), Topic.POINTS)
    assert text.startswith("全年累计，只计达到的最高一级：满40小时加10分；满80小时加15分；")


def test_a_finding_names_the_share_that_it_costs_too_and_the_duty_what_costs_it() -> None:
    assert zh(of_item("EXC-F01"), Topic.PAIRS) == ["每发生一次，还扣减当季“EXC-D02 示范岗、责任区履职”的份额10分。"]
    assert "EXC-F01 未完成支部交办任务" in zh(of_item("EXC-D02"), Topic.PAIRS)[0]
    (one_of,) = zh(of_item("ORG-F03"), Topic.PAIRS)
    assert one_of.startswith(
        "每发生一次，还扣减下列职责中由记录人指明的一项：当季“ORG-D01 参加支部党员大会”的份额15分；"
    )


def test_a_veto_is_told_with_effect_ground_and_who_decides() -> None:
    assert zh(of_item("EXC-V01"), Topic.VETO) == [
        "当期积分计为零。",
        "须引用区两新工委当年重点工作清单中的一项。",
        "由党委提出，由党委听取本人申辩，由区两新工委认定。",
        "必须写明事项。",
    ]


def test_who_records_and_reviews_and_any_one_evidence_are_told() -> None:
    assert zh(of_item("EXC-A04"), Topic.PEOPLE) == [
        "记录人（任一）：党员本人。",
        "先申报，由党委 → 区两新工委审核通过后计入。",
        "凭证（任一即可）：表彰决定文号。",
    ]


def test_what_differs_for_other_classes_is_told_with_their_grounds() -> None:
    classes = [one for one in of_item("ORG-D02") if one.topic is Topic.CLASSES]
    assert [one.text.zh for one in classes] == [
        "不设党小组的支部：每次份额为“15分”；限额为“全年至多扣180分”。",
        "流动党员：认定方式为“支部名单确认”；到期无人记录时为“视为未履行”。",
        "免考评党员：不适用本项，不记录也不扣分。",
    ]
    assert all(one.basis is not None for one in classes)


def test_a_special_class_is_told_what_it_has_otherwise() -> None:
    sentences = of_item("ORG-D02", "floating")
    assert "由支部在期末列名单逐人确认是否尽到。" in zh(sentences, Topic.DUTY)
    (other,) = zh(sentences, Topic.CLASSES)
    assert other.startswith("以上与“一般党员”不同的是：认定方式为“支部名单确认”")
    assert "此类党员不适用本项" in zh(of_item("ORG-D03", "no-groups"), Topic.ARTICLE)[2]


def test_every_value_of_every_item_says_where_it_comes_from() -> None:
    valued = {Topic.POINTS, Topic.DUTY}
    unsaid = {"duty.settled", "duty.rounding"}  # forms of the language, not values, unless a book sets them
    for code in longwen().regimes["standard"].items:
        for one in of_item(code):
            if one.key == "article" or (one.topic in valued and one.key not in unsaid):
                assert one.basis is not None, (code, one.text.zh)


def test_every_citation_is_told_by_its_title() -> None:
    for code in longwen().regimes["standard"].items:
        for one in of_item(code):
            if one.basis is not None:
                outside_notes = re.sub(r"（.*）", "", one.basis.zh)
                assert "自定" in outside_notes or "《" in outside_notes, one.basis.zh


def test_everything_is_told_in_both_languages() -> None:
    for regime in longwen().regimes.values():
        sentences = [*explain_edition(longwen(), regime)]
        for code in regime.items:
            sentences += explain_item(longwen(), regime, code)
        for one in sentences:
            assert one.text.zh.endswith(("。", "”", "；")) or one.key == "article", one.text.zh
            assert one.text.en, one.text.zh
            assert "None" not in one.text.zh + one.text.en


def test_a_wrong_item_names_near_ones() -> None:
    for wrong, near in (
        ("ORG-D2", "ORG-D02 参加主题党日"),
        ("党课", "ORG-D04 上党课"),
        ("org-x01", "ORG-A01 主讲党课"),
    ):
        with pytest.raises(ItemUnknown) as refused:
            of_item(wrong)
        assert near in refused.value.text("zh")
    assert of_item("org-d02") == of_item("ORG-D02"), "the case of a code does not matter"


def test_the_whole_edition_is_told() -> None:
    sentences = list(explain_edition(longwen(), longwen().regimes["standard"]))
    told = [one.text.zh for one in sentences]
    assert "期初积分1000分。" in told
    assert "组织生活（ORG）：350分；日常工作积分8项、创新工作加分4项、工作失误扣分4项、一票否决1项。" in told
    assert "1. “帮扶整改”：总积分在500分以下（含本数）。" in told
    assert any(one.startswith("表彰推荐线：年末日常积分在900分以上（含本数）的，推荐表彰；名额不超过") for one in told)
    assert "免考评党员（exempt）；不参加排名；不评定等次；不适用：全部26项应尽职责。" in told
    assert sum(one.topic is Topic.ITEMS for one in sentences) == 72


def test_a_group_names_who_shares_its_ceiling_and_across_is_told(tmp_path: Path) -> None:
    second = edited(ITEMS, ("    outside: [innovation/ORG]\n", "    group: talks\n"))
    edition = load_book(put_book(tmp_path, items=second)).editions[0].edition
    bounds = zh(of_item("ORG-A01", edition=edition), Topic.BOUNDS)
    assert "“宣讲”合计全年至多加8分；与ORG-A02 表彰合并计算。" in bounds
    assert "ORG-A01 主讲党课合计每季度至多加9分。" in bounds


# Numbers and citations.


def test_half_points_are_printed_with_the_books_decimals(tmp_path: Path) -> None:
    halves = edited(ITEMS, ("points: {value: 5, source: M1}", "points: {value: 2.5, source: M1}"))
    book = edited(BOOK, ("decimals: 0", "decimals: 1"))
    edition = load_book(put_book(tmp_path, book=book, items=halves)).editions[0].edition
    assert zh(of_item("ORG-A01", edition=edition), Topic.POINTS) == ["每次加2.5分。"]
    assert zh(of_item("ORG-D01", edition=edition), Topic.DUTY)[1] == "每次份额15分，未尽到的扣减。"
    words = Glossary(edition)
    assert chosen(words, Kind.FAULT, PointRange(-50, -5, 5)).zh == "由记录人在扣0.5分与扣5分之间选定，每0.5分一级"


def test_citations_are_told_in_full() -> None:
    sources = {"M1": "报道 (2024-06-10)", "C1": "条例", "C10": "另一条例"}
    for text, told in (
        ("M1", "《报道》（2024-06-10）〔M1〕"),
        ("C1 第16条", "《条例》第16条〔C1〕"),
        ("M1; C10 (只取一半; 其余自定)", "《报道》（2024-06-10）〔M1〕；《另一条例》〔C10〕（只取一半; 其余自定）"),
        ("assumption (见 (甲) 条); C1", "自定（见 (甲) 条）；《条例》〔C1〕"),
        ("X9", "X9"),
    ):
        assert cited_in_full(text, sources).zh == told


def test_a_bound_of_a_quarterly_book_is_told_by_its_period(tmp_path: Path) -> None:
    edition = load_book(put_book(tmp_path)).editions[0].edition
    item = edition.regimes["standard"].items["ORG-F01"]
    assert [bound(Glossary(edition), item.kind, one).zh for one in item.bounds] == ["全年至多扣20分"]
    assert Glossary(edition).each(Window.QUARTER).zh == "每季度"


def test_an_item_that_stands_outside_of_its_group_shares_no_ceiling(tmp_path: Path) -> None:
    """On both items: one that is outside of the group's ceiling is not listed as sharing it."""
    inside = "    group: talks\n    record: [member]\n"
    items = edited(
        ITEMS,
        (
            "    outside: [innovation/ORG]\n",
            "    outside: [innovation/ORG/talks, innovation/ORG]\n    group: talks\n",
        ),
    )
    assert inside in items
    edition = load_book(put_book(tmp_path, items=items)).editions[0].edition
    for code in ("ORG-A01", "ORG-A02"):
        assert not any("合并计算" in one for one in zh(of_item(code, edition=edition), Topic.BOUNDS)), code


def test_a_class_that_owes_no_duty_is_told_of_no_share_to_lose(tmp_path: Path) -> None:
    edition = load_book(put_book(tmp_path)).editions[0].edition
    for code in ("ORG-F01", "ORG-D01"):
        assert zh(of_item(code, edition=edition), Topic.PAIRS)
        assert zh(of_item(code, "exempt", edition), Topic.PAIRS) == []
