"""Grids, the enterprises in them and their leads: rules 43 and 44 of the domain, over HTTP."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from app.grids import service
from app.kit.ids import new_id
from app.schedule import find_job
from tests.grids.village import Village

# It is 21 November 2026; the quarter ends with December.
TURN = date(2027, 1, 1)


def history(village: Village, name: str) -> list[tuple[str, str, str | None]]:
    """Trade, first and last day of each stay in a grid."""
    town = village.desk.town
    path = f"/enterprises/{village.enterprises[name]}/territory"
    rows = village.got("PUT", path, {"territory_id": str(town.committee)}, preview=True)
    return [(one["trade"], one["from_on"], one["until_on"]) for one in rows]


def lead_of(village: Village, lead: str) -> dict[str, object]:
    every = [one for grid in village.got("GET", "/grids")["grids"] for one in grid["leads"]]
    (found,) = (one for one in every if one["id"] == lead)
    return found  # type: ignore[no-any-return]


def branches_leading(village: Village, trade: str) -> list[str]:
    names = {str(key): name for name, key in village.branches.items()}
    grids = village.got("GET", "/grids")["grids"]
    return [names[one["branch_id"]] for grid in grids if grid["id"] == village.grids[trade] for one in grid["leads"]]


def test_longwen_has_six_grids_and_founding_them_again_changes_nothing(village: Village) -> None:
    first = village.got("GET", "/grids")["grids"]
    assert [one["name"] for one in first] == ["家具日化", "电子行业", "机械制造", "食品饮料", "新兴行业", "印刷包装"]
    assert [one["enterprises"] for one in first] == [3, 1, 0, 0, 0, 0]
    assert village.got("POST", "/grids/standard")["grids"] == first


def test_a_trade_is_one_grids_and_neighbours_exist(village: Village) -> None:
    path = f"/grids/{new_id()}"
    body = {"code": "WG07", "name": "第七网格", "trades": ["food"]}
    assert village.refused("PUT", path, body) == "trade_taken"
    assert village.refused("PUT", path, {**body, "trades": [], "neighbours": [str(new_id())]}) == "unknown_neighbour"
    assert village.got("PUT", path, {**body, "trades": []}, preview=True)["code"] == "WG07"
    assert len(village.got("GET", "/grids")["grids"]) == 6


def test_a_change_of_trade_moves_an_enterprise_when_the_next_quarter_starts(village: Village) -> None:
    assert history(village, "甲厂") == [("household", "2026-11-21", None)]
    village.set_enterprise("甲厂", trade="food")
    for _ in range(2):  # the second time finds nothing to do
        village.desk.town.run(service.arrange)
    moved = [("household", "2026-11-21", "2026-12-31"), ("food", "2027-01-01", None)]
    assert history(village, "甲厂") == moved
    counts = [one["enterprises"] for one in village.got("GET", "/grids")["grids"]]
    assert counts == [3, 1, 0, 0, 0, 0]
    village.on(TURN)
    counts = [one["enterprises"] for one in village.got("GET", "/grids")["grids"]]
    assert counts == [2, 1, 0, 1, 0, 0]
    listed = village.got("GET", f"/grids/{village.grids['food']}/enterprises")["members"]
    assert [one["enterprise_id"] for one in listed] == [str(village.enterprises["甲厂"])]


def test_a_closed_enterprise_leaves_its_grid_with_its_last_day(village: Village) -> None:
    village.set_enterprise("乙厂", until_on=date(2026, 11, 30))
    village.on(date(2026, 12, 2))
    village.desk.town.run(service.arrange)
    assert village.got("GET", "/grids")["grids"][0]["enterprises"] == 2


def test_only_four_and_five_stars_lead_and_one_grid_at_a_time(village: Village) -> None:
    body = {"grid_id": village.grids["household"], "branch_id": str(village.branches["强支部"]), "capacity": 3}
    path = f"/grids/leads/{new_id()}"
    assert village.refused("PUT", path, {**body, "star": 3}) == "too_few_stars"
    assert village.refused("PUT", path, body) == "star_unknown"
    assert village.refused("PUT", path, {**body, "star": 4, "branch_id": str(new_id())}) == "not_a_branch"
    deputy = {"deputy_id": str(village.branches["新支部"]), "deputy_star": 3}
    assert village.refused("PUT", path, {**body, "star": 4, **deputy}) == "too_few_stars"
    assert village.got("PUT", path, {**body, "star": 4})["state"] == "leading"
    again = {**body, "star": 5, "grid_id": village.grids["food"]}
    assert village.refused("PUT", f"/grids/leads/{new_id()}", again) == "leads_already"
    assert village.refused("PUT", path, again) == "lead_fixed"
    assert village.got("PUT", path, {**body, "capacity": 9})["capacity"] == 9


def test_a_lead_that_loses_its_star_keeps_the_grid_to_the_quarters_end_and_the_deputy_follows(village: Village) -> None:
    lead = village.lead("强支部", "household", deputy_id=str(village.branches["新支部"]), deputy_star=4)
    village.assign({"第一支部": 2})
    helped = village.mentorings()
    ours = {str(village.branches["第一支部"]), str(village.enterprises["乙厂"])}
    # But not its own firm, in which nobody is a member either.
    assert {one["helped_id"] for one in helped} == ours | {str(village.enterprises["新厂"])}
    for one in helped:
        village.agree(one["id"])
    village.assign({"强支部": 3, "第一支部": 2, "新支部": 4})
    assert (lead_of(village, lead)["state"], lead_of(village, lead)["until_on"]) == ("leaving", "2026-12-31")
    assert {one["lead_id"] for one in village.mentorings(state="agreed")} == {lead}
    village.on(date(2026, 12, 31))
    village.assign({"强支部": 3, "第一支部": 2, "新支部": 4})
    assert branches_leading(village, "household") == ["强支部"]
    village.on(TURN)
    turned = village.assign({"强支部": 3, "第一支部": 2, "新支部": 4})
    assert branches_leading(village, "household") == ["新支部"]
    (new,) = turned["leads"]["opened"]
    agreed = village.mentorings(state="agreed")
    # All that was agreed goes on under the deputy; but its own firm is its own to look after.
    assert {one["helped_id"] for one in agreed} == ours
    assert {(one["lead_id"], one["before_id"] is not None) for one in agreed} == {(new["id"], True)}


def test_without_a_deputy_the_lead_acts_on_so_that_nobody_is_left_without_one(village: Village) -> None:
    lead = village.lead("强支部", "household")
    village.assign({"第一支部": 2})
    for one in village.mentorings():
        village.agree(one["id"])
    village.got("POST", f"/grids/leads/{lead}/end", {"reason": "企业搬迁"})
    village.on(TURN)
    turned = village.assign({"第一支部": 2})
    assert turned["leads"]["without_deputy"] == [lead]
    assert (lead_of(village, lead)["state"], lead_of(village, lead)["until_on"]) == ("acting", "2027-03-31")
    assert {one["lead_id"] for one in village.mentorings(state="agreed")} == {lead}
    body = {"grid_id": village.grids["household"], "branch_id": str(village.branches["强支部"]), "capacity": 5}
    village.got("PUT", f"/grids/leads/{lead}", {**body, "deputy_id": str(village.branches["新支部"]), "deputy_star": 5})
    village.on(date(2027, 4, 1))
    village.assign({"第一支部": 2})
    assert branches_leading(village, "household") == ["新支部"]


def test_a_lead_that_regains_its_star_stays(village: Village) -> None:
    lead = village.lead("强支部", "household")
    village.assign({"强支部": 3})
    assert lead_of(village, lead)["state"] == "leaving"
    village.assign({"强支部": 4})
    assert (lead_of(village, lead)["state"], lead_of(village, lead)["until_on"]) == ("leading", None)


def test_territory_is_a_committee_or_the_district(village: Village) -> None:
    town = village.desk.town
    path = f"/enterprises/{village.enterprises['乙厂']}/territory"
    rows = village.got("PUT", path, {"territory_id": str(town.committee)})
    assert [UUID(one["territory_id"]) for one in rows] == [town.committee]
    assert village.refused("PUT", path, {"territory_id": str(town.branch)}) == "not_found"
    unknown = f"/enterprises/{new_id()}/territory"
    assert village.refused("PUT", unknown, {"territory_id": str(town.committee)}) == "not_found"


def test_the_job_waits_for_stars_but_moves_enterprises(village: Village) -> None:
    village.add_enterprise("丙厂", "machinery")
    job = find_job("grids")
    done = village.desk.town.run(lambda connection, actor: job.do(connection, actor, "2026-11-21"))
    assert done == {"placed": 1, "leads": 0, "waits_for_stars": 1}
