"""The stars of the sample: the round of the year before, what followed from it, and the round that is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.kit.blobs import Blobs
from app.ratings import deciding, filling, service, treating
from app.ratings.core import Entry, Opening, PlanKind, PlanView, Problem, RatingLine, RatingState, RatingView, Step
from app.ratings.scoring import BONUS, Reading
from app.rules.stars import BY_HAND, Fact, Indicator, ScaleForm, Stars
from app.trials.rounds import full_reading
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import Branch, District

PAPERS = f"{YEAR - 1}年台账"
# What a branch knows of the year before beside what is asked by hand: and what a rate is of.
_WHOLES = {"S2.1": 28, "S2.2": 12, "S3.4": 20, "S6.1": 20, "S6.2": 40}
# What a branch held before the service came stands in its minutes and ledgers only: where it keeps any.
_MINUTES = ("meetings_held", "theme_days", "yearly_meetings_held", "dues_and_transfers")
_KEEPS_MINUTES = 0.5
_FIVE, _FOUR = 5, 4
_OPINIONS = ("S6.1", "S6.2")
_PROBLEMS = {
    PlanKind.RECTIFICATION: ("主题党日次数不足", "活动记录不完整", "群团组织未同步组建"),
    PlanKind.CULTIVATION: ("示范岗作用不突出", "服务企业缺少实效项目"),
}


def entries_of(branch: Branch, sheet: Stars, known: frozenset[str], proof: str, seed: object) -> list[Entry]:
    """What the branch says of itself, by how well it is run: what it is asked, and what it has on paper."""
    random = Random(f"stars {seed} {branch.code}")

    def level() -> float:
        return max(0.0, min(1.0, (branch.quality - 0.35) * 1.5 + random.gauss(0, 0.06)))

    told = [
        one for one in sheet.indicators if one.code not in known and (one.measure == BY_HAND or one.code in _WHOLES)
    ]
    made = [_entry(one, sheet, level(), proof) for one in told]
    bonus = Decimal(round(max(0.0, branch.quality - 0.85) * 20))
    made.append(Entry(BONUS, Reading(0), "表彰和创新项目", (proof,) if bonus else (), bonus))
    has_project = branch.quality > 0.86
    made.append(Entry(Fact.INNOVATION_PROJECT.value, Reading(int(has_project)), None, (proof,) if has_project else ()))
    return made


def by_minutes(view: RatingView, note: str, proof: str) -> list[Entry]:
    """Everything that stands in minutes only was done, as many times as it was due."""
    measured = {one.indicator: one.measured.reading for one in view.values if one.measured}
    due = {code: reading for code, reading in measured.items() if reading is not None and reading.whole}
    wanted = [one for one in view.sheet.indicators if one.measure in _MINUTES and one.code in due]
    made = []
    for one in wanted:
        whole = due[one.code].whole
        full = full_reading(one) if one.scale.form is ScaleForm.EACH else Reading(whole, whole)
        made.append(Entry(one.code, full, note, (proof,)))
    return made


def _entry(one: Indicator, sheet: Stars, level: float, proof: str) -> Entry:
    if one.scale.form is ScaleForm.GIVEN:
        halves = round(one.points / 10**sheet.decimals * level * 2)
        return Entry(one.code, Reading(0), PAPERS, (proof,) if halves else (), Decimal(halves) / 2)
    whole = one.scale.of or _WHOLES.get(one.code, 10)
    if one.code in _OPINIONS:
        level = min(1.0, level + 0.04)
    is_count = one.scale.form is ScaleForm.EACH
    reading = Reading(round(whole * level), 1 if is_count else whole)
    return Entry(one.code, reading, PAPERS, (proof,) if reading.part else ())


@dataclass
class Ratings:
    """Opens, fills, signs, decides and names, each by whoever does it."""

    builder: Builder
    diary: Diary
    made: District
    blobs: Blobs
    _steps: int = 0
    _proofs: dict[str, str] = field(default_factory=dict)

    def plan(self) -> None:
        """The round of the year before is named in January; that of the year is opened in November."""
        put, last = self.diary.put, YEAR - 1
        put(date(YEAR, 1, 6), lambda: self._open(last))
        put(date(YEAR, 1, 8), lambda: self._fill(last, self.made.branches[:-3], submits=True))
        put(date(YEAR, 1, 12), lambda: self._return(last))
        put(date(YEAR, 1, 15), lambda: self._sign(last))
        put(date(YEAR, 1, 19), lambda: self._reckon(last))
        put(date(YEAR, 1, 20), lambda: self._file(last))
        put(date(YEAR, 1, 22), lambda: self._object(last))
        put(date(YEAR, 1, 28), lambda: self._name(last))
        put(date(YEAR, 2, 3), lambda: self._agree_plans(last))
        put(date(YEAR, 3, 16), lambda: self._strike(1))
        put(date(YEAR, 4, 20), lambda: self._strike(2))
        put(date(YEAR, 4, 29), self._close_first)
        put(date(YEAR, 8, 5), self._close_last)
        put(date(YEAR, 10, 12), lambda: self._agree_plans(last))
        put(date(YEAR, 11, 2), lambda: self._open(YEAR))
        put(date(YEAR, 11, 9), lambda: self._fill(YEAR, self.made.branches[:9], submits=True))
        put(date(YEAR, 11, 11), lambda: self._fill(YEAR, self.made.branches[12:15], submits=False))
        put(date(YEAR, 11, 16), lambda: self._strike(1))
        put(date(YEAR, 11, 18), lambda: self._return(YEAR))

    def step(self, basis: str | None = None) -> Step:
        self._steps += 1
        return Step(sample_id("star step", self._steps), basis=basis)

    def proof(self, login: str) -> str:
        """One picture of papers, sent in by each account once."""
        if login not in self._proofs:
            self._proofs[login] = self.builder.upload(login, self.blobs)
        return self._proofs[login]

    def lines(self, year: int) -> dict[str, RatingLine]:
        """By the branch's code."""
        builder = self.builder
        codes = {one.id: code for code, one in builder.organisations.items()}
        found, _ = builder.ask(service.ratings, self._round(year), count_max=200)
        return {codes[one.rating.branch_id]: one for one in found}

    def _round(self, year: int) -> UUID:
        return sample_id("round", year)

    def _committee_of(self, code: str) -> str:
        branch = next(one for one in self.made.branches if one.code == code)
        return f"committee-{branch.committee.lower()}"

    def _open(self, year: int) -> None:
        act = self.builder.act
        if year < YEAR:
            vetoed = self.builder.organisations[self.made.branches[-5].code].id
            step = self.step("园区安全生产事故调查报告认定负主要责任")
            act("district-1", treating.veto, vetoed, "accident", date(year, 6, 12), step)
        act("district-1", service.open_round, Opening(self._round(year), year))
        act("district-1", service.measure, self._round(year))

    def _fill(self, year: int, branches: tuple[Branch, ...], *, submits: bool) -> None:
        ratings = self.lines(year)
        for branch in branches:
            login = f"secretary-{branch.code.lower()}"
            if not self.builder.has(login):
                continue
            rating = ratings[branch.code].rating.id
            view = self.builder.act(login, service.get, rating)
            known = frozenset(one.indicator for one in view.values if one.measured and one.measured.reading)
            entries = entries_of(branch, view.sheet, known, self.proof(login), year)
            self.builder.act(login, filling.fill, rating, self.step(), entries)
            if submits:
                self.builder.act(login, filling.submit, rating, self.step())

    def _return(self, year: int) -> None:
        """Two go back for what is missing; in the year before they came again the day after."""
        for code in [one.code for one in self.made.branches[4:6]]:
            rating = self.lines(year)[code].rating.id
            self.builder.act(self._committee_of(code), filling.send_back, rating, self.step("经费收支明细缺第四季度"))
            if year < YEAR:
                login = f"secretary-{code.lower()}"
                self.builder.act(login, filling.submit, rating, self.step("已补充第四季度明细"))

    def _sign(self, year: int) -> None:
        """The committees correct by the minutes what the service could not see yet, and sign."""
        for code, line in self.lines(year).items():
            login = self._committee_of(code)
            quality = next(one.quality for one in self.made.branches if one.code == code)
            if line.rating.state is RatingState.COMMITTEE and quality > _KEEPS_MINUTES:
                view = self.builder.act(login, service.get, line.rating.id)
                held = by_minutes(view, f"核对{year}年会议记录本和台账", self.proof(login))
                self.builder.act(login, filling.correct, line.rating.id, self.step(), held)
            self.builder.act(login, filling.sign, line.rating.id, self.step())

    def _reckon(self, year: int) -> None:
        """The district looks at the five stars one by one; one is refused, and the place goes to the next."""
        act = self.builder.act
        act("district-1", deciding.reckon, self._round(year), self.step())
        refused = False
        while waiting := [
            one
            for one in self.lines(year).values()
            if one.rating.star == _FIVE and one.rating.state is RatingState.DECIDING
        ]:
            one = min(waiting, key=lambda line: (line.rating.score or 0, line.branch))
            accept = refused
            words = "材料属实，同意" if accept else "创新项目未见验收材料，本次不予五星"
            act("district-1", deciding.decide_highest, one.rating.id, self.step(words), accept=accept)
            refused = True

    def _file(self, year: int) -> None:
        for committee in self.made.committees:
            login, place = f"committee-{committee.code.lower()}", self.builder.organisations[committee.code].id
            self.builder.act(login, deciding.decide_below, self._round(year), place, self.step("经党委会研究"))

    def _object(self, year: int) -> None:
        """A neighbour objects to a star; it is looked into, and the star stays."""
        named = [code for code, one in self.lines(year).items() if one.rating.star == _FOUR]
        rating = self.lines(year)[named[0]].rating.id
        objection = self.step("示范岗名单没有公开")
        self.builder.act("secretary-b001", deciding.object_to, rating, objection)
        answer = self.step("已到现场核实，名单在公示栏，异议不成立")
        self.builder.act("district-2", deciding.answer, rating, objection.id, answer, [], upheld=False)

    def _name(self, year: int) -> None:
        self.builder.act("district-1", deciding.name, self._round(year), self.step())

    # What follows.

    def _agree_plans(self, year: int) -> None:
        """A plan for each star that asks for one; two are forgotten in February, one is made up for in October."""
        is_late = self.builder.actor().today.month > 2
        waiting = self.builder.ask(treating.without_plan)
        codes = {one.id: code for code, one in self.builder.organisations.items()}
        owing = sorted(waiting, key=lambda one: codes[one.branch_id])
        for rating in owing[:1] if is_late else owing[:-2]:
            code = codes[rating.branch_id]
            kind = PlanKind.CULTIVATION if rating.star == 3 else PlanKind.RECTIFICATION
            due_on = date(YEAR, 12, 20) if is_late else date(YEAR, 4, 24)
            problems = [Problem(n, text, "支部书记", due_on) for n, text in enumerate(_PROBLEMS[kind], 1)]
            plan = sample_id("plan", code, due_on)
            self.builder.act(self._committee_of(code), treating.agree, rating.id, plan, problems)

    def _open_plans(self) -> list[tuple[str, Any]]:
        """Those not closed, each with the committee that keeps it."""
        codes = {one.id: code for code, one in self.builder.organisations.items()}
        found = self.builder.ask(treating.plans, open_only=True)
        return [(self._committee_of(codes[one.branch_id]), one) for one in sorted(found, key=lambda one: one.branch_id)]

    def _strike(self, number: int) -> None:
        for place, (login, plan) in enumerate(self._open_plans()):
            if place % 7 != 3 and len(plan.problems) >= number and plan.problems[number - 1].struck_on is None:
                note = "现场核实，已整改到位"
                self.builder.act(login, treating.strike, plan.id, number, note, None)

    def _close_first(self) -> None:
        """What is put right is accepted; the rest has three months more."""
        for place, (login, plan) in enumerate(self._open_plans()):
            left = [one for one in plan.open_problems if one.number == len(plan.problems)]
            if len(left) == len(plan.open_problems) and place % 3:
                for one in left:
                    self._done(login, treating.strike, plan.id, one.number, "查看资料，已整改到位", None)
                self._done(login, treating.close, plan.id, "全部销号，同意验收", None, accepted=True)
            else:
                self._done(login, treating.extend, plan.id, "部分问题需要时间，延期三个月", None)

    def _close_last(self) -> None:
        """One is still not put right when its time is over."""
        for place, (login, plan) in enumerate(self._open_plans()):
            if place == 1:
                self._done(login, treating.close, plan.id, "延期届满仍未整改到位", None, accepted=False)
                continue
            for one in plan.open_problems:
                self._done(login, treating.strike, plan.id, one.number, "复查已整改到位", None)
            self._done(login, treating.close, plan.id, "全部销号，同意验收", None, accepted=True)

    def _done(self, login: str, verb: Any, *args: Any, **named: Any) -> PlanView:
        found: PlanView = self.builder.act(login, verb, *args, **named)
        return found
