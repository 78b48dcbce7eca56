"""Standings, entries, explanations and reversals over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from threading import Thread
from typing import Any

from app.auth.core import Role
from app.cycles import service as cycles
from app.kit.ids import new_id
from app.points import service as points
from app.points.views import Opening
from tests.town import Desk, Json


def read(desk: Desk, name: str, part: str, login: str = "district_officer", **query: Any) -> Any:
    path = f"/api/v1/members/{desk.town.members[name]}/{part}"
    return desk.client.get(path, params=query, headers=desk.headers(login))


def reverse(desk: Desk, login: str, entry: str, reversal: Json | None = None, **query: str) -> Any:
    body = reversal or {"id": str(new_id()), "reason": "登记错人"}
    return desk.client.post(f"/api/v1/entries/{entry}/reversal", json=body, params=query, headers=desk.headers(login))


def missed(desk: Desk, name: str = "林晓明", **more: Any) -> str:
    """The id of a booked entry of 10 points lost."""
    fact = desk.town.missed(name, **more)
    desk.recorded("committee_officer", fact)
    entry: str = fact["id"]
    return entry


def praised(desk: Desk, name: str, item: str, **facts: Any) -> None:
    """Recorded and posted by two different officers."""
    fact = desk.town.fact(name, item, **{"reason": "查核属实", **facts})
    desk.posted("committee_officer", fact, "district_officer")


# Standings.


def test_a_member_opens_at_the_full_base(desk: Desk) -> None:
    found = read(desk, "林晓明", "standing", "林晓明").json()
    assert (found["name"], found["cycle"], found["opening"], found["seq"]) == ("林晓明", "2026", 1000, 1)
    assert [found[one] for one in ("daily", "innovation", "fault", "total", "effective")] == [1000, 0, 0, 1000, 1000]
    assert (found["band"], found["cuts"], found["vetoes"], found["matrix"]) == ("recommended", [], 0, {})


def test_a_standing_shows_the_matrix_uncut_and_every_cut(desk: Desk) -> None:
    missed(desk)
    for number in range(4):
        praised(desk, "林晓明", "EXC-A01", tier="adopted", matter=f"建议{number}号")
    found = read(desk, "林晓明", "standing").json()
    assert found["matrix"] == {"EXC": {"innovation": 40}, "ORG": {"routine": -10}}
    assert [(one["reason"], one["where"], one["quarter"], one["points"]) for one in found["cuts"]] == [
        ("ceiling_quarter", "EXC-A01", "2026Q4", -10)
    ]
    assert (found["daily"], found["innovation"], found["total"]) == (990, 30, 1020)


def test_a_cycle_without_a_standing_says_so(desk: Desk) -> None:
    for part in ("standing", "explanation"):
        answer = read(desk, "林晓明", part, cycle="2025")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_standing")
    assert read(desk, "林晓明", "standing", cycle="2026").status_code == 200


def test_a_standing_is_sent_again_only_when_it_changed(desk: Desk) -> None:
    for part in ("standing", "explanation"):
        first = read(desk, "林晓明", part)
        tag = first.headers["etag"]
        path, headers = first.request.url.path, desk.headers("district_officer")
        same = desk.client.get(path, headers={**headers, "If-None-Match": f'"other", {tag}'})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        missed(desk, effective_on="2026-09-05" if part == "standing" else "2026-08-05")
        changed = desk.client.get(path, headers={**headers, "If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["etag"] != tag
        assert "private" in changed.headers["cache-control"]


def test_the_tag_does_not_open_what_is_closed(desk: Desk) -> None:
    tag = read(desk, "周美玲", "standing").headers["etag"]
    path = f"/api/v1/members/{desk.town.members['周美玲']}/standing"
    answer = desk.client.get(path, headers={**desk.headers("secretary"), "If-None-Match": tag})
    assert answer.status_code == 404


# The feed of entries.


def pages(desk: Desk, name: str, limit: int, after: int = 0) -> Iterator[Json]:
    while True:
        page = read(desk, name, "entries", after=after, limit=limit).json()
        yield from page["entries"]
        if page["following"] is None:
            return
        after = page["following"]


def test_the_feed_holds_each_entry_once_in_order(desk: Desk) -> None:
    facts = [
        desk.town.fact("林晓明", "SRV-D02", units=number, effective_on=f"2026-11-0{number}", reason=f"第{number}次")
        for number in range(1, 8)
    ]
    desk.recorded("secretary", *facts)
    for limit in (1, 3, 8, 500):
        assert [one["seq"] for one in pages(desk, "林晓明", limit)] == list(range(1, 9))
    found = list(pages(desk, "林晓明", 2, after=6))
    assert [(one["seq"], one["units"], one["reason"]) for one in found] == [(7, 6, "第6次"), (8, 7, "第7次")]
    assert list(pages(desk, "林晓明", 2, after=8)) == []
    assert read(desk, "林晓明", "entries", cycle="2025").json() == {"entries": [], "following": None}


def test_an_entry_of_the_feed_tells_where_it_came_from(desk: Desk) -> None:
    missed(desk, reason="没有参加")
    opening, entry = pages(desk, "林晓明", 10)
    assert (opening["item"], opening["kind"], opening["points"]) == ("OPENING", "opening", 1000)
    assert (entry["dimension"], entry["window"], entry["booked_in"]) == ("ORG", "2026-11", "2026Q4")
    assert (entry["reason"], entry["source"], entry["profile"]) == ("没有参加", "record", "standard")
    assert len(entry["edition"]) == 64


def test_a_reader_misses_and_repeats_nothing_while_others_write(desk: Desk) -> None:
    for login in ("secretary", "committee_officer", "district_officer"):
        desk.headers(login)

    def write(login: str) -> None:
        for day in range(1, 13):
            facts = (desk.town.fact("林晓明", "SRV-D02", units=1, effective_on=f"2026-10-{day:02d}") for _ in range(3))
            desk.recorded(login, *facts)

    writers = [Thread(target=write, args=(login,)) for login in ("secretary", "committee_officer")]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    while any(writer.is_alive() for writer in writers) or seen[-1:] != [73]:
        page = read(desk, "林晓明", "entries", after=seen[-1] if seen else 0, limit=5).json()
        seen += [one["seq"] for one in page["entries"]]
        assert len(seen) <= 73
    assert seen == list(range(1, 74))


# Explanations.


def assert_adds_up(found: Json) -> None:
    """Every level of an explanation is the sum of what stands below it and of its own cuts."""

    def cut(one: Json) -> int:
        return sum(row["points"] for row in one["cuts"])

    total = sum(one["points"] for one in found["opening"]) + cut(found)
    for kind in found["kinds"]:
        for dimension in kind["dimensions"]:
            for item in dimension["items"]:
                assert item["points"] == sum(entry["points"] for entry in item["entries"]) + cut(item)
            assert dimension["points"] == sum(item["points"] for item in dimension["items"]) + cut(dimension)
        assert kind["points"] == sum(one["points"] for one in kind["dimensions"]) + cut(kind)
        total += kind["points"]
    assert (found["adds_up"], total) == (True, found["score"]["total"])


def items_of(found: Json) -> dict[str, Json]:
    return {
        item["item"]: item for kind in found["kinds"] for dimension in kind["dimensions"] for item in dimension["items"]
    }


def test_an_explanation_names_article_and_source_and_adds_up(desk: Desk) -> None:
    missed(desk, reason="没有参加")
    found = read(desk, "林晓明", "explanation", "林晓明").json()
    assert_adds_up(found)
    item = items_of(found)["ORG-D02"]
    assert item["name"] == {"zh": "参加主题党日", "en": "Theme day"}
    assert "七日内未补的扣减当月份额10分" in item["article"]
    assert "第16条" in item["citation"]
    (entry,) = item["entries"]
    assert (entry["points"], entry["counted"], entry["reversed_by"], entry["reason"]) == (-10, -10, None, "没有参加")
    states = {duty["window"]: duty["state"] for duty in item["duties"]}
    assert (len(states), states["2026-11"], states["2026-12"]) == (12, "missed", "expected")
    assert (found["edition"], found["profile"], found["band_name"]["zh"]) == ("2026", "standard", "优先推荐")


def test_an_explanation_adds_up_through_ceilings_ladders_matters_findings_and_reversals(desk: Desk) -> None:
    for number in range(3):
        praised(desk, "林晓明", "EXC-A03", tier="province", matter=f"奖项{number}号")
        praised(desk, "林晓明", "EXC-A01", tier="benefit", matter=f"建议{number}号")
    praised(desk, "林晓明", "EXC-A04", tier="nation", matter="奖项1号")
    for day in range(1, 5):
        praised(desk, "林晓明", "SRV-A01", units=20, effective_on=f"2026-11-0{day}")
    praised(desk, "林晓明", "SRV-A01", units=5)
    praised(desk, "林晓明", "PUB-A02", tier="province", matter="奖项1号")
    praised(desk, "林晓明", "EXC-F01", matter="任务7号")
    praised(desk, "林晓明", "LAW-F07", matter="认定1号")
    reverse(desk, "secretary", missed(desk))
    desk.recorded("committee_officer", desk.town.fact("林晓明", "PUB-D02", units=33))
    found = read(desk, "林晓明", "explanation").json()
    assert_adds_up(found)
    standing = read(desk, "林晓明", "standing").json()
    assert found["score"] == {name: standing[name] for name in found["score"]}
    items = items_of(found)
    assert items["SRV-A01"]["points"] == 15
    assert [entry["counted"] for entry in items["PUB-A02"]["entries"]] == [0]
    assert [entry["reversed_by"] is None for entry in items["ORG-D02"]["entries"]] == [False, True]
    reasons = {row["reason"] for item in items.values() for row in item["cuts"]}
    assert {"ceiling_year", "ceiling_quarter", "matter", "measure"} <= reasons
    assert found["score"]["innovation"] == 195


def test_an_explanation_adds_up_at_the_floor(desk: Desk) -> None:
    desk.town.add_member("孙少华", standing=False)
    opening = Opening(desk.town.members["孙少华"], 5, "2025年台账")
    desk.town.run(lambda connection, actor: points.open_standings(connection, actor, "2026", [opening]))
    missed(desk, "孙少华")
    praised(desk, "孙少华", "LAW-F07", matter="认定1号")
    found = read(desk, "孙少华", "explanation").json()
    assert_adds_up(found)
    assert (found["score"]["daily"], found["score"]["total"]) == (0, 0)
    assert {row["where"] for row in found["cuts"]} == {"daily", "total"}
    assert found["opening"][0]["reason"] == "2025年台账"


def test_an_explanation_adds_up_for_who_became_exempt(desk: Desk) -> None:
    desk.town.on(date(2026, 1, 5))
    desk.town.add_member("冯老")
    desk.town.on(date(2026, 11, 21))
    missed(desk, "冯老", effective_on="2026-03-05")
    desk.town.exempt("冯老", date(2026, 10, 1))
    desk.town.live_through("2026Q4")
    found = read(desk, "冯老", "explanation").json()
    assert_adds_up(found)
    assert (found["profile"], found["score"]["total"]) == ("exempt", 990)


def test_a_veto_is_explained_beside_the_score(desk: Desk) -> None:
    praised(desk, "林晓明", "LAW-V02", reason="判决书")
    found = read(desk, "林晓明", "explanation").json()
    assert_adds_up(found)
    assert [(one["item"], one["reason"]) for one in found["vetoes"]] == [("LAW-V02", "判决书")]
    assert (found["score"]["total"], found["score"]["effective"]) == (1000, 0)


# Reversals.


def test_a_reversal_adds_the_opposite_entry(desk: Desk) -> None:
    entry = missed(desk)
    answer = reverse(desk, "secretary", entry)
    assert answer.status_code == 201, answer.text
    (undone,) = answer.json()["entries"]
    assert (undone["points"], undone["reverses"], undone["seq"]) == (10, entry, 3)
    (effect,) = answer.json()["effects"]
    assert (effect["before"]["total"], effect["after"]["total"]) == (990, 1000)
    assert desk.total("林晓明") == 1000
    assert [one["reason"] for one in pages(desk, "林晓明", 9)][-1] == "登记错人"
    missed(desk)
    assert desk.total("林晓明") == 990


def test_a_reversal_is_previewed_first(desk: Desk) -> None:
    entry, body = missed(desk), {"id": str(new_id()), "reason": "登记错人"}
    previewed = reverse(desk, "secretary", entry, body, preview="true")
    assert previewed.status_code == 200
    assert desk.total("林晓明") == 990
    done = reverse(desk, "secretary", entry, body)
    assert (done.status_code, done.json()) == (201, previewed.json())


def test_a_reversal_sent_again_is_the_same_and_another_is_a_conflict(desk: Desk) -> None:
    entry, body = missed(desk), {"id": str(new_id()), "reason": "登记错人"}
    first = reverse(desk, "secretary", entry, body)
    again = reverse(desk, "secretary", entry, body)
    assert (again.status_code, again.headers["idempotent-replay"]) == (200, "true")
    assert again.json()["entries"] == first.json()["entries"]
    for other, code in (
        ({**body, "reason": "又一个理由"}, "id_used"),
        ({"id": str(new_id()), "reason": "再冲一次"}, "reversed_already"),
    ):
        answer = reverse(desk, "secretary", entry, other)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    second = reverse(desk, "secretary", body["id"])
    assert (second.status_code, second.json()["code"]) == (409, "reversal_of_reversal")
    assert desk.total("林晓明") == 1000


def test_the_opening_is_not_reversed(desk: Desk) -> None:
    opening = next(pages(desk, "林晓明", 1))
    answer = reverse(desk, "district_officer", opening["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "opening_stands")


def test_a_finding_and_its_share_are_reversed_together(desk: Desk) -> None:
    praised(desk, "林晓明", "EXC-F01", matter="任务7号")
    assert desk.total("林晓明") == 980
    _, finding, share = pages(desk, "林晓明", 9)
    answer = reverse(desk, "district_officer", share["id"])
    assert {one["reverses"] for one in answer.json()["entries"]} == {finding["id"], share["id"]}
    assert desk.total("林晓明") == 1000


def test_a_reversal_is_not_for_those_below_or_outside(desk: Desk) -> None:
    own, other = missed(desk), missed(desk, "周美玲")
    for login in ("林晓明", "group_leader", "hr", "auditor"):
        assert reverse(desk, login, own).status_code == 403
    for entry in (other, str(new_id())):
        answer = reverse(desk, "secretary", entry)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (desk.total("林晓明"), desk.total("周美玲")) == (990, 990)


def test_nobody_reverses_the_own_entry(desk: Desk) -> None:
    desk.town.appoint("林晓明", Role.SECRETARY, desk.town.branch_path)
    entry = missed(desk)
    answer = reverse(desk, "林晓明", entry)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_row")
    assert reverse(desk, "committee_officer", entry).status_code == 201


def test_an_entry_is_reversed_only_by_who_may_decide_its_item(desk: Desk) -> None:
    praised(desk, "林晓明", "LAW-V02")
    veto = list(pages(desk, "林晓明", 9))[-1]["id"]
    for login in ("organisation_commissioner", "discipline_commissioner", "secretary", "committee_officer"):
        assert reverse(desk, login, veto).status_code == 403
    assert desk.standing("林晓明")["effective"] == 0
    assert reverse(desk, "district_officer", veto).status_code == 201
    assert desk.standing("林晓明")["effective"] == 1000


def test_a_correction_of_a_closed_quarter_is_booked_in_the_open_one_and_folds_where_it_belongs(desk: Desk) -> None:
    desk.town.on(date(2026, 9, 20))
    entry = missed(desk, effective_on="2026-08-05")
    desk.town.on(date(2026, 11, 21))
    desk.town.run(cycles.advance)
    (undone,) = reverse(desk, "secretary", entry).json()["entries"]
    assert (undone["window"], undone["effective_on"], undone["booked_in"]) == ("2026-08", "2026-08-05", "2026Q4")


def test_after_a_move_the_new_branch_reads_the_cycle_and_the_old_one_no_more(desk: Desk) -> None:
    entry = missed(desk, effective_on="2026-10-05")
    desk.town.move("林晓明", desk.town.neighbour, date(2026, 11, 1))
    desk.town.appoint("next-door", Role.SECRETARY, desk.town.neighbour_path)
    assert read(desk, "林晓明", "standing", "secretary").status_code == 404
    assert read(desk, "林晓明", "standing", "next-door").json()["total"] == 990
    late, early = (desk.town.missed("林晓明", "ORG-D03", effective_on=day) for day in ("2026-11-05", "2026-10-05"))
    assert desk.codes("secretary", late) == [(0, "member_id", "not_a_member_then")]
    (result,) = desk.recorded("next-door", late)
    assert result["entry"]["branch_id"] == str(desk.town.neighbour)
    assert desk.codes("next-door", early) == [(0, "member_id", "not_a_member_then")]
    assert desk.recorded("secretary", early)[0]["entry"]["branch_id"] == str(desk.town.branch)
    assert reverse(desk, "secretary", entry).status_code == 201
