"""Playlists and the screens that show them: one screen, one playlist, and no byte that the policy hides."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from app.kit.ids import new_id
from app.ratings.tables import rating, rating_round
from app.roster.tables import enterprise, member
from tests.boards.test_api import set_policy
from tests.town import FOUNDED, Desk, Json

SHOWN = "/api/v1/screens/playlist"
ID_NUMBER, PHONE = "350603198801012345", "13860001234"
KINDS = ("ranking", "branches", "radar", "stars", "grids", "trend", "deeds")


def step(kind: str, **more: Any) -> Json:
    return {"kind": kind, "seconds": 20, **more}


def put(desk: Desk, path: str, body: Json, login: str = "district_officer") -> Any:
    return desk.client.put(f"/api/v1/{path}", json=body, headers=desk.headers(login))


class Screen:
    """A display, and what it is sent."""

    def __init__(self, desk: Desk, path: str | None = None) -> None:
        body = {"name": "一楼大厅", "path": path or desk.town.root}
        made = desk.client.post("/api/v1/screens", json=body, headers=desk.headers("district_officer")).json()
        self.desk, self.id, self.headers = desk, made["id"], {"Authorization": f"Bearer {made['token']}"}

    def play(self, *steps: Json) -> None:
        """A playlist of its own."""
        made = str(new_id())
        assert put(self.desk, f"playlists/{made}", {"name": "大厅", "steps": list(steps)}).status_code == 200
        assert put(self.desk, f"screens/{self.id}/playlist", {"playlist_id": made}).status_code == 200

    def read(self) -> Any:
        return self.desk.client.get(SHOWN, headers=self.headers)

    def boards(self) -> list[Any]:
        answer = self.read()
        assert answer.status_code == 200, answer.text
        return [one["board"] for one in answer.json()["steps"]]


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Both branches with three members or more; losses, a fault, a good deed, a star, grids with a pairing."""
    town = desk.town
    for name in ("郑晚来", "方文静"):
        town.add_member(name)
    for name in ("孙志远", "吴海燕"):
        town.add_member(name, branch=town.neighbour)
    desk.recorded("committee_officer", town.missed("陈建国"), town.missed("周美玲"), town.missed("周美玲", "ORG-D03"))
    desk.posted("secretary", town.praise("林晓明"), "committee_officer")
    fault = town.fact("周美玲", "LAW-F01", reason="泄露商业秘密，受行政处罚")
    desk.record("committee_officer", fault)

    def stand(connection: Any, _: Any) -> None:
        round_id, facts = new_id(), {"district_id": town.district.id}
        connection.execute(
            insert(rating_round).values(
                **facts, id=round_id, code="2025", edition="x", cut_off=FOUNDED, first_round=True, state="named",
                opened_at=town.clock.now(), version=1, input_digest=b"",
            )
        )  # fmt: skip
        for branch, star in ((town.branch, 5), (town.neighbour, 2)):
            connection.execute(
                insert(rating).values(
                    **facts, id=new_id(), round_id=round_id, branch_id=branch, path=town.branch_path,
                    committee_id=town.committee, pool="x", state="named", version=1, star=star, named_star=star,
                    reasons=[],
                )
            )  # fmt: skip
        connection.execute(
            insert(enterprise).values(
                **facts, id=new_id(), credit_code="91350603MA0000000X", name="海丰食品", trade="food",
                branch_id=town.branch, from_on=FOUNDED,
            )
        )  # fmt: skip
        secret = {"id_number": ID_NUMBER.encode(), "phone": PHONE.encode()}
        connection.execute(update(member).where(member.c.district_id == town.district.id).values(**secret))

    town.run(stand)
    grids = desk.client.post("/api/v1/grids/standard", headers=desk.headers("district_officer")).json()["grids"]
    lead = {"grid_id": grids[0]["id"], "branch_id": str(town.branch), "capacity": 3, "star": 5}
    lead_id = str(new_id())
    assert put(desk, f"grids/leads/{lead_id}", lead).status_code == 200
    for kind, helped in (("branch", town.neighbour), ("member", town.members["周美玲"])):
        pair(desk, lead_id, kind, helped)
    return desk


def pair(desk: Desk, lead_id: str, kind: str, helped: UUID) -> None:
    body = {"lead_id": lead_id, "kind": kind, "helped_id": str(helped), "reason": "结对帮带"}
    headers = desk.headers("district_officer")
    made = desk.client.post("/api/v1/mentorings/overrides", json=body, headers=headers)
    assert made.status_code in (200, 201), made.text
    for side in ("lead", "helped"):
        path = f"/api/v1/mentorings/{made.json()['id']}/agreement"
        assert desk.client.post(path, json={"side": side}, headers=headers).status_code == 200


def test_a_screen_is_sent_every_board_of_its_one_playlist(busy: Desk) -> None:
    screen = Screen(busy)
    assert screen.read().json()["code"] == "no_playlist"
    screen.play(*(step(kind) for kind in KINDS), step("ranking", scope="branch", place_id=str(busy.town.branch)))
    found = screen.read().json()
    assert [one["kind"] for one in found["steps"]] == [*KINDS, "ranking"]
    ranking, branches, radar, stars, grids, trend, deeds, branch = screen.boards()
    assert (ranking["rows"][0]["name"], ranking["rows"][0]["points"], ranking["members"]) == ("林**", 1010, 7)
    assert [(one["branch"], one["members"]) for one in branches["rows"]] == [("第一支部", 4)]
    assert branches["counted"] == 2
    organisation = next(one for one in radar["spokes"] if one["dimension"] == "ORG")
    # Of seven members two have lost: 10 the one, 10 and 15 the other.
    lost = sum(1000 - busy.standing(name)["daily"] for name in ("陈建国", "周美玲"))
    assert (organisation["full"], organisation["average"]) == (350, round(350 - lost / 7, 2))
    assert [(one["branch"], one["star"]) for one in stars["rows"]] == [("第一支部", 5)]
    (led,) = (one for one in grids["grids"] if one["leads"])
    assert led["leads"][0] == {
        "branch": "第一支部", "star": 5, "state": "leading", "helps": [{"kind": "branch", "name": "第二支部"}]
    }  # fmt: skip
    assert (trend["points"], len(deeds["deeds"]), deeds["deeds"][0]["name"]) == ([], 1, "林**")
    assert branch["scope_name"] == "第一支部"
    preview = busy.client.get(
        f"/api/v1/playlists/{found['playlist_id']}/preview", headers=busy.headers("district_officer")
    )
    assert preview.json() == found


@pytest.mark.parametrize("names", ["masked", "initials", "full"])
def test_no_byte_of_a_screen_tells_what_the_policy_hides(busy: Desk, names: str) -> None:
    screen = Screen(busy)
    places = [{}, {"scope": "branch", "place_id": str(busy.town.neighbour)}]
    measures = [step("ranking", measure=one) for one in ("daily", "innovation", "ORG")]
    shown = [step(kind, **place) for kind in ("ranking", "branches", "radar", "trend", "deeds") for place in places]
    screen.play(*shown, *measures, step("stars"), step("grids"))
    set_policy(busy, "screens", names=names, top=200)
    assert put(busy, "screens/x/playlist", {}).status_code == 422
    streamed = busy.client.get(f"{SHOWN}/events?seconds=0", headers=screen.headers).text
    for text in (screen.read().text, streamed, json.dumps(screen.read().json(), ensure_ascii=True)):
        for hidden in (ID_NUMBER, PHONE, "N000", "泄露", "处罚", "LAW-F", "ORG-D", "fault", "missed", "vetoes"):
            assert hidden not in text
        for name, made in busy.town.members.items():
            # Whoever has lost most is in nobody's upper half: not by any form of the name.
            assert str(made) not in text
            assert (name in text) <= (names == "full" and name not in {"周美玲", "陈建国"})
        assert "帮带党员" not in text


def test_the_policy_turns_boards_of_persons_off_and_the_others_stay(busy: Desk) -> None:
    screen = Screen(busy)
    own = {"scope": "branch", "place_id": str(busy.town.branch)}
    screen.play(*(step(kind) for kind in KINDS), step("ranking", **own))
    set_policy(busy, "screens", reach="branch")
    off = [one["off"] and one["off"]["code"] for one in screen.read().json()["steps"]]
    # A hall of the whole district is no place inside a branch.
    assert off == ["board_off", "board_off", None, None, None, None, "board_off", "not_found"]
    inside = Screen(busy, busy.town.branch_path)
    inside.play(step("ranking", **own), step("deeds", **own), step("ranking"))
    assert [one["off"] and one["off"]["code"] for one in inside.read().json()["steps"]] == [None, None, "board_off"]
    set_policy(busy, "screens", reach="off")
    assert [one["board"] is None for one in inside.read().json()["steps"]] == [True] * 3


def test_who_does_not_wish_to_stand_there_is_ranked_and_named_nowhere(busy: Desk) -> None:
    screen = Screen(busy)
    screen.play(step("ranking"), step("deeds"))
    own = busy.headers("林晓明")
    assert busy.client.put("/api/v1/me/board-name", json={"shown": False}, headers=own).json() == {"shown": False}
    ranking, deeds = screen.boards()
    assert (ranking["rows"][0]["rank"], ranking["members"], deeds["deeds"]) == (2, 7, [])
    assert "林**" not in screen.read().text
    for login in ("district_officer", "secretary"):
        assert "林**" not in busy.client.get("/api/v1/boards/district", headers=busy.headers(login)).text
    found = busy.client.get("/api/v1/me/position", headers=own).json()
    assert (found["district"]["rank"], found["shown"]) == (1, False)
    assert busy.client.put("/api/v1/me/board-name", json={"shown": True}, headers=own).status_code == 200
    assert screen.boards()[0]["rows"][0]["name"] == "林**"


def test_branches_stand_beside_each_other_in_any_place_and_time(busy: Desk) -> None:
    path, office = "/api/v1/boards/branches", busy.headers("district_officer")
    (grid, *_) = busy.client.get("/api/v1/grids", headers=office).json()["grids"]

    def asked(**query: str) -> Any:
        return busy.client.get(path, params=query, headers=office)

    committee = {"committee_id": str(busy.town.committee)}
    before = asked(**committee).json()
    busy.town.on(date(2026, 11, 22))
    busy.forget()
    office = busy.headers("district_officer")
    busy.recorded("committee_officer", busy.town.missed("林晓明", "ORG-D04"))
    today, then = asked(**committee).json(), asked(**committee, on="2026-11-21").json()
    assert [(one["branch"], one["members"], one["movement"]) for one in today["rows"]] == [
        ("第一支部", 4, None), ("第二支部", 3, None)
    ]  # fmt: skip
    assert (then["rows"], then["period"]["day"]) == (before["rows"], "2026-11-21")
    assert today["rows"][0]["average"] < then["rows"][0]["average"]
    assert asked(cycle="2019").json()["rows"] == []
    assert asked(measure="ORG").json()["measure_name"]["zh"] == "组织生活"
    for place, name, counted in ((committee, today["scope_name"], 2), ({"grid_id": grid["id"]}, grid["name"], 0)):
        stars = asked(by="stars", **place).json()
        assert (stars["scope_name"], stars["counted"]) == (name, counted)
    refusals = [
        asked(**committee, grid_id=grid["id"]),
        asked(by="stars", quarter="2026Q3"),
        asked(by="stars", measure="ORG"),
    ]
    assert [one.json()["code"] for one in refusals] == ["one_place", "stars_are_of_now", "stars_are_of_now"]


def test_a_deed_that_is_undone_is_not_shown(busy: Desk) -> None:
    screen = Screen(busy)
    screen.play(step("deeds"))
    (entry,) = (one["id"] for one in busy.entries("林晓明") if one["kind"] == "innovation")
    body = {"id": str(new_id()), "reason": "材料不实"}
    answer = busy.client.post(f"/api/v1/entries/{entry}/reversal", json=body, headers=busy.headers("committee_officer"))
    assert answer.status_code in (200, 201), answer.text
    assert screen.boards()[0]["deeds"] == []


def test_a_playlist_is_changed_by_whoever_has_read_it_last_and_it_is_written_down(desk: Desk) -> None:
    made, body = str(new_id()), {"name": "大厅", "steps": [step("ranking"), step("trend", seconds=5)]}
    first = put(desk, f"playlists/{made}", body).json()
    assert (first["version"], put(desk, f"playlists/{made}", body).json()) == (1, first)
    changed = {**body, "name": "一楼", "version": 1}
    assert put(desk, f"playlists/{made}", changed).json()["version"] == 2
    late = put(desk, f"playlists/{made}", {**body, "name": "二楼", "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "playlist_changed")
    listed = desk.client.get("/api/v1/playlists", headers=desk.headers("auditor")).json()["playlists"]
    assert [(one["name"], one["screens"]) for one in listed] == [("一楼", [])]
    log = desk.client.get("/api/v1/access-log?action=playlist:set", headers=desk.headers("auditor")).json()["rows"]
    assert [row["object_id"] for row in log] == [made, made]


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": []},
        {"steps": [step("faults")]},
        {"steps": [step("ranking", seconds=1)]},
        {"steps": [step("ranking", layout="ranking")]},
        {"steps": [step("ranking", scope="branch")]},
        {"steps": [step("grids", scope="branch", place_id=str(new_id()))]},
        {"steps": [step("ranking", measure="LAST")]},
        {"steps": [step("ranking", scope="branch", place_id=str(new_id()))]},
    ],
)
def test_a_playlist_of_what_there_is_not_is_refused(desk: Desk, wrong: Json) -> None:
    answer = put(desk, f"playlists/{new_id()}", {"name": "大厅", **wrong})
    assert answer.status_code in (404, 422), answer.text
    assert desk.client.get("/api/v1/playlists", headers=desk.headers("auditor")).json()["playlists"] == []


def test_every_policy_there_was_is_kept_and_written_down(desk: Desk) -> None:
    for top in (5, 5, 7):
        set_policy(desk, "screens", top=top)
    path = "/api/v1/boards/policies/screens/versions"
    found = desk.client.get(path, headers=desk.headers("auditor")).json()["versions"]
    assert [(one["version"], one["top"]) for one in found] == [(2, 7), (1, 5)]
    log = desk.client.get("/api/v1/access-log?action=board_policy:set", headers=desk.headers("auditor")).json()["rows"]
    assert [row["object_id"] for row in log] == ["screens", "screens"]
