"""What is said of one quarter agrees to the row: frozen rows, lines, digest, board, sheet and phone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.cases.tables import line_count
from app.digests import making, service
from app.digests.core import DigestKind
from app.kit.ids import new_id
from app.reviews import service as reviews
from tests.seals.conftest import Q3, Office
from tests.seals.test_sealing import frozen

MEMBER, COLLEAGUE, NEIGHBOUR = "林晓明", "陈建国", "周美玲"
DIES, A_DAY, LAST_DAY, EXEMPT = "已故人", "一日免", "季末免", "长期免"
RANKED = {MEMBER, COLLEAGUE, NEIGHBOUR, A_DAY}


def exempted(office: Office, name: str, first: str, until: str | None) -> None:
    body = {"id": str(new_id()), "ground": "illness", "from_on": first} | ({"until_on": until} if until else {})
    path = f"members/{office.desk.town.members[name]}/exemptions"
    assert office.call("POST", "committee_officer", path, body).status_code in {200, 201}


@pytest.fixture
def closed(office: Office) -> Office:
    """The third quarter sealed, with members of every sort, and nothing recorded since."""
    town = office.desk.town
    for name in (DIES, A_DAY, LAST_DAY, EXEMPT):
        town.add_member(name, account=True)
    exempted(office, A_DAY, "2026-07-01", "2026-07-01")
    exempted(office, LAST_DAY, "2026-09-25", None)
    exempted(office, EXEMPT, "2026-07-01", None)
    for name, item in ((MEMBER, "ORG-D01"), (COLLEAGUE, "ORG-D03"), (NEIGHBOUR, "ORG-D01"), (A_DAY, "ORG-D03")):
        office.recorded(name, item, login="district_officer")
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16))
    office.on(date(2026, 10, 20))
    body = {"id": str(new_id()), "ground": "died", "left_on": "2026-10-18"}
    left = office.call("POST", "committee_officer", f"members/{town.members[DIES]}/leaving", body)
    assert left.status_code in {200, 201}, left.text
    office.live(date(2026, 10, 24))
    office.run("lines")
    return office


def test_everything_said_of_a_quarter_agrees_to_the_row(closed: Office) -> None:
    town = closed.desk.town
    rows = frozen(closed)
    ranked = {name: row for name, row in rows.items() if row.ranked}
    assert set(ranked) == RANKED
    # Lines.
    counts = select(line_count).where(line_count.c.district_id == town.district.id, line_count.c.quarter == Q3)
    tested = {row.line: row.tested for row in town.run(lambda c, _: c.execute(counts).all())}
    assert {tested["commend"], tested["assist"]} == {len(RANKED)}, tested
    # The digest's averages.
    town.run(lambda connection, actor: making.quarter(connection, actor, Q3))
    (digest,) = [
        one
        for one in town.run(lambda c, actor: service.digests(c, actor, kind=DigestKind.QUARTER)).snapshots
        if one.content["scope"]["kind"] == "district"
    ]
    numbers = digest.content["numbers"]
    assert (numbers["ranked"], numbers["total"], numbers["daily"]) == (
        len(RANKED),
        sum(row.effective for row in ranked.values()),
        sum(row.daily for row in ranked.values()),
    )
    # The sheet lists who belonged on the last day, with the points of the frozen rows, and says who is not ranked.
    sheet = town.run(lambda connection, actor: reviews.quarter_sheet(connection, actor, Q3, "zh"))
    listed = {one.name: one for one in sheet.rows}
    assert {name: int(one.total) for name, one in listed.items()} == {name: row.total for name, row in rows.items()}
    assert {name for name, one in listed.items() if "不参加排名" in one.duties} == {LAST_DAY, DIES}
    assert listed[EXEMPT].duties == "免考核"
    # The board of today, and everybody's own phone: nothing was recorded since.
    policy = {"reach": "district", "top": 10, "names": "full"}
    assert closed.call("PUT", "district_officer", "boards/policies/district", policy).status_code == 200
    board = closed.call("GET", "district_officer", "boards/district").json()
    assert {one["name"]: one["points"] for one in board["rows"]} == {n: row.effective for n, row in ranked.items()}
    for name in (MEMBER, A_DAY, LAST_DAY, EXEMPT):
        home: Any = closed.call("GET", name, "me").json()
        standing = home["standing"]
        assert (standing["total"], standing["ranked"]) == (rows[name].total, rows[name].ranked), name
