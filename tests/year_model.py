"""What ought to stand at the end of a year, reckoned by hand: no line of it is the service's.

It is told what happens and on which day, and keeps the entries that should be in the ledger, the duties behind them,
and the states of the quarters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum

DAY, WEEK = timedelta(days=1), timedelta(days=7)
THEME_DAY, DUES, LAW, ADVICE, AWAY, OPENING = "ORG-D01", "ORG-D02", "LAW-D01", "ORG-A01", "ORG-F01", "OPENING"
BASE, ADVICE_MAX, ASSISTED = 200, 40, 150
# By half of the year: the second edition begins with the third quarter.
SHARES = {THEME_DAY: (10, 9), DUES: (10, 13)}
WORTH = {ADVICE: (12, 15), AWAY: (-20, -20)}


class Act(IntEnum):
    """The furthest state of a quarter (0 open, 1 check, 2 notice, 3 sealed) in which it may still be booked."""

    RECORD = 0
    DECISION = 1
    OBJECTION = 2


SEALED = 3


def quarter_of(day: date) -> str:
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def first_of(quarter: str) -> date:
    return date(int(quarter[:4]), 3 * int(quarter[5]) - 2, 1)


def after(quarter: str) -> date:
    """The day after the quarter's last."""
    first = first_of(quarter)
    return date(first.year + (first.month == 10), (first.month + 2) % 12 + 1, 1)


def last_of(quarter: str) -> date:
    return after(quarter) - DAY


def month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY


@dataclass(eq=False)
class Line:
    """An entry that ought to be there."""

    member: str
    item: str
    day: date
    points: int
    booked_in: str
    reverses: Line | None = None
    is_reversed: bool = False

    @property
    def row(self) -> tuple[str, str, date, int, str, bool]:
        return self.member, self.item, self.day, self.points, self.booked_in, self.reverses is not None


@dataclass
class Duty:
    """One that was owed; ``line`` is the entry that decided it."""

    due_on: date
    state: str = "expected"
    line: Line | None = None
    by_job: bool = False


@dataclass
class Person:
    """A member with dated facts."""

    since: date
    branches: list[tuple[date, str]]
    profiles: list[tuple[date, str]] = field(default_factory=list)
    exemptions: list[tuple[date, date]] = field(default_factory=list)
    last: date = date.max

    def is_listed(self, quarter: str, today: date) -> bool:
        """By rankings and lines: as on the quarter's last day, and not if they have left since."""
        last = last_of(quarter)
        return self.branch(last) is not None and not self.is_exempt(last) and today < self.last

    def days(self, quarter: str, first: date) -> int:
        """In the year that begins on ``first``, by the quarter's end."""
        return (last_of(quarter) - max(self.since, first)).days + 1

    def branch(self, day: date) -> str | None:
        if not self.since <= day <= self.last:
            return None
        return max((from_on, code) for from_on, code in self.branches if from_on <= day)[1]

    def is_exempt(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.exemptions)

    def profile(self, quarter: str) -> str:
        """Of the quarter's first day, or of joining; exempt only who is so on every day that there is of them."""
        day = one = max(first_of(quarter), self.since)
        while self.is_exempt(one) and one <= min(last_of(quarter), self.last):
            one += DAY
        if one > min(last_of(quarter), self.last):
            return "exempt"
        return max([(date.min, "standard"), *(one for one in self.profiles if one[0] <= day)])[1]


@dataclass(eq=False)
class Absence:
    """Somebody was not at a session, and has a week."""

    member: str
    held_on: date
    session: str
    is_open: bool = True
    line: Line | None = None


@dataclass
class Model:
    """The year from its first day on; ``quarters`` are its four."""

    first: date
    quarters: tuple[str, ...] = ()
    people: dict[str, Person] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    duties: dict[tuple[str, str, str], Duty] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)  # the furthest state that a scheduler has written
    settled: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        found, day = [], self.first
        for _ in range(4):
            found.append(quarter_of(day))
            day = after(found[-1])
        self.quarters = tuple(found)
        self.end = day - DAY

    # Booking.

    def state(self, quarter: str, today: date) -> int:
        month = after(quarter)
        by_calendar = (today >= month.replace(day=11)) + (today >= month.replace(day=16))
        return max(by_calendar, self.reached[quarter])

    def booked_in(self, day: date, act: Act, today: date, not_before: str = "") -> str:
        quarter = max(quarter_of(day), not_before)
        while self.state(quarter, today) > act:
            quarter = quarter_of(after(quarter))
        return quarter

    def post(self, member: str, item: str, day: date, points: int, act: Act, today: date) -> Line:
        line = Line(member, item, day, points, self.booked_in(day, act, today))
        self.lines.append(line)
        return line

    def reverse(self, line: Line, act: Act, today: date) -> None:
        assert not line.is_reversed
        line.is_reversed = True
        booked = self.booked_in(line.day, act, today, line.booked_in)
        self.lines.append(Line(line.member, line.item, line.day, -line.points, booked, reverses=line))

    def half(self, day: date) -> int:
        return int(day >= first_of(self.quarters[2]))

    def share(self, item: str, day: date) -> int:
        return SHARES[item][self.half(day)]

    def worth(self, item: str, day: date) -> int:
        return WORTH[item][self.half(day)]

    # Duties.

    def duty(self, member: str, item: str, day: date) -> Duty | None:
        """The duty of the window that holds the day, if it is the member's; kept once it was asked for."""
        person, quarter = self.people[member], quarter_of(day)
        starts_on, due_on = (day.replace(day=1), month_end(day)) if item == THEME_DAY else (
            first_of(quarter), last_of(quarter)
        )  # fmt: skip
        key = (member, item, starts_on.isoformat())
        if key not in self.duties:
            owed = person.since <= starts_on and person.branch(due_on) is not None
            if not owed or person.is_exempt(due_on):
                return None
            self.duties[key] = Duty(due_on)
        return self.duties[key]

    def is_expected(self, member: str, item: str, day: date) -> bool:
        found = self.duty(member, item, day)
        return found is not None and found.state == "expected"

    def decide(self, member: str, item: str, day: date, *, kept: bool, act: Act, today: date) -> Line | None:
        """Keep or miss a duty, if it waits for that."""
        found = self.duty(member, item, day)
        if found is None or found.state != "expected":
            return None
        found.line = self.post(member, item, day, 0 if kept else -self.share(item, day), act, today)
        found.state = "kept" if kept else "missed"
        found.by_job = False
        return found.line

    def duty_of(self, line: Line) -> Duty | None:
        return next((one for one in self.duties.values() if one.line is line), None)

    # What happens.

    def absences_of(self, member: str, day: date) -> list[Absence]:
        """From sessions of the day's month, told so far."""
        month = (day.year, day.month)
        return [one for one in self.absences if one.member == member and month == (one.held_on.year, one.held_on.month)]

    def stay_away(self, member: str, held_on: date, session: str) -> Absence:
        """From a session; a month is made up once, so a second absence of it asks for nothing."""
        asks = not any(one.is_open for one in self.absences_of(member, held_on))
        self.absences.append(Absence(member, held_on, session, is_open=asks))
        return self.absences[-1]

    def attend(self, member: str, held_on: date, today: date) -> None:
        """A session, possibly of another branch than the one whose session of the month was missed.

        Who had been at an earlier one missed nothing, and within a week it is made up; later it is lost.
        """
        found, missed = self.duty(member, THEME_DAY, held_on), self.absences_of(member, held_on)
        if found is None:
            return
        for one in missed:
            if held_on <= one.held_on + WEEK:
                one.is_open = False
                if one.line is not None and found.line is one.line:
                    self.reverse(one.line, Act.DECISION, today)
                    found.state, found.line = "expected", None
        if not any(one.is_open for one in missed):
            self.decide(member, THEME_DAY, held_on, kept=True, act=Act.RECORD, today=today)

    def make_up(self, absence: Absence, today: date) -> None:
        found = self.duty(absence.member, THEME_DAY, absence.held_on)
        if found is not None and absence.line is not None and found.line is absence.line:
            self.reverse(absence.line, Act.DECISION, today)
            found.state, found.line = "expected", None
        absence.is_open = False
        self.decide(absence.member, THEME_DAY, absence.held_on, kept=True, act=Act.RECORD, today=today)

    def uphold(self, line: Line, today: date) -> None:
        self.reverse(line, Act.OBJECTION, today)
        found = self.duty_of(line)
        if found is not None:
            found.state, found.line = "waived", None

    def refuse(self, line: Line, today: date) -> None:
        """In the quarter's check: until the branch's notice it is booked where the entry is.

        A loss that has no ground is given back. While the quarter records, somebody may still say what became of the
        duty; later only silence would decide it, and take again what was refused.
        """
        self.reverse(line, Act.OBJECTION, today)
        found = self.duty_of(line)
        if found is not None:
            is_settled = found.by_job or self.state(line.booked_in, today) > 0
            found.state, found.line = ("waived" if is_settled and found.state == "missed" else "expected"), None

    def relieve(self, member: str, since: date, until: date, today: date) -> None:
        """Nothing that falls due on these days is owed any more; what was recorded as kept stays."""
        for (name, _, _), one in sorted(self.duties.items()):
            if name != member or not since <= one.due_on <= until:
                continue
            if one.state == "expected" or (one.state == "kept" and one.by_job):
                one.state = "waived"
            elif one.state == "missed" and one.line is not None and one.line.day >= since:
                self.reverse(one.line, Act.DECISION, today)
                one.state, one.line = "waived", None

    # The scheduler's work.

    def scheduled(self, today: date) -> None:
        for quarter in self.quarters:
            self.reached[quarter] = self.state(quarter, today)
        for absence in self.absences:
            if absence.is_open and absence.held_on + WEEK < today:
                absence.is_open = False
                if self.people[absence.member].branch(absence.held_on + WEEK) is not None:
                    absence.line = self.decide(
                        absence.member, THEME_DAY, absence.held_on, kept=False, act=Act.DECISION, today=today
                    )
        for quarter in self.quarters:
            if quarter not in self.settled and today >= after(quarter).replace(day=11):
                self.settled.add(quarter)
                self._settle(quarter, today)

    def _settle(self, last: str, today: date) -> None:
        for quarter in self.quarters:
            if quarter > last:
                continue
            for member, person in self.people.items():
                if person.since > last_of(quarter) or not self.is_expected(member, DUES, last_of(quarter)):
                    continue
                found = self.duty(member, DUES, last_of(quarter))
                assert found is not None
                if person.profile(quarter) == "floating":
                    found.state, found.by_job = "kept", True
                else:
                    self.decide(member, DUES, last_of(quarter), kept=False, act=Act.DECISION, today=today)
                    found.by_job = True

    # What it comes to.

    def score(self, lines: list[Line]) -> tuple[int, int, int, int]:
        """Daily, innovation, fault and total of one member's lines."""
        routine = sum(one.points for one in lines if one.item in SHARES)
        innovation = min(ADVICE_MAX, sum(one.points for one in lines if one.item == ADVICE))
        fault = sum(one.points for one in lines if one.item == AWAY)
        daily = max(0, BASE + routine)
        return daily, innovation, fault, max(0, daily + innovation + fault)

    def own(self, member: str) -> list[Line]:
        """The member's entries of the year."""
        return [one for one in self.lines if one.member == member and one.day <= self.end]

    def sealed(self, member: str, quarter: str) -> tuple[int, int, int, int]:
        return self.score([one for one in self.own(member) if one.booked_in <= quarter])

    def corrected(self, member: str, quarter: str) -> tuple[int, int, int, int]:
        return self.score([one for one in self.own(member) if one.day <= last_of(quarter)])

    def adjustments(self, quarter: str) -> Counter[tuple[str, date, int, bool]]:
        """What is booked in the quarter about days before it."""
        return Counter(
            (one.member, one.day, one.points, one.reverses is not None)
            for one in self.lines
            if one.booked_in == quarter and one.day < first_of(quarter)
        )

    def duties_at(self, member: str, quarter: str) -> tuple[int, int]:
        """Due by the quarter's end and not waived; of them decided."""
        found = [one for one in self._due_by(member, quarter) if one.state != "waived"]
        due, decided = len(found), sum(one.state != "expected" for one in found)
        if (
            quarter == self.quarters[3]
            and self.people[member].branch(self.end)
            and not self.people[member].is_exempt(self.end)
        ):
            due, decided = due + 1, decided + 1  # the law was kept: nobody has said otherwise
        return due, decided

    def _due_by(self, member: str, quarter: str) -> Iterator[Duty]:
        for one in self.quarters[: self.quarters.index(quarter) + 1]:
            days = [(DUES, last_of(one))]
            day = first_of(one)
            while day < after(one):
                days.append((THEME_DAY, day))
                day = month_end(day) + DAY
            for item, day in days:
                found = self.duty(member, item, day)
                if found is not None:
                    yield found
