"""The sample district as the workbook that an office would hand in."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from app.enrolment.template import write_roster
from app.kit.sheets import Cell
from tests.sample.district import District

Rows = list[dict[str, Cell]]


def write_workbook(target: Path | BinaryIO, district: District) -> None:
    write_roster(target, sheet_rows(district))


def sheet_rows(district: District) -> dict[str, Rows]:
    """The rows by sheet and column key, as they are shown in the cells."""
    return {
        "committee": [{"code": one.code, "name": one.name} for one in district.committees],
        "branch": [
            {
                "code": one.code, "name": one.name, "parent": one.committee, "form": one.form,
                "founded_on": one.founded_on,
            }
            for one in district.branches
        ],
        "group": [
            {"code": group.code, "name": group.name, "parent": group.branch}
            for branch in district.branches
            for group in branch.groups
        ],
        "enterprise": [
            {"credit_code": one.credit_code, "name": one.name, "trade": one.trade, "branch": one.branch}
            for one in district.enterprises
        ],
        "member": [
            {
                "number": one.number, "name": one.name, "id_number": one.id_number, "phone": one.phone,
                "joined_on": one.joined_on, "branch": one.branch, "group": one.group, "enterprise": one.enterprise,
                "profile": one.profile, "entered_on": one.entered_on, "ground": one.ground,
                "exempt_from": one.exempt_from, "points": one.points, "reference": one.reference,
            }
            for one in district.members
        ],
        "appointment": [
            {
                "number": one.number, "name": one.name, "login": one.login, "role": one.role,
                "organisation": one.organisation, "from_on": one.from_on,
            }
            for one in district.appointments
        ],
    }  # fmt: skip
