"""``longwen rules explain`` and ``rules diff``: what the rules say and what changed, at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Longwen
from tests.rules.small_book import next_edition, put_book, put_edition


@pytest.fixture(autouse=True)
def _chinese(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A book of two editions, the later with a point more for a Party class."""
    at = put_book(tmp_path)
    changed = next_edition(("points: {value: 5, source: M1}", "points: {value: 6, assumption: true, note: 试行}"))
    put_edition(at, changed, "2027")
    return at


def test_an_item_is_explained_by_the_books_name_or_folder(longwen: Longwen, small: Path) -> None:
    said = longwen("rules", "explain", "longwen", "ORG-A01")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "龙文区两新组织党员积分细则（2026年版），对一般党员："
    assert "【限额】" in lines
    assert "  每次加5分。［自定（M16为基本分60的办法所定，此处从低）］" in lines
    own = longwen("rules", "explain", small, "ORG-A01", "--edition", "2027")
    assert "  每次加6分。［自定（试行）］" in own.out.splitlines()


def test_the_whole_edition_is_explained_and_so_is_another_class(longwen: Longwen) -> None:
    assert "期初积分1000分。" in longwen("rules", "explain", "longwen").out
    said = longwen("rules", "explain", "longwen", "org-d02", "--profile", "floating")
    assert said.out.startswith("龙文区两新组织党员积分细则（2026年版），对流动党员：")
    assert "由支部在期末列名单逐人确认是否尽到。" in said.out


def test_what_is_wrong_is_said_with_what_there_is(longwen: Longwen, small: Path) -> None:
    for arguments, told in (
        (("explain", "longwen", "ORG-D2"), "ORG-D02 参加主题党日"),
        (("explain", "nothing"), "longwen"),
        (("explain", small, "--edition", "1999"), "2026, 2027"),
        (("explain", "longwen", "ORG-D02", "--profile", "nobody"), "standard"),
        (("diff", "longwen/1999", "longwen"), "2026"),
    ):
        said = longwen("rules", *arguments)
        assert (said.status, said.out) == (1, "")
        assert told in said.err


def test_a_faulty_book_tells_its_faults(longwen: Longwen, small: Path) -> None:
    (small / "book.yaml").write_text("format: 1\n", encoding="utf-8")
    said = longwen("rules", "explain", small)
    assert (said.status, said.out) == (1, "")
    assert f"{small / 'book.yaml'}:1: " in said.err


def test_editions_are_compared_by_name_and_by_folder(longwen: Longwen, small: Path) -> None:
    for old, new in ((small / "2026", small / "2027"), (small / "2026", small)):
        said = longwen("rules", "diff", old, new)
        assert (said.status, said.err) == (0, "")
        assert said.out.splitlines()[2:] == [
            "1. 细则总则：施行日期由“2026年1月1日”改为“2027年1月1日”。",
            "2. ORG-A01 主讲党课：分值由“每次加5分”改为“每次加6分”。",
            "   原依据：《报道》（2024-06-10）〔M1〕；现依据：自定（试行）",
        ]
    same = longwen("rules", "diff", "longwen/2026", "longwen")
    assert same.out.splitlines()[2:] == ["两个版本内容相同。"]


def test_a_draft_is_compared_with_what_is_published(longwen: Longwen, small: Path) -> None:
    longwen("district", "create", "longwen", "龙文区")
    assert longwen("rules", "publish", small).status == 0
    later = (small / "2027" / "items.yaml").read_text(encoding="utf-8")
    draft = later.replace(
        "record: [member]\n    review: [secretary]\n  ORG-A02",
        "record: [secretary]\n    review: [committee_officer]\n  ORG-A02",
    )
    (small / "2027" / "items.yaml").write_text(draft, encoding="utf-8")
    said = longwen("rules", "diff", "published:small/2027", small)
    assert [line for line in said.out.splitlines() if line[:1].isdigit()] == [
        "1. ORG-A01 主讲党课：记录人由“党员本人”改为“支部书记”。",
        "2. ORG-A01 主讲党课：审核人由“支部书记”改为“党委”。",
    ]
    facts = json.loads(longwen("rules", "diff", "published:2026", "published:2027", "--json").out)
    assert [one["place"] for one in facts["changes"]] == ["starts_on", "items.ORG-A01.points"]
    by_digest = longwen("rules", "diff", f"published:{facts['old']['digest'][:10]}", "published:2026")
    assert by_digest.out.splitlines()[2:] == ["两个版本内容相同。"]
    unknown = longwen("rules", "diff", "published:1999", small)
    assert unknown.status == 1
    assert "small/2026" in unknown.err


def test_programs_get_json_in_both_languages(longwen: Longwen) -> None:
    facts = json.loads(longwen("rules", "explain", "longwen", "LAW-V01", "--json").out)
    assert (facts["book"], facts["edition"], facts["profile"]) == ("longwen", "2026", "standard")
    effect = next(one for one in facts["sentences"] if one["key"] == "veto.effect")
    assert (effect["topic"], effect["zh"], effect["en"]) == ("veto", "当期积分计为零。", "The effective total is zero.")
    assert effect["basis_zh"].startswith("《洪洞县党员积分制管理办法（报道）》")
