"""Feeds skip nothing and repeat nothing while others write, and each part of the own record is the own alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.kit.digests import digest
from app.me.api import ENTRIES_AT_ONCE, SUBMISSIONS_AT_ONCE
from app.points.schemas import EntryAnswer
from app.submissions.schemas import SubmissionAnswer
from tests.me.conftest import MEMBER, Phone
from tests.submissions.flows import finding, praise, upload
from tests.town import Json

BYTES_MAX = 50_000
WRITERS, EACH = 4, 8


def test_a_reader_beside_concurrent_writers_skips_and_repeats_no_entry_and_no_message(phone: Phone) -> None:
    """Real connections: four write for one member at once while the member's phone reads on and on."""
    desk, town = phone.desk, phone.desk.town
    opening = phone.read("/entries")["entries"][-1]["seq"]
    notices = phone.read("/messages")["last"]
    days = [f"2026-10-{day:02d}" for day in range(1, EACH + 1)]
    facts = [[town.fact(MEMBER, "SRV-D02", units=1, effective_on=day) for day in days] for _ in range(WRITERS)]
    for login in ("organisation_commissioner", "secretary", MEMBER):
        desk.headers(login)
    written = threading.Event()
    start = threading.Barrier(WRITERS + 1)

    def write(own: list[Json]) -> None:
        start.wait()
        for fact in own:
            desk.recorded("secretary", fact)
            desk.recorded("organisation_commissioner", finding(desk, matter=f"任务 {fact['id']}"))  # it is told

    def follow() -> tuple[list[Json], list[Json]]:
        entries: list[Json] = []
        told: list[Json] = []
        start.wait()
        while True:
            is_over = written.is_set()  # asked before reading: what was written by then is read now
            more = phone.read("/entries", after=entries[-1]["seq"] if entries else opening, limit=3)["entries"]
            news = phone.read("/messages", after=told[-1]["number"] if told else notices, limit=3)["messages"]
            entries += more
            told += news
            if is_over and not more and not news:
                return entries, told

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(follow)
        writers = [pool.submit(write, own) for own in facts]
        try:
            for one in writers:
                one.result(timeout=60)
        finally:
            written.set()
        entries, told = reader.result(timeout=60)
    count = WRITERS * EACH
    assert [one["seq"] for one in entries] == list(range(opening + 1, opening + count + 1))
    assert {one["id"] for one in entries} == {fact["id"] for own in facts for fact in own}
    numbers = [one["number"] for one in told]
    assert numbers == list(range(notices + 1, notices + count + 1))


def test_one_queue_sent_by_two_connections_at_once_is_done_once(phone: Phone) -> None:
    desk = phone.desk
    missed = [desk.town.missed(MEMBER, item) for item in ("ORG-D02", "ORG-D03")]
    desk.recorded("group_leader", *missed)
    items = [
        *(phone.entry(praise(desk)) for _ in range(4)),
        *(phone.appeal(one["id"]) for one in missed),
        *(phone.complaint() for _ in range(4)),
    ]
    desk.headers(MEMBER)
    start = threading.Barrier(2)

    def send() -> list[Json]:
        start.wait()
        return phone.sent(*items)

    with ThreadPoolExecutor(2) as pool:
        first, second = (one.result(timeout=60) for one in [pool.submit(send), pool.submit(send)])
    for pair in zip(first, second, strict=True):
        assert sorted(one["status"] for one in pair) == [200, 201]
        assert len({(one["state"], one["due_on"], one["reference"]) for one in pair}) == 1
    assert len(phone.read("/submissions")["submissions"]) == 4
    assert len(phone.read("/appeals")["appeals"]) == 2
    complaints = desk.client.get("/api/v1/me/complaints", headers=desk.headers(MEMBER)).json()["complaints"]
    assert [one["reference"] for one in complaints] == [f"2026-{number:04d}" for number in range(1, 5)]


def test_the_standing_is_that_of_the_members_own_route(phone: Phone) -> None:
    desk = phone.desk
    desk.recorded("group_leader", desk.town.missed(MEMBER))
    found = phone.read("/standing")
    assert found["standing"] == desk.standing(MEMBER)
    exact = {one["code"]: one for one in found["dimensions"]}
    assert (exact["ORG"]["routine"], exact["ORG"]["held"], exact["SRV"]["routine"]) == (-10, 340, 0)


def test_an_officer_who_is_a_member_sees_only_the_own_things_under_me(phone: Phone) -> None:
    """The branch secretary reads everybody's at the desk; the phone's own lists hold their own."""
    desk = phone.desk
    desk.recorded("district_officer", praise(desk), praise(desk, "陈建国"))
    assert len(desk.submissions("secretary")) == 2
    assert phone.of("secretary").read("/submissions")["submissions"] == []
    (own,) = phone.read("/submissions")["submissions"]
    assert own["member_id"] == str(desk.town.members[MEMBER])


def test_a_draft_of_somebody_else_about_me_is_not_mine_to_see(phone: Phone) -> None:
    desk = phone.desk
    fact = finding(desk)
    saved = desk.client.post("/api/v1/submissions", json=fact, headers=desk.headers("organisation_commissioner"))
    assert saved.status_code == 201, saved.text
    assert phone.read("/submissions")["submissions"] == []


def test_a_page_of_the_longest_entries_and_submissions_stays_small() -> None:
    """As many as come unasked, each with every name, and every word that somebody may write, in characters of three
    bytes.
    """
    words = {"matter": "事" * 200, "reason": "由" * 500, "decision_note": "见" * 500}
    for schema, count in ((EntryAnswer, ENTRIES_AT_ONCE), (SubmissionAnswer, SUBMISSIONS_AT_ONCE)):
        full: dict[str, Any] = {
            name: words.get(name, "名" * 20 if "name" in name else "0" * 36) for name in schema.model_fields
        }
        assert len(schema.model_construct(**full).model_dump_json(warnings=False).encode()) * count < BYTES_MAX


def test_duties_are_all_of_the_cycle_with_what_was_done(phone: Phone) -> None:
    desk = phone.desk
    desk.recorded("group_leader", desk.town.missed(MEMBER))
    desk.recorded("secretary", desk.town.fact(MEMBER, "SRV-D02", units=7))
    answer = phone.get("/duties")
    found = {(one["item"], one["window"]): one for one in answer.json()["duties"]}
    assert found["ORG-D02", "2026-11"]["state"] == "missed"
    assert (found["SRV-D02", "2026"]["done"], found["SRV-D02", "2026"]["target"]) == (7, 20)
    assert sum(one["share"] for one in found.values()) == 1000
    assert [one["due_on"] for one in answer.json()["duties"]] == sorted(one["due_on"] for one in found.values())
    assert len(answer.content) < BYTES_MAX


def test_the_item_book_is_that_of_the_own_class_and_its_tag_that_of_the_edition(phone: Phone) -> None:
    desk = phone.desk
    answer = phone.get("/items")
    items = {one["code"]: one for one in answer.json()["items"]}
    assert len(items) == 72
    assert (items["EXC-A01"]["proposes"], items["ORG-D01"]["proposes"]) == (True, False)
    assert items["ORG-D02"]["duty"]["share"] == 10
    assert (items["ORG-D02"]["record"], items["ORG-D02"]["review"]) == (["group_leader"], ["organisation_commissioner"])
    assert items["ORG-D02"]["evidence"]
    for language in ("zh", "en"):
        assert len(phone.get("/items", language=language).content) < BYTES_MAX
    desk.recorded("group_leader", desk.town.missed(MEMBER))
    assert phone.get("/items").headers["etag"] == answer.headers["etag"]
    assert phone.get("/items", language="en").headers["etag"] != answer.headers["etag"]


def test_evidence_lists_what_the_record_rests_on_and_what_waits(phone: Phone) -> None:
    desk = phone.desk
    proofs = [upload(desk, "district_officer", f"{number}.jpg", width=40 + number) for number in range(3)]
    own, other = praise(desk, evidence=proofs[:2]), praise(desk, "陈建国", evidence=proofs[2:])
    desk.recorded("district_officer", own, other)
    waiting = upload(desk, MEMBER, "待用.jpg", width=60)
    first = phone.read("/evidence", limit=1)
    second = phone.read("/evidence", limit=1, cursor=first["following"])
    assert {one["hash"] for page in (first, second) for one in page["evidence"]} == set(proofs[:2])
    assert second["following"] is None
    assert ([one["hash"] for one in first["waiting"]], second["waiting"]) == ([waiting], [])
    for one in (*first["evidence"], *second["evidence"]):
        got = desk.client.get(one["href"], headers=desk.headers(MEMBER))
        assert digest(got.content).hex() == one["hash"]


def test_evidence_that_an_edit_took_away_is_not_listed(phone: Phone) -> None:
    desk = phone.desk
    old, new = (upload(desk, MEMBER, width=width) for width in (41, 42))
    proposal = praise(desk, evidence=[old])
    desk.recorded(MEMBER, proposal)
    assert desk.decide("secretary", proposal["id"], "return").status_code == 200
    content = {name: value for name, value in proposal.items() if name not in {"id", "member_id"}}
    edited = desk.client.put(
        f"/api/v1/submissions/{proposal['id']}", json={**content, "evidence": [new]}, headers=desk.headers(MEMBER)
    )
    assert edited.status_code == 200, edited.text
    assert [one["hash"] for one in phone.read("/evidence")["evidence"]] == [new]
