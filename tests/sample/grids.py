"""The grids of the sample: leads and deputies in all six trades, mentorings in every state, and a calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from app.activities import service as activities
from app.activities.core import Meeting
from app.cases import assisting
from app.grids import mentoring, pairing, planning, service
from app.grids.assigning import HelpedKind
from app.grids.core import LEAD_STARS, GridLead, LeadState, Supplied, WantedLead
from app.grids.core_mentoring import Mentoring, MentoringOutcome, MentoringState, Side, VisitKind, WantedVisit
from app.grids.core_plans import Plan, PlanLevel
from app.ratings import treating
from app.ratings.core import Step
from tests.sample.building import YEAR, Builder, Diary, sample_id
from tests.sample.district import District

_THEMES = ("学习贯彻", "产业链共建", "安全生产", "服务职工")
_HIGHLIGHTS = (
    "结对签约", "学雷锋", "技能比武", "五一先锋岗", "七一主题日", "暑期托管", "夏送清凉", "质量月", "敬老月", "消防月",
    "年终互评",
)  # fmt: skip
_DISTRICT = "district-1"


@dataclass
class Grids:
    """Founds, appoints, pairs, visits and plans, each by whoever does it."""

    builder: Builder
    diary: Diary
    made: District
    _leads: dict[UUID, str] = field(default_factory=dict)  # by grid, the code of its first lead
    _fallen: str = ""

    def plan(self) -> None:
        put = self.diary.put
        put(date(YEAR, 2, 4), self._found)
        put(date(YEAR, 2, 6), self._pair)
        put(date(YEAR, 2, 10), lambda: self._agree(HelpedKind.BRANCH))
        put(date(YEAR, 2, 12), lambda: self._agree(HelpedKind.ENTERPRISE))
        put(date(YEAR, 2, 13), self._write_calendar)
        for month in (3, 8, 11):
            put(date(YEAR, month, 17), self._visit)
        for month in (3, 6, 9):
            put(date(YEAR, month, 26), self._meet)
        put(date(YEAR, 7, 31), self._pair)
        put(date(YEAR, 8, 4), lambda: self._agree(HelpedKind.MEMBER))
        put(date(YEAR, 9, 10), self._lower)
        put(date(YEAR, 9, 11), self._pair)
        put(date(YEAR, 9, 30), self._end_some)
        put(date(YEAR, 10, 2), self._pair)
        put(date(YEAR, 10, 30), self._pair)
        put(date(YEAR, 11, 5), lambda: self._agree(HelpedKind.MEMBER, every=2))
        put(date(YEAR, 11, 12), self._hold)

    # Grids and leads.

    def _found(self) -> None:
        """The six trades; in each up to two leads of four or five stars, and a deputy, mostly of the own trade."""
        builder = self.builder
        found = builder.act(_DISTRICT, service.found_standard)
        codes = {one.id: code for code, one in builder.organisations.items()}
        trades = {branch.code: self.made.enterprises[place].trade for place, branch in enumerate(self.made.branches)}
        stars = {codes[one.branch_id]: one.star for one in builder.ask(treating.eligible_leads, builder.actor().today)}
        free = sorted(stars, key=lambda code: (-stars[code], code))

        def take(trade: str) -> str | None:
            chosen = next((one for one in free if trades[one] == trade), None) or next(iter(free), None)
            if chosen is not None:
                free.remove(chosen)
            return chosen

        firsts = [(view.grid, take(view.grid.name)) for view in found]
        deputies = [take(grid.name) for grid, _ in firsts]
        seconds = [take(grid.name) for grid, _ in firsts]
        for (grid, first), deputy, second in zip(firsts, deputies, seconds, strict=True):
            if first is None:
                continue
            self._leads[grid.id] = first
            self._appoint(grid.id, first, deputy, stars)
            if second is not None:
                self._appoint(grid.id, second, None, stars)
        lowered = [one for one, deputy in zip(firsts, deputies, strict=True) if deputy is not None]
        self._fallen = min((first for _, first in lowered if first is not None), key=lambda code: (stars[code], code))

    def _appoint(self, grid: UUID, code: str, deputy: str | None, stars: dict[str, int]) -> None:
        ids = self.builder.organisations
        wanted = WantedLead(
            id=sample_id("lead", grid, code),
            grid_id=grid,
            branch_id=ids[code].id,
            deputy_id=None if deputy is None else ids[deputy].id,
            capacity=14 if stars[code] > LEAD_STARS else 11,
            star=stars[code],
            deputy_star=None if deputy is None else stars[deputy],
        )
        self.builder.act(_DISTRICT, service.set_lead, wanted)

    def _lower(self) -> None:
        """A lead fails a look-back and loses a star: it keeps the grid to the quarter's end; its deputy follows."""
        branch = self.builder.organisations[self._fallen].id
        today = self.builder.actor().today
        held = self.builder.ask(treating.held_on, today, branch_id=branch)[branch]
        step = Step(sample_id("downgrade"), None, "回头看发现两次主题党日记录不实")
        self.builder.act(_DISTRICT, treating.downgrade, held.rating.id, "look-back", step)

    # Mentorings.

    def _pair(self) -> None:
        """By the stars of the day and the open cases."""
        builder = self.builder
        today = builder.actor().today
        held = builder.ask(treating.held_on, today)
        stars = {branch: one.star_on(today) or 0 for branch, one in held.items()}
        cases = builder.ask(assisting.page, is_open=True, count_max=200).cases
        known = Supplied(stars, frozenset(one.case.member_id for one in cases))
        builder.act(_DISTRICT, pairing.apply, known)

    def _mentorings(self, state: MentoringState) -> list[Mentoring]:
        found, _ = self.builder.ask(mentoring.page, state=state, count_max=200)
        return sorted(found, key=lambda one: (one.kind.value, one.path, one.helped_id.hex))

    def _secretary(self, path: str) -> str:
        """Who speaks for the branch at the path; the district for what no branch covers."""
        code = next((code for code, one in self.builder.organisations.items() if one.path == path), "")
        login = f"secretary-{code.lower()}"
        return login if self.builder.has(login) else _DISTRICT

    def _agree(self, kind: HelpedKind, every: int = 1) -> None:
        """Of branches and members all, of enterprises two in three; one lead says no."""
        proposed = [one for one in self._mentorings(MentoringState.PROPOSED) if one.kind is kind]
        for place, one in enumerate(proposed):
            if kind is HelpedKind.ENTERPRISE and place == 1:
                words = "该企业已由属地党委联系"
                self.builder.act(self._secretary(one.lead_path), mentoring.end, one.id, MentoringOutcome.REFUSED, words)
            elif place % (3 if kind is HelpedKind.ENTERPRISE else every + 1) or kind is HelpedKind.BRANCH:
                self.builder.act(self._secretary(one.lead_path), mentoring.agree, one.id, Side.LEAD)
                if place % 9 != 8:
                    self.builder.act(self._secretary(one.path), mentoring.agree, one.id, Side.HELPED)

    def _agreed(self, kind: HelpedKind) -> list[Mentoring]:
        known = [*self._mentorings(MentoringState.ACTIVE), *self._mentorings(MentoringState.AGREED)]
        return [one for one in known if one.kind is kind]

    def _visit(self) -> None:
        month = self.builder.actor().today.month
        self._record(self._agreed(HelpedKind.BRANCH), VisitKind.VISIT, "走访党支部，查看活动记录", 2, 1)
        if month == 3:
            self._record(
                self._agreed(HelpedKind.ENTERPRISE)[::2], VisitKind.VISIT, "走访企业，摸排党员和积极分子", 1, 0
            )
        if month in (8, 11):
            self._record(self._agreed(HelpedKind.MEMBER)[:5], VisitKind.VISIT, "与帮扶对象谈心，商量补课安排", 1, 1)

    def _meet(self) -> None:
        """Once a quarter; now and then one is missed."""
        held = [one for place, one in enumerate(self._agreed(HelpedKind.BRANCH)) if place % 5 != 4]
        self._record(held, VisitKind.JOINT_MEETING, "网格联席会议，通报整改进度", 1, 1)

    def _record(self, known: list[Mentoring], kind: VisitKind, words: str, found: int, solved: int) -> None:
        today = self.builder.actor().today
        for one in known:
            wanted = WantedVisit(sample_id("visit", one.id, kind, today), kind, today, words, found, solved)
            self.builder.act(self._secretary(one.lead_path), mentoring.record_visit, one.id, wanted)

    def _end_some(self) -> None:
        known = self._agreed(HelpedKind.BRANCH)
        for one, outcome, words in zip(
            known,
            (MentoringOutcome.RISEN, MentoringOutcome.STOPPED),
            ("整改验收通过，能够独立开展工作", "帮带对象搬离园区，改由属地联系"),
            strict=False,
        ):
            self.builder.act(self._secretary(one.lead_path), mentoring.end, one.id, outcome, words)

    # Calendars.

    def _write_calendar(self) -> None:
        """One main line, four themes, a highlight a month, and some weeks, by the secretary of the first lead."""
        for grid, code in self._leads.items():
            self._set(grid, code, PlanLevel.YEAR, str(YEAR), None, "红链同心、网格共建")
            for quarter, theme in enumerate(_THEMES, 1):
                self._set(grid, code, PlanLevel.QUARTER, f"{YEAR}Q{quarter}", str(YEAR), theme)
            for month, title in enumerate(_HIGHLIGHTS, 2):
                quarter_code = f"{YEAR}Q{(month + 2) // 3}"
                self._set(grid, code, PlanLevel.MONTH, f"{YEAR}-{month:02d}", quarter_code, title)
            for month in (3, 6, 9, 11):
                day = date(YEAR, month, 12)
                week = f"{day.isocalendar().year}-W{day.isocalendar().week:02d}"
                self._set(grid, code, PlanLevel.WEEK, week, f"{YEAR}-{month:02d}", "龙头开放日")

    def _set(
        self,
        grid: UUID,
        code: str,
        level: PlanLevel,
        window: str,
        parent: str | None,
        title: str,
        activity: UUID | None = None,
    ) -> None:
        wanted = Plan(
            id=sample_id("plan", grid, window),
            grid_id=grid,
            level=level,
            window=window,
            parent_id=None if parent is None else sample_id("plan", grid, parent),
            title=title,
            host_id=self.builder.organisations[code].id if level is PlanLevel.WEEK else None,
            activity_id=activity,
            dropped=False,
        )
        self.builder.act(f"secretary-{code.lower()}", planning.set_plan, wanted)

    def _hold(self) -> None:
        """November's open day was held: the plan names the session, whose attendance counts."""
        today = self.builder.actor().today
        week = f"{today.isocalendar().year}-W{today.isocalendar().week:02d}"
        with_groups = {one.code for one in self.made.branches if one.groups}  # which record their own theme days
        codes = {one.id: code for code, one in self.builder.organisations.items()}
        leads = {one.grid_id: codes[one.branch_id] for one in self._present_leads()}
        for grid, code in leads.items():
            if code in with_groups:
                continue
            branch = self.builder.organisations[code]
            held_on = today - timedelta(days=1)
            meeting = Meeting(sample_id("open day", grid), branch.id, "ORG-D02", "龙头开放日：主题党日", held_on)
            held = self.builder.act(f"secretary-{code.lower()}", activities.record, meeting)
            self._set(grid, code, PlanLevel.WEEK, week, f"{YEAR}-{today.month:02d}", "龙头开放日", held.activity.id)

    def _present_leads(self) -> list[GridLead]:
        """Those who lead a grid on the day."""
        views = self.builder.ask(service.grids)
        return [one for view in views for one in view.leads if one.state is LeadState.LEADING]
