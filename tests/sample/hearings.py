"""Where members of the sample are heard: appeals, before a seal and after one, and vetoes, one of them lifted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.appeals import deciding as answering
from app.appeals import service as appeals
from app.appeals.core import AppealOutcome, Filing
from app.appeals.core import Verdict as Answer
from app.cases import showing
from app.cases.core_commendations import ListState
from app.points import service as points
from app.points.ledger import Entry, Posting
from app.rules.core import Kind
from app.submissions import deciding, hearing, vetoes
from app.submissions import service as submissions
from app.submissions.core import Papers, Verdict
from app.submissions.core_states import Decision
from app.submissions.core_vetoes import LiftedWhy, Lifting
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import District

_CYCLE = str(YEAR)


@dataclass
class Hearings:
    """Appeals and vetoes, each in the name of whoever brings, answers or decides them."""

    builder: Builder
    diary: Diary
    made: District
    _refused: str = ""

    def plan(self) -> None:
        """Nobody of the branch that the guide's story is told of is concerned."""
        put = self.diary.put
        put(date(YEAR, 7, 23), lambda: self._appeal("before", "C2", "2026Q2"))
        put(date(YEAR, 7, 30), lambda: self._answer("before", AppealOutcome.REFUSED, "签到表无本人签名，也未请假"))
        put(date(YEAR, 8, 17), self._propose_penalty)
        put(date(YEAR, 8, 19), lambda: self._say("penalty", "organisation-b020", "已就处分决定提出申诉，请等待结果"))
        put(date(YEAR, 8, 31), lambda: self._decide("penalty", ("committee-c2", "district-2")))
        put(date(YEAR, 9, 2), lambda: self._file("penalty", 7))
        put(date(YEAR, 10, 14), self._propose_refusal)
        put(date(YEAR, 10, 16), lambda: self._say("refusal", self._refused, "当晚家中有人住院，未能到岗"))
        put(date(YEAR, 10, 23), lambda: self._decide("refusal", ("district-2",)))
        put(date(YEAR, 11, 3), lambda: self._appeal("after", "C2", "2026Q3"))
        put(date(YEAR, 11, 9), lambda: self._answer("after", AppealOutcome.UPHELD, "核对签到表，本人到会，予以冲正"))
        put(date(YEAR, 11, 10), self._lift)
        put(date(YEAR, 11, 16), self._propose_silence)
        put(date(YEAR, 11, 19), lambda: self._appeal("open", "C1", "2026Q3"))

    # Appeals.

    def _appeal(self, name: str, committee: str, quarter: str) -> None:
        login, entry = self._lost(committee, quarter)
        words = "当日在外地参加行业培训，事先请过假，请核实。"
        self.builder.act(login, appeals.file, Filing(sample_id("appeal", name), entry.id, words))

    def _lost(self, committee: str, quarter: str) -> tuple[str, Entry]:
        """The first officer of the committee's branches who lost points for a duty, and what was lost."""
        for branch in self.made.branches:
            logins = [f"{office}-{branch.code.lower()}" for office in ("secretary", "organisation", "discipline")]
            for login in logins if branch.committee == committee and not branch.groups else ():
                member = self.builder.member_of(login) if self.builder.has(login) else None
                if member is None:
                    continue
                for one in self.builder.ask(points.entries_of_member, member, _CYCLE):
                    if one.kind is Kind.ROUTINE and one.points < 0 and one.booked_in == quarter:
                        return login, one
        raise LookupError(quarter)

    def _answer(self, name: str, outcome: AppealOutcome, words: str) -> None:
        self.builder.act("district-2", answering.decide, sample_id("appeal", name), Answer(outcome, words))

    # Vetoes.

    def _propose_penalty(self) -> None:
        self._propose("penalty", "discipline-b020", "organisation-b020", "LAW-V01", "党内严重警告处分")

    def _propose_refusal(self) -> None:
        """Of somebody whom the half-year's list named: whether that stands is for a person to say."""
        listed = self.builder.ask(showing.page, f"{YEAR}Q2", after=None, count_max=200).commendations
        named = {one.commendation.member_id for one in listed if one.commendation.state is ListState.HANDED_OVER}
        officers = [f"discipline-{one.code.lower()}" for one in self.made.branches[2:12]]
        self._refused = next(one for one in officers if self.builder.has(one) and self.builder.member_of(one) in named)
        words = "台风应急值守两次无故不到岗，造成物资受损"
        self._propose("refusal", "committee-c1", self._refused, "EXC-V01", words, matter="防台风值守", key_work="5")

    def _propose_silence(self) -> None:
        """This one waits for the member's answer."""
        words = "连续六个月未参加组织生活、未交纳党费"
        self._propose("silence", "secretary-b040", "organisation-b040", "ORG-V01", words)

    def _propose(
        self,
        name: str,
        by: str,
        about: str,
        item: str,
        reason: str,
        *,
        matter: str | None = None,
        key_work: str | None = None,
    ) -> None:
        member = self.builder.member_of(about)
        if member is None:
            raise LookupError(about)
        who, today = self.builder.person(by), self.builder.actor().today
        posting = Posting(
            id=sample_id("veto", name),
            member_id=member,
            item=item,
            effective_on=today,
            matter=matter,
            reason=reason,
            recorded_by=who.account_id,
        )
        papers: dict[UUID, Papers] = {posting.id: Papers(key_work=key_work)}
        self.builder.act(by, submissions.record, [posting], papers=papers)

    def _say(self, name: str, login: str, words: str) -> None:
        self.builder.act(login, hearing.answer, sample_id("veto", name), words)

    def _decide(self, name: str, steps: tuple[str, ...]) -> None:
        for login in steps:
            verdict = Verdict(sample_id("veto", name), Decision.APPROVE, "事实清楚，程序完备")
            self.builder.act(login, deciding.decide, verdict)

    def _file(self, name: str, number: int) -> None:
        under = f"样例区备〔{YEAR}〕{number}号"
        self.builder.act("district-1", vetoes.file, sample_id("veto", name), under=under, note=None)

    def _lift(self) -> None:
        lifting = Lifting(sample_id("lifting"), LiftedWhy.ANNULLED, "处分决定经复议撤销")
        self.builder.act("district-2", vetoes.lift, sample_id("veto", "penalty"), lifting)
