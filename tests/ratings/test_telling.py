"""Who is told of a rating, a star and a plan: whoever's turn it is, once, and never another's matter."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

from app.auth.core import Role
from app.kit.ids import new_id
from app.schedule import find_job
from tests.ratings.conftest import Jury
from tests.ratings.test_round import DISTRICT, OFFICER, five_star_round
from tests.ratings.test_treating import named, on, plan

__all__ = ["named"]


def inbox(jury: Jury, login: str, kind: str) -> list[str]:
    found = jury.done("GET", login, "me/messages", limit=200)["messages"]
    return [one["text"] for one in found if one["kind"] == kind]


def test_each_turn_of_a_round_is_told_to_whose_it_is(jury: Jury, many: list[str]) -> None:
    round_id, ratings = five_star_round(jury, many)
    own = ratings["own"]
    assert inbox(jury, "secretary", "rating_asked") == ["第一支部（2025年度）：请填报并提交自评。"]
    # A branch without a secretary falls to the office above it; each submission is told there too.
    asked = inbox(jury, OFFICER, "rating_asked")
    assert asked.count("第一支部（2025年度）：请审核自评并签字。") == 1
    assert "第3支部（2025年度）：请填报并提交自评。" in asked
    assert len(inbox(jury, "secretary", "rating_corrected")) == 1
    jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    waits = "第一支部（2025年度）：请决定星级。"
    assert inbox(jury, DISTRICT, "rating_asked") == [waits]
    assert not any("决定星级" in text for text in inbox(jury, OFFICER, "rating_asked"))
    jury.step(DISTRICT, f"ratings/{own}/decision", accept=True, basis="材料属实")
    assert sum("决定星级" in text for text in inbox(jury, OFFICER, "rating_asked")) == 1
    jury.step(OFFICER, f"rating-rounds/{round_id}/filing", committee_id=str(jury.desk.town.committee))
    (noticed,) = inbox(jury, "secretary", "rating_noticed")
    assert noticed == "第一支部 2025年度拟定为 5 星，公示至 2026年11月27日。期间可以提出异议。"
    objection = {"id": str(new_id()), "basis": "示范岗有名无实"}
    jury.done("POST", "林晓明", f"ratings/{own}/objections", objection)
    assert "异议" in inbox(jury, DISTRICT, "rating_asked")[-1]
    assert inbox(jury, "secretary", "rating_asked") == ["第一支部（2025年度）：请填报并提交自评。"]
    path = f"ratings/{own}/objections/{objection['id']}/answer"
    jury.step(DISTRICT, path, upheld=False, basis="已核实", corrections=[])
    assert "已核实" in inbox(jury, "林晓明", "rating_answered")[0]
    on(jury, date(2026, 11, 28))
    jury.step(DISTRICT, f"rating-rounds/{round_id}/naming")
    assert len(inbox(jury, "secretary", "rating_named")) == 1
    steps = [one["action"] for one in jury.read(own)["steps"]]
    order = ["signed", "reckoned", "accepted", "noticed", "objected", "answered", "named"]
    assert [one for one in steps if one in order] == order, "all but the last are of one moment"


def test_a_return_says_what_is_missing(jury: Jury) -> None:
    rating = jury.rating_of(jury.open(), jury.desk.town.branch)["id"]
    jury.submitted(rating)
    jury.step(OFFICER, f"ratings/{rating}/return", basis="缺经费明细")
    (returned,) = inbox(jury, "secretary", "rating_returned")
    assert "说明：缺经费明细。" in returned


def test_a_plan_that_is_late_climbs_from_office_to_office(jury: Jury, many: list[str], named: dict[str, str]) -> None:
    plan(jury, named["b0"])
    town = jury.desk.town
    town.appoint("weak_secretary", Role.SECRETARY, town.path(town.committee, UUID(many[0])))
    assert inbox(jury, "weak_secretary", "rating_plan_agreed") == []  # appointed after it was agreed
    seen: dict[str, list[int]] = {}
    for day in (date(2027, 2, 18), date(2027, 2, 22), date(2027, 3, 1), date(2027, 3, 9), date(2027, 3, 16)):
        on(jury, day)
        for _ in range(2):
            jury.desk.town.run(lambda c, a: find_job("rating_plans").do(c, a, a.today.isoformat()))
        who = ("weak_secretary", OFFICER, DISTRICT)
        late = [[one for one in inbox(jury, login, "deadline_passed") if "办结" in one] for login in who]
        seen[day.isoformat()[5:]] = [len(one) for one in late]
    assert seen == {
        "02-18": [0, 0, 0], "02-22": [0, 0, 0], "03-01": [1, 0, 0], "03-09": [1, 1, 0], "03-16": [1, 1, 1],
    }  # fmt: skip
    assert len(inbox(jury, "weak_secretary", "deadline_near")) == 1


def test_a_plan_that_a_star_asks_for_is_asked_for_until_it_is_agreed_on(
    jury: Jury, many: list[str], named: dict[str, str]
) -> None:
    """Named on Saturday the 28th of November: ten working days end on the 11th of December."""
    plan(jury, named["b0"])
    seen: dict[str, list[int]] = {}
    for day in (date(2026, 11, 28), date(2026, 12, 11), date(2026, 12, 14), date(2026, 12, 18), date(2026, 12, 21)):
        on(jury, day)
        for _ in range(2):
            jury.desk.town.run(lambda c, a: find_job("rating_plans").do(c, a, a.today.isoformat()))
        asked = inbox(jury, OFFICER, "deadline_near"), inbox(jury, OFFICER, "deadline_passed")
        climbed = inbox(jury, DISTRICT, "deadline_passed")
        seen[day.isoformat()[5:]] = [sum("立整改或培育计划" in one for one in told) for told in (*asked, climbed)]
    assert seen == {
        "11-28": [7, 0, 0], "12-11": [7, 0, 0], "12-14": [7, 7, 0], "12-18": [7, 7, 0], "12-21": [7, 7, 7],
    }  # fmt: skip
    assert len(set(inbox(jury, OFFICER, "deadline_near"))) == 7, "each names its branch"


def test_two_officers_who_decide_at_once_decide_once(jury: Jury, many: list[str]) -> None:
    round_id, ratings = five_star_round(jury, many)
    jury.step(DISTRICT, f"rating-rounds/{round_id}/reckoning")
    path = f"/api/v1/ratings/{ratings['own']}/decision"
    logins = [DISTRICT, "other_district"] * 2
    headers = [jury.desk.headers(one) for one in logins]
    bodies = [
        {"id": str(new_id()), "accept": at % 2 == 0, "basis": "属实" if at % 2 == 0 else "材料不实"} for at in range(4)
    ]

    def decide(at: int) -> int:
        return jury.desk.client.post(path, json=bodies[at], headers=headers[at]).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(decide, range(4)))
    # Where five stars were refused first, four are left, which are not the district's to decide.
    assert sorted(answers) in ([200, 409, 409, 409], [200, 403, 403, 403])
    steps = [one["action"] for one in jury.read(ratings["own"])["steps"]]
    assert sum(one in ("accepted", "refused") for one in steps) == 1
