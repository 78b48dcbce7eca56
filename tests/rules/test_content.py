"""The stored form of an edition: canonical, under its digest, and read back equal."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from app.kit.digests import canonical
from app.rules.book import load_book
from app.rules.content import ContentUnreadable, content_of, digest_of, edition_from_content
from tests.rules.small_book import BOOK, ITEMS, edited, put_book

LONGWEN = Path(__file__).resolve().parents[2] / "scoring_rules" / "longwen"


def test_an_edition_comes_back_equal_from_its_content() -> None:
    for loaded in load_book(LONGWEN).editions:
        again = edition_from_content(loaded.content)
        assert again == loaded.edition
        assert content_of(again) == loaded.content
        assert list(again.regimes["standard"].items) == list(loaded.edition.regimes["standard"].items)


def test_content_is_canonical_json_under_its_sha_256() -> None:
    loaded = load_book(LONGWEN).editions[0]
    assert canonical(json.loads(loaded.content)) == loaded.content
    assert loaded.digest == hashlib.sha256(loaded.content).hexdigest() == digest_of(loaded.content)
    assert {regime.digest for regime in loaded.edition.regimes.values()} == {loaded.digest}


def test_the_catalogue_keeps_its_order() -> None:
    codes = list(load_book(LONGWEN).editions[0].edition.regimes["standard"].items)
    assert codes[:2] == ["ORG-D01", "ORG-D02"]
    assert codes.index("ORG-V01") < codes.index("EXC-D01") < codes.index("SRV-D01") < codes.index("LAW-D01")


def test_comments_layout_and_the_order_of_keys_do_not_change_the_digest(tmp_path: Path) -> None:
    plain = load_book(put_book(tmp_path / "a")).editions[0]
    moved = edited(
        ITEMS,
        ("    kind: veto\n    dimension: ORG\n", "    # moved\n    dimension: ORG\n    kind: veto\n"),
        ("points: {value: -5, source: M1}", "points:\n      source: M1\n      value: -5"),
    )
    assert load_book(put_book(tmp_path / "b", items=moved)).editions[0].digest == plain.digest


def test_another_source_title_is_another_digest_only_where_it_is_cited(tmp_path: Path) -> None:
    plain = load_book(put_book(tmp_path / "a")).editions[0]
    uncited = edited(BOOK, ("sources:\n", "sources:\n  M9: {title: 未引用}\n"))
    assert load_book(put_book(tmp_path / "b", book=uncited)).editions[0].digest == plain.digest
    cited = edited(BOOK, ("title: 报道", "title: 另一报道"))
    assert load_book(put_book(tmp_path / "c", book=cited)).editions[0].digest != plain.digest


def test_any_change_of_a_value_changes_the_digest(tmp_path: Path) -> None:
    seen = {load_book(put_book(tmp_path / "plain")).editions[0].digest}
    edits = [
        ("{units: 80, points: 9, source: M1}", "{units: 80, points: 8, source: M1}"),
        ("{units: 80, points: 9, source: M1}", "{units: 81, points: 9, source: M1}"),
        ("quota: {value: 1/3, source: M1}", "quota: {value: 1/4, source: M1}"),
        (
            "bounds: [{window: year, low: -20, assumption: true}]",
            "bounds: [{window: half, low: -20, assumption: true}]",
        ),
        ("matter: required", "matter: optional"),
        ("costs: [ORG-D01]", "costs_one_of: [ORG-D01]"),
        ("article: 一票否决。", "article: 一票否决"),
        ("points: {value: -5, source: M1}", "points: {value: -5, source: C1}"),
        ("sessions: {value: undecided", "sessions: {value: waived"),
    ]
    for number, edit in enumerate(edits):
        seen.add(load_book(put_book(tmp_path / str(number), items=edited(ITEMS, edit))).editions[0].digest)
    assert len(seen) == len(edits) + 1


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"not json", b'{"format":2}', b'{"format":1,"items":3}'])
def test_bytes_that_are_no_edition_are_refused(content: bytes) -> None:
    with pytest.raises(ContentUnreadable):
        edition_from_content(content)
