"""A year of what branches would have recorded: plain facts, the same for the same district and seed.

Routine facts are recorded; additions and faults are proposals, of which some are decided and some left pending. Items
that the book settles by default are not recorded, and neither is a meeting that a branch did not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal
from uuid import UUID, uuid5

from app.kit.calendar import WINDOW_LENGTH, Window
from tests.sample.district import Branch, District, Member, is_hardly_there
from tests.sample.invented import day_between

YEAR = 2026
_FIRST, _LAST = date(YEAR, 1, 1), date(YEAR, 9, 30)
_NAMESPACE = UUID("6f6c0f5a-3a52-5b1e-9d0b-6a1d2c2f5e10")

Outcome = Literal["kept", "missed"]
Decision = Literal["approve", "refuse"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One fact: a routine one with an outcome or units (hours, percent); a proposal with a tier, or its item alone.

    ``decision`` is what a reviewer does with a proposal; None leaves it pending. Routine facts have none.
    """

    id: UUID
    member_number: str
    item: str
    effective_on: date
    outcome: Outcome | None = None
    units: int | None = None
    tier: str | None = None
    matter: str | None = None
    reason: str = ""
    is_proposal: bool = False
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class _Session:
    """A duty kept by coming or by a branch's list: how often a branch sees to it, and what is noted."""

    item: str
    window: Window
    held: float  # the share of windows in which a well-run branch has it
    reason: str
    months: tuple[int, ...] = ()  # within the year; empty: any month of the window


_SESSIONS = (
    _Session("ORG-D01", Window.QUARTER, 1.0, "支部党员大会签到"),
    _Session("ORG-D02", Window.MONTH, 0.7, "主题党日签到"),
    _Session("ORG-D03", Window.MONTH, 0.65, "党小组会签到"),
    _Session("ORG-D04", Window.QUARTER, 0.9, "党课签到"),
    _Session("ORG-D05", Window.YEAR, 1.0, "组织生活会", (2, 3)),
    _Session("ORG-D06", Window.YEAR, 1.0, "民主评议", (2, 3)),
    _Session("ORG-D07", Window.QUARTER, 1.0, "党费收缴清单"),
    _Session("EXC-D01", Window.HALF, 1.0, "承诺践诺情况", (5, 6)),
    _Session("EXC-D02", Window.QUARTER, 1.0, "岗区履职情况"),
    _Session("SRV-D01", Window.QUARTER, 1.0, "联系职工谈心"),
    _Session("SRV-D05", Window.HALF, 1.0, "党群中心服务活动", (4, 5, 6)),
)
# Of the last quarter; it ends the second half-year and the year.
_LAST_SESSIONS = (
    *(one for one in _SESSIONS if one.window in (Window.MONTH, Window.QUARTER)),
    _Session("EXC-D01", Window.HALF, 1.0, "承诺践诺情况", (11, 12)),
    _Session("SRV-D05", Window.HALF, 1.0, "党群中心服务活动", (10, 11, 12)),
    _Session("EXC-D04", Window.YEAR, 1.0, "技能提升或劳动竞赛", (10, 11, 12)),
    _Session("SRV-D04", Window.YEAR, 1.0, "结对帮扶困难职工", (11, 12)),
)
# (item, tier, whether a matter is named, weight)
_ADDITIONS = (
    ("EXC-A01", "adopted", True, 14), ("EXC-A01", "benefit", True, 3), ("EXC-A02", "utility", True, 3),
    ("EXC-A02", "invention", True, 1), ("EXC-A03", "firm", True, 6), ("EXC-A03", "district", True, 2),
    ("EXC-A04", "district-dept", True, 5), ("EXC-A04", "district", True, 4), ("EXC-A04", "city", True, 1),
    ("EXC-A05", "outstanding", True, 4), ("EXC-A06", "completed", True, 5), ("ORG-A01", None, False, 8),
    ("ORG-A02", "district", True, 2), ("ORG-A04", None, False, 4), ("SRV-A02", "team", True, 8),
    ("SRV-A02", "firm", True, 4), ("SRV-A03", None, True, 5), ("SRV-A05", None, False, 6),
    ("LAW-A01", "hazard", True, 5), ("LAW-A02", "participant", True, 6), ("PUB-A01", None, True, 6),
    ("PUB-A02", "district", True, 3),
)  # fmt: skip
_FAULTS = (
    ("EXC-F01", None, True, 6), ("ORG-F01", None, False, 5), ("ORG-F04", None, False, 1), ("SRV-F01", None, True, 3),
    ("LAW-F01", "reminder", True, 4), ("LAW-F05", "slight", True, 4), ("LAW-F05", "heavier", True, 1),
    ("PUB-F01", "slight", True, 2),
)  # fmt: skip
# What is found of those who hardly come, by quarter: item, tier, whether a matter is named, and how often.
_TROUBLES = (
    ("ORG-F02", None, False, 1), ("EXC-F01", None, True, 2), ("EXC-F02", None, True, 1), ("SRV-F02", None, True, 2),
    ("LAW-F05", "serious", True, 1),
)  # fmt: skip
_ADDITION_REASONS = "事迹材料见附件目录，由支部核实。"
_FAULT_REASONS = "支部查实，已当面告知本人。"


def make_entries(district: District) -> list[Recorded]:
    """All of 2026Q1 to 2026Q3 in the order of the days."""
    made = list(_of_district(district))
    made.sort(key=lambda one: (one.effective_on, one.member_number, one.item, one.id))
    return made


def make_last_quarter(district: District) -> list[Recorded]:
    """What is routine in 2026Q4. Additions and faults are for whoever looks on to bring."""
    made: list[Recorded] = []
    for branch in district.branches:
        random = Random(f"last quarter {district.seed} {branch.code}")
        sessions = [
            # Who comes in its middle owes a half-year or a year all the same.
            (one, starts_on if one.window in (Window.MONTH, Window.QUARTER) else date.max, day)
            for one, starts_on, day in _sessions_of(branch, random, _LAST_SESSIONS, (10, 12))
        ]
        for member in district.members_of[branch.code]:
            if member.ground is None:
                facts = _Facts(district.seed, member, random, "Q4-")
                made += facts.routine(sessions)
                study, service = (9, 6) if member.entered_on < _FIRST else _scaled(member.entered_on)
                made += facts.amounts_by(12, study=study, service=service)
    return made


def _scaled(entered_on: date) -> tuple[int, int]:
    """Hours of study and of service for the rest of the year, and one more."""
    left = (date(YEAR, 12, 31) - entered_on).days / 365
    return int(32 * left) + 2, int(20 * left) + 2


def _troubled(district: District) -> dict[str, tuple[int, ...]]:
    """The quarters in which faults are found of members who hardly come: of some from the spring on, of some later."""
    known = [one for one in district.members if is_hardly_there(one)]
    return {one.number: (1, 2, 3) if place % 2 else (2, 3) for place, one in enumerate(known[:16])}


def _of_district(district: District) -> Iterator[Recorded]:
    troubled = _troubled(district)
    for branch in district.branches:
        random = Random(f"entries {district.seed} {branch.code}")
        sessions = _sessions_of(branch, random)
        for member in district.members_of[branch.code]:
            if member.ground is not None:
                continue
            facts = _Facts(district.seed, member, random)
            yield from facts.routine(sessions)
            yield from facts.amounts()
            yield from facts.proposals()
            yield from facts.troubles(troubled.get(member.number, ()))


def _sessions_of(
    branch: Branch, random: Random, sessions: Sequence[_Session] = _SESSIONS, within: tuple[int, int] = (1, 9)
) -> list[tuple[_Session, date, date]]:
    """What the branch saw to in these months: the session, the first day of its window, and the day."""
    found = []
    first, last = within
    for session in sessions:
        if session.item == "ORG-D03" and not branch.groups:
            continue
        length = WINDOW_LENGTH[session.window]
        for month in range(first - (first - 1) % length, last + 1, length):
            held = session.held >= 1 or random.random() < session.held * (0.85 + 0.15 * branch.quality)
            months = session.months or tuple(range(month, month + min(length, 3)))
            if held and month <= months[0] < month + length:
                day = date(YEAR, random.choice(months), random.randrange(5, 26))
                found.append((session, date(YEAR, month, 1), day))
    return found


class _Facts:
    """One member's facts; every id follows from the seed, the member, the item and a number."""

    def __init__(self, seed: int, member: Member, random: Random, part: str = "") -> None:
        self._seed = seed
        self._member = member
        self._random = random
        self._part = part  # of the year, where numbers begin anew
        self._numbers: dict[str, int] = {}

    def routine(self, sessions: list[tuple[_Session, date, date]]) -> Iterator[Recorded]:
        """Kept or missed; duties of a window that began before the member came are not theirs."""
        for session, window_from, day in sessions:
            if window_from < self._member.entered_on:
                continue
            kept = self._random.random() < self._member.diligence
            outcome: Outcome = "kept" if kept else "missed"
            reason = f"{day.month}月{session.reason}" + ("" if kept else "：未参加，七日内未补")
            yield Recorded(self._id(session.item), self._member.number, session.item, day, outcome, reason=reason)

    def amounts(self) -> Iterator[Recorded]:
        """Hours of study and of volunteer work by June and by September, and the spring's rating by fellow members."""
        if self._member.entered_on >= _FIRST:
            return
        random, diligence = self._random, self._member.diligence
        yield from self.amounts_by(6, study=17, service=11)
        yield from self.amounts_by(9, study=8, service=5)
        rate = max(45, min(100, round(random.gauss(95 if diligence > 0.9 else 84, 4) - (20 if diligence < 0.7 else 0))))
        day = date(YEAR, 3, random.randrange(10, 28))
        yield Recorded(self._id("PUB-D01"), self._member.number, "PUB-D01", day, units=rate, reason="民主评议党员互评")

    def amounts_by(self, month: int, *, study: int, service: int) -> Iterator[Recorded]:
        """Hours towards these, handed in that month."""
        random, diligence = self._random, self._member.diligence
        day = date(YEAR, month, random.randrange(10, 28))
        for item, target, reason in (("ORG-D08", study, "集中学习学时"), ("SRV-D02", service, "志愿服务时长")):
            hours = round(target * min(1.0, diligence + 0.03)) + (random.randrange(4) if diligence > 0.9 else 0)
            if hours > 0:
                yield Recorded(self._id(item), self._member.number, item, day, units=hours, reason=reason)

    def proposals(self) -> Iterator[Recorded]:
        """Additions for about a third of the members, faults for a few; late ones are still undecided."""
        random, diligence = self._random, self._member.diligence
        for _ in range(random.choices((0, 1, 2, 4), weights=(66, 22, 9, 3))[0] if diligence > 0.8 else 0):
            yield from self._proposal(random.choices(_ADDITIONS, weights=[one[3] for one in _ADDITIONS])[0])
        if random.random() < (0.02 if diligence > 0.9 else 0.15):
            yield from self._proposal(random.choices(_FAULTS, weights=[one[3] for one in _FAULTS])[0])

    def troubles(self, quarters: tuple[int, ...]) -> Iterator[Recorded]:
        """Found and decided in the quarters named."""
        for quarter in quarters:
            for item, tier, has_matter, times in _TROUBLES:
                for _ in range(times):
                    day = day_between(self._random, date(YEAR, quarter * 3 - 1, 1), date(YEAR, quarter * 3, 28))
                    identifier = self._id(item)
                    matter = f"样例〔{YEAR}〕{identifier.hex[:8]}号" if has_matter else None
                    yield Recorded(
                        identifier, self._member.number, item, day, tier=tier, matter=matter, reason=_FAULT_REASONS,
                        is_proposal=True, decision="approve",
                    )  # fmt: skip

    def _proposal(self, kind: tuple[str, str | None, bool, int]) -> Iterator[Recorded]:
        item, tier, has_matter, _ = kind
        first = max(_FIRST, self._member.entered_on + timedelta(days=1))
        if first > _LAST:
            return
        random = self._random
        day = day_between(random, first, _LAST)
        pending = random.random() < (0.3 if day >= date(YEAR, 9, 1) else 0.03)
        decision: Decision | None = None if pending else "approve" if random.random() < 0.94 else "refuse"
        identifier = self._id(item)
        # Without a matter, one a quarter and item: two of a kind could not be told apart.
        matter = f"样例〔{YEAR}〕{identifier.hex[:8]}号" if has_matter else None
        is_fault = "-F" in item
        reason = _FAULT_REASONS if is_fault else _ADDITION_REASONS
        yield Recorded(
            identifier, self._member.number, item, day, tier=tier, matter=matter, reason=reason, is_proposal=True,
            decision=decision,
        )  # fmt: skip

    def _id(self, item: str) -> UUID:
        number = self._numbers.get(item, 0)
        self._numbers[item] = number + 1
        return uuid5(_NAMESPACE, f"{self._seed}/{self._member.number}/{item}/{self._part}{number}")
