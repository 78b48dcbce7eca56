"""The anonymous surveys of the sample: two that are closed and told, and two that are under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from random import Random
from uuid import UUID

from app.rules.surveys import OVERALL, SurveyKind, SurveySubject
from app.surveys import answering, closing, service
from app.surveys.core import Calling, Chosen
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import District

_VOTERS = 24
_CAME = 19  # of those who may answer; nobody learns of whom


@dataclass
class Opinions:
    """Calls, draws, answers and closes; the slips are in nobody's hands afterwards."""

    builder: Builder
    diary: Diary
    made: District

    def plan(self) -> None:
        put, asked = self.diary.put, self.made.branches[9]
        votes = _calling("书记民主测评", SurveyKind.MEMBERS, SurveySubject.SECRETARY, date(YEAR, 2, 3), YEAR - 1)
        staff = _calling("职工满意度测评", SurveyKind.STAFF, SurveySubject.BRANCH, date(YEAR, 9, 7), YEAR)
        for calling in (votes, staff):
            put(calling.opens_on, partial(self._hold, calling, (asked.code,), _CAME))
            put(date(YEAR, calling.opens_on.month, 14), partial(self._close, calling.id))
        # These are open to the year's end: what has come in is nobody's to know.
        members = _calling("党员测评", SurveyKind.MEMBERS, SurveySubject.BRANCH, date(YEAR, 11, 16), YEAR)
        put(members.opens_on, lambda: self._hold(members, (asked.code,), _CAME // 2))
        peers = _calling("支部互评", SurveyKind.PEERS, SurveySubject.BRANCH, date(YEAR, 11, 17), YEAR)
        others = tuple(one.code for one in self.made.branches if one.committee == asked.committee)
        put(peers.opens_on, lambda: self._hold(peers, others, 5))

    def _hold(self, calling: _Called, about: tuple[str, ...], came: int) -> None:
        """The committee calls and draws; whoever has a slip answers, more often content than not."""
        builder = self.builder
        ids = {code: builder.organisations[code].id for code in about}
        committee = next(one.committee for one in self.made.branches if one.code == about[0])
        login = f"committee-{committee.lower()}"
        view = builder.act(login, service.call, calling.about(tuple(ids.values())))
        _, slips = builder.act(login, service.draw, calling.id, builder.cipher)
        random = Random(calling.title)
        choices = [one.code for one in view.survey.sheet.choices]
        weights = [6, 3, *(1 for _ in choices[2:])]
        for slip in slips[:came]:
            said = [
                Chosen(place, OVERALL, random.choices(choices, weights)[0]) for place in range(1, len(view.asked) + 1)
            ]
            builder.ask(answering.answer, view.survey.number, slip, said, builder.cipher)

    def _close(self, survey: UUID) -> None:
        self.builder.ask(closing.close, survey, self.builder.cipher)


@dataclass(frozen=True)
class _Called:
    id: UUID
    title: str
    kind: SurveyKind
    subject: SurveySubject
    opens_on: date
    year: int

    def about(self, branches: tuple[UUID, ...]) -> Calling:
        is_over = self.opens_on.month < 11
        closes_on = date(YEAR, self.opens_on.month, 13) if is_over else date(YEAR, 12, 31)
        return Calling(
            id=self.id,
            title=f"{self.year}年度{self.title}",
            kind=self.kind,
            subject=self.subject,
            about=branches,
            voters=_VOTERS,
            opens_on=self.opens_on,
            closes_on=closes_on,
            year=self.year,
        )


def _calling(title: str, kind: SurveyKind, subject: SurveySubject, opens_on: date, year: int) -> _Called:
    return _Called(sample_id("survey", title, year), title, kind, subject, opens_on, year)
