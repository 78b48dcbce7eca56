"""Evidence: any one of what the item names, seen by who may see what rests on it."""

from __future__ import annotations

from typing import Any

from tests.submissions.flows import PATH, code, draft, edit, praise, upload, view
from tests.town import Desk


def of_submission(desk: Desk, login: str, submission: str, proof: str) -> Any:
    return desk.client.get(f"{PATH}/{submission}/evidence/{proof}", headers=desk.headers(login))


def of_entry(desk: Desk, login: str, entry: str, proof: str = "") -> Any:
    path = f"/api/v1/entries/{entry}/evidence{'/' + proof if proof else ''}"
    return desk.client.get(path, headers=desk.headers(login))


def test_a_proposals_files_are_its_entrys_too(desk: Desk) -> None:
    proof = upload(desk, "林晓明", "采纳通知单.jpg")
    fact = praise(desk, evidence=[proof])
    desk.recorded("林晓明", fact)
    (shown,) = view(desk, "secretary", fact["id"])["evidence"]
    assert (shown["hash"], shown["name"], shown["media_type"]) == (proof, "采纳通知单.jpg", "image/jpeg")
    answer = of_submission(desk, "secretary", fact["id"], proof)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(answer.content) == shown["size"]
    assert code(of_submission(desk, "secretary", fact["id"], "0" * 64)) == (404, "not_found")
    desk.decide("secretary", fact["id"])
    assert of_entry(desk, "林晓明", fact["id"]).json() == {"evidence": [shown]}
    assert of_entry(desk, "林晓明", fact["id"], proof).content == answer.content


def test_a_routine_record_carries_evidence(desk: Desk) -> None:
    proof = upload(desk, "group_leader")
    facts = [desk.town.fact(name, outcome="missed", evidence=[proof]) for name in ("林晓明", "陈建国")]
    desk.recorded("group_leader", *facts)
    for fact in facts:
        assert [one["hash"] for one in of_entry(desk, "secretary", fact["id"]).json()["evidence"]] == [proof]
    assert of_entry(desk, "林晓明", facts[0]["id"], proof).status_code == 200
    assert code(of_entry(desk, "林晓明", facts[1]["id"], proof)) == (404, "not_found")
    assert code(of_entry(desk, "hr", facts[0]["id"], proof)) == (403, "forbidden")
    plain = desk.town.missed("林晓明", "ORG-D03")
    desk.recorded("group_leader", plain)
    assert of_entry(desk, "secretary", plain["id"]).json() == {"evidence": []}


def test_a_file_is_attached_by_who_sent_it_in_or_sees_it_elsewhere(desk: Desk) -> None:
    proof = upload(desk, "林晓明")
    other = praise(desk, "陈建国", evidence=[proof])
    assert desk.codes("group_leader", other) == [(0, "evidence", "not_found")]
    assert desk.codes("group_leader", desk.town.missed("陈建国", evidence=[proof])) == [(0, "evidence", "not_found")]
    assert len(desk.entries("陈建国")) == 1
    desk.recorded("林晓明", praise(desk, evidence=[proof]))
    assert desk.recorded("group_leader", other)[0]["status"] == "submitted", "who sees the proposal may use its file"


def test_in_a_batch_each_by_itself_a_file_that_is_not_there_keeps_only_its_own_out(desk: Desk) -> None:
    proof = upload(desk, "group_leader")
    sound = desk.town.missed("林晓明", evidence=[proof])
    wrong = desk.town.missed("陈建国", evidence=["0" * 64])
    results = desk.recorded("group_leader", sound, wrong, mode="each")
    assert [one["status"] for one in results] == ["posted", "refused"]
    assert results[1]["fault"]["code"] == "not_found"
    assert len(desk.entries("陈建国")) == 1


def test_one_of_file_matter_and_words_is_enough_and_none_is_not(desk: Desk) -> None:
    proof = upload(desk, "林晓明")
    bare = desk.town.fact("林晓明", "ORG-A01")
    (fault,) = desk.faults("林晓明", bare)
    assert (fault["field"], fault["code"]) == ("evidence", "evidence_missing")
    assert "讲稿或提纲及听课名册" in fault["detail"]
    for facts in ({"evidence": [proof]}, {"reason": "讲稿存支部档案柜"}):
        fact = desk.town.fact("林晓明", "ORG-A01", **facts)
        assert desk.recorded("林晓明", fact)[0]["status"] == "submitted"
    named = desk.town.fact("林晓明", "EXC-A01", tier="adopted", matter="采纳通知单〔2026〕3号")
    assert desk.recorded("林晓明", named)[0]["status"] == "submitted"
    meeting = desk.town.missed("林晓明", "ORG-D03")
    assert desk.recorded("group_leader", meeting)[0]["status"] == "posted", "routine matters are checked in the quarter"


def test_the_files_are_part_of_what_was_sent(desk: Desk) -> None:
    proof, other = upload(desk, "林晓明"), upload(desk, "林晓明", width=60)
    fact = praise(desk, evidence=[proof])
    desk.recorded("林晓明", fact)
    assert desk.recorded("林晓明", fact)[0]["replayed"]
    assert desk.codes("林晓明", {**fact, "evidence": [other]}) == [(0, "id", "id_used")]


def test_an_edit_leaves_the_files_or_names_others(desk: Desk) -> None:
    proof, other = upload(desk, "林晓明"), upload(desk, "林晓明", width=60)
    fact = praise(desk, evidence=[proof])
    draft(desk, "林晓明", fact)
    content = {"tier": "adopted", "matter": "建议1号"}
    edit(desk, "林晓明", fact["id"], **content)
    assert [one["hash"] for one in view(desk, "林晓明", fact["id"])["evidence"]] == [proof]
    edit(desk, "林晓明", fact["id"], **content, evidence=[other])
    assert [one["hash"] for one in view(desk, "林晓明", fact["id"])["evidence"]] == [other]
    assert code(of_submission(desk, "林晓明", fact["id"], proof)) == (404, "not_found")
    assert code(of_submission(desk, "secretary", fact["id"], other)) == (404, "not_found"), "a draft is its recorder's"


def test_hostile_digests_are_refused(desk: Desk) -> None:
    for hashes in (["x"], ["A" * 64], [f"{'0' * 63}\u0661"], ["0" * 64] * 11, "0" * 64):
        fact = {**praise(desk), "evidence": hashes}
        assert desk.record("林晓明", fact).status_code == 422
    fact = praise(desk)
    desk.recorded("林晓明", fact)
    for wrong in ("x", "0" * 63, "0" * 64 + "0"):
        assert of_submission(desk, "林晓明", fact["id"], wrong).status_code == 422


def test_every_download_is_written_down_and_what_was_refused_is_not(desk: Desk) -> None:
    proof = upload(desk, "林晓明")
    fact = praise(desk, evidence=[proof])
    desk.recorded("林晓明", fact)
    of_submission(desk, "secretary", fact["id"], proof)
    of_submission(desk, "secretary", fact["id"], "0" * 64)
    of_submission(desk, "hr", fact["id"], proof)
    desk.decide("secretary", fact["id"])
    of_entry(desk, "committee_officer", fact["id"], proof)
    of_entry(desk, "hr", fact["id"], proof)
    log = desk.client.get("/api/v1/access-log", params={"action": "file:read"}, headers=desk.headers("auditor"))
    rows = [(row["login"], row["object_kind"], row["object_id"].rpartition(" ")[2]) for row in log.json()["rows"]]
    assert rows == [("committee_officer", "file", proof), ("secretary", "file", proof)]


def test_a_file_of_a_routine_entry_is_written_down_as_the_entrys(desk: Desk) -> None:
    proof = upload(desk, "group_leader")
    fact = desk.town.fact("陈建国", outcome="missed", evidence=[proof])
    desk.recorded("group_leader", fact)
    assert of_entry(desk, "secretary", fact["id"], proof).status_code == 200
    assert desk.downloads() == [("secretary", f"entry {fact['id']} {proof}")]
