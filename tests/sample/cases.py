"""The assistance cases of the sample: those of the second quarter have run their course, those of the third begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import count
from uuid import UUID

from app.cases import assisting, reminding
from app.cases.core_cases import Case, CaseAction, Deed
from app.cases.core_talks import HeldTalk
from app.points import service as points
from app.rules.core import Kind
from app.submissions import reversing
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import District

_PROBLEMS = "轮班多，主题党日和党课多次缺席，未补课"
_HEARD = "本人说明外出跑单多，约定下季度提前补课"
_MEASURES = "参加晚间场次；每月与帮扶人谈一次；两个月内补齐党课"


@dataclass
class Cases:
    """What branches and committees do about whom the line of 500 found."""

    builder: Builder
    diary: Diary
    made: District
    _steps: count[int] = field(default_factory=count)

    def plan(self) -> None:
        put = self.diary.put
        put(date(YEAR, 8, 6), lambda: self._talk(f"{YEAR}Q2", late=0))
        put(date(YEAR, 8, 7), self._remind)
        put(date(YEAR, 8, 10), self._plan_first)
        put(date(YEAR, 9, 1), self._propose)
        put(date(YEAR, 9, 8), self._reverse)
        put(date(YEAR, 11, 4), self._extend)
        put(date(YEAR, 11, 5), self._remind)
        put(date(YEAR, 11, 9), lambda: self._talk(f"{YEAR}Q3", late=1))
        put(date(YEAR, 11, 10), self._plan_last)
        put(date(YEAR, 11, 12), self._decide)
        put(date(YEAR, 11, 16), self._close)
        for day in (date(YEAR, 8, 25), date(YEAR, 9, 9), date(YEAR, 11, 12), date(YEAR, 11, 18), date(YEAR, 11, 20)):
            put(day, partial(self.builder.run_job, "case_steps", day.isoformat()))

    def _cases(self, quarter: str) -> list[Case]:
        """Those of a quarter's end, the lowest first; and always in the same order."""
        found = [one.case for one in self.builder.ask(assisting.page, count_max=200).cases]
        numbers = {one: number for number, one in self.builder.numbers().items()}
        own = [one for one in found if one.quarter == quarter]
        return sorted(own, key=lambda one: (one.value, numbers[one.member_id]))

    def _do(self, case: Case, action: CaseAction, note: str | None = None, **more: object) -> None:
        """By the branch's secretary what is the branch's, by the committee the rest."""
        of_branch = action in (CaseAction.TALK_HELD, CaseAction.PLANNED, CaseAction.HELPER_NAMED)
        login = self._login(case.branch_id, case.member_id, of_branch=of_branch)
        deed = Deed(sample_id("case step", next(self._steps)), action, note, **more)  # type: ignore[arg-type]
        self.builder.act(login, assisting.act, case.id, deed)

    def _login(self, branch_id: UUID, member_id: UUID, *, of_branch: bool = True) -> str:
        branch = next(code for code, one in self.builder.organisations.items() if one.id == branch_id)
        login = f"secretary-{branch.lower()}"
        if of_branch and self.builder.has(login) and self.builder.member_of(login) != member_id:
            return login
        committee = next(one.committee for one in self.made.branches if one.code == branch)
        return f"committee-{committee.lower()}"

    def _remind(self) -> None:
        """Two of three reminder talks are held in time; the others climb."""
        numbers = {one: number for number, one in self.builder.numbers().items()}
        asked = [one.talk for one in self.builder.ask(reminding.page, is_open=True, count_max=200).talks]
        for place, one in enumerate(sorted(asked, key=lambda one: numbers[one.member_id])):
            if place % 3 < 2:
                held = HeldTalk(
                    sample_id("reminder talk", one.member_id, one.quarter), self.builder.actor().today, _HEARD
                )
                self.builder.act(self._login(one.branch_id, one.member_id), reminding.record, one.id, held)

    def _helper(self, case: Case) -> UUID:
        """An officer of the branch; any other member where the officers are the ones to be helped."""
        branch = next(code for code, one in self.builder.organisations.items() if one.id == case.branch_id)
        for login in (f"organisation-{branch.lower()}", f"discipline-{branch.lower()}"):
            if self.builder.has(login):
                found = self.builder.member_of(login)
                if found is not None and found != case.member_id:
                    return found
        return next(
            one.id
            for one in self.builder.present().values()
            if one.branch_id == case.branch_id and one.id != case.member_id
        )

    def _talk(self, quarter: str, *, late: int) -> None:
        """With all but the last ``late``."""
        known = self._cases(quarter)
        for one in known[: len(known) - late]:
            self._do(one, CaseAction.TALK_HELD, "本人说明轮班较多，愿意补课", day=self.builder.actor().today)

    def _plan_first(self) -> None:
        """Of one the branch finds no helper, so that it is late; of the last it has not planned yet."""
        for place, one in enumerate(self._cases(f"{YEAR}Q2")[:-1]):
            helper = None if place == 0 else self._helper(one)
            self._do(one, CaseAction.PLANNED, problems=_PROBLEMS, measures=_MEASURES, helper_id=helper)

    def _propose(self) -> None:
        one = self._cases(f"{YEAR}Q2")[0]
        self._do(one, CaseAction.HELPER_PROPOSED, "建议由支委帮扶", helper_id=self._helper(one))

    def _reverse(self) -> None:
        """It turns out that the last one's gravest deductions were another's: what opened the case never was."""
        case = self._cases(f"{YEAR}Q2")[-1]
        entries = self.builder.ask(points.entries_of_member, case.member_id, case.cycle)
        undone = {one.reverses for one in entries}
        faults = sorted(
            (one for one in entries if one.kind is Kind.FAULT and one.id not in undone), key=lambda one: one.points
        )
        left = case.value
        for one in faults:
            if left > case.bound:
                break
            words = "经复查系登记错人，予以冲正"
            self.builder.act("district-2", reversing.reverse, one.id, sample_id("reversal", one.id), words)
            left -= one.points

    def _extend(self) -> None:
        self._do(self._cases(f"{YEAR}Q2")[1], CaseAction.EXTENDED, "已补课三次，仍有两项未完成，延长三个月")

    def _plan_last(self) -> None:
        """One waits for its plan, one for its helper, the others run."""
        known = self._cases(f"{YEAR}Q3")[:-1]
        for place, one in enumerate(known[1:]):
            helper = None if place == 0 else self._helper(one)
            self._do(one, CaseAction.PLANNED, problems=_PROBLEMS, measures=_MEASURES, helper_id=helper)

    def _decide(self) -> None:
        """After three months: two have not come back, and the others have."""
        known = self._cases(f"{YEAR}Q2")
        self._do(known[2], CaseAction.FAILED, "三个月内仍无故缺席")
        self._do(known[3], CaseAction.FAILED, "补课没有完成")
        for one in known[4:-1]:
            self._do(one, CaseAction.ACCEPTED, "帮扶期内各项职责均已履行，同意验收")

    def _close(self) -> None:
        one = self._cases(f"{YEAR}Q2")[3]
        self._do(one, CaseAction.CLOSED, "由支部书记继续联系，安排到夜间党课班")
