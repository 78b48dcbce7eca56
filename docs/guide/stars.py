"""How stars are given, told over HTTP: see ``stars.md`` beside it.

A district opens its first round. One branch rates itself, is corrected, signed and reckoned, gets five stars from the
district and a name on the wall; another is put on a plan of rectification and given the first as its mentor. Run it
against ``make demo``, once: ``.venv/bin/python docs/guide/stars.py``.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import httpx2
from PIL import Image
from story import Differs, Json, Person, day_at, doors, hold, nobody_at, say

PAGE = 200
PARTS = {"S2.4": 5}  # entered as so many of five records, where the others are points given
STAFF_SURVEY, POSTS = "S6.2", "S4.1"
# What a branch held before the service came stands in its minutes and ledgers only.
THEME_DAYS = 12  # one a month; they are counted, where the others are a part of what was due
MINUTES = ("meetings_held", "theme_days", "yearly_meetings_held", "dues_and_transfers")


@dataclass
class Office:
    """Somebody with a log-in, and the papers that they have sent in."""

    person: Person
    paper: str = ""

    def step(self, path: str, *, expect: int = 200, **body: object) -> Json:
        """Do something under an id of our own, as every client does."""
        return self.person.ask("POST", path, {"id": str(uuid4()), **body}, expect=expect)

    def proof(self) -> str:
        """The digest of a picture of papers, sent in once."""
        if not self.paper:
            picture = io.BytesIO()
            Image.new("RGB", (42, 30), "white").save(picture, "PNG")
            sent = self.person.client.post("/files", files={"file": ("材料.png", picture.getvalue())})
            if sent.status_code != 201:
                raise Differs(f"POST /files: {sent.status_code}: {sent.text[:200]}")
            self.paper = sent.json()["hash"]
        return self.paper


@dataclass
class Tale:
    """The people of the story, and what they have in hand."""

    door: Callable[[str], Person]
    names: argparse.Namespace

    def __post_init__(self) -> None:
        self.log_in()

    def log_in(self) -> None:
        """Everybody, anew: on another day nobody is logged in any more."""
        names = self.names
        self.district, self.committee = Office(self.door(names.office)), Office(self.door(names.committee))
        self.rising, self.falling = Office(self.door(names.rising)), Office(self.door(names.falling))

    def read(self, rating: str) -> Json:
        return self.district.person.ask("GET", f"/ratings/{rating}")

    def ratings(self, round_id: str) -> list[Json]:
        found: list[Json] = self.district.person.ask("GET", f"/rating-rounds/{round_id}/ratings?limit={PAGE}")[
            "ratings"
        ]
        return found


def tell(tale: Tale, forward: Callable[[int], date]) -> None:
    """The whole story. Raises Differs at the first thing that comes out otherwise."""
    round_id, ratings = open_round(tale)
    own = {office: branch_of(who) for office, who in (("rising", tale.rising), ("falling", tale.falling))}
    rising, falling = (next(one["id"] for one in ratings if one["branch_id"] == own[o]) for o in ("rising", "falling"))
    rate_oneself(tale, rising, falling)
    correct_and_sign(tale, rising, ratings)
    decide(tale, round_id, rising)
    name(tale, round_id, rising, forward)
    explain(tale.read(rising))
    rectify(tale, falling)
    mentor(tale, round_id, own)


def branch_of(office: Office) -> str:
    found: str = office.person.ask("GET", "/organisations")["organisations"][0]["id"]
    return found


def open_round(tale: Tale) -> tuple[str, list[Json]]:
    """The district fixes and publishes who is rated, until when, and how many places there are; then it measures."""
    opened = tale.district.step("/rating-rounds", year=tale.names.year, expect=201)
    five = next(one for one in opened["pools"] if one["star"] == 5)
    ratings = tale.ratings(opened["id"])
    say(
        f"区里开启 {opened['year']} 年评定：截止 {opened['cut_off']}，{len(ratings)} 个支部，"
        f"五星名额 {five['places']} 个。",
        f"The district opens the round of {opened['year']}: {len(ratings)} branches, places for five stars:"
        f" {five['places']}.",
    )
    tale.district.person.ask("POST", f"/rating-rounds/{opened['id']}/measurement")
    seen = [
        one
        for one in tale.read(ratings[0]["id"])["indicators"]
        if one["measured"] and one["measured"]["part"] is not None
    ]
    say(
        f"系统能取数的 {len(seen)} 项不用填报，附公式和依据，例如：{seen[0]['name_zh']}——"
        f"{seen[0]['measured']['formula_zh']}，{seen[0]['measured']['inputs']}。",
        f"{len(seen)} indicators are measured and not retyped, such as {seen[0]['name_en']}:"
        f" {seen[0]['measured']['formula_en']}.",
    )
    return opened["id"], ratings


def entries(office: Office, rating: str, share: float, satisfied: int) -> list[Json]:
    """Everything that people enter, with that share of its points; and how many of sixty staff are satisfied."""
    proof, made = office.proof(), list[Json]()
    for one in office.person.ask("GET", f"/ratings/{rating}")["indicators"]:
        if one["measure"] != "by_hand" or one["indicator"] in ("bonus", "innovation_project"):
            continue
        entry: Json = {"indicator": one["indicator"], "files": [proof], "note": "见所附材料"}
        parts = PARTS.get(one["indicator"])
        if parts is None:
            made.append({**entry, "points": round(one["points_max"] * share * 2) / 2})
        else:
            made.append({**entry, "part": round(parts * share), "whole": parts})
    made.append({"indicator": STAFF_SURVEY, "part": satisfied, "whole": 60, "note": "纸质测评", "files": [proof]})
    made.append({"indicator": "innovation_project", "part": int(share > 0.9), "files": [proof]})
    return made


def rate_oneself(tale: Tale, rising: str, falling: str) -> None:
    """Both secretaries fill in and hand in; nobody signs what they filled in."""
    for office, rating, share, satisfied in ((tale.rising, rising, 1.0, 57), (tale.falling, falling, 0.1, 30)):
        body = {"id": str(uuid4()), "indicators": entries(office, rating, share, satisfied)}
        filled = office.person.ask("PUT", f"/ratings/{rating}/indicators", body)
        office.step(f"/ratings/{rating}/submission")
        say(
            f"{filled['branch']} 自评并附证明材料，按现有数据 {filled['provisional']} 分，提交党委。",
            f"{filled['branch']} rates itself, with evidence: {filled['provisional']} points so far.",
        )
    tale.rising.step(f"/ratings/{rising}/signature", expect=403)


def correct_and_sign(tale: Tale, rising: str, ratings: list[Json]) -> None:
    """The committee puts its own finding beside the branch's, with reason and evidence, and signs every branch."""
    proof = tale.committee.proof()
    shown = tale.committee.person.ask("GET", f"/ratings/{rising}")["indicators"]
    found = [one for one in shown if one["measure"] in MINUTES and one["measured"] and one["measured"]["whole"]]
    changed: list[Json] = [
        {
            "indicator": one["indicator"],
            "part": THEME_DAYS if one["measure"] == "theme_days" else one["measured"]["whole"],
            "whole": one["measured"]["whole"],
            "note": "核对会议记录本和台账，均已完成",
            "files": [proof],
        }
        for one in found
    ]
    changed += [
        {"indicator": POSTS, "points": 3.5, "note": "责任区名单有一处未公开", "files": [proof]},
    ]
    corrected = tale.committee.step(f"/ratings/{rising}/corrections", indicators=changed)
    (posts,) = (one for one in corrected["indicators"] if one["indicator"] == POSTS)
    for one in ratings:
        tale.committee.step(f"/ratings/{one['id']}/signature")
    say(
        f"党委核正：{posts['name_zh']} 自评 {posts['own']['points']} 分，核正为 {posts['committee']['points']} 分"
        f"（{posts['committee']['note']}）；然后逐个签字。没有自评的支部按现有数据签字。",
        f"The committee corrects {posts['name_en']} from {posts['own']['points']} to {posts['committee']['points']}"
        " points, and signs. Whoever has not rated itself is signed on what is known.",
    )


def decide(tale: Tale, round_id: str, rising: str) -> None:
    """The stars are reckoned; five stars are the district's to give, the others the committee's."""
    tale.district.step(f"/rating-rounds/{round_id}/reckoning")
    reckoned = tale.read(rising)
    hold("reckoned", found=(reckoned["star"], reckoned["state"]), wanted=(5, "deciding"))
    tale.district.step(f"/ratings/{rising}/decision", accept=True, basis="材料属实，同意")
    above = tale.committee.person.ask("GET", "/organisations")["organisations"]
    committee = next(one["id"] for one in above if one["kind"] == "committee")
    filed = tale.committee.step(f"/rating-rounds/{round_id}/filing", committee_id=committee)
    hold("filed", found=filed["state"], wanted="notice")
    say(
        f"测算：{reckoned['branch']} {reckoned['score']} 分，五星，由区里决定；其余由党委决定并备案。全部决定后公示。",
        f"Reckoned: {reckoned['branch']} has {reckoned['score']} points and five stars, which the district gives; the"
        " committee decides and files the others. Then all go on notice.",
    )


def name(tale: Tale, round_id: str, rising: str, forward: Callable[[int], date]) -> None:
    """Not before the notice is over; the sample lives past it, with the jobs of each day."""
    until = date.fromisoformat(tale.read(rising)["notice_until"])
    tale.district.step(f"/rating-rounds/{round_id}/naming", expect=409)
    today = forward((until - tale.names.day).days + 1)
    tale.log_in()
    named = tale.district.step(f"/rating-rounds/{round_id}/naming")
    hold("named", found=named["state"], wanted="named")
    say(
        f"公示五个工作日至 {until}，期满前不能命名；样例过到 {today}，命名，一年有效。",
        f"The notice runs to {until}, and nobody is named before; the sample lives to {today}, and the stars"
        " are named for a year.",
    )


def explain(rating: Json) -> None:
    """One star, down to its inputs: every indicator with who said it, and every step to the star."""
    say(
        f"{rating['branch']} 为什么是 {rating['star']} 星（{rating['score']} 分）：",
        f"Why {rating['branch']} has {rating['star']} stars:",
    )
    for one in rating["indicators"]:
        measured, own, committee = one["measured"], one["own"], one["committee"]
        if committee is not None:
            said = f"党委核正 committee: {committee['note']}"
        elif measured is not None and measured["part"] is not None:
            reading = f"{measured['part']}/{measured['whole']} {measured['inputs']}"
            said = f"系统取数 measured: {measured['formula_zh']} {reading}"
        elif own is not None:
            said = f"自评 self: {own['part']}/{own['whole']}" if own["whole"] > 1 else "自评 self"
        else:
            said = f"{one['remark']}"
        proofs = f"，证明材料 evidence {len(one['files'])}" if one["files"] else ""
        print(f"    {one['indicator']:<8} {one['points']:>5} / {one['points_max']:<5} {one['name_zh']}：{said}{proofs}")
    total = sum(one["points"] for one in rating["indicators"] if one["indicator"] != "innovation_project")
    if abs(total - rating["score"]) > 0.05:  # each is rounded for the eye, and the score once
        raise Differs(f"the indicators add up to {total}, not {rating['score']}")
    for reason in rating["reasons"]:
        print(f"    → {reason['zh']} · {reason['en']}")
    steps = " → ".join(one["action"] for one in rating["steps"])
    print(f"    {steps}")


def rectify(tale: Tale, falling: str) -> None:
    """Two stars or fewer ask for a plan, whose problems are struck off one by one."""
    weak = tale.read(falling)
    if weak["star"] is None or weak["star"] > 2:
        raise Differs(f"{weak['branch']}: {weak['star']}")
    due_on = (tale.names.day + timedelta(days=60)).isoformat()
    problems = [
        {"text": text, "person": "支部书记", "due_on": due_on} for text in ("主题党日次数不足", "活动记录不完整")
    ]
    plan = tale.committee.step(f"/ratings/{falling}/plans", problems=problems, expect=201)
    struck = tale.committee.person.ask(
        "POST", f"/rating-plans/{plan['id']}/struck", {"number": 1, "note": "已补开三次，现场核实"}
    )
    left = [one["text"] for one in struck["problems"] if one["struck_on"] is None]
    say(
        f"{weak['branch']} {weak['star']} 星：党委立整改计划，{len(problems)} 个问题，三个月；"
        f"销号 1 个，还剩：{'、'.join(left)}。",
        f"{weak['branch']} has {weak['star']}: a plan of {len(problems)} problems, three months; one is struck off.",
    )
    early = {"accepted": True, "note": "同意验收"}
    tale.committee.person.ask("POST", f"/rating-plans/{plan['id']}/closing", early, expect=409)


def mentor(tale: Tale, round_id: str, own: dict[str, str]) -> None:
    """The five-star branch leads the grid of its trade; whoever needs help is paired, and both sides agree."""
    ask = tale.district.person.ask
    stars = {one["branch_id"]: one["star"] for one in tale.ratings(round_id)}
    grids = ask("POST", "/grids/standard")["grids"]
    lead = {"grid_id": grids[0]["id"], "branch_id": own["rising"], "capacity": 12, "star": 5}
    ask("PUT", f"/grids/leads/{uuid4()}", lead)
    known = {"stars": [{"branch_id": branch, "star": star} for branch, star in stars.items() if star is not None]}
    seen = ask("POST", "/grids/assignment?preview=true", known)
    found = ask("POST", "/grids/assignment", known)
    hold("the preview", found=seen["objective"], wanted=found["objective"])
    pair = next((one for one in found["pairs"] if one["helped_id"] == own["falling"]), None)
    if pair is None:
        raise Differs("the weak branch has no mentor")
    costs = {name: cost for name, cost in pair["costs"].items() if cost}
    say(
        f"六个网格建好，五星支部任“{grids[0]['name']}”网格龙头；先试算后分配，{len(found['pairs'])} 对；"
        f"这一对的成本：{costs}。",
        f"Six grids, the five-star branch leads the first; tried, then assigned: {len(found['pairs'])} pairs. What this"
        f" one costs: {costs}.",
    )
    listed = ask("GET", f"/mentorings?limit={PAGE}")["mentorings"]
    mentoring = next(one["id"] for one in listed if one["helped_id"] == own["falling"] and one["ended_on"] is None)
    tale.rising.person.ask("POST", f"/mentorings/{mentoring}/agreement", {"side": "lead"})
    tale.falling.person.ask("POST", f"/mentorings/{mentoring}/agreement", {"side": "helped"})
    visit = {
        "kind": "visit", "held_on": tale.names.day.isoformat(), "text": "一起核对活动记录，约定每月联合主题党日",
        "problems_found": 2, "problems_solved": 1,
    }  # fmt: skip
    active = tale.rising.step(f"/mentorings/{mentoring}/visits", expect=201, **visit)
    hold("the mentoring", found=active["mentoring"]["state"], wanted="active")
    say(
        f"双方同意，首次走访后转为帮带中；走访时党员平均 {active['visits'][0]['average']} 分，以后看变化。",
        "Both sides agree; with the first visit the mentoring is active, and where the branch stands is noted.",
    )


def main() -> int:
    """0 where all came out as told, else 1 with what did not."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--district", default="beginners")
    asked.add_argument("--password", default="a-sample-of-2026")
    for role, login in (
        ("office", "district-1"),
        ("committee", "committee-q1"),
        ("rising", "secretary-q001"),
        ("falling", "secretary-q002"),
    ):
        asked.add_argument(f"--{role}", default=login)
    asked.add_argument("--year", type=int, default=2025)
    names = asked.parse_args()

    def sample(path: str, body: Json | None = None) -> None:
        """What only the sample does."""
        try:
            answer = httpx2.post(f"{names.address}/sample/{path}", json=body, timeout=60)
        except httpx2.TransportError as error:
            raise nobody_at(names.address, error) from error
        if answer.is_error:
            raise Differs(f"POST /sample/{path}: {answer.status_code}")

    def forward(days: int) -> date:
        """Let so many days pass."""
        sample("clock", {"days": days})
        names.day = day_at(names.address)
        found: date = names.day
        return found

    try:
        sample("beginners")
        names.day = day_at(names.address)
        tell(Tale(doors(names.address, names.district, names.password), names), forward)
    except (Differs, httpx2.HTTPError) as differs:
        print(f"✗ {differs}", file=sys.stderr)
        return 1
    print("✓ 与所述一致 · all as told")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
