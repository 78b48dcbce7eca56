"""A second district of the sample that begins: ten branches, and no stars yet. The guide's ``stars.py`` rates it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from stdnum.cn import uscc

from app.rules.book import Book
from tests.sample.building import Builder
from tests.sample.district import (
    Appointment,
    Branch,
    Committee,
    District,
    Enterprise,
    Member,
)

CODE = "beginners"
NAME = "起步区（样例）"
LOGINS = {
    "起步区 its district office": "district-1",
    "起步区党委 its committee": "committee-q1",
    "其第一支部书记 the secretary of its first branch": "secretary-q001",
    "其第二支部书记 and of its second": "secretary-q002",
}
_BRANCHES = 10
_MEMBERS = 3  # of each branch
_TRADES = ("家具日化", "电子行业", "机械制造", "食品饮料", "新兴行业", "印刷包装")
_SINCE = date(2024, 1, 1)


def make_beginners() -> District:
    """One committee, ten branches of three members, each over a firm of its own."""
    codes = [f"Q{number:03d}" for number in range(1, _BRANCHES + 1)]
    branches = tuple(
        Branch(code, f"中共起步区第{number}支部", "Q1", "单独", date(2012, 7, 1), 0.8)
        for number, code in enumerate(codes, 1)
    )
    firms = tuple(
        Enterprise(_credit_code(number), f"样例起步{number}厂", _TRADES[0 if number < 4 else number % 6], code)
        for number, code in enumerate(codes, 1)
    )
    members = tuple(
        Member(
            number=f"Q{place * _MEMBERS + one:03d}",
            name=f"起步{'甲乙丙'[one]}{place + 1}",
            id_number=None,
            phone=None,
            joined_on=date(2010, 7, 1),
            branch=code,
            group=None,
            enterprise=firms[place].credit_code,
            profile="普通党员",
            entered_on=_SINCE,
            diligence=1.0,
        )
        for place, code in enumerate(codes)
        for one in range(_MEMBERS)
    )
    secretaries = tuple(
        Appointment(one.number, one.name, f"secretary-{one.branch.lower()}", role, place, _SINCE)
        for one in members[::_MEMBERS]
        for role, place in (("支部书记", one.branch), ("党员", one.branch))
    )
    above = (
        Appointment(None, "起步区工作人员", "district-1", "区两新工委工作人员", "全区", _SINCE),
        Appointment(None, "起步党委工作人员", "committee-q1", "基层党委工作人员", "Q1", _SINCE),
    )
    committee = Committee("Q1", "样例起步街道党委")
    return District(0, (committee,), branches, firms, members, (*above, *secretaries))


def _credit_code(number: int) -> str:
    """In a region that does not exist, with a right check digit."""
    body = f"91000000MA9{number:03d}QBX"
    return body + uscc.calc_check_digit(body)


def begin(builder: Builder, book: Book, workbook: Path) -> None:
    """The district has its book, its roster and its log-ins; the rest is for its people to do."""
    builder.open_year(book)
    builder.import_roster(make_beginners(), workbook)
    builder.set_passwords(list(LOGINS.values()))
