"""Vetoes: proposed with their ground, heard, decided, filed with the district, lifted."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from app.cycles import service as cycles
from app.kit.ids import new_id
from tests.submissions.flows import actions, code, inbox, on, state, told, view, waiting_for
from tests.submissions.test_retries import at_once
from tests.town import Desk, Json

PENALTY: Json = {"reason": "处分决定〔2026〕1号"}


def vetoes(desk: Desk, login: str, **query: Any) -> list[Json]:
    answer = desk.client.get("/api/v1/vetoes", params=query, headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["vetoes"]
    return found


def at_veto(desk: Desk, login: str, veto: str, verb: str, body: Json, **query: str) -> Any:
    path = f"/api/v1/vetoes/{veto}/{verb}"
    return desk.client.post(path, json=body, params=query, headers=desk.headers(login))


def lifting(**facts: str) -> Json:
    return {"id": str(new_id()), "why": "annulled", "reason": "处分决定已撤销", **facts}


def vetoed(desk: Desk) -> str:
    """By the committee and the district, after the member has answered."""
    fact = desk.town.fact("林晓明", "LAW-V01", **PENALTY)
    desk.recorded("discipline_commissioner", fact)
    desk.at_submission("林晓明", fact["id"], "answer", {"answer": "已提出申诉"})
    for login in ("committee_officer", "district_officer"):
        assert desk.decide(login, fact["id"]).status_code == 200
    submission: str = fact["id"]
    return submission


def test_a_veto_is_heard_decided_step_by_step_and_makes_the_effective_score_zero(desk: Desk) -> None:
    fact = desk.town.fact("林晓明", "LAW-V01", **PENALTY)
    desk.recorded("discipline_commissioner", fact)
    assert code(desk.decide("committee_officer", fact["id"])) == (409, "hearing_open")
    desk.at_submission("林晓明", fact["id"], "answer", {"answer": "已提出申诉"})
    assert told(desk, "committee_officer", fact["id"]) == ["review_asked", "hearing_answered"], "it hears the member"
    assert waiting_for(desk, "committee_officer") == [fact["id"]]
    assert desk.decide("committee_officer", fact["id"]).json()["entries"] == []
    assert (desk.standing("林晓明")["vetoes"], vetoes(desk, "district_officer")) == (0, [])
    assert desk.decide("district_officer", fact["id"]).status_code == 200
    standing = desk.standing("林晓明")
    assert (standing["total"], standing["effective"], standing["vetoes"]) == (1000, 0, 1)
    assert told(desk, "林晓明", fact["id"]) == ["hearing_asked", "veto_decided"]
    assert told(desk, "district_officer", fact["id"]) == ["review_asked", "veto_filing_asked"]


def issue(desk: Desk, from_on: str, text: str) -> Any:
    body = {"id": str(new_id()), "year": 2026, "from_on": from_on, "document": "龙两新〔2026〕2号",
            "entries": [{"number": "3", "text": text, "responsible": "园区党委"}]}  # fmt: skip
    return desk.client.post("/api/v1/key-work", json=body, headers=desk.headers("district_officer"))


def test_a_veto_on_key_work_cites_the_list(desk: Desk) -> None:
    fact = desk.town.fact("林晓明", "EXC-V01", matter="重点任务3号", reason="拒不承担，造成停工")
    assert desk.codes("committee_officer", fact) == [(0, "key_work", "key_work_missing")]
    cited = {**fact, "key_work": "3"}
    assert desk.codes("committee_officer", cited) == [(0, "key_work", "no_key_work_list")]
    issue(desk, "2026-01-15", "园区党群服务中心建设")
    assert desk.codes("committee_officer", {**cited, "key_work": "4"}) == [(0, "key_work", "unknown_key_work")]
    desk.posted("committee_officer", cited, "district_officer")
    (veto,) = vetoes(desk, "secretary")
    assert (veto["ground"], veto["key_work"], veto["state"]) == ("key_work", "3 园区党群服务中心建设", "standing")
    assert (veto["key_work_year"], veto["key_work_version"]) == (2026, 1)
    assert (veto["reason"], veto["effect"], veto["ends_on"]) == (fact["reason"], "zero", "2026-12-31")
    other = desk.town.fact("林晓明", "LAW-V01", key_work="第3项", **PENALTY)
    assert desk.codes("discipline_commissioner", other) == [(0, "key_work", "key_work_not_asked")]


def test_a_veto_is_listed_until_the_district_has_filed_it(desk: Desk) -> None:
    veto = vetoed(desk)
    assert [one["id"] for one in vetoes(desk, "district_officer", filed="false")] == [veto]
    body = {"under": "龙两新备〔2026〕1号"}
    assert code(at_veto(desk, "committee_officer", veto, "filing", body)) == (403, "forbidden")
    filed = at_veto(desk, "district_officer", veto, "filing", body)
    assert (filed.status_code, filed.json()["filed_under"]) == (200, body["under"])
    assert filed.json()["filed_by"] == str(desk.town.accounts["district_officer"])
    again = at_veto(desk, "district_officer", veto, "filing", body)
    assert (again.json(), again.headers["idempotent-replay"]) == (filed.json(), "true")
    assert code(at_veto(desk, "district_officer", veto, "filing", {"under": "2号"})) == (409, "filed_already")
    assert vetoes(desk, "district_officer", filed="false") == []
    assert actions(desk, veto)[-1] == "filed"
    assert [one["id"] for one in vetoes(desk, "林晓明")] == [veto]
    assert code(at_veto(desk, "district_officer", str(new_id()), "filing", {})) == (404, "not_found")


def test_lifting_gives_the_points_back_and_is_done_once(desk: Desk) -> None:
    veto = vetoed(desk)
    body = lifting()
    for login in ("secretary", "discipline_commissioner", "committee_officer"):
        assert at_veto(desk, login, veto, "lifting", body).status_code == 403
    preview = at_veto(desk, "district_officer", veto, "lifting", body, preview="true")
    assert preview.json()["veto"]["state"] == "lifted"
    assert desk.standing("林晓明")["effective"] == 0
    done = at_veto(desk, "district_officer", veto, "lifting", body)
    assert (done.status_code, done.json()["veto"]["state"]) == (200, "lifted")
    assert [(one["id"], one["reverses"]) for one in done.json()["entries"]] == [(body["id"], veto)]
    standing = desk.standing("林晓明")
    assert (standing["effective"], standing["vetoes"]) == (1000, 0)
    again = at_veto(desk, "district_officer", veto, "lifting", body)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert code(at_veto(desk, "district_officer", veto, "lifting", lifting(reason="另一理由"))) == (
        409,
        "lifted_already",
    )
    assert told(desk, "林晓明", veto)[-1] == "veto_lifted"
    assert [one["id"] for one in vetoes(desk, "district_officer", state="lifted")] == [veto]
    assert vetoes(desk, "district_officer", state="standing") == []
    assert actions(desk, veto)[-1] == "lifted"


def test_two_liftings_at_once_lift_it_once(desk: Desk) -> None:
    veto = vetoed(desk)
    lifts = [partial(at_veto, desk, "district_officer", veto, "lifting", lifting()) for _ in range(2)]
    answers = at_once(*lifts)
    assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
    standing = desk.standing("林晓明")
    assert (standing["effective"], standing["vetoes"]) == (1000, 0)
    assert [one["reverses"] for one in desk.entries("林晓明")][1:] == [None, veto]


def test_an_entry_reversed_as_any_other_lifts_its_veto_too(desk: Desk) -> None:
    veto = vetoed(desk)
    path, body = f"/api/v1/entries/{veto}/reversal", {"id": str(new_id()), "reason": "登记错人"}
    answer = desk.client.post(path, json=body, headers=desk.headers("district_officer"))
    assert answer.status_code == 201, answer.text
    (found,) = vetoes(desk, "district_officer")
    assert (found["state"], found["lifted_why"], found["lifted_reason"]) == ("lifted", "annulled", "登记错人")
    assert told(desk, "林晓明", veto)[-1] == "veto_lifted"
    assert [one["kind"] for one in inbox(desk, "林晓明")].count("entry_reversed") == 0


def test_a_veto_ends_with_its_cycle(desk: Desk) -> None:
    veto = vetoed(desk)
    desk.town.run(lambda connection, actor: cycles.open_cycle(connection, actor, date(2027, 1, 1)))
    on(desk, "2026-12-31")
    assert [one["id"] for one in vetoes(desk, "district_officer", state="standing")] == [veto]
    on(desk, "2027-01-01")
    assert [one["id"] for one in vetoes(desk, "district_officer", state="ended")] == [veto]
    assert vetoes(desk, "district_officer", state="standing") == []


def test_a_lifted_veto_may_be_proposed_anew(desk: Desk) -> None:
    veto = vetoed(desk)
    at_veto(desk, "district_officer", veto, "lifting", lifting())
    assert vetoed(desk) != veto
    assert state(desk, veto) == "posted"
    assert [one["state"] for one in vetoes(desk, "district_officer")] == ["lifted", "standing"]
    assert view(desk, "district_officer", veto)["submission"]["state"] == "posted"
