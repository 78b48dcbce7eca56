"""A roster on paper, small enough to be read, and ways to hand it in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import TypeAlias
from uuid import UUID

import pytest
from sqlalchemy import Connection, select

from app.auth.core import Actor
from app.auth.tables import account, appointment
from app.enrolment import service
from app.enrolment.core import ImportReport
from app.enrolment.template import write_roster
from app.kit.ciphers import AesFieldCipher
from app.kit.db import Database
from app.kit.sheets import Cell
from app.roster.tables import enterprise, exemption, membership, organisation
from app.roster.tables import member as member_rows

Rows: TypeAlias = dict[str, list[dict[str, Cell]]]
CREDIT_CODE = "91000000MA0001ABC7"
OTHER_CREDIT_CODE = "91000000MA0002ABCE"


def small_roster() -> Rows:
    """One committee, two branches (the first with two groups), two firms, three members, three appointments."""
    return {
        "committee": [{"code": "C1", "name": "样例街道党委"}],
        "branch": [
            {"code": "B1", "name": "第一支部", "parent": "C1", "form": "单独", "founded_on": date(2010, 5, 1)},
            {"code": "B2", "name": "第二支部", "parent": "C1", "form": "联合", "founded_on": None},
        ],
        "group": [
            {"code": "B1-G1", "name": "第1党小组", "parent": "B1"},
            {"code": "B1-G2", "name": "第2党小组", "parent": "B1"},
        ],
        "enterprise": [
            {"credit_code": CREDIT_CODE, "name": "样例甲家具有限公司", "trade": "家具日化", "branch": "B1"},
            {"credit_code": OTHER_CREDIT_CODE, "name": "样例乙电子有限公司", "trade": "电子行业", "branch": None},
        ],
        "member": [
            member("M1", name="单䶮", id_number="000000198001010013", phone="10000000001", group="B1-G1"),
            member("M2", name="王芳", branch="B2", group=None, profile="普通党员"),
            member(
                "M3", name="李娜", profile="流动党员", group="B1-G2", ground="年老体弱", exempt_from=date(2026, 7, 1)
            ),
        ],
        "appointment": [
            {"number": "M1", "login": "danyan", "role": "支部书记", "organisation": "B1", "from_on": date(2024, 1, 1)},
            {"number": "M1", "role": "党员", "organisation": "B1", "from_on": date(2024, 1, 1)},
            {
                "name": "赵某", "login": "office", "role": "区两新工委工作人员", "organisation": "全区",
                "from_on": date(2024, 1, 1),
            },
        ],
    }  # fmt: skip


def member(number: str, **cells: Cell) -> dict[str, Cell]:
    return {
        "number": number, "name": "某某", "joined_on": date(2005, 7, 1), "branch": "B1", "profile": "普通党员",
        "entered_on": date(2020, 3, 1), **cells,
    }  # fmt: skip


def workbook_of(rows: Rows) -> BytesIO:
    target = BytesIO()
    write_roster(target, rows)
    target.seek(0)
    return target


@pytest.fixture
def cipher() -> AesFieldCipher:
    return AesFieldCipher.from_secret("a secret that only the tests know")


Import: TypeAlias = Callable[..., ImportReport]


@pytest.fixture
def hand_in(database: Database, district: UUID, actor: Actor, cipher: AesFieldCipher) -> Import:
    """Imports rows or a finished workbook, or previews them, as the service or as another actor."""

    def run(what: Rows | BytesIO, *, preview: bool = False, by: Actor | None = None) -> ImportReport:
        source = what if isinstance(what, BytesIO) else workbook_of(what)
        records = service.read_roster(source)
        return database.run(
            lambda connection: service.import_roster(connection, by or actor, cipher, records),
            district,
            commit=not preview,
        )

    return run


@pytest.fixture
def contents(database: Database, district: UUID) -> Callable[[], dict[str, set[tuple[object, ...]]]]:
    """Everything that the district's tables of roster and offices hold."""

    def read() -> dict[str, set[tuple[object, ...]]]:
        return database.run(lambda connection: _contents(connection, district), district)

    return read


def _contents(connection: Connection, district: UUID) -> dict[str, set[tuple[object, ...]]]:
    tables = (account, appointment, enterprise, exemption, member_rows, membership, organisation)
    return {
        table.name: {tuple(row) for row in connection.execute(select(table).where(table.c.district_id == district))}
        for table in tables
    }
