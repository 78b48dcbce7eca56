"""Surveys from the call to what they say of a branch."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from app.kit.ids import new_id
from app.rules.stars import Stars
from app.rules.surveys import SurveyKind, SurveySubject
from app.surveys import closing, service
from app.surveys.core import ANSWERS_MIN
from tests.submissions.test_retries import at_once
from tests.surveys.conftest import AFTER, LAST, TODAY, Booth

SIX = ("satisfied", "satisfied", "fairly", "dissatisfied", "satisfied", "unknown")


def test_from_the_call_to_the_tallies(booth: Booth) -> None:
    survey, codes = booth.open(questions=[{"zh": "场地", "en": "Rooms"}])
    assert len(set(codes)) == 8
    form = booth.desk.client.get(booth.address(survey, "")).json()
    assert (form["is_open"], form["about"]) == (True, [{"about": 1, "name": "第一支部"}])
    assert form["questions"][0] | {"code": "overall"} == form["questions"][0]
    assert [one["en"] for one in form["questions"]][-1] == "Rooms"
    assert all(one["zh"] and one["en"] for one in [*form["questions"], *form["choices"]])
    booth.answered(survey, codes, *SIX)
    found = booth.closed(survey)
    (of_branch,) = found["about"]
    assert (found["state"], found["sheets"]) == ("closed", 6)
    assert [of_branch[name] for name in ("valid", "answers", "satisfied", "unfit")] == [True, 5, 4, 1]
    assert {(one["question"], one["choice"]): one["count"] for one in of_branch["counts"]} == {
        ("overall", "satisfied"): 3,
        ("overall", "fairly"): 1,
        ("overall", "dissatisfied"): 1,
        ("overall", "unknown"): 1,
    }
    again = booth.send("POST", f"surveys/{survey['id']}/closing")
    assert (again.status_code, again.headers["Idempotent-Replay"]) == (200, "true")
    assert booth.keep() == 0
    assert again.json() == found


def test_what_the_book_does_not_ask_nobody_is_asked(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.called(kind="members")
    monkeypatch.setattr(Stars, "survey", lambda *_: None)  # as in a book without that section
    refused = booth.send("POST", "surveys", booth.body(kind="members"))
    assert (refused.status_code, refused.json()["code"]) == (409, "survey_sheet_missing")
    assert "branch-members" in refused.json()["detail"]


def test_fewer_than_five_valid_answers_are_told_to_nobody(booth: Booth) -> None:
    few, codes = booth.open()
    booth.answered(few, codes, *["dissatisfied"] * (ANSWERS_MIN - 1), "unknown", "unknown")
    nobody = booth.called()
    booth.live_until(AFTER)
    assert booth.keep() == 2
    (of_few,), (of_none,) = booth.read(few)["about"], booth.read(nobody)["about"]
    told = {name: of_few[name] for name in ("answers", "satisfied", "unfit", "counts")}
    assert told == {"answers": None, "satisfied": None, "unfit": None, "counts": []}
    assert of_few["valid"] is False
    assert (booth.read(few)["sheets"], booth.read(nobody)["sheets"], of_none["valid"]) == (6, None, False)


def test_what_a_year_says_of_a_branch_counts_all_its_surveys_together(booth: Booth) -> None:
    town = booth.town
    valid, invalid, others = booth.open(), booth.open(), booth.open(kind="members")
    booth.answered(*valid, *SIX)
    booth.answered(*others, *["satisfied"] * 8)
    find = partial(service.satisfaction, branch_id=town.branch, year=2026, kind=SurveyKind.STAFF)
    assert town.run(find) is None
    booth.live_until(AFTER)
    assert booth.keep() == 3
    found = town.run(find)
    assert (found.satisfied, found.answers, found.unfit, found.valid, found.invalid) == (4, 5, 1, 1, 1)
    assert booth.read(invalid[0])["about"][0]["valid"] is False
    assert town.run(lambda c, a: find(c, a, year=2025)) is None
    assert town.run(lambda c, a: find(c, a, subject=SurveySubject.SECRETARY)) is None
    assert town.run(lambda c, a: find(c, a, branch_id=town.neighbour)) is None


def test_peers_rate_each_on_one_sheet_and_leave_themselves_out(booth: Booth) -> None:
    about = [str(booth.town.branch), str(booth.town.neighbour)]
    survey, codes = booth.open(kind="peers", subject="secretary", about=about, title="书记互评")
    for number, code in enumerate(codes[:6]):
        marks = [{"about": 1, "question": "overall", "choice": "excellent" if number else "unfit"}]
        marks += [{"about": 2, "question": "overall", "choice": "basic"}] if number < 4 else []
        assert booth.answer(survey, code, answers=marks).status_code == 200
    found = booth.closed(survey)
    assert [(one["name"], one["valid"], one["satisfied"], one["unfit"]) for one in found["about"]] == [
        ("第一支部", True, 5, 1),
        ("第二支部", False, None, None),
    ]


def test_a_call_is_checked_and_recognised(booth: Booth) -> None:
    body = booth.body()
    first, second = booth.send("POST", "surveys", body), booth.send("POST", "surveys", body)
    assert (first.status_code, second.status_code, second.json()) == (201, 200, first.json())
    assert booth.send("POST", "surveys", body | {"voters": 9}).json()["code"] == "id_used"
    seen = booth.send("POST", "surveys", booth.body(), preview="true")
    assert (seen.status_code, booth.send("GET", f"surveys/{seen.json()['id']}").status_code) == (200, 404)
    branch, neighbour, committee = (str(one) for one in (booth.town.branch, booth.town.neighbour, booth.town.committee))
    for more, code in (
        ({"about": [branch, neighbour]}, "survey_subjects"),
        ({"kind": "peers"}, "survey_subjects"),
        ({"kind": "peers", "about": [branch, branch]}, "survey_subjects"),
        ({"about": [committee]}, "survey_needs_branch"),
        ({"about": [str(new_id())]}, "not_found"),
        ({"opens_on": "2026-11-20"}, "survey_days"),
        ({"closes_on": "2026-11-20"}, "survey_days"),
        ({"closes_on": "2027-01-21"}, "survey_days"),
        ({"voters": ANSWERS_MIN - 1}, "invalid_request"),
    ):
        assert booth.send("POST", "surveys", booth.body(**more)).json()["code"] == code, more


def test_codes_are_void_when_they_are_drawn_again_and_only_until_the_first_day(booth: Booth) -> None:
    survey = booth.called(opens_on="2026-11-23")
    old = booth.drawn(survey)
    new = booth.drawn(survey)
    assert not set(old) & set(new)
    assert booth.read(survey)["draws"] == 2
    assert booth.answer(survey, new[0]).json()["code"] == "survey_not_open"
    booth.town.on(TODAY.replace(day=23))
    booth.desk.forget()
    assert booth.answer(survey, old[0]).json()["code"] == "survey_code_refused"
    assert booth.answer(survey, new[0].lower().replace("-", " ")).status_code == 200
    refused = booth.send("POST", f"surveys/{survey['id']}/codes")
    assert (refused.status_code, refused.json()["code"]) == (409, "survey_codes_drawn")
    assert "<html" not in refused.text


def test_a_survey_that_is_withdrawn_has_no_result(booth: Booth) -> None:
    survey, codes = booth.open()
    booth.answered(survey, codes, *["dissatisfied"] * 8)
    path, body = f"surveys/{survey['id']}/withdrawal", {"reason": "答题码外泄"}
    assert booth.send("POST", path, body, preview="true").json()["state"] == "withdrawn"
    first, second = booth.send("POST", path, body), booth.send("POST", path, body)
    assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
    assert booth.answer(survey, codes[0]).json()["code"] == "survey_not_open"
    booth.live_until(AFTER)
    assert booth.keep() == 0
    assert booth.send("POST", f"surveys/{survey['id']}/closing").json()["code"] == "survey_over"
    assert booth.read(survey)["about"][0]["counts"] == []


def test_an_answer_fits_the_sheet_or_spends_no_code(booth: Booth) -> None:
    survey, codes = booth.open()
    good = {"about": 1, "question": "overall", "choice": "satisfied"}
    for wrong in ({"about": 2}, {"question": "own1"}, {"choice": "excellent"}):
        answer = booth.answer(survey, codes[0], answers=[good | wrong])
        assert (answer.status_code, answer.json()["code"]) == (422, "survey_choice")
    assert booth.answer(survey, codes[0], answers=[good, good | {"choice": "fairly"}]).status_code == 422
    assert booth.answer(survey, codes[0]).status_code == 200


def test_one_code_sent_by_several_at_once_is_counted_once(booth: Booth) -> None:
    survey, codes = booth.open(voters=20)
    same = at_once(*[partial(booth.answer, survey, codes[0], choice) for choice in ("satisfied", "dissatisfied")] * 2)
    assert sorted(one.status_code for one in same) == [200, 422, 422, 422]
    others = at_once(*[partial(booth.answer, survey, code) for code in codes[1:5]])
    assert [one.status_code for one in others] == [200] * 4
    assert booth.closed(survey)["sheets"] == 5


def test_an_answer_that_meets_the_close_is_counted_or_refused(booth: Booth) -> None:
    """The clock stands still for the phone, and has gone on for who closes."""
    town, state = booth.town, booth.desk.client.app.state.service  # type: ignore[attr-defined]  # as of any application
    for _ in range(3):
        survey, codes = booth.open()
        booth.answered(survey, codes[2:], *["satisfied"] * 6)
        later = town.actor(town.clock.now().replace(day=AFTER.day))

        close = partial(closing.close, actor=later, survey_id=UUID(survey["id"]), cipher=state.cipher)
        phones = [partial(booth.answer, survey, code, "fairly") for code in codes[:2]]
        outcomes = at_once(*phones, partial(town.database.run, close, town.district.id))
        counted = sum(getattr(one, "status_code", None) == 200 for one in outcomes)
        refused = sum(getattr(one, "status_code", None) == 409 for one in outcomes)
        assert counted + refused == 2
        found = booth.read(survey)
        assert (found["sheets"], found["about"][0]["answers"]) == (6 + counted, 6 + counted)


def test_answers_are_taken_on_the_last_day_and_not_after_it(booth: Booth) -> None:
    survey, codes = booth.open()
    booth.live_until(LAST)
    assert booth.answer(survey, codes[0]).status_code == 200
    assert booth.keep() == 0
    running = booth.send("POST", f"surveys/{survey['id']}/closing")
    assert (running.status_code, running.json()["code"]) == (409, "survey_running")
    booth.live_until(AFTER)
    assert booth.answer(survey, codes[1]).json()["code"] == "survey_not_open"
