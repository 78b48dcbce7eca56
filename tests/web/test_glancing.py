"""What the first page tells an office of its place: counts that agree with the API, and nobody else's."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from app.kit.ids import new_id
from app.points import reading
from app.points.ledger import DutyState
from app.ratings.tables import rating, rating_round
from tests.cases.conftest import Casebook, apply, casebook
from tests.town import Town
from tests.web.conftest import Browser

__all__ = ["casebook"]

EXEMPT = "老党员"
GRADES = {  # from the best down
    "recommended": "优先推荐", "good": "良好", "qualified": "合格", "reminder": "提醒谈话", "assistance": "帮扶整改",
}  # fmt: skip


@pytest.fixture
def star(casebook: Casebook) -> UUID:
    """The branch was named with four stars of 2025, its neighbour with three."""
    town, round_id = casebook.town, new_id()
    stars = {town.branch: 4, town.neighbour: 3}
    ratings = {branch: new_id() for branch in stars}

    def work(connection: Any, actor: Any) -> None:
        same = {"district_id": town.district.id, "version": 1}
        connection.execute(insert(rating_round), {
            **same, "id": round_id, "code": "2025", "edition": "", "cut_off": date(2025, 12, 31), "first_round": True,
            "state": "named", "opened_at": actor.at, "input_digest": b"",
        })  # fmt: skip
        for branch, number in stars.items():
            connection.execute(insert(rating), {
                **same, "id": ratings[branch], "round_id": round_id, "branch_id": branch,
                "path": town.path(town.committee, branch), "committee_id": town.committee, "pool": "DW01",
                "state": "named", "star": number, "named_star": number, "reasons": [],
            })  # fmt: skip

    town.run(work)
    return ratings[town.branch]


def card(browser: Browser, login: str) -> str:
    """What the first page shows to whoever logs in; empty: nothing of a place."""
    browser.client.cookies.clear()
    browser.log_in(login)
    found = re.search(r'<section class="card glance">.*?</section>', browser.open("/").text, re.DOTALL)
    return "" if found is None else found[0]


def bars(html: str) -> dict[str, int]:
    found = re.findall(r"<li><span>([^<]+)</span><progress [^>]*></progress><b>(\d+)</b>", html)
    return {name: int(count) for name, count in found}


def by_the_api(casebook: Casebook, *names: str) -> dict[str, int]:
    """The grades of these members, each as the API tells the standing."""
    counts = Counter(GRADES[casebook.desk.standing(name)["band"]] for name in names)
    return {name: counts[name] for name in GRADES.values()}


def due_in_october(town: Town, *names: str) -> list[int]:
    """How many of these members have duties due in the month, and how many have one undecided."""
    found = [town.run(lambda c, actor, one=town.members[name]: reading.duties(c, actor, one, None)) for name in names]
    rows = [[one.row for one in duties.lines if one.row.due_on.month == 10] for duties in found]
    states = [{one.state for one in of_one} - {DutyState.WAIVED} for of_one in rows]
    return [sum(map(bool, states)), sum(DutyState.EXPECTED in one for one in states)]


def test_the_card_counts_what_the_api_tells_of_each_member_and_is_nobody_elses(
    browser: Browser, casebook: Casebook, star: UUID
) -> None:
    town: Town = casebook.town
    assert town is browser.town
    town.add_member(EXEMPT, profile="exempt")
    casebook.add_low(差一点=560, 不错=850)
    casebook.seal()
    kept = [town.fact("不错", item, effective_on="2026-10-08", outcome="kept") for item in ("ORG-D02", "ORG-D03")]
    casebook.desk.recorded("secretary", *kept)
    theirs = [name for name in town.members if name not in ("周美玲", EXEMPT)]
    expected = by_the_api(casebook, *theirs)
    assert sum(count > 0 for count in expected.values()) > 2, "the town is spread"

    due = due_in_october(town, *theirs, EXEMPT)
    assert due[0] > due[1] > 0, "somebody has done theirs"

    own = card(browser, "secretary")
    assert bars(own) == expected
    assert list(bars(own)) == list(GRADES.values())
    assert [int(one) for one in re.findall(r"(?:到期职责|待履行) (\d+) 人", own)] == due
    assert "免考评 1 人" in own
    assert "1 人在帮扶整改" in own
    assert f'href="/ratings/{star}">支部星级（2025 年度）</a>' in own
    assert "4 星" in own

    for office in ("organisation_commissioner", "discipline_commissioner"):
        seen = card(browser, office)
        assert bars(seen) == expected
        assert "帮扶整改</a>" not in seen, "a case is not every office's to know"
    assert card(browser, "林晓明") == "", "a member has no place to look after"
    assert card(browser, "hr") == ""
    above = card(browser, "committee_officer")
    joined = by_the_api(casebook, *theirs, "周美玲")
    assert bars(above) == {**joined, "4 星": 1, "3 星": 1}
    of_branches = re.findall(r'<a href="/members\?branch=([0-9a-f-]+)">[^<]+</a> <span>([^<]*)</span>', above)
    lines = {UUID(branch): text for branch, text in of_branches}
    assert lines.keys() == {town.branch, town.neighbour}
    low = expected["提醒谈话"] + expected["帮扶整改"]
    assert f"本月待履行 {due[1]} 人" in lines[town.branch]
    assert f"低等次 {low} 人" in lines[town.branch]
    assert "低等次" not in lines[town.neighbour]
    assert "1 人在帮扶整改" in above
    apply(town, "digest_month", "2026-09")
    whole = card(browser, "district_officer")
    assert bars(whole) == {"4 星": 1, "3 星": 1}
    assert "城东街道党工委 <span>" in whole, "the committees stand in the month's digest"
    assert "2026年9月月调度" in whole
    assert "帮扶整改 1 人" in whole, "counted now"
