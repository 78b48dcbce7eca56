"""A draft sent as texts is read by the loader of folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rules.book import load_book
from app.rules.document import EditionText
from app.rules.drafting import read_draft
from app.rules.faults import FAULTS_MAX, FaultList, RulesFaulty
from app.rules.parse import parse
from app.rules.source import VALUES_MAX, Source, read_text
from tests.rules.extension_books import CHILD_BOOK, CHILD_ITEMS, put_family
from tests.rules.small_book import BOOK, ITEMS, edited, put_book


def test_texts_make_the_edition_that_the_files_make(tmp_path: Path) -> None:
    assert read_draft([(BOOK, ITEMS)]).digest == load_book(put_book(tmp_path)).editions[0].digest


def test_a_draft_that_extends_a_book_comes_with_that_books_files(tmp_path: Path) -> None:
    found = read_draft([(CHILD_BOOK, CHILD_ITEMS), (BOOK, ITEMS)])
    assert found.digest == load_book(put_family(tmp_path)).editions[0].digest
    with pytest.raises(RulesFaulty):
        read_draft([(CHILD_BOOK, CHILD_ITEMS)])


def test_a_faults_file_is_called_by_the_folder_that_it_belongs_in() -> None:
    wrong = edited(ITEMS, ("points: {value: -5, source: M1}", "points: {value: -5}"))
    with pytest.raises(RulesFaulty) as refused:
        read_draft([(BOOK, wrong)])
    assert [one.file for one in refused.value.faults] == ["small/2026/items.yaml"]


def classes(profiles: int, overlays: int) -> str:
    """The small items with so many profiles and overlays."""

    def named(letter: str, count: int) -> str:
        one = "    name: {zh: a, en: a}\n    grounds: {source: C1}\n"
        return "".join(f"  {letter}{number}:\n{one}" for number in range(count))

    more = ("overlays:\n", named("p", profiles - 2) + "overlays:\n" + named("o", overlays - 1))
    return edited(ITEMS, more)


@pytest.mark.parametrize(("profiles", "overlays"), [(41, 1), (2, 9), (40, 3)])
def test_more_classes_of_members_than_anybody_needs_are_a_fault(profiles: int, overlays: int) -> None:
    with pytest.raises(RulesFaulty) as refused:
        read_draft([(BOOK, classes(profiles, overlays))])
    assert [one.code for one in refused.value.faults] == ["too_many_classes"]


def test_as_many_classes_as_are_allowed_are_read() -> None:
    assert len(read_draft([(BOOK, classes(40, 2))]).regimes) == 120


def test_too_many_versions_of_items_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.rules.checks_profiles.VERSIONS_MAX", 20)
    with pytest.raises(RulesFaulty) as refused:
        read_draft([(BOOK, ITEMS)])
    assert [one.code for one in refused.value.faults] == ["too_many_versions"]


def test_of_very_many_faults_the_first_are_told_and_the_others_counted() -> None:
    source = Source("items.yaml", {f"k{number}": 1 for number in range(10_000)}, {(): 1})
    faults = FaultList()
    parse(EditionText, source, faults)
    assert (len(faults.found), faults.count) == (FAULTS_MAX, 10_010)
    with pytest.raises(RulesFaulty) as refused:
        faults.raise_any()
    assert "10010" in refused.value.text("en")
    assert "9810 more" in refused.value.text("en")
    assert "另有 9810 处未列" in refused.value.text("zh")


def test_a_text_of_countless_values_is_not_read_to_its_end() -> None:
    with pytest.raises(RulesFaulty) as refused:
        read_draft([("a: [" + "1," * VALUES_MAX + "1]", ITEMS)])
    assert [one.code for one in refused.value.faults] == ["too_many_values"]


def test_ten_thousand_keys_are_too_many_values() -> None:
    text = "".join(f"k{number}: [1]\n" for number in range(10_000))
    with pytest.raises(RulesFaulty) as refused:
        read_draft([(text, text)])
    assert {one.code for one in refused.value.faults} == {"too_many_values"}


def test_each_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(text: str, shown: str, faults: FaultList) -> Source | None:
        read.append(text)
        return read_text(text, shown, faults)

    monkeypatch.setattr("app.rules.drafting.read_text", counted)
    read_draft([(BOOK, ITEMS)])
    assert read == [BOOK, ITEMS]


def test_a_choice_is_told_in_each_languages_own_form() -> None:
    with pytest.raises(RulesFaulty) as refused:
        read_draft([(BOOK, edited(ITEMS, ("value: quarter, source: C1", "value: weekly, source: C1")))])
    (fault,) = refused.value.faults
    assert "请从中选一个：month、quarter、half、year。" in fault.zh
