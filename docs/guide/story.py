"""A story of the recording flow, told over HTTP: see ``recording.md`` beside it.

A group leader records a theme day on a phone without a network, whose queue is sent twice; a proposal is heard and
refused, the absence made up; another proposal is heard, posted, appealed and taken back; each is told once; and a
stranger sees nothing. Run it against ``make demo``, once: ``python docs/guide/story.py``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx2

Json = dict[str, Any]
REPORTED = "ORG-F04"  # away without report: proposed by the group leader, reviewed by the secretary
THEME_DAY = "ORG-D02"
ZONE = ZoneInfo("Asia/Shanghai")
TOLD_CODES = ("activity_recorded", "round_exists")  # by which a story is known to have been told
TOLD_BEFORE = (
    "这个故事在此处已经讲过；要再讲一次，请重新运行 make demo，从头开始。"
    " · The story was told here before; to tell it again, start afresh with make demo."
)


class Differs(Exception):
    """Something came out otherwise than the story says."""


def told_by(answer: httpx2.Response) -> str:
    """What the service says is wrong, in words; the answer's beginning where it is none of the service's."""
    try:
        found = answer.json()
    except ValueError:
        return answer.text[:200]
    faults = [str(one.get("detail", "")) for one in found.get("faults", [])]
    return " ".join([str(found.get("detail", answer.text[:200])), *faults])


@dataclass
class Person:
    """Somebody at their phone or desk."""

    client: httpx2.Client

    def ask(self, method: str, path: str, body: Json | None = None, *, expect: int = 200) -> Json:
        """The answer's body. Raises Differs where the status is another one."""
        answer = self.client.request(method, path, json=body)
        if answer.status_code == 409 != expect and answer.json().get("code") in TOLD_CODES:
            raise Differs(f"{told_by(answer)} {TOLD_BEFORE}")
        if answer.status_code != expect:
            raise Differs(f"{method} {path}: {answer.status_code}, not {expect}: {told_by(answer)}")
        found: Json = answer.json()
        return found

    def standing(self, member: str) -> int | float:
        total: int | float = self.ask("GET", f"/members/{member}/standing")["total"]
        return total

    def messages(self, since: int = 0) -> list[Json]:
        told: list[Json] = self.ask("GET", f"/me/messages?after={since}")["messages"]
        return told

    def last_message(self) -> int:
        last: int = self.ask("GET", "/me/messages")["last"]
        return last


def say(zh: str, en: str) -> None:
    print(f"· {zh}\n  {en}")


def hold(what: str, *, found: object, wanted: object) -> None:
    """Raises Differs where what was found is not what the story says."""
    if found != wanted:
        raise Differs(f"{what}: {found!r}, not {wanted!r}")


def tell(door: Callable[[str], Person], names: argparse.Namespace) -> None:
    """The whole story. Raises Differs at the first thing that comes out otherwise."""
    leader, secretary, committee = door(names.leader), door(names.secretary), door(names.committee)
    absent, other, stranger = door(names.absent), door(names.other), door(names.stranger)
    group = {one["name"]: one["id"] for one in leader.ask("GET", "/members")["members"]}
    absent_id, other_id = (group[one.ask("GET", "/sessions/current")["name"]] for one in (absent, other))
    heard = {one: person.last_message() for one, person in ((absent_id, absent), (other_id, other))}

    theme_day, proposals = send_the_queue_twice(leader, [absent_id, other_id], names.day - timedelta(days=1))
    answer_and_make_up(absent, leader, secretary, absent_id, proposals[absent_id], theme_day, names.day)
    entry, appeal = appeal_and_uphold(other, secretary, committee, other_id, proposals[other_id])

    told = Counter(one["kind"] for one in absent.messages(heard[absent_id]))
    hold("told", found=told, wanted=Counter(["absence_noted", "hearing_asked", "duty_made_up", "hearing_ended"]))
    told = Counter(one["kind"] for one in other.messages(heard[other_id]))
    hold("told", found=told, wanted=Counter(["hearing_asked", "deduction_told", "appeal_answered"]))
    say("每一步各告知一次。", "Each step was told once.")

    for path in (
        f"/activities/{theme_day['id']}",
        f"/submissions/{proposals[other_id]}",
        f"/appeals/{appeal}",
        f"/members/{other_id}/standing",
        f"/members/{other_id}/entries",
        f"/entries/{entry}/evidence",
    ):
        stranger.ask("GET", path, expect=404)
    say("其他支部的党员什么也看不到。", "A member of another branch sees nothing of it.")


def send_the_queue_twice(leader: Person, members: list[str], day: date) -> tuple[Json, dict[str, str]]:
    """What the leader's phone kept while it had no network: a theme day that the first member missed, and a proposal to
    deduct about each. The answer is lost on the way, so the phone sends all of it again.

    The theme day, and by member the proposal's id.
    """
    group = leader.ask("GET", "/organisations")["organisations"][0]
    theme_day = {
        "id": str(uuid4()),
        "organisation_id": group["id"],
        "item": THEME_DAY,
        "title": "主题党日：走访困难职工",
        "held_on": day.isoformat(),
        "attendance": [{"member_id": members[0], "status": "absent"}],
    }
    proposals = [
        {
            "id": str(uuid4()),
            "member_id": member,
            "item": REPORTED,
            "effective_on": day.isoformat(),
            "reason": "外出未向党小组报告，电话联系不上",
        }
        for member in members
    ]
    queue = {"items": [{"kind": "activity", "body": theme_day}, *({"kind": "entry", "body": one} for one in proposals)]}
    first = leader.ask("POST", "/me/queue", queue)["results"]
    for one in first:
        if one["problem"] is not None:
            told = one["problem"]
            raise Differs(f"{told['detail']} {TOLD_BEFORE}" if told["code"] in TOLD_CODES else str(told["detail"]))
    again = leader.ask("POST", "/me/queue", queue)["results"]
    hold("sent once", found=[one["status"] for one in first], wanted=[201] * 3)
    hold("sent again", found=[(one["status"], one["replayed"]) for one in again], wanted=[(200, True)] * 3)
    held = leader.ask("GET", f"/activities/{theme_day['id']}")
    present = sum(one["status"] == "present" for one in held["attendance"])
    say(
        f"党小组长离线记下主题党日：{present} 人到会，1 人缺席；网络恢复后重复发送，只记一次。",
        f"The group leader's theme day, kept offline: {present} present, 1 absent; sent twice, recorded once.",
    )
    hold("proposals", found=[one["state"] for one in first[1:]], wanted=["submitted"] * 2)
    say(
        "同时提出的两条扣分建议也只有一次；本人被告知理由，答复之前不得入账。",
        "The two deductions proposed with it are there once; the members are told why, and nothing is posted before"
        " they answered.",
    )
    return held, {one["member_id"]: one["id"] for one in proposals}


def answer_and_make_up(
    absent: Person, leader: Person, secretary: Person, member: str, proposal: str, theme_day: Json, today: date
) -> None:
    """The absent member answers and makes up; the secretary refuses the proposal; nothing is lost."""
    before = absent.standing(member)
    absent.ask("POST", f"/submissions/{proposal}/answer", {"answer": "当日陪家人急诊，已补向支部书记报告。"})
    made_up = {"members": [{"member_id": member, "made_up_on": today.isoformat(), "note": "参加第二场"}]}
    leader.ask("POST", f"/activities/{theme_day['id']}/make-ups", made_up)
    refusal = {"decision": "refuse", "note": "已说明情况并报告"}
    secretary.ask("POST", f"/submissions/{proposal}/decision", refusal)
    hold("the standing of who was absent", found=absent.standing(member), wanted=before)
    say(
        "缺席党员陈述意见并补课；书记不予采纳扣分建议，分数未变。",
        "The absent member answers and makes up; the secretary refuses the proposal, and no point is lost.",
    )


def appeal_and_uphold(
    other: Person, secretary: Person, committee: Person, member: str, proposal: str
) -> tuple[str, str]:
    """The other member answers, the secretary posts, the member appeals, the committee upholds. Entry and appeal."""
    before = other.standing(member)
    secretary.ask("POST", f"/submissions/{proposal}/decision", {"decision": "approve"}, expect=409)
    other.ask("POST", f"/submissions/{proposal}/answer", {"answer": "当日在外地参加行业培训，事先请过假。"})
    posted = secretary.ask("POST", f"/submissions/{proposal}/decision", {"decision": "approve"})
    entry, lost = posted["entries"][0]["id"], posted["entries"][0]["points"]
    hold("the standing after the deduction", found=other.standing(member), wanted=before + lost)
    appeal = {"id": str(uuid4()), "text": "请假条在党小组长处，请核实。"}
    other.ask("POST", f"/entries/{entry}/appeals", appeal, expect=201)
    verdict = {"outcome": "upheld", "answer": "经核实确已请假，予以冲正。"}
    secretary.ask("POST", f"/appeals/{appeal['id']}/decision", verdict, expect=403)
    decided = committee.ask("POST", f"/appeals/{appeal['id']}/decision", verdict)
    hold("the reversal", found=decided["entries"][0]["reverses"], wanted=entry)
    hold("the standing after the appeal", found=other.standing(member), wanted=before)
    say(
        f"另一党员陈述后仍被扣 {-lost} 分，提出申诉；书记审核过，不得答复；党委支持申诉，分数冲回。",
        f"The other loses {-lost} points all the same and appeals; the secretary, who approved it, may not decide;"
        " the committee upholds, and the points are back.",
    )
    return entry, appeal["id"]


def nobody_at(address: str, error: Exception) -> Differs:
    """What is said where nothing answers."""
    return Differs(
        f"{address} 无法连接（{error}）。请先运行 make demo；服务在别处的，用 --address 写明地址。"
        f" · Nothing answers at {address}. Run make demo first, or name the address with --address."
    )


def day_at(address: str) -> date:
    """The sample's day, which goes by a clock of its own; the machine's where the service is no sample."""
    try:
        answer = httpx2.get(f"{address}/sample/clock")
    except httpx2.TransportError as error:
        raise nobody_at(address, error) from error
    now = datetime.now(ZONE) if answer.is_error else datetime.fromisoformat(answer.json()["now"])
    return now.astimezone(ZONE).date()


def doors(address: str, district: str, password: str) -> Callable[[str], Person]:
    """How somebody logs in there. Raises Differs where nothing answers, or the log-in is refused."""

    def door(login: str) -> Person:
        at = f"{address}/api/v1"
        who = {"login": f"{district}/{login}", "password": password}
        try:
            answer = httpx2.post(f"{at}/sessions", json=who)
        except httpx2.TransportError as error:
            raise nobody_at(address, error) from error
        if answer.status_code != 201:
            raise Differs(f"{login}: {told_by(answer)}")
        token = answer.json()["access_token"]
        return Person(httpx2.Client(base_url=at, headers={"Authorization": f"Bearer {token}"}, timeout=30))

    return door


def main() -> int:
    """0 where all came out as told, else 1 with what did not."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--address", default="http://127.0.0.1:8000")
    asked.add_argument("--district", default="longwen")
    asked.add_argument("--password", default="a-sample-of-2026")
    for name, login in (
        ("leader", "leader-b002-g1"),
        ("secretary", "secretary-b002"),
        ("committee", "committee-c1"),
        ("absent", "member-m0030"),
        ("other", "member-m0031"),
        ("stranger", "member-m0006"),
    ):
        asked.add_argument(f"--{name}", default=login)
    asked.add_argument("--day", type=date.fromisoformat, help="the service's present day, where it is another")
    names = asked.parse_args()

    try:
        names.day = names.day or day_at(names.address)
        tell(doors(names.address, names.district, names.password), names)
    except (Differs, httpx2.HTTPError) as differs:
        print(f"✗ {differs}", file=sys.stderr)
        return 1
    print("✓ 与所述一致 · all as told")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
