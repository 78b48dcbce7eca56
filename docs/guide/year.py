"""What follows from 900 and from 500, read over HTTP: see ``year.md`` beside it.

The half-year's list of commendations with its order, its places and whoever is kept off by name; the assistance cases
in every state, one of them step by step; what was corrected after a seal. It only reads and tries (``preview``), so it
may be run as often as one likes. Against ``make demo``: ``.venv/bin/python docs/guide/year.py``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import httpx2
from story import Differs, Json, Person, doors, hold, say

PAGE = 200
EXAMPLES = 3  # of each kind of ground
GROUNDS = {
    "in_assistance": "帮扶整改中",
    "veto": "一票否决",
    "appeal": "申诉未决，保留名额",
    "dimension_fault": "遵纪守法指标有扣分",
    "heavy_fault": "有较重扣分",
    "short_time": "考评时间不足",
    "insufficient": "应尽职责依据不足",
    "over_quota": "名额已满",
    "line_not_met": "更正后未达线",
}
TAKEN = ("recommended", "noticed", "confirmed", "handed_over")


def told(grounds: list[str]) -> str:
    return "、".join(f"{GROUNDS.get(one, one)} {one}" for one in grounds)


def every(person: Person, path: str, key: str) -> list[Json]:
    """A list, page by page."""
    found, cursor = list[Json](), ""
    while True:
        page = person.ask("GET", f"{path}&limit={PAGE}{cursor}")
        found += page[key]
        if page["following"] is None:
            return found
        cursor = f"&cursor={page['following']}"


def tell(door: Callable[[str], Person], names: argparse.Namespace) -> None:
    """All of it. Raises Differs where something is not as the guide says."""
    district, committee = door(names.office), door(names.committee)
    the_line(district, names.quarter)
    listed = every(committee, f"/commendations?quarter={names.quarter}", "commendations")
    if not listed:
        raise Differs(f"{names.quarter}: no list · 没有名单")
    the_list(committee, listed)
    beyond_the_places(committee, listed, names.quarter)
    after_the_list(district)
    cases = every(district, "/cases?late=false", "cases")
    if not cases:
        raise Differs("no assistance case · 没有帮扶整改")
    the_cases(district, cases)
    one_case(district, cases)
    one_own_case(door, names.member, cases)
    after_the_seal(district)


def the_line(district: Person, quarter: str) -> None:
    setting = district.ask("GET", "/lines/setting")["half_year_decides"]
    found = district.ask("GET", f"/lines/quarters/{quarter}")
    count = next(one for one in found["counts"] if one["line"] == "commend")
    say(
        f"{quarter} 表彰推荐线：参评 {count['tested']} 人，达线 {count['met']} 人，名额 {count['quota']} 个"
        f"（区里{'已' if setting else '未'}决定半年也推荐）。",
        f"The line of 900 at {quarter}: {count['met']} of {count['tested']} meet it, for {count['quota']} places"
        f" (half_year_decides: {setting}).",
    )


def the_list(committee: Person, listed: list[Json]) -> None:
    """By state; one pool in its order; everybody who is kept off, by name; and what became of somebody."""
    states = Counter(one["state"] for one in listed)
    branches = {one["branch"] for one in listed}
    say(
        f"本党委 {len(branches)} 个支部的名单，按状态：{dict(states)}。",
        f"The list of the committee's {len(branches)} branches, by state: {dict(states)}.",
    )
    decided = [one for one in listed if one["votes_cast"] is not None] or listed
    pool = [one for one in listed if one["branch_id"] == decided[0]["branch_id"]]
    print(f"    {pool[0]['branch']}（先后按总分，所列为日常积分 · in order of the total; shown is the daily score）：")
    for one in sorted(pool, key=lambda row: (row["position"] is None, row["position"])):
        place = f"第{one['position']}" if one["position"] else "排除"
        vote = f"，{one['votes_for']}/{one['votes_cast']} 票" if one["votes_cast"] is not None else ""
        why = f"：{told(one['grounds'])}" if one["grounds"] else ""
        print(f"    {place}/{one['places']} {one['member']} {one['value']} {one['state']}{vote}{why}")
    say("逐人列出的排除情形，每种几例：", "Whoever is kept off is told by name, with every ground; some of each kind:")
    shown = Counter[str]()
    for one in listed:
        ground = told(one["grounds"])
        shown[ground] += 1
        if one["grounds"] and one["grounds"] != ["over_quota"] and shown[ground] <= EXAMPLES:
            print(f"    {one['member']}（{one['branch']}）{one['value']}：{ground}")
    furthest = max(listed, key=lambda row: row["version"])
    steps = committee.ask("GET", f"/commendations/{furthest['id']}")["steps"]
    say(f"{furthest['member']} 的经过：", f"What was done about {furthest['member']}:")
    for step in steps:
        print(f"    {step['at'][:10]} {step['action']} {step['note'] or ''}")


def beyond_the_places(committee: Person, listed: list[Json], quarter: str) -> None:
    """Whoever is behind the places is not let in, whatever the meeting votes: tried, not saved."""
    meetings = {one["branch_id"]: one["meeting_on"] for one in listed if one["state"] in TAKEN and one["meeting_on"]}
    behind = [one for one in listed if one["state"] == "reserve" and one["branch_id"] in meetings]
    if not behind:
        return
    last = max(behind, key=lambda one: one["position"])
    choice = {"commendation_id": last["id"], "recommend": True, "votes_for": 5}
    body = {"id": str(uuid4()), "branch_id": last["branch_id"], "quarter": quarter, "votes_cast": 6,
            "held_on": meetings[last["branch_id"]], "choices": [choice]}  # fmt: skip
    answer = committee.client.post("/commendations/decisions?preview=true", json=body)
    hold("beyond the places", found=answer.status_code, wanted=409)
    say(
        f"名额之外的不能进入（试算）：{answer.json()['detail']}", "Nobody enters beyond the places, as a preview tells."
    )


def after_the_list(district: Person) -> None:
    waiting = district.ask("GET", "/commendations/withdrawals")["withdrawals"]
    for one in waiting:
        found = one["commendation"]
        say(
            f"{found['member']}（{found['branch']}）推荐之后被一票否决，列出待决定撤回或保留；系统不自动撤回。",
            f"After {found['member']} was recommended a veto was decided: a person withdraws the commendation or keeps"
            " it.",
        )


def the_cases(district: Person, cases: list[Json]) -> None:
    states = Counter(one["state"] for one in cases)
    late = every(district, "/cases?late=true", "cases")
    say(
        f"帮扶整改 {len(cases)} 件，按状态：{dict(states)}；逾期 {len(late)} 件，逐级提醒书记、党委、区里。",
        f"{len(cases)} assistance cases, by state: {dict(states)}; {len(late)} are late, and climb from office to"
        " office.",
    )
    for one in late:
        print(f"    {one['member']}（{one['branch']}）{one['state']}，期限 due {one['due_on']}")


def one_case(district: Person, cases: list[Json]) -> None:
    """The one with the longest way behind it: why it was opened, each step, and what counts as progress."""
    longest = max(cases, key=lambda one: one["version"])
    found = district.ask("GET", f"/cases/{longest['id']}")
    progress = found["progress"]
    say(
        f"{found['member']}：{found['quarter']} 季末总分 {found['value']}，帮扶线 {found['bound']}；"
        f"现为 {found['state']}。"
        f"开始以来应尽职责履行 {progress['kept']} 项、未履行 {progress['missed']} 项；积分回升本身不办结。",
        f"{found['member']} had {found['value']} points at the end of {found['quarter']}, the line is {found['bound']}."
        f" Since then {progress['kept']} duties were kept and {progress['missed']} missed; points alone close nothing.",
    )
    for step in found["steps"]:
        print(f"    {step['at'][:10]} {step['action']} {step['note'] or ''}")
    undone = [one for one in cases if one["state"] == "annulled"]
    for one in undone:
        say(
            f"{one['member']} 的一件已撤销：所依据的记录经复查冲正，经过保留，不算未通过。",
            f"The case of {one['member']} is annulled: what opened it was reversed. Its history stays, and counts for"
            " nothing.",
        )


def one_own_case(door: Callable[[str], Person], login: str, cases: list[Json]) -> None:
    """A member sees the own case, and no other."""
    own = every(door(login), "/cases?late=false", "cases")
    hold("cases that a member sees", found=len({one["member_id"] for one in own}), wanted=1)
    hold("and which of them", found={one["id"] for one in own} <= {one["id"] for one in cases}, wanted=True)
    say(f"{own[0]['member']} 登录后只看到本人的。", f"{own[0]['member']} sees the own case, and nobody else's.")


def after_the_seal(district: Person) -> None:
    """What an upheld appeal changed in a quarter that was sealed: both numbers stay to be seen."""
    for appeal in every(district, "/appeals?state=decided", "appeals"):
        if appeal["outcome"] != "upheld":
            continue
        for one in district.ask("GET", f"/members/{appeal['member_id']}/quarters")["quarters"]:
            sealed, corrected, code = one["sealed"], one["corrected"], one["quarter"]["quarter"]
            if sealed is not None and corrected is not None and sealed["total"] != corrected["total"]:
                say(
                    f"{appeal['member']} 申诉成立：{code} 封账时 {sealed['total']} 分，更正后 {corrected['total']} 分，"
                    "更正记入当前季度，列为调整。",
                    f"{appeal['member']}'s appeal was upheld: {sealed['total']} when {code} was sealed,"
                    f" {corrected['total']} as corrected, booked in the open quarter.",
                )
                return


def main() -> int:
    """0 where all is as told, else 1 with what is not."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--district", default="longwen")
    asked.add_argument("--password", default="a-sample-of-2026")
    asked.add_argument("--quarter", default="2026Q2")
    for role, login in (("office", "district-1"), ("committee", "committee-c1"), ("member", "member-m0003")):
        asked.add_argument(f"--{role}", default=login)
    names = asked.parse_args()
    try:
        tell(doors(names.address, names.district, names.password), names)
    except (Differs, httpx2.HTTPError) as differs:
        print(f"✗ {differs}", file=sys.stderr)
        return 1
    print("✓ 与所述一致 · all as told")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
