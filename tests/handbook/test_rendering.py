"""The printed forms of a rule book: one HTML file that needs nothing else, and a PDF that is the same every time."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typst
from typer.testing import CliRunner

from app.cli.rules import application
from app.handbook import rendering
from app.handbook.booklet import Booklet
from app.handbook.rendering import FontsMissing, PapersMissing, html, pdf, read_booklet
from app.rules.book import book_folders
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

SHIPPED = Path(__file__).resolve().parents[2] / "scoring_rules"
# Names that would do something if they were taken for markup.
HOSTILE = r"""<script>alert(1)</script> #import("x") *粗* $x$ {{ 7 * 7 }} \u{41} @a `b` _c_ = 标题"""


@cache
def longwen() -> Booklet:
    return read_booklet(SHIPPED / "longwen")


@cache
def longwen_pdf() -> bytes:
    return pdf(longwen())


def hostile(folder: Path) -> Booklet:
    quoted = json.dumps(HOSTILE, ensure_ascii=False)
    items = edited(
        ITEMS, ("name: {zh: 组织生活,", f"name: {{zh: {quoted},"), ("article: 一票否决。", f"article: {quoted}")
    )
    return read_booklet(put_book(folder, items=items))


class _Parts(HTMLParser):
    """What a browser would see: the elements, their addresses, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def parts(text: str) -> _Parts:
    found = _Parts()
    found.feed(text)
    return found


@pytest.mark.parametrize("folder", book_folders(SHIPPED), ids=lambda folder: folder.name)
def test_every_book_that_ships_is_rendered_in_both_forms(folder: Path) -> None:
    booklet = read_booklet(folder)
    found = parts(html(booklet))
    assert all(chapter.title in found.text for chapter in booklet.chapters)
    assert pdf(booklet).startswith(b"%PDF-")


def test_the_html_needs_nothing_but_itself() -> None:
    found = parts(html(longwen()))
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(found.tags)
    assert all(address.startswith("#chapter-") for address in found.addresses)
    style = html(longwen()).split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in html(longwen()).replace('http-equiv="Content-Security-Policy"', "")


def test_the_html_says_all_that_the_booklet_says() -> None:
    text = parts(html(longwen())).text
    cover = longwen().cover
    told = [cover.name, cover.edition, cover.issuer, cover.applies_to, cover.in_force, cover.digest]
    for chapter in longwen().chapters:
        for section in chapter.sections:
            told += [section.title, *section.paragraphs]
            told += [cell for row in section.table.rows for cell in row] if section.table else []
            told += [each for one in section.articles for each in (one.code, one.name, one.text)]
    assert [one for one in told if one not in text] == []


def test_the_html_repeats_the_headings_of_a_table_on_each_printed_page() -> None:
    text = html(longwen())
    assert "thead { display: table-header-group; }" in text
    assert "size: A4" in text
    assert text.count("<thead>") == sum(
        section.table is not None for chapter in longwen().chapters for section in chapter.sections
    )


def test_a_name_is_never_markup_in_html(tmp_path: Path) -> None:
    found = parts(html(hostile(tmp_path)))
    assert HOSTILE in found.text
    assert "script" not in found.tags


def test_a_name_is_never_markup_in_the_pdf(tmp_path: Path) -> None:
    booklet = hostile(tmp_path)
    assert pdf(booklet).startswith(b"%PDF-")
    inputs = {"booklet": json.dumps(booklet.plain())}
    found = typst.query(template(), "heading", field="body", sys_inputs=inputs)
    bodies: list[dict[str, Any]] = json.loads(found)
    assert [body["text"] for body in bodies if HOSTILE in body.get("text", "")] == [f"第二章　{HOSTILE}（ORG，60分）"]


def template() -> bytes:
    return (Path(rendering.__file__).parent / "templates" / "booklet.typ").read_bytes()


def test_the_same_book_is_the_same_pdf() -> None:
    assert pdf(longwen()) == longwen_pdf()
    assert html(longwen()) == html(longwen())


def test_the_pdf_is_dated_by_the_edition() -> None:
    assert re.search(rb"/CreationDate\s*\(D:20260101000000", longwen_pdf())


def test_the_pdf_is_set_without_a_warning() -> None:
    """No font is missing, no character without a shape."""
    inputs = {"booklet": json.dumps(longwen().plain())}
    made, warnings = typst.compile_with_warnings(template(), format="pdf", sys_inputs=inputs)
    assert made
    assert [warning.message for warning in warnings] == []


def test_the_pdf_carries_its_fonts() -> None:
    made = longwen_pdf()
    assert b"NotoSerifCJKsc" in made
    assert b"NotoSansCJKsc" in made


def test_a_long_code_and_a_long_word_are_set(tmp_path: Path) -> None:
    code = "A" * 39
    items = edited(ITEMS, ("  ORG-V01:", f"  {code}:"), ("name: {zh: 表彰,", f"name: {{zh: {'Commendation' * 9},"))
    assert pdf(read_booklet(put_book(tmp_path, items=items))).startswith(b"%PDF-")


def test_missing_fonts_are_told_with_the_package_that_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "FONTS", ("Noto Serif CJK SC", "No Such Font"))
    with pytest.raises(FontsMissing) as caught:
        pdf(longwen())
    for language in ("zh", "en"):
        assert "apt install fonts-noto-cjk" in caught.value.text(language)
        assert "No Such Font" in caught.value.text(language)
        assert "Serif" not in caught.value.text(language)


def test_a_missing_typesetter_is_told_with_the_extra_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PapersMissing) as caught:
        pdf(longwen())
    for language in ("zh", "en"):
        assert "longwen[papers]" in caught.value.text(language)
    assert html(longwen())  # which needs no typesetter


def test_the_command_writes_either_form_by_the_name_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGWEN_RULES", str(SHIPPED))
    runner = CliRunner()
    for name, start in (("book.html", b"<!DOCTYPE html>"), ("book.pdf", b"%PDF-")):
        done = runner.invoke(application, ["render", "longwen", "--to", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_bytes().startswith(start)
    path = str(tmp_path / "class.html")
    folder = str(SHIPPED / "longwen")
    done = runner.invoke(application, ["render", folder, "--edition", "2026", "--profile", "floating", "--to", path])
    assert done.exit_code == 0, done.output
    assert "流动党员" in Path(path).read_text(encoding="utf-8").split("目　录")[0]


def test_the_command_refuses_another_form_and_a_book_at_fault(tmp_path: Path) -> None:
    runner = CliRunner()
    folder = put_book(tmp_path, book=edited(BOOK, ("decimals: 0", "decimals: 9")))
    for name, status in (("book.docx", 2), ("book.html", 1)):
        done = runner.invoke(application, ["render", str(folder), "--to", str(tmp_path / name)])
        assert done.exit_code == status
        assert not (tmp_path / name).exists()
    assert "decimals" in done.output
