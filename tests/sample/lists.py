"""The half-year's commendation list of the sample, from the branch meetings to the papers handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from uuid import UUID

from app.cases import commending, service, showing
from app.cases.core_commendations import Choice, Commendation, ListState, Meeting
from app.cycles import key_work
from app.cycles.core_key_work import KeyWork, KeyWorkIssue
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import Branch, District

QUARTER = f"{YEAR}Q2"
_PAGE = 200
_NOT_NOW, _LATELY = "支部大会认为近期联系群众不够，本次不推荐", "三季度有查实的扣分，本次不推荐"
_LATE = "C5"  # this committee's branches meet in November only


@dataclass
class Lists:
    """What meetings and committees make of whom the line of 900 found at the half-year."""

    builder: Builder
    diary: Diary
    made: District

    def plan(self) -> None:
        """The district decides in January that the half-year counts; the meetings are in August."""
        put = self.diary.put
        put(date(YEAR, 1, 6), self._set_up)
        put(date(YEAR, 8, 12), self._meet)
        put(date(YEAR, 8, 13), self._publish)
        put(date(YEAR, 8, 17), self._object)
        put(date(YEAR, 8, 25), self._confirm)
        put(date(YEAR, 9, 3), self._hand_over)
        put(date(YEAR, 11, 17), lambda: self._meet(late=True))
        put(date(YEAR, 11, 19), lambda: self._publish(late=True))

    def _set_up(self) -> None:
        act = self.builder.act
        act("district-1", service.set_half_year_decides, wanted=True)
        entries = (
            KeyWork("1", "园区党群服务中心建设", "样例开发区党工委"),
            KeyWork("2", "重大产业项目用工保障", "各基层党委"),
            KeyWork("3", "安全生产隐患整治", "各党支部"),
            KeyWork("4", "新就业群体党建工作", "各基层党委"),
        )
        today = self.builder.actor().today
        issued = KeyWorkIssue(sample_id("key work", 1), YEAR, today, f"样例两新〔{YEAR}〕2号", entries)
        act("district-1", key_work.issue, issued)
        more = (*entries, KeyWork("5", "防汛防台风应急值守", "各党支部"))
        again = KeyWorkIssue(sample_id("key work", 2), YEAR, date(YEAR, 7, 1), f"样例两新〔{YEAR}〕9号", more)
        self.diary.put(date(YEAR, 6, 24), lambda: act("district-1", key_work.issue, again))

    def _all(self) -> list[Commendation]:
        """The list as it stands, page by page."""
        found: list[Commendation] = []
        after = None
        while True:
            page = self.builder.ask(showing.page, QUARTER, after=after, count_max=_PAGE)
            found += [one.commendation for one in page.commendations]
            if page.following is None:
                return found
            after = page.following

    def _branches(self, *, late: bool) -> Sequence[tuple[Branch, str, UUID]]:
        return [
            (branch, login, self.builder.organisations[branch.code].id)
            for branch in self.made.branches
            if (branch.committee == _LATE) is late and self.builder.has(login := f"secretary-{branch.code.lower()}")
        ]

    def _meet(self, *, late: bool = False) -> None:
        """Each meeting recommends within its places, in order; now and then one is struck and the next moves up.

        A secretary who stands on the list leaves the decision to be written down by the committee.
        """
        everybody = self._all()
        for place, (branch, login, branch_id) in enumerate(self._branches(late=late)):
            if late and place % 3 == 2:
                continue  # has not met yet
            own = [one for one in everybody if one.branch_id == branch_id and one.position is not None]
            own.sort(key=lambda one: one.position or 0)
            if not own or own[0].pool != branch_id.hex:
                continue
            places = own[0].places
            struck = own[:1] if place == 4 and places > 1 and len(own) > places else []
            if late:  # what the third quarter brought is looked at too
                struck = [one for one in own[: places + 2] if self.builder.ask(showing.read, one.id).now]
            chosen = [one for one in own if one not in struck][:places]
            if not chosen:
                continue
            votes = len(self.made.members_of[branch.code]) - 1
            choices = [Choice(one.id, False, votes // 3, _LATELY if late else _NOT_NOW) for one in struck] + [
                Choice(one.id, True, votes - number % 3) for number, one in enumerate(chosen)
            ]
            held_on = self.builder.actor().today - timedelta(days=place % 3)
            meeting = Meeting(sample_id("meeting", branch.code), branch_id, QUARTER, held_on, votes, tuple(choices))
            who = self._writer(branch, login, [*struck, *chosen])
            self.builder.act(who, commending.decide, meeting)

    def _writer(self, branch: Branch, login: str, rows: Sequence[Commendation]) -> str:
        """Nobody writes down what is decided about themselves."""
        secretary = self.builder.member_of(login)
        return f"committee-{branch.committee.lower()}" if secretary in {one.member_id for one in rows} else login

    def _publish(self, *, late: bool = False) -> None:
        recommended = {one.branch_id for one in self._all() if one.state is ListState.RECOMMENDED}
        for place, (branch, login, branch_id) in enumerate(self._branches(late=late)):
            if branch_id in recommended and not (late and place % 3 == 1):
                request = sample_id("notice", branch.code)
                self.builder.act(login, commending.publish, request, QUARTER, branch_id, None)

    def _object(self) -> None:
        """Two objections during the notice."""
        noticed = [one for one in self._all() if one.state is ListState.NOTICED]
        for number, one in enumerate((noticed[0], noticed[-1])):
            words = ("八月有两次主题党日未到会", "获奖项目的主要完成人另有其人")[number]
            self.builder.act("district-2", commending.object_to, one.id, sample_id("objection", number), words)
            self.diary.put(date(YEAR, 8, 24), partial(self._answer_one, one.id, number))

    def _answer_one(self, commendation: UUID, number: int) -> None:
        words = ("经查到会记录齐全，异议不成立", "经核实异议成立，划去")[number]
        request = sample_id("objection answer", number)
        self.builder.act("district-1", commending.answer, commendation, request, words, upheld=bool(number))

    def _confirm(self) -> None:
        for committee in self.made.committees:
            if committee.code != _LATE:
                place = self.builder.organisations[committee.code].id
                request = sample_id("confirmation", committee.code)
                self.builder.act(f"committee-{committee.code.lower()}", commending.confirm, request, QUARTER, place)

    def _hand_over(self) -> None:
        """Two committees hand over; the others have confirmed."""
        for number, committee in enumerate(self.made.committees[:2], 1):
            place = self.builder.organisations[committee.code].id
            request, document = sample_id("hand-over", committee.code), f"样例委〔{YEAR}〕{number + 10}号"
            login = f"committee-{committee.code.lower()}"
            self.builder.act(login, commending.hand_over, request, QUARTER, place, document)
