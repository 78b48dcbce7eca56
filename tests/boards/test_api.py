"""Boards over HTTP: ranks, masks, the district's policy, and nothing beyond it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.boards import store
from tests.statements import count_statements
from tests.town import Desk, Json

DISTRICT = "/api/v1/boards/district"


def board(desk: Desk, login: str = "district_officer", path: str = DISTRICT, **headers: str) -> Any:
    return desk.client.get(path, headers={**desk.headers(login), **headers})


def branch_board(desk: Desk, login: str = "district_officer") -> Any:
    return board(desk, login, f"/api/v1/boards/branches/{desk.town.branch}")


def set_policy(desk: Desk, *audiences: str, **policy: Any) -> None:
    """For those who hold an office in branches and above, unless others are named."""
    body = {"reach": "district", "top": 10, "names": "masked", **policy}
    for audience in audiences or ("branch", "district"):
        path = f"/api/v1/boards/policies/{audience}"
        answer = desk.client.put(path, json=body, headers=desk.headers("district_officer"))
        assert (answer.status_code, answer.json()) == (200, {**body, "version": answer.json()["version"]})
        assert desk.client.get(path, headers=desk.headers("secretary")).json() == answer.json()


def lose(desk: Desk, name: str, times: int) -> None:
    """10 points for each of the last months."""
    facts = [desk.town.missed(name, effective_on=f"2026-{11 - number:02d}-05") for number in range(times)]
    desk.recorded("committee_officer", *facts)


def rows(answer: Any) -> list[tuple[int, str, int]]:
    assert answer.status_code == 200, answer.text
    return [(one["rank"], one["name"], one["points"]) for one in answer.json()["rows"]]


@pytest.fixture
def ranked(desk: Desk) -> Desk:
    """Four members with 1000, 990, 990 and 980 points."""
    desk.town.add_member("郑晚来", joined=date(2020, 7, 1))
    lose(desk, "陈建国", 1)
    lose(desk, "郑晚来", 1)
    lose(desk, "周美玲", 2)
    return desk


def test_equal_points_share_a_rank_and_the_earlier_member_stands_first(ranked: Desk) -> None:
    set_policy(ranked, names="full")
    found = board(ranked)
    assert rows(found) == [(1, "林晓明", 1000), (2, "陈建国", 990), (2, "郑晚来", 990), (4, "周美玲", 980)]
    assert found.json()["members"] == 4
    assert "1、2、2、4" in found.json()["tie_rule"]["zh"]
    assert rows(branch_board(ranked)) == [(1, "林晓明", 1000), (2, "陈建国", 990), (2, "郑晚来", 990)]


def test_without_a_policy_the_top_ten_stand_with_masked_names(ranked: Desk) -> None:
    for number in range(12):
        ranked.town.add_member(f"王成员{number:02d}")
    for login in ("district_officer", "secretary", "auditor", "林晓明"):
        found = board(ranked, login).json()
        assert found["policy"] == {"reach": "district", "top": 10, "names": "masked", "version": 0}
        # Members are shown the upper half at most, so that nobody stands last before them.
        assert (len(found["rows"]), found["members"]) == (8 if login == "林晓明" else 10, 16)
        assert {one["name"] for one in found["rows"]} == {"林**", "王**"}


@pytest.mark.parametrize(
    ("form", "names"),
    [("masked", ["林**", "陈**", "郑**", "周**"]), ("initials", ["L.X.M.", "C.J.G.", "Z.W.L.", "Z.M.L."])],
)
def test_nothing_but_what_the_policy_shows_is_in_the_bytes(ranked: Desk, form: str, names: list[str]) -> None:
    set_policy(ranked, names=form)
    for answer in (board(ranked), branch_board(ranked)):
        assert [name for _, name, _ in rows(answer)] == names[: len(answer.json()["rows"])]
        for name, member in ranked.town.members.items():
            assert name not in answer.text
            assert name[1:] not in answer.text
            assert str(member) not in answer.text
        assert set(answer.json()["rows"][0]) == {"rank", "name", "branch", "points", "movement"}
        assert "N000" not in answer.text


def test_the_policy_decides_how_many_stand(ranked: Desk) -> None:
    set_policy(ranked, top=2, names="full")
    assert [name for _, name, _ in rows(board(ranked))] == ["林晓明", "陈建国"]
    assert board(ranked).json()["members"] == 4
    assert "郑晚来" not in board(ranked).text
    for top in (0, 201, -1, "all"):
        body = {"reach": "district", "top": top, "names": "full"}
        path = "/api/v1/boards/policies/district"
        assert ranked.client.put(path, json=body, headers=ranked.headers("district_officer")).status_code == 422


def test_nobody_further_down_stands_in_the_place_of_who_is_not_named(ranked: Desk) -> None:
    set_policy(ranked, "members", "district", names="full", top=3)
    town = ranked.town
    for name in ("林晓明", "陈建国"):
        town.run(lambda c, a, one=name: store.insert_opt_out(c, a.district_id, town.members[one], a.at))
    # The two after them would be the lower half, and the last of all.
    assert rows(board(ranked, "林晓明")) == [(2, "郑晚来", 990)]
    assert rows(board(ranked)) == [(2, "郑晚来", 990)]


def test_the_policy_decides_how_far_boards_go(ranked: Desk) -> None:
    for reach, district, branch in (("district", 200, 200), ("branch", 403, 200), ("off", 403, 403)):
        set_policy(ranked, reach=reach)
        assert (board(ranked).status_code, branch_board(ranked).status_code) == (district, branch)
        refused = board(ranked) if district == 403 else None
        if refused is not None:
            assert refused.json()["code"] == "board_off"
            assert "rows" not in refused.text


def test_members_and_officers_have_policies_of_their_own(ranked: Desk) -> None:
    set_policy(ranked, names="full")
    set_policy(ranked, "members", reach="branch", names="initials", top=1)
    assert board(ranked).json()["audience"] == "district"
    assert board(ranked, "secretary").json()["audience"] == "branch"
    assert board(ranked, "林晓明").status_code == 403
    found = branch_board(ranked, "林晓明")
    assert (found.json()["audience"], rows(found)) == ("members", [(1, "L.X.M.", 1000)])
    assert "陈建国" in board(ranked, "secretary").text


def test_the_own_position_reads_neither_places_nor_names_of_others(ranked: Desk) -> None:
    ranked.headers("林晓明")
    database = ranked.client.app.state.service.database  # type: ignore[attr-defined]
    with count_statements(database) as asked:
        assert board(ranked, "林晓明", "/api/v1/me/position").json()["branch"]["rank"] == 1
    assert asked
    assert not [one for one in asked if "organisation" in one or "member.name" in one]


def test_the_own_position_is_told_with_what_others_have_but_not_who(ranked: Desk) -> None:
    lose(ranked, "林晓明", 3)
    ranked.town.add_member("何末尾")
    lose(ranked, "何末尾", 4)
    set_policy(ranked, "members", top=1)
    found = board(ranked, "林晓明", "/api/v1/me/position")
    ahead = {"points": 980, "members": 1}
    # Whoever is last is nobody's to see: below the caller there is only one more.
    assert found.json()["district"] == {"rank": 4, "of": 5, "ahead": ahead, "behind": None, "movement": None}
    assert found.json()["branch"]["ahead"] == {"points": 990, "members": 2}
    assert (found.json()["points"], found.json()["shown"]) == (970, True)
    assert not any(name in found.text for name in ranked.town.members)
    set_policy(ranked, "members", reach="off")
    found = board(ranked, "林晓明", "/api/v1/me/position").json()
    assert (found["district"], found["branch"]["rank"]) == (None, 3)
    assert board(ranked, "district_officer", "/api/v1/me/position").json()["points"] is None


def test_a_member_reads_no_board_of_another_branch(ranked: Desk) -> None:
    path = f"/api/v1/boards/branches/{ranked.town.neighbour}"
    assert board(ranked, "林晓明", path).status_code == 404
    assert board(ranked, "secretary", path).status_code == 404
    for organisation in (ranked.town.group, ranked.town.committee, ranked.town.district.id):
        assert board(ranked, "district_officer", f"/api/v1/boards/branches/{organisation}").status_code == 404


def test_a_vetoed_member_stands_at_zero(ranked: Desk) -> None:
    ranked.posted("committee_officer", ranked.town.fact("林晓明", "LAW-V02", reason="判决生效"), "district_officer")
    assert rows(board(ranked))[-1] == (4, "林**", 0)


def test_the_tag_changes_with_a_point_with_the_policy_and_with_the_caller(ranked: Desk) -> None:
    tag = board(ranked).headers["etag"]
    assert board(ranked, **{"If-None-Match": tag}).status_code == 304
    assert board(ranked, "林晓明").headers["etag"] != tag
    assert "Authorization" in board(ranked).headers["vary"]
    ranked.recorded("committee_officer", ranked.town.missed("周美玲", "ORG-D03"))
    after_point = board(ranked, **{"If-None-Match": tag})
    assert after_point.status_code == 200
    set_policy(ranked, top=3)
    assert board(ranked, **{"If-None-Match": after_point.headers["etag"]}).status_code == 200


def test_an_exempt_member_stands_on_no_board(ranked: Desk) -> None:
    ranked.town.add_member("方免考", profile="exempt")
    set_policy(ranked, names="full", top=200)
    assert "方免考" not in board(ranked).text
    assert board(ranked).json()["members"] == 4


def test_a_member_who_moved_stands_in_the_present_branch(ranked: Desk) -> None:
    ranked.town.move("陈建国", ranked.town.neighbour, date(2026, 11, 10))
    ranked.town.live_through("2026Q4")
    set_policy(ranked, names="full")
    assert [name for _, name, _ in rows(branch_board(ranked))] == ["林晓明", "郑晚来"]
    found: list[Json] = board(ranked).json()["rows"]
    assert {one["name"]: one["branch"] for one in found}["陈建国"] == "第二支部"


def test_a_cycle_that_nobody_stands_in_is_empty(ranked: Desk) -> None:
    found = board(ranked, "district_officer", f"{DISTRICT}?cycle=2025").json()
    assert (found["cycle"], found["rows"], found["members"], found["data_at"]) == ("2025", [], 0, None)
