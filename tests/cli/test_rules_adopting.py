"""``longwen rules adopt`` and ``adoptions``, and publishing a book that extends another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Longwen
from tests.rules.extension_books import CHILD_EXAMPLES, CHILD_ITEMS, put_family
from tests.rules.small_book import BOOK, ITEMS, edited, put_book, put_edition

TO_COME = edited(CHILD_ITEMS, ("from: 2026-04-01", "from: 2035-01-01"))  # the command has the machine's own clock


@pytest.fixture
def child(longwen: Longwen, tmp_path: Path) -> Path:
    """A district's book and one that extends it; a district without either."""
    assert longwen("district", "create", "sample", "样例区").status == 0
    return put_family(tmp_path, items=TO_COME)


def adoptions(longwen: Longwen) -> list[dict[str, object]]:
    said = longwen("rules", "adoptions", "--json")
    assert said.status == 0, said.err
    found: list[dict[str, object]] = json.loads(said.out)
    return found


def test_books_of_a_folder_are_checked_and_published_each_after_the_one_it_extends(
    longwen: Longwen, child: Path
) -> None:
    folder = child.parent
    told = longwen("rules", "check", folder)
    assert told.status == 0, told.out
    assert [line.split()[1] for line in told.out.splitlines()] == ["small", "street"]
    told = longwen("rules", "publish", folder, "--json")
    assert told.status == 0, told.err
    assert [one["book"] for one in json.loads(told.out)] == ["small", "street"]
    assert [(one["organisation"], one["book"]) for one in adoptions(longwen)] == [("sample", "small")]


def test_a_book_that_extends_another_is_published_alone_and_adopted_by_nobody(longwen: Longwen, child: Path) -> None:
    told = longwen("rules", "publish", child, "--json")
    assert told.status == 0, told.err
    assert [one["book"] for one in json.loads(told.out)] == ["street"]
    assert adoptions(longwen) == []


def test_a_book_is_published_by_its_name_and_adopted_by_a_new_district(longwen: Longwen) -> None:
    assert longwen("district", "create", "sample", "样例区").status == 0
    told = longwen("rules", "publish", "tanghe", "--json")
    assert told.status == 0, told.err
    assert {one["book"] for one in json.loads(told.out)} == {"tanghe"}
    assert longwen("rules", "publish", "longwen").status == 0
    assert [one["book"] for one in adoptions(longwen)] == ["tanghe"], "what is published later is adopted by nobody"


def test_one_of_several_books_must_be_named(longwen: Longwen, monkeypatch: pytest.MonkeyPatch) -> None:
    assert longwen("district", "create", "sample", "样例区").status == 0
    told = longwen("rules", "publish")
    assert (told.status, told.out) == (2, "")
    assert "hongdong, jiguan, longwen, sanjin, tanghe" in told.err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "请指明" in longwen("rules", "publish").err
    assert adoptions(longwen) == []
    unknown = longwen("rules", "publish", "nowhere")
    assert unknown.status == 1
    assert "nowhere" in unknown.err


def test_the_only_book_need_not_be_named(longwen: Longwen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert longwen("district", "create", "sample", "样例区").status == 0
    monkeypatch.setenv("LONGWEN_RULES", str(tmp_path))
    put_book(tmp_path)
    assert longwen("rules", "publish").status == 0
    assert [one["book"] for one in adoptions(longwen)] == ["small"]


def test_of_several_books_published_at_once_none_is_adopted(longwen: Longwen, tmp_path: Path) -> None:
    assert longwen("district", "create", "sample", "样例区").status == 0
    put_book(tmp_path)
    other = tmp_path / "other"
    put_edition(other, ITEMS, "2026")
    (other / "book.yaml").write_text(edited(BOOK, ("book: small", "book: other")), encoding="utf-8")
    told = longwen("rules", "publish", tmp_path)
    assert told.status == 0, told.err
    assert "longwen rules adopt BOOK --at sample" in told.err
    assert adoptions(longwen) == []
    assert longwen("rules", "publish", other).status == 0
    assert [one["book"] for one in adoptions(longwen)] == ["other"]


def test_the_examples_of_a_book_that_extends_another_are_run(longwen: Longwen, tmp_path: Path) -> None:
    child = put_family(tmp_path)
    (child / "2026s" / "examples").mkdir()
    (child / "2026s" / "examples" / "own.yaml").write_text(CHILD_EXAMPLES, encoding="utf-8")
    for folder in (child, tmp_path):
        told = longwen("rules", "test", folder)
        assert told.status == 0, told.out
        assert "✓ [watch]" in told.out


def test_an_adoption_is_made_once_and_listed(longwen: Longwen, child: Path) -> None:
    assert longwen("rules", "publish", child.parent).status == 0
    for _ in range(2):
        made = longwen("rules", "adopt", "street", "--at", "sample", "--form", "joint", "--from", "2035-01-01")
        assert made.status == 0, made.err
    name = adoptions(longwen)[0]["name"]
    assert adoptions(longwen)[1:] == [
        {
            "organisation": "sample",
            "name": name,
            "form": "joint",
            "book": "street",
            "from_on": "2035-01-01",
            "until_on": None,
        }
    ]
    listed = longwen("rules", "adoptions").out.splitlines()
    assert listed[0] == "organisation\tname\tform\tbook\tfrom_on\tuntil_on"
    assert listed[2] == f"sample\t{name}\tjoint\tstreet\t2035-01-01\t"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nothing", "--at", "sample", "--from", "2035-01-01"), "no published edition"),
        (("street", "--at", "nowhere", "--from", "2035-01-01"), "organisation nowhere"),
        (("street", "--at", "sample", "--from", "2035-02-01"), "2035-02-01 is neither"),
        (("street", "--at", "sample", "--from", "2034-10-01"), "from 2035-01-01"),
        (("street", "--at", "sample", "--from", "2035-01-01", "--until", "2035-05-31"), "2035-05-31 is neither"),
    ],
)
def test_an_adoption_that_cannot_be_is_refused(
    longwen: Longwen, child: Path, arguments: tuple[str, ...], told: str
) -> None:
    assert longwen("rules", "publish", child.parent).status == 0
    said = longwen("rules", "adopt", *arguments)
    assert said.status == 1
    assert told in said.err


def test_a_form_that_no_branch_has_is_not_understood(longwen: Longwen) -> None:
    assert longwen("rules", "adopt", "street", "--at", "x", "--from", "2035-01-01", "--form", "odd").status == 2
