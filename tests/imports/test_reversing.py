"""A batch is taken back as one, by whoever could take back each of its records."""

from __future__ import annotations

from functools import partial

from app.kit.ids import new_id
from tests.imports.conftest import Counter, Row, item_of
from tests.imports.test_importing import NEIGHBOUR, OTHER, OWN, mixed
from tests.points.test_verifying import verify
from tests.statements import count_statements
from tests.submissions.test_retries import at_once


def test_entries_are_reversed_and_proposals_withdrawn(counter: Counter) -> None:
    batch = counter.sent("secretary", *mixed(counter))["batch"]["id"]
    answer = counter.reverse("secretary", batch)
    assert answer.status_code == 201, answer.text
    done = answer.json()
    assert (done["reversed"], done["withdrawn"], done["skipped"]) == ([2, 3], [4, 5], [])
    assert done["counts"] == {"reversed": 2, "withdrawn": 2}
    assert done["batch"]["reversal_reason"] == "导错文件"
    assert [(one["before"]["total"], one["after"]["total"]) for one in done["effects"] if one["ceilings"] == []] == [
        (990, 1000),
        (1000, 1000),
    ]
    assert counter.desk.total(OWN) == 1000
    assert counter.desk.submissions("secretary", state="submitted") == []
    counter.desk.recorded("secretary", counter.desk.town.missed(OWN))  # the duty is open again
    assert verify(counter.desk).is_sound


def test_what_ended_before_is_skipped_and_listed(counter: Counter) -> None:
    desk = counter.desk
    answer = counter.sent("secretary", *mixed(counter), counter.row(OTHER, "ORG-D03", outcome="未履行"))
    ids = [one["id"] for one in answer["rows"]]
    body = {"id": str(new_id()), "reason": "记错"}
    desk.client.post(f"/api/v1/entries/{ids[0]}/reversal", json=body, headers=desk.headers("secretary"))
    desk.at_submission("secretary", ids[2], "withdrawal")
    done = counter.reverse("secretary", answer["batch"]["id"]).json()
    assert (done["reversed"], done["withdrawn"], done["skipped"]) == ([3, 6], [5], [2, 4])
    assert [len([one for one in desk.entries(name) if one["reverses"]]) for name in (OWN, OTHER)] == [1, 2]


def test_the_preview_equals_the_reversal(counter: Counter) -> None:
    batch = counter.sent("secretary", *mixed(counter))["batch"]["id"]
    reversal = new_id()
    previewed = counter.reverse("secretary", batch, id=reversal, preview="true")
    assert (previewed.status_code, counter.desk.total(OWN)) == (200, 990)
    done = counter.reverse("secretary", batch, id=reversal)
    assert {**done.json(), "preview": True} == previewed.json()


def test_the_same_reversal_again_is_a_retry_and_another_is_refused(counter: Counter) -> None:
    batch, reversal = counter.sent("secretary", *mixed(counter))["batch"]["id"], new_id()
    first = counter.reverse("secretary", batch, id=reversal)
    again = counter.reverse("secretary", batch, id=reversal)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert {**again.json(), "replayed": False, "effects": first.json()["effects"]} == first.json()
    assert counter.reverse("secretary", batch).json()["code"] == "import_reversed"
    assert counter.reverse("secretary", batch, id=reversal, reason="别的理由").json()["code"] == "id_used"


def test_a_reversed_batch_is_imported_again_without_asking(counter: Counter) -> None:
    rows = [counter.row(OWN, outcome="未履行")]
    counter.reverse("secretary", counter.sent("secretary", *rows)["batch"]["id"])
    assert counter.sent("secretary", *rows)["counts"] == {"posted": 1}
    assert counter.desk.total(OWN) == 990


def test_who_could_not_reverse_one_row_reverses_none(counter: Counter) -> None:
    """An addition that the secretary recorded and the committee decided is not the secretary's to undo."""
    desk = counter.desk
    answer = counter.sent("secretary", *mixed(counter))
    approved = desk.decide("committee_officer", answer["rows"][2]["id"])
    assert approved.status_code == 200, approved.text
    batch = answer["batch"]["id"]
    refused = counter.reverse("secretary", batch)
    assert (refused.status_code, refused.json()["code"]) == (403, "entries_refused")
    assert [(one["field"], one["code"]) for one in refused.json()["faults"]] == [("积分记录!4", "own_recording")]
    assert desk.total(OWN) == 1000  # 990 and 10 for the suggestion
    done = counter.reverse("committee_officer", batch).json()
    assert (done["reversed"], done["withdrawn"]) == ([2, 3, 4], [5])
    assert desk.total(OWN) == 1000
    assert verify(desk).is_sound


def test_who_reverses_where_they_do_not_see_the_batch_finds_none(counter: Counter) -> None:
    batch = counter.sent("committee_officer", counter.row(OWN), counter.row(NEIGHBOUR))["batch"]["id"]
    assert counter.reverse("secretary", batch).status_code == 404
    assert counter.reverse("group_leader", batch).status_code == 403
    assert counter.reverse("committee_officer", batch).status_code == 201


def test_a_finding_of_the_batch_gives_back_what_it_had_displaced_and_that_goes_too(counter: Counter) -> None:
    """A duty kept by the batch, displaced by a finding of the batch: with the batch both are gone, not one restored."""
    desk = counter.desk
    forgery = counter.row(
        OTHER, "ORG-F03", matter="查核1号", reason="代签到", costs=item_of(counter, "ORG-D02").name.zh
    )
    answer = counter.sent("committee_officer", counter.row(OTHER), forgery)
    desk.hear(answer["rows"][-1]["id"])
    approved = desk.decide("district_officer", answer["rows"][-1]["id"])
    assert approved.status_code == 200, approved.text
    assert desk.total(OTHER) == 960
    done = counter.reverse("district_officer", answer["batch"]["id"])
    assert done.status_code == 201, done.text
    assert (desk.total(OTHER), done.json()["reversed"], done.json()["skipped"]) == (1000, [3], [2])
    undone = {one["reverses"] for one in desk.entries(OTHER)}
    live = [one["item"] for one in desk.entries(OTHER) if not one["reverses"] and one["id"] not in undone]
    assert live == ["OPENING"]
    assert verify(desk).is_sound


def test_members_are_told_of_every_reversal_and_of_what_is_off(counter: Counter) -> None:
    batch = counter.sent("secretary", *mixed(counter), counter.row(OWN, "LAW-F01", **_reminder()))["batch"]["id"]
    counter.reverse("secretary", batch)
    inbox = counter.desk.client.get("/api/v1/me/messages", headers=counter.desk.headers(OWN)).json()["messages"]
    kinds = [one["kind"] for one in inbox]
    assert (kinds.count("entry_reversed"), kinds.count("hearing_ended")) == (1, 1)


def _reminder() -> dict[str, str]:
    return {"tier": "reminder", "matter": "谈话5号", "reason": "谈话提醒"}


def test_two_reversals_at_once_are_one(counter: Counter) -> None:
    for at in range(3):
        batch = counter.sent("secretary", counter.row(OWN, "SRV-D02", units=at + 1))["batch"]["id"]
        answers = at_once(*[lambda batch=batch: counter.reverse("secretary", batch)] * 2)
        assert sorted(one.status_code for one in answers) == [201, 409]
    assert verify(counter.desk).is_sound


def test_a_reversal_racing_a_decision_leaves_nothing_counted(counter: Counter) -> None:
    desk = counter.desk
    desk.headers("committee_officer")
    for at in range(3):
        rows: list[Row] = [counter.row(OWN, "EXC-A01", tier="adopted", matter=f"建议{at}号")]
        answer = counter.sent("secretary", *rows)
        record = answer["rows"][0]["id"]
        answers = at_once(
            partial(counter.reverse, "district_officer", answer["batch"]["id"]),
            partial(desk.decide, "committee_officer", record),
        )
        assert sorted(one.status_code for one in answers) in ([200, 201], [201, 409]), [one.text for one in answers]
        assert desk.total(OWN) == 1000


def test_statements_of_a_reversal_do_not_grow_with_the_rows(counter: Counter) -> None:
    town = counter.desk.town
    names = [f"党员{at}" for at in range(30)]
    for name in names:
        town.add_member(name)
    town.live_through("2026Q2", "2026Q3", "2026Q4")
    counts = []
    for some in (names[:2], names[2:4], names[4:]):  # the first has whatever is remembered from then on
        rows = [counter.row(name, outcome="未履行") for name in some]
        rows += [counter.row(name, "EXC-A01", tier="adopted", matter=f"建议 {name}") for name in some]
        batch = counter.sent("secretary", *rows)["batch"]["id"]
        with count_statements(town.database) as statements:
            assert counter.reverse("secretary", batch).status_code == 201
        counts.append(len(statements))
    assert counts[1] == counts[2]
