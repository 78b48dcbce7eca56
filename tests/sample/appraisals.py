"""The appraisal of secretaries in the sample: the year before is filed, and the duty lists of the year are at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from app.appraisals import deciding, listing, service, valuing
from app.appraisals.core import Appraisal, AppraisalState, Gift
from app.appraisals.core_responsibilities import ResponsibilityState, Verdict, WantedList
from app.appraisals.grading import Votes
from app.kit.blobs import Blobs
from app.ratings.core import Step
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import District

_VOTERS = 20
_FIRM = 0.7  # from this quality on, what is on the list is done


@dataclass
class Appraisals:
    """Sets and confirms lists, gives, signs, decides and files, each by whoever does it."""

    builder: Builder
    diary: Diary
    made: District
    blobs: Blobs
    _steps: int = 0
    _proofs: dict[str, str] = field(default_factory=dict)

    def plan(self) -> None:
        put, last = self.diary.put, YEAR - 1
        put(date(YEAR, 2, 5), lambda: self._set_lists(last))
        put(date(YEAR, 2, 9), lambda: self._report(last))
        put(date(YEAR, 2, 11), lambda: self._judge(last))
        put(date(YEAR, 2, 16), lambda: self._open(last))
        put(date(YEAR, 2, 25), lambda: self._sign(last))
        put(date(YEAR, 2, 26), lambda: self._decide(last))
        put(date(YEAR, 3, 9), lambda: self._file(last))
        put(date(YEAR, 3, 16), lambda: self._set_lists(YEAR))
        put(date(YEAR, 7, 8), lambda: self._report(YEAR))
        put(date(YEAR, 7, 15), lambda: self._judge(YEAR))

    def _step(self, basis: str | None = None) -> Step:
        self._steps += 1
        return Step(sample_id("appraisal step", self._steps), basis=basis)

    def _proof(self, login: str) -> str:
        if login not in self._proofs:
            self._proofs[login] = self.builder.upload(login, self.blobs)
        return self._proofs[login]

    def _quality(self, branch: UUID) -> float:
        return next(one.quality for one in self.made.branches if self.builder.organisations[one.code].id == branch)

    def _committee_of(self, path: str) -> str:
        known = self.builder.organisations
        return next(
            f"committee-{one.code.lower()}" for one in self.made.committees if path.startswith(known[one.code].path)
        )

    def _set_lists(self, year: int) -> None:
        """One committee keeps lists; where there is none, nothing is due, and the appraisal says so."""
        committee = self.made.committees[0].code
        branches = [self.builder.organisations[one.code].id for one in self.made.branches if one.committee == committee]
        items = (("书记上专题党课", date(year, 6, 30)), ("向党委述职", date(year, 12, 20)))
        wanted = WantedList(sample_id("duty list", year), year, tuple(branches), items)
        self.builder.act(f"committee-{committee.lower()}", listing.set_items, wanted)

    def _report(self, year: int) -> None:
        """What is due by today, by those who did it."""
        builder = self.builder
        codes = {one.id: code for code, one in builder.organisations.items()}
        items, _ = builder.ask(listing.page, year=year, count_max=100)
        for one in items:
            login = f"secretary-{codes[one.branch_id].lower()}"
            if one.due_on <= builder.actor().today and self._quality(one.branch_id) > _FIRM and builder.has(login):
                builder.act(login, listing.report, one.id, self._step("已完成"), [self._proof(login)])

    def _judge(self, year: int) -> None:
        """All but one that was reported is confirmed."""
        items, _ = self.builder.ask(listing.page, year=year, state=ResponsibilityState.REPORTED, count_max=100)
        for place, one in enumerate(items):
            verdict, words = (Verdict.MET, "已核实") if place else (Verdict.RETURNED, "缺签到表")
            self.builder.act(self._committee_of(one.path), listing.judge, one.id, self._step(words), verdict)

    def _round(self, year: int) -> UUID:
        return sample_id("appraisal", year)

    def _open(self, year: int) -> None:
        self.builder.act("district-1", service.open_round, self._round(year), year)

    def _lines(self, year: int, state: AppraisalState) -> list[Appraisal]:
        found, _ = self.builder.ask(service.appraisals, self._round(year), state=state, count_max=200)
        return [one.appraisal for one in found]

    def _sign(self, year: int) -> None:
        """The committees give their view and the votes that were cast on paper; surveys counted the others."""
        surveyed = self.builder.organisations[self.made.branches[9].code].id
        for one in self._lines(year, AppraisalState.OPEN):
            login, quality = self._committee_of(one.path), self._quality(one.branch_id)
            view = Gift("organisation", "年度述职和日常了解", points=Decimal(round(10 + 10 * quality)))
            self.builder.act(login, valuing.give, one.id, self._step(), view)
            if one.branch_id != surveyed:
                content, against = round(_VOTERS * quality), round(8 * (1 - quality))
                counts = {"competent": content, "basic": _VOTERS - content, "unfit": against}
                votes = Gift("masses", "民主评议票", votes=Votes(counts), files=(self._proof(login),))
                self.builder.act(login, valuing.give, one.id, self._step(), votes)
            self.builder.act(login, valuing.sign, one.id, self._step())

    def _decide(self, year: int) -> None:
        """The district looks at the excellent ones, the committees at the others."""
        act, held = self.builder.act, self._round(year)
        act("district-1", deciding.reckon, held, self._step())
        for one in self._lines(year, AppraisalState.DECIDING):
            if one.grade == "excellent":
                act("district-1", deciding.decide_best, one.id, self._step("实绩突出，同意"), accept=True)
        waiting = {one.committee_id for one in self._lines(year, AppraisalState.DECIDING)}
        for committee in self.made.committees:
            place = self.builder.organisations[committee.code].id
            if place in waiting:
                login = f"committee-{committee.code.lower()}"
                act(login, deciding.decide_others, held, place, self._step("经党委会研究"))

    def _file(self, year: int) -> None:
        self.builder.act("district-1", deciding.file, self._round(year), self._step())
