"""A draft sent as texts is read by the loader of folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.rules.book import load_book
from app.rules.drafting import read_draft
from app.rules.faults import RulesFaulty
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
