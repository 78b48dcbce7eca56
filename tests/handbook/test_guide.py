"""The guide to rule books: what it tells an officer to write loads and holds, and it tells of every key."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from app.cli.rules import application
from app.rules import (
    cited,
    document,
    example_document,
    extension_document,
    star_example_document,
    stars_document,
)
from app.rules.cited import Strict

ROOT = Path(__file__).resolve().parents[2]
GUIDES = (ROOT / "docs/rule-books.zh-CN.md", ROOT / "docs/rule-books.md")
SHIPPED = ROOT / "scoring_rules"

# A marked block is a file or a piece of one, the lines that replace those of the same keys, or what comes at the end.
_MARKED = re.compile(r"^<!-- (file|head|append): (\S+) -->\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@cache
def text_of(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def blocks_of(guide: Path) -> list[tuple[str, str, str]]:
    """The marked blocks in their order: what to do, with which file, and the text."""
    return [(one[1], one[2], one[3]) for one in _MARKED.finditer(text_of(guide))]


def write_books(guide: Path, folder: Path) -> None:
    """Do what the guide says: write its books, and change a copy of the Longwen book as its fourth chapter does."""
    longwen = folder / "longwen"
    shutil.copytree(SHIPPED / "longwen", longwen)
    shutil.copytree(longwen / "2026", longwen / "2027")
    for examples in (longwen / "2027" / "examples").rglob("*.yaml"):
        examples.write_text(examples.read_text(encoding="utf-8").replace("2026", "2027"), encoding="utf-8")
    for verb, name, text in blocks_of(guide):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(with_head(known, text) if verb == "head" else known + text, encoding="utf-8")


def with_head(known: str, text: str) -> str:
    """The file with its lines of the same keys replaced."""
    for line in text.splitlines():
        key = line.partition(":")[0]
        found = re.search(rf"^{key}: .*$", known, re.MULTILINE)
        assert found is not None, key
        known = known[: found.start()] + line + known[found.end() :]
    return known


def keys_of(model: type[BaseModel]) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}


def written_keys() -> set[str]:
    """Every key that may stand in a file of a rule book."""
    found: set[str] = set()
    for module in (cited, document, extension_document, example_document, star_example_document, stars_document):
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Strict):
                found |= keys_of(one)
    return found


def mentioned(guide: Path) -> set[str]:
    """The words that stand in code: in marked blocks, or between backticks in the text and its tables."""
    text = text_of(guide)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    return set(re.findall(r"[A-Za-z_]+", " ".join(inline)))


def test_both_guides_hold_the_same_blocks() -> None:
    chinese, english = (blocks_of(guide) for guide in GUIDES)
    assert chinese == english
    assert {verb for verb, _, _ in chinese} == {"file", "head", "append"}


def test_both_guides_have_the_same_chapters() -> None:
    chinese, english = (re.findall(r"^(#+) (\d*)", without_blocks(guide), re.MULTILINE) for guide in GUIDES)
    assert chinese == english


def without_blocks(guide: Path) -> str:
    return re.sub(r"^```.*?^```$", "", text_of(guide), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_what_the_guide_says_to_write_passes_check_and_test(guide: Path, tmp_path: Path) -> None:
    write_books(guide, tmp_path)
    for command in ("check", "test"):
        result = CliRunner().invoke(application, [command, str(tmp_path)])
        assert result.exit_code == 0, result.output
    assert {path.parent.name for path in tmp_path.glob("*/book.yaml")} == {"small", "sample", "sample-park", "longwen"}


def test_the_officers_change_is_reached_by_its_examples(tmp_path: Path) -> None:
    write_books(GUIDES[0], tmp_path)
    result = CliRunner().invoke(application, ["test", str(tmp_path / "longwen"), "--full"])
    assert result.exit_code == 0, result.output


def test_the_smallest_book_is_reached_by_its_examples(tmp_path: Path) -> None:
    write_books(GUIDES[0], tmp_path)
    result = CliRunner().invoke(application, ["test", str(tmp_path / "small"), "--full"])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_guide_tells_of_every_key(guide: Path) -> None:
    assert written_keys() - mentioned(guide) == set()


@pytest.mark.parametrize(("guide", "locale"), list(zip(GUIDES, ("zh_CN.UTF-8", "en_GB.UTF-8"), strict=True)))
def test_the_output_shown_is_what_the_commands_say(
    guide: Path, locale: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    write_books(guide, tmp_path)
    said = [CliRunner().invoke(application, ["check", str(tmp_path / book)]).stdout for book in ("small", "longwen")]
    assert [line for one in said for line in one.splitlines() if line not in text_of(guide)] == []
