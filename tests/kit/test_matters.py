"""Matters and titles are compared in one form."""

from __future__ import annotations

import pytest

from app.kit.matters import matter_key


@pytest.mark.parametrize(
    "written",
    [
        "QC成果 1号",
        "ＱＣ成果1号",
        "qc成果１号",
        "QC成果1号。",
        "《QC成果》1号",
        " QC成\u200b果\u30001号",
        "qc-成果（1号）",
    ],
)
def test_one_matter_is_one_however_it_is_written(written: str) -> None:
    assert matter_key(written) == "qc成果1号"


@pytest.mark.parametrize(
    ("one", "other"), [("任务1.5", "任务15"), ("2026-11期", "202611期"), ("1 2号", "12号"), ("甲", "乙")]
)
def test_different_matters_stay_different(one: str, other: str) -> None:
    assert matter_key(one) != matter_key(other)


def test_a_text_of_punctuation_alone_is_compared_as_it_is() -> None:
    assert (matter_key("。。"), matter_key("\u200b")) == ("。。", "")
