"""What the service measures of a branch, with formula and inputs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.cases import store_cases
from app.cases.core_cases import Case, CaseState
from app.kit.ids import new_id
from app.ratings import measuring, store
from app.ratings.core import RatingState
from app.ratings.measured import Measured
from app.ratings.measuring import MEASURING, Person
from app.ratings.scoring import Reading
from app.roster.core import OrganisationKind, OrganisationView
from app.rules import service as rules
from app.rules.lines import Relation
from app.rules.stars import MEASURES
from app.schedule import find_job
from tests.ratings.conftest import Jury
from tests.ratings.rounds import SHEET
from tests.ratings.test_round import DISTRICT, OFFICER
from tests.surveys.conftest import Booth
from tests.town import Json


def measured(jury: Jury, rating: str) -> dict[str, Json]:
    found = jury.read(rating)
    return {one["indicator"]: one["measured"] for one in found["indicators"] if one["measured"] is not None}


def opened(jury: Jury) -> tuple[str, str]:
    round_id = jury.open(2026)
    return round_id, jury.rating_of(round_id, jury.desk.town.branch)["id"]


def test_every_measure_has_a_name_of_the_closed_list() -> None:
    assert set(MEASURING) <= set(MEASURES)


def test_the_mean_is_that_of_the_members_scores_without_what_is_under_appeal(jury: Jury) -> None:
    desk = jury.desk
    round_id, rating = opened(jury)
    before = jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    assert before["state"] == "open"
    whole = measured(jury, rating)["S3.1"]
    daily = [desk.standing(name)["daily"] for name in ("林晓明", "陈建国")]
    assert whole["part"] == sum(daily)
    assert (whole["inputs"]["members"], whole["inputs"]["under_appeal"]) == (2, 0)
    assert "日常积分之和" in whole["formula_zh"]
    fact = desk.town.missed("林晓明", "ORG-D03")
    desk.recorded("committee_officer", fact)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    lower = measured(jury, rating)["S3.1"]
    assert lower["part"] == sum(desk.standing(name)["daily"] for name in ("林晓明", "陈建国")) < whole["part"]
    appeal = {"id": str(new_id()), "text": "当天在场"}
    jury.done("POST", "林晓明", f"entries/{fact['id']}/appeals", appeal)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    disputed = measured(jury, rating)["S3.1"]
    assert (disputed["part"], disputed["inputs"]["under_appeal"]) == (whole["part"], 1)


def test_a_member_who_came_lately_or_is_exempt_is_in_no_mean(jury: Jury) -> None:
    town = jury.desk.town
    town.add_member("新来", since=date(2026, 9, 1))
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    assert measured(jury, rating)["S3.1"]["inputs"]["members"] == 2


def test_posts_setup_and_meetings_are_counted(jury: Jury) -> None:
    town = jury.desk.town
    for name in ("甲", "乙", "丙", "丁", "戊"):
        town.add_member(name)
    round_id, rating = opened(jury)
    meeting = {"id": str(new_id()), "organisation_id": str(town.branch), "item": "ORG-D05"}
    meeting |= {"title": "组织生活会", "held_on": "2026-11-10"}
    jury.done("POST", "committee_officer", "activities", meeting)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)
    assert (found["S1.1"]["part"], found["S1.1"]["inputs"]["members"]) == (1, 7)
    assert (found["S1.3"]["part"], found["S1.3"]["whole"]) == (3, 3)
    assert (found["S2.3"]["part"], found["S2.3"]["whole"]) == (1, 2)
    assert found["S2.3"]["inputs"]["held"] == ["ORG-D05"]


def test_what_is_measured_is_not_retyped_but_corrected(jury: Jury) -> None:
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    sent = [{"indicator": "S1.3", "part": 1, "whole": 1, "files": [jury.file("secretary")]}]
    answer = jury.call("PUT", "secretary", f"ratings/{rating}/indicators", {"id": str(new_id()), "indicators": sent})
    assert answer.json()["faults"][0]["code"] == "indicator_measured"
    jury.submitted(rating)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    fixed = {"indicator": "S1.1", "part": 1, "note": "名册漏登一人", "files": [jury.file(OFFICER)]}
    found = jury.step(OFFICER, f"ratings/{rating}/corrections", indicators=[fixed])
    side = {one["indicator"]: one for one in found["indicators"]}["S1.1"]
    assert (side["measured"]["points"], side["committee"]["points"], side["points"]) == (0, 4, 4)


def test_a_later_room_supplies_what_it_knows(jury: Jury) -> None:
    round_id, rating = opened(jury)
    branch = jury.desk.town.branch
    told = Measured(Reading(3, 4), "按期办结 ÷ 应办结", "in time of due", {"due": 4})
    supply: Any = lambda c, a: measuring.supply(c, a, UUID(round_id), "demands_in_time", {branch: told})  # noqa: E731
    assert jury.desk.town.run(supply) == 1
    assert jury.desk.town.run(supply) == 0  # the same again
    assert measured(jury, rating)["S4.2"]["points"] == 3.75


def test_a_survey_is_measured_and_one_with_too_few_answers_is_not_valid(jury: Jury) -> None:
    booth = Booth(jury.desk)
    today = {"opens_on": "2026-11-21", "closes_on": "2026-11-21"}
    staff, members = booth.open(**today), booth.open(kind="members", **today)
    booth.answered(*staff, *["satisfied"] * 4, "dissatisfied")
    booth.answered(*members, *["dissatisfied"] * 4)
    booth.live_until(date(2026, 11, 22))
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    assert not {"S6.1", "S6.2"} & {code for code, one in measured(jury, rating).items() if one["part"] is not None}
    assert booth.keep() == 2
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)
    assert [found["S6.2"][name] for name in ("part", "whole", "points")] == [4, 5, 5.6]
    assert [found["S6.1"][name] for name in ("part", "whole", "points")] == [0, 0, 5]
    assert found["S6.1"]["inputs"] == {"satisfied": 0, "answers": 0, "valid": 0, "invalid": 1}
    remarks = {one["indicator"]: one["remark"] for one in jury.read(rating)["indicators"]}
    assert remarks["S6.1"] == "no_valid_survey"


def test_shares_look_at_the_lines_of_the_book() -> None:
    """At the line counts for 900; at the line of 500 is fallen into it. Exempt members are in no share."""
    lines = {"recommend": (Relation.AT_LEAST, 900), "assistance": (Relation.AT_MOST, 500)}

    def person(points: int, *, exempt: bool = False) -> Person:
        return Person(12, points, points, 0, exempt, disputed=False, lines=lines)

    branch = OrganisationView(
        new_id(), "a", None, OrganisationKind.BRANCH, "ZB", "支部", "single", None, date(2020, 1, 1), None
    )
    people = {branch.id: (person(900), person(899), person(500), person(501), person(950, exempt=True))}
    scene: Any = SimpleNamespace(people=people)
    found = {
        name: MEASURING[name](scene, branch, SHEET.indicators[0]).reading
        for name in ("share_recommended", "share_unassisted")
    }
    assert found == {"share_recommended": Reading(1, 4), "share_unassisted": Reading(3, 4)}


def held(jury: Jury, item: str, day: str) -> None:
    town = jury.desk.town
    meeting = {"id": str(new_id()), "organisation_id": str(town.branch), "item": item, "title": "会", "held_on": day}
    jury.done("POST", OFFICER, "activities", meeting)


def test_what_an_indicator_names_is_counted_by_window_up_to_the_cut_off(jury: Jury) -> None:
    """On 21 November ten months and three quarters are over; the running ones count once they are."""
    for item, day in (("ORG-D02", "2026-10-09"), ("ORG-D02", "2026-10-30"), ("ORG-D02", "2026-11-06")):
        held(jury, item, day)
    held(jury, "ORG-D01", "2026-10-12")
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)
    assert found["S2.2"]["part"] == 2  # two in October are one month's
    assert found["S2.2"]["inputs"]["windows"] == ["ORG-D02 2026-10", "ORG-D02 2026-11"]
    assert len(found["S2.2"]["inputs"]["sessions"]) == 3
    now = found["S2.1"]
    assert (now["part"], "ORG-D01 2026Q3" in now["inputs"]["missing"]) == (0, True)
    assert now["whole"] == len(now["inputs"]["missing"]) == now["inputs"]["due"]
    # After the year the same round still goes by its cut-off: what is held in January is next year's.
    jury.desk.town.on(date(2027, 1, 20))
    jury.desk.forget()
    jury.desk.town.run(lambda c, a: find_job("quarters").do(c, a, "2027-01-20"))
    held(jury, "ORG-D02", "2027-01-08")
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)
    assert found["S2.2"]["part"] == 2
    assert found["S2.1"]["part"] == 1  # the fourth quarter's meeting is due by now, and was held
    assert found["S2.1"]["whole"] > now["whole"]


def test_dues_count_what_is_settled_and_name_each_that_was_missed(jury: Jury) -> None:
    town = jury.desk.town
    town.run(lambda c, a: find_job("duties").do(c, a, "2026Q4"))
    fact = town.missed("林晓明", "ORG-D07", effective_on="2026-10-20")
    jury.desk.recorded(OFFICER, fact)
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    assert measured(jury, rating)["S3.4"]["whole"] == 0  # the quarter is not over yet
    jury.desk.town.on(date(2027, 1, 20))
    jury.desk.forget()
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)["S3.4"]
    assert found["part"] == found["whole"] - 1
    (missed,) = found["inputs"]["missed"]
    assert missed.startswith(f"{town.members['林晓明']} ORG-D07 ")


def test_cases_with_an_outcome_in_the_year_make_the_correction_rate(jury: Jury) -> None:
    town = jury.desk.town
    for number, (state, day) in enumerate(
        [("accepted", "2026-06-01"), ("closed", "2026-07-01"), ("annulled", "2026-07-01"), ("accepted", "2025-12-30")]
    ):
        town.run(lambda c, a, n=number, s=state, d=day: ended_case(c, a, town.members["林晓明"], town, n, s, d))
    round_id, rating = opened(jury)
    jury.done("POST", DISTRICT, f"rating-rounds/{round_id}/measurement")
    found = measured(jury, rating)["S3.2"]
    assert (found["part"], found["whole"], found["points"]) == (1, 2, 2)
    assert [len(found["inputs"][name]) for name in ("accepted", "failed")] == [1, 1]
    other = measured(jury, jury.rating_of(round_id, town.neighbour)["id"])["S3.2"]
    assert (other["part"], other["whole"], other["points"]) == (0, 0, 4)  # nothing was due


def ended_case(connection: Any, actor: Any, member: UUID, town: Any, number: int, state: str, day: str) -> None:
    on = date.fromisoformat(day)
    edition = rules.edition_on(connection, actor.district_id, town.root, actor.today)
    case = Case(
        id=new_id(), member_id=member, branch_id=town.branch, path=town.branch_path, quarter=f"2026Q{number + 1}",
        cycle="2026", line="assistance", edition=edition.digest, value=480, bound=500, opened_at=actor.at,
        opened_on=on, due_on=None, state=CaseState(state), failed_on=on if state == "closed" else None,
        ended_at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC),
    )  # fmt: skip
    store_cases.insert_cases(connection, actor.district_id, [case])


def test_the_job_measures_after_the_seal_and_a_signed_rating_stays_as_it_was(jury: Jury) -> None:
    _, rating = opened(jury)
    job = find_job("stars")
    assert (job.after, find_job("mentoring").after) == ("cases", "stars")
    measure: Any = lambda c, a: job.do(c, a, "2026Q3")  # noqa: E731
    assert jury.desk.town.run(measure)["measured"] > 0
    assert jury.desk.town.run(measure) == {"measured": 0}
    held(jury, "ORG-D02", "2026-11-06")
    assert jury.desk.town.run(measure)["measured"] > 0
    before = measured(jury, rating)["S2.2"]

    def sign(connection: Any, actor: Any) -> None:
        found = store.find_rating(connection, actor.district_id, UUID(rating))
        assert found is not None
        store.update_rating(connection, actor.district_id, found, {"state": RatingState.SIGNED})

    jury.desk.town.run(sign)
    held(jury, "ORG-D02", "2026-10-06")
    jury.desk.town.run(measure)
    assert measured(jury, rating)["S2.2"] == before
