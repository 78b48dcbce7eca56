"""Names are found as people type them, and personal fields are shown as little as possible."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from app.kit.ids import new_id
from app.roster.core import KnownMember, Membership, masked_id_number, masked_phone, name_readings


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王芳", "wangfang"), ("王芳", "wf"), ("单䶮", "shanyan"), ("单䶮", "danyan"), ("单䶮", "sy"),
        ("曾乐", "zengle"), ("解语", "xieyu"), ("欧阳𬭎", "ouyanghong"), ("欧阳𬭎", "oyh"), ("万俟明", "moqiming"),
        ("吕布", "lvbu"), ("吕布", "lubu"), ("仇和", "qiuhe"), ("Ali", "ali"),
    ],
)  # fmt: skip
def test_a_name_is_read_as_it_is_typed(name: str, typed: str) -> None:
    assert typed in name_readings(name).split()


def test_a_name_has_few_readings() -> None:
    assert all(len(name_readings(name).split()) <= 36 for name in ("万俟单解", "单于单解", "䶮" * 40))


def test_masks_keep_little() -> None:
    assert masked_id_number("000000198001010013") == "000*************13"
    assert masked_phone("10000000001") == "100****0001"
    assert masked_phone("2600123") == "*****23"
    assert masked_id_number("12345") == "*****"


def stay(branch: UUID, first: date, last: date | None) -> Membership:
    return Membership(new_id(), new_id(), branch, None, "x", "standard", first, last)


def test_the_day_of_entry_is_that_of_the_unbroken_stay() -> None:
    here, there = new_id(), new_id()
    stays = (
        stay(here, date(2010, 1, 1), date(2012, 12, 31)),
        stay(there, date(2013, 1, 1), date(2014, 12, 31)),
        stay(here, date(2015, 1, 1), date(2019, 12, 31)),
        stay(here, date(2020, 1, 1), None),
    )
    known = KnownMember(new_id(), "M1", "某", date(2000, 1, 1), None, None, None, None, stays, ())
    assert known.entered_on == date(2015, 1, 1)
    gap = (stays[2], stay(here, date(2020, 1, 3), None))
    assert KnownMember(new_id(), "M1", "某", date(2000, 1, 1), None, None, None, None, gap, ()).entered_on == date(
        2020, 1, 3
    )
