"""Commendations from the line of 900 to the day they are handed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest

from app.auth.core import Role
from app.kit.ids import new_id
from tests.cases.conftest import Casebook, apply
from tests.cases.test_api import decided, post, posted
from tests.submissions.test_retries import at_once
from tests.town import Desk, Json, Town

GOOD = ("良一", "良二", "良三", "良四", "良五", "良六", "良七")  # seven graded members: two places
MEETING, DOCUMENT = date(2027, 1, 12), "〔2027〕3号"


@dataclass
class Meetings(Casebook):
    """The year's list of a branch, and what is done to it."""

    def listed(self, login: str = "district_officer") -> dict[str, Json]:
        answer = self.call("GET", login, "commendations", quarter="2026Q4", limit=200)
        assert answer.status_code == 200, answer.text
        return {one["member"]: one for one in answer.json()["commendations"]}

    def states(self) -> dict[str, str]:
        return {name: one["state"] for name, one in self.listed().items()}

    def decide(self, *names: str, struck: tuple[str, ...] = (), votes: int = 6, **more: Any) -> Any:
        rows = self.listed()
        choices = [{"commendation_id": rows[one]["id"], "recommend": True, "votes_for": votes} for one in names]
        choices += [
            {"commendation_id": rows[one]["id"], "recommend": False, "votes_for": 0, "note": "群众有意见"}
            for one in struck
        ]
        body = {"id": str(new_id()), "branch_id": str(self.town.branch), "quarter": "2026Q4", "votes_cast": 7,
                "held_on": MEETING.isoformat(), "choices": choices, **more}  # fmt: skip
        return self.call("POST", "secretary", "commendations/decisions", body)

    def many(self, login: str, verb: str, **body: Any) -> Any:
        sent = {"id": str(new_id()), "quarter": "2026Q4", **body}
        return self.call("POST", login, f"commendations/{verb}", sent)

    def publish(self, **more: Any) -> Any:
        return self.many("secretary", "notices", branch_id=str(self.town.branch), **more)

    def confirm(self, **more: Any) -> Any:
        return self.many("committee_officer", "confirmations", organisation_id=str(self.town.committee), **more)

    def hand_over(self, **more: Any) -> Any:
        body = {"organisation_id": str(self.town.committee), "document": DOCUMENT, **more}
        return self.many("committee_officer", "hand-overs", **body)

    def one(self, login: str, name: str, verb: str, **body: Any) -> Any:
        found = self.listed()[name]["id"]
        return self.call("POST", login, f"commendations/{found}/{verb}", {"id": str(new_id()), "note": "理由", **body})

    def to_confirmed(self, *names: str) -> None:
        """The meeting, the notice, and the confirmation of these."""
        decision = self.decide(*names)
        assert decision.status_code == 200, decision.text
        assert self.publish().status_code == 200
        self.on(date(2027, 1, 20))
        answer = self.confirm()
        assert len(answer.json()["commendations"]) == len(names), answer.text


@pytest.fixture
def meetings(town: Town, client: Any) -> Meetings:
    """It is 12 January; the year is settled, and the list of the branch is made."""
    town.on(date(2026, 1, 5))
    for number, name in enumerate(GOOD):
        town.add_member(name, joined=date(2000 + number, 7, 1), account=name in ("良一", "良七"))
    town.appoint_cast()
    town.on(date(2026, 12, 31))
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    desk = Desk(town, client)
    post(desk, [fact for name in GOOD for fact in decided(desk, name, "kept")])
    posted(desk, "良六", "LAW-F01", tier="reminder", matter="记录1号")
    town.on(date(2027, 1, 11))
    desk.forget()
    apply(town, "quarters", "2027-01-11")
    town.live_through("2027Q1")
    book = Meetings(desk)
    for quarter in ("2026Q1", "2026Q2", "2026Q3", "2026Q4"):
        apply(town, "settle", quarter)
    book.seal("2026Q4")
    book.on(MEETING)
    return book


def test_the_list_has_an_order_places_and_everybody_who_is_kept_off_by_name(meetings: Meetings) -> None:
    found = meetings.listed()
    assert {name: (one["state"], one["position"], one["grounds"]) for name, one in found.items()} == {
        "良一": ("listed", 1, []),
        "良二": ("listed", 2, []),
        "良三": ("reserve", 3, ["over_quota"]),
        "良四": ("reserve", 4, ["over_quota"]),
        "良五": ("reserve", 5, ["over_quota"]),
        "良六": ("excluded", None, ["dimension_fault"]),
        "良七": ("reserve", 6, ["over_quota"]),
    }
    assert {one["places"] for one in found.values()} == {2}
    assert meetings.seal("2026Q4", force=True) == {"opened": 0}
    assert meetings.listed() == found
    (told,) = meetings.told("secretary", "commendation_asked")
    assert "2 人" in told


def test_from_the_meeting_to_the_day_of_handing_over(meetings: Meetings) -> None:
    meetings.to_confirmed("良一", "良二")
    answer = meetings.hand_over().json()
    assert {one["member"]: one["state"] for one in answer["commendations"]} == {
        "良一": "handed_over",
        "良二": "handed_over",
    }
    own = meetings.call("GET", "良一", f"commendations/{meetings.listed()['良一']['id']}").json()
    assert [one["action"] for one in own["steps"]] == ["listed", "recommended", "noticed", "confirmed", "handed_over"]
    assert (own["document"], own["meeting_on"], own["votes_for"], own["votes_cast"]) == (DOCUMENT, "2027-01-12", 6, 7)
    assert len(meetings.told("良一", "commendation_moved")) == 4


def test_nobody_outside_the_list_enters_and_nobody_kept_off(meetings: Meetings) -> None:
    outside = [{"commendation_id": str(new_id()), "recommend": True, "votes_for": 7}]
    assert meetings.decide(choices=outside).json()["code"] == "not_on_list"
    answer = meetings.decide("良六")
    assert (answer.status_code, answer.json()["code"]) == (409, "commendation_kept_off")
    assert "dimension_fault" in answer.json()["detail"]


def test_the_places_are_never_exceeded_and_the_next_moves_up_only_where_one_is_struck(meetings: Meetings) -> None:
    for names in (("良三",), ("良一", "良二", "良三"), ("良一", "良三")):
        answer = meetings.decide(*names)
        assert (answer.status_code, answer.json()["code"]) == (409, "no_place"), names
    assert set(meetings.states().values()) == {"listed", "reserve", "excluded"}  # all or nothing
    assert meetings.decide("良二", "良三", struck=("良一",)).status_code == 200
    assert meetings.decide("良四").json()["code"] == "no_place"
    assert meetings.states()["良一"] == "struck"


def test_who_is_struck_is_struck_for_a_reason_and_more_than_half_recommend(meetings: Meetings) -> None:
    assert meetings.decide("良一", votes=3).json()["code"] == "no_majority"
    rows = meetings.listed()
    choice = {"commendation_id": rows["良一"]["id"], "recommend": False, "votes_for": 0}
    assert meetings.decide(choices=[choice]).json()["code"] == "reason_missing"
    assert meetings.decide("良一", held_on="2027-01-13").json()["code"] == "meeting_day"


def test_the_same_decision_again_is_a_retry_and_another_one_a_conflict(meetings: Meetings) -> None:
    sent = str(new_id())
    assert meetings.decide("良一", "良二", id=sent).status_code == 200
    again = meetings.decide("良一", "良二", id=sent)
    assert (again.status_code, again.headers.get("Idempotent-Replay")) == (200, "true")
    assert meetings.decide("良一", "良二", id=sent, votes=7).json()["code"] == "id_used"
    notice = str(new_id())
    assert meetings.publish(id=notice).status_code == 200
    assert meetings.publish(id=notice).headers.get("Idempotent-Replay") == "true"
    assert meetings.publish().json()["code"] == "nothing_there"


def test_a_preview_saves_nothing_and_equals_the_decision(meetings: Meetings) -> None:
    rows = meetings.listed()
    body = {"id": str(new_id()), "branch_id": str(meetings.town.branch), "quarter": "2026Q4", "votes_cast": 7,
            "held_on": "2027-01-12",
            "choices": [{"commendation_id": rows["良一"]["id"], "recommend": True, "votes_for": 6}]}  # fmt: skip
    preview = meetings.call("POST", "secretary", "commendations/decisions", body, preview="true").json()
    assert meetings.listed() == rows
    done = meetings.call("POST", "secretary", "commendations/decisions", body).json()
    assert {**preview, "preview": False} == done


def test_a_notice_lasts_five_working_days_and_is_shown_by_name_alone(meetings: Meetings) -> None:
    meetings.decide("良一", "良二")
    short = meetings.publish(until="2027-01-18")
    assert (short.status_code, short.json()["code"]) == (422, "notice_short")
    shown = meetings.publish().json()["commendations"]
    assert {one["notice_until"] for one in shown} == {"2027-01-19"}
    assert meetings.confirm().json()["held_back"] != []
    seen = meetings.call("GET", "良七", "commendations/notices").json()["notices"]
    assert {one["member"] for one in seen} == {"良一", "良二"}
    assert all(set(one).isdisjoint({"value", "position", "grounds"}) for one in seen)
    assert list(meetings.listed("良七")) == ["良七"]


def test_an_objection_is_answered_before_anybody_confirms_and_upheld_it_strikes(meetings: Meetings) -> None:
    meetings.decide("良一", "良二")
    meetings.publish()
    assert set(meetings.one("良七", "良一", "objections").json()) == {"id", "commendation_id"}
    assert meetings.one("良七", "良二", "objections").status_code == 200
    told = meetings.call("GET", "committee_officer", "me/messages", limit=200).json()["messages"]
    asked = [one for one in told if one["kind"] == "objection_asked"]
    assert sorted(name for one in asked for name in ("良一", "良二") if name in one["text"]) == ["良一", "良二"]
    assert "良七" not in str(asked), "who objected is not told"
    assert meetings.one("committee_officer", "良二", "objection-answers", upheld=False).status_code == 200
    meetings.on(date(2027, 1, 20))
    assert meetings.one("良七", "良二", "objections").json()["code"] == "not_on_notice"
    answer = meetings.confirm().json()
    assert [one["member"] for one in answer["commendations"]] == ["良二"]
    assert [one["member"] for one in answer["held_back"]] == ["良一"]
    assert meetings.one("committee_officer", "良一", "objection-answers", upheld=True).status_code == 200
    assert meetings.states()["良一"] == "struck"
    steps = meetings.call("GET", "良一", f"commendations/{meetings.listed()['良一']['id']}").json()["steps"]
    assert [one["by"] for one in steps if one["action"] == "objected"] == [None]


def veto(meetings: Meetings, name: str, day: str) -> str:
    fact = meetings.town.fact(name, "LAW-V02", effective_on=day, reason="判决生效")
    meetings.desk.posted("committee_officer", fact, "district_officer")
    found: str = fact["id"]
    return found


def law_fault(meetings: Meetings, name: str, day: str) -> None:
    fact = meetings.town.fact(name, "LAW-F01", tier="reminder", matter="记录9号", effective_on=day, reason="谈话提醒")
    meetings.desk.posted("committee_officer", fact, "district_officer")


@pytest.mark.parametrize(
    ("happens", "ground"),
    [
        (lambda meetings: veto(meetings, "良一", "2027-01-15"), "veto"),
        (lambda meetings: law_fault(meetings, "良一", "2027-01-15"), "dimension_fault"),
        (lambda meetings: law_fault(meetings, "良一", "2026-12-20"), "dimension_fault"),
        (lambda meetings: meetings.town.leave("良一", date(2027, 1, 18)), "line_not_met"),
    ],
)
def test_on_the_day_of_handing_over_who_is_kept_off_by_now_is_struck_by_name(
    meetings: Meetings, happens: Callable[[Meetings], Any], ground: str
) -> None:
    meetings.to_confirmed("良一", "良二")
    happens(meetings)
    preview = meetings.call("GET", "committee_officer", f"commendations/{meetings.listed()['良一']['id']}").json()
    assert preview["now"] == [ground]
    answer = meetings.hand_over().json()["commendations"]
    assert {one["member"]: one["state"] for one in answer} == {"良一": "struck", "良二": "handed_over"}
    steps = meetings.call("GET", "committee_officer", f"commendations/{meetings.listed()['良一']['id']}").json()[
        "steps"
    ]
    assert (steps[-1]["action"], steps[-1]["note"]) == ("struck", ground)


def test_an_open_appeal_is_waited_for_and_strikes_nobody(meetings: Meetings) -> None:
    meetings.to_confirmed("良一", "良二")
    path = f"members/{meetings.town.members['良一']}/entries"
    entries = meetings.call("GET", "district_officer", path, cycle="2026", limit=500).json()["entries"]
    entry = next(one for one in entries if one["kind"] != "opening")
    appeal = {"id": str(new_id()), "text": "有异议"}
    assert meetings.call("POST", "良一", f"entries/{entry['id']}/appeals", appeal).status_code == 201
    answer = meetings.hand_over().json()
    assert [one["member"] for one in answer["held_back"]] == ["良一"]
    assert [one["member"] for one in answer["commendations"]] == ["良二"]
    meetings.call("POST", "良一", f"appeals/{appeal['id']}/withdrawal")
    answer = meetings.hand_over(document="〔2027〕4号").json()
    assert [(one["member"], one["document"]) for one in answer["commendations"]] == [("良一", "〔2027〕4号")]


def test_a_veto_after_the_handing_over_is_listed_for_withdrawal_and_a_person_decides(meetings: Meetings) -> None:
    meetings.to_confirmed("良一", "良二")
    meetings.hand_over()
    listed = partial(meetings.call, "GET", "committee_officer", "commendations/withdrawals")
    assert listed().json() == {"withdrawals": []}
    for name in ("良一", "良二"):
        veto(meetings, name, "2027-01-15")
    meetings.on(date(2027, 2, 8))
    assert {one["commendation"]["member"] for one in listed().json()["withdrawals"]} == {"良一", "良二"}
    assert meetings.states()["良一"] == "handed_over"
    meetings.step()
    meetings.step()
    assert len(meetings.told("district_officer", "withdrawal_asked")) == 2
    assert meetings.one("committee_officer", "良一", "withdrawal", withdraw=True).status_code == 200
    assert meetings.one("committee_officer", "良二", "withdrawal", withdraw=False).status_code == 200
    assert listed().json() == {"withdrawals": []}
    assert (meetings.states()["良一"], meetings.states()["良二"]) == ("withdrawn", "handed_over")
    assert meetings.one("committee_officer", "良二", "withdrawal", withdraw=True).json()["code"] == "nothing_there"


def test_nobody_decides_about_themselves(meetings: Meetings) -> None:
    town = meetings.town
    town.appoint("良一", Role.SECRETARY, town.branch_path)
    rows = meetings.listed()
    body = {"id": str(new_id()), "branch_id": str(town.branch), "quarter": "2026Q4", "votes_cast": 7,
            "held_on": "2027-01-12",
            "choices": [{"commendation_id": rows["良一"]["id"], "recommend": True, "votes_for": 6}]}  # fmt: skip
    answer = meetings.call("POST", "良一", "commendations/decisions", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_case")


def test_two_meetings_written_down_at_once_never_exceed_the_places(meetings: Meetings) -> None:
    rows = meetings.listed()
    meetings.decide(struck=("良一",))

    def sent(name: str) -> Json:
        choice = {"commendation_id": rows[name]["id"], "recommend": True, "votes_for": 6}
        return {"id": str(new_id()), "branch_id": str(meetings.town.branch), "quarter": "2026Q4", "votes_cast": 7,
                "held_on": "2027-01-12", "choices": [choice]}  # fmt: skip

    bodies = [sent(name) for name in ("良二", "良三", "良四")]
    answers = at_once(*(partial(meetings.call, "POST", "secretary", "commendations/decisions", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 200, 409]
    states = meetings.states()
    assert (states["良二"], states["良三"], states["良四"]) == ("recommended", "recommended", "reserve")
