"""A small district that lives through a year: what its people do, and when, is drawn from a seed.

Everything is sent over HTTP under the log-in of whoever does it; the model is told of it beside.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from heapq import heappush
from threading import Thread
from uuid import UUID

from sqlalchemy import select

from app import schedule
from app.auth.core import Role
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.kit.ids import new_id
from app.points.tables import entry
from tests.town import Desk, Json, Town
from tests.year_model import (
    ADVICE,
    AWAY,
    BASE,
    DAY,
    DUES,
    OPENING,
    SEALED,
    THEME_DAY,
    Absence,
    Act,
    Line,
    Model,
    Person,
    after,
    quarter_of,
)

DISTRICT = Role.DISTRICT_OFFICER.value


@dataclass
class Life:
    """The district, its desk, and the model beside them."""

    town: Town
    desk: Desk
    model: Model
    chance: random.Random
    branches: dict[str, UUID] = field(default_factory=dict)
    committees: dict[str, str] = field(default_factory=dict)  # the officer's log-in, by branch
    to_come: list[tuple[date, int, Callable[[], None]]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    appealed: list[Line] = field(default_factory=list)  # once each: the district answers, and nobody stands above it
    # Member and reviewing branch: of the day of the matter, and after a move whatever waits goes along.
    waiting: dict[str, tuple[str, str]] = field(default_factory=dict)
    appealing: set[str] = field(default_factory=set)

    @property
    def today(self) -> date:
        return self.town.actor().today

    def did(self, what: str) -> None:
        self.counted[what] = self.counted.get(what, 0) + 1

    def plan(self, day: date, work: Callable[[], None]) -> None:
        """Let it happen on that day; what would come after the story's end does not come."""
        self.did("planned")
        heappush(self.to_come, (day, self.counted["planned"], work))

    def send(self, login: str, path: str, body: Json, *expected: int, **query: str) -> Json:
        headers = self.desk.headers(login)
        answer = self.desk.client.post(f"/api/v1/{path}", json=body, params=query, headers=headers)
        assert answer.status_code in (expected or (200, 201)), f"{self.today} {path} {body}: {answer.text}"
        found: Json = answer.json()
        return found

    def on(self, day: date) -> None:
        self.town.on(day)
        self.desk.forget()

    def some(self, first: date, days: int) -> date:
        return first + timedelta(days=self.chance.randint(0, days))

    def here(self, day: date) -> list[str]:
        return [name for name, one in self.model.people.items() if one.branch(day) is not None]

    # Scheduler.

    def schedulers(self, at_once: int = 1) -> None:
        """What is due now, by one scheduler or by several."""
        self.did(f"scheduled by {at_once}")
        if at_once == 1:
            schedule.run_open_slots(self.town.database, self.town.clock)
            return
        threads = [
            Thread(target=schedule.run_open_slots, args=(self.town.database, self.town.clock)) for _ in range(at_once)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

    def sealed(self) -> list[str]:
        """The quarters of the year that the service says are sealed."""
        known = self.town.run(cycles.quarters)
        return [one.code for one in known if one.code in self.model.quarters and one.state is QuarterState.SEALED]

    # Theme days.

    def hold_theme_day(self, code: str, held_on: date) -> None:
        """Recorded today; a day that nobody else heard of."""
        present = [name for name in self.here(held_on) if self.model.people[name].branch(held_on) == code]
        due = [name for name in present if self.model.is_expected(name, THEME_DAY, held_on)]
        away = [name for name in due if self.chance.random() < 0.3]
        session = str(new_id())
        body = {
            "id": session,
            "organisation_id": str(self.branches[code]),
            "item": THEME_DAY,
            "title": f"主题党日 {held_on}",
            "held_on": held_on.isoformat(),
            "attendance": [
                {"member_id": str(self.town.members[name]), "status": self.chance.choice(("absent", "leave"))}
                for name in away
            ],
        }
        self.send(self.clerk(code), "activities", body)
        for name in present:
            if name in away:
                absence = self.model.stay_away(name, held_on, session)
                if self.chance.random() < 0.5:
                    told_on = self.some(max(self.today, held_on + DAY), 20)
                    self.plan(told_on, partial(self.make_up, absence, code))
            else:
                self.model.attend(name, held_on, self.today)
        if self.chance.random() < 0.3:
            self.send(self.clerk(code), "activities", body, 200, 201)
            self.did("sessions sent twice")
        self.did("sessions")

    def clerk(self, code: str) -> str:
        return f"commissioner_{code}"

    def make_up(self, absence: Absence, code: str) -> None:
        if self.model.people[absence.member].branch(self.today) is None:
            return
        day = min(self.today, self.some(absence.held_on + DAY, 6))
        body = {"members": [{"member_id": str(self.town.members[absence.member]), "made_up_on": day.isoformat()}]}
        self.send(self.clerk(code), f"activities/{absence.session}/make-ups", body)
        self.model.make_up(absence, self.today)
        self.did("made up late" if absence.line else "made up")

    # Dues, by phones that send late and twice.

    def send_dues(self, name: str, quarter: str, fact: Json) -> None:
        day = date.fromisoformat(fact["effective_on"])
        code = self.model.people[name].branch(day)
        if code is None:
            return
        if self.model.people[name].profile(quarter) != "standard":
            return
        if self.model.is_expected(name, DUES, day):
            closed = self.model.booked_in(day, Act.RECORD, self.today) != quarter
            if closed:
                refused = self.desk.record(self.clerk(code), {**fact, "booked_in": quarter})
                assert refused.status_code == 409, refused.text
                self.did("named a closed quarter")
            self.desk.recorded(self.clerk(code), fact)
            kept = fact["outcome"] == "kept"
            self.model.decide(name, DUES, day, kept=kept, act=Act.RECORD, today=self.today)
            self.did("dues late" if closed else "dues")
        elif self.model.duty(name, DUES, day) is not None:
            answer = self.desk.record(self.clerk(code), fact)
            assert answer.status_code in {200, 409}, answer.text
            self.did("dues again")

    # Advice and faults.

    def propose(self, name: str, day: date, *, decided_on: date | None = None) -> None:
        if name not in self.here(self.today) or name not in self.here(day):
            return
        fact = self.town.fact(name, ADVICE, effective_on=day.isoformat(), reason="合理化建议")
        self.desk.recorded(name, fact)
        if self.chance.random() < 0.3:
            self.desk.recorded(name, fact)
        decided_on = decided_on or self.some(self.today + DAY, 40)
        self.waiting[fact["id"]] = (name, self.model.people[name].branch(day) or "")
        submitted = self.today
        self.plan(decided_on, lambda: self.decide(name, fact, submitted))

    def fault(self, name: str, day: date) -> None:
        code = self.model.people[name].branch(day)
        if code is None or name not in self.here(self.today):
            return
        fact = self.town.fact(name, AWAY, effective_on=day.isoformat(), reason="外出未报告")
        self.desk.recorded(self.clerk(code), fact)
        submitted = self.today
        self.waiting[fact["id"]] = (name, code)
        if self.chance.random() < 0.5:  # else unanswered: deemed heard, even after the longest of holidays
            self.send(name, f"submissions/{fact['id']}/answer", {"answer": "事先说明过"})
            self.plan(self.some(self.today + DAY, 8), lambda: self.decide(name, fact, submitted))
            self.did("hearings answered")
        else:
            self.plan(self.some(self.today + 25 * DAY, 15), lambda: self.decide(name, fact, submitted))
            self.did("hearings unanswered")

    def decide(self, name: str, fact: Json, submitted: date) -> None:
        if self.model.people[name].branch(self.today) is None:
            return
        code = self.waiting.pop(fact["id"])[1]
        refuses = self.chance.random() < 0.2
        answer = self.desk.decide(f"secretary_{code}", fact["id"], "refuse" if refuses else "approve")
        assert answer.status_code == 200, answer.text
        if refuses:
            self.did("refused")
            return
        day = date.fromisoformat(fact["effective_on"])
        # What was handed in while the quarter recorded is decided in it during the check as well; else it is too late.
        in_time = submitted < after(quarter_of(day)).replace(day=11)
        act = Act.DECISION if in_time else Act.RECORD
        line = self.model.post(name, fact["item"], day, self.model.worth(fact["item"], day), act, self.today)
        self.did("approved")
        if quarter_of(day) != line.booked_in:
            self.did("carried over")

    # Appeals.

    def entry_id(self, line: Line) -> str:
        columns = entry.c
        reversed_ones = select(columns.reverses).where(
            columns.district_id == self.town.district.id, columns.reverses.is_not(None)
        )
        statement = select(columns.id).where(
            columns.district_id == self.town.district.id,
            columns.member_id == self.town.members[line.member],
            columns.item == line.item,
            columns.effective_on == line.day,
            columns.points == line.points,
            columns.reverses.is_(None),
        )
        ids, gone = self.town.run(
            lambda c, _: (list(c.execute(statement).scalars()), set(c.execute(reversed_ones).scalars()))
        )
        return str(next(one for one in ids if one not in gone))

    def appeal(self, line: Line, *, must: str = "") -> None:
        able = set(self.here(self.today)) & set(self.town.accounts)
        if line.is_reversed or line in self.appealed or line.member not in able:
            return
        self.appealed.append(line)
        body = {"id": str(new_id()), "text": "情况不属实"}
        self.send(line.member, f"entries/{self.entry_id(line)}/appeals", body)
        outcome = must or self.chance.choice(("upheld", "refused"))
        when = "during notice" if 1 <= self.model.state(line.booked_in, self.today) <= 2 else "appeals"
        if self.model.reached[line.booked_in] == SEALED:
            when = "after the seal"
        self.did(f"{when}: {outcome}")
        self.appealing.add(line.member)
        self.plan(self.some(self.today, 4), lambda: self.answer(line, body["id"], outcome))

    def answer(self, line: Line, appeal: str, outcome: str) -> None:
        self.send(DISTRICT, f"appeals/{appeal}/decision", {"outcome": outcome, "answer": "已核实"})
        self.appealing.discard(line.member)
        if outcome == "upheld" and not line.is_reversed:
            self.model.uphold(line, self.today)

    def appeal_something(self, *, booked: str = "", must: str = "") -> None:
        losses = [
            one
            for one in self.model.lines
            if one.points < 0 and one.reverses is None and not one.is_reversed and booked in ("", one.booked_in)
        ]
        if losses:
            self.appeal(self.chance.choice(losses), must=must)

    # The quarter's check.

    def confirm(self, login: str, code: str, quarter: str) -> None:
        if self.model.reached[quarter] == SEALED:
            return
        self.send(login, f"quarters/{quarter}/branches/{self.branches[code]}/check", {})

    def refuse_something(self, quarter: str) -> None:
        """One that was recorded as missed, and nobody has confirmed."""
        for code in self.branches:
            path = f"/api/v1/quarters/{quarter}/branches/{self.branches[code]}/check"
            login = f"secretary_{code}"
            rows = self.desk.client.get(path, params={"limit": 500}, headers=self.desk.headers(login)).json()["rows"]
            waiting = {one["entry"]["id"] for one in rows}
            for line in self.model.lines:
                if line.points < 0 and line.item == DUES and not line.is_reversed and line.reverses is None:
                    found = self.entry_id(line)
                    if found in waiting:
                        self.send(login, f"entries/{found}/refusal", {"id": str(new_id()), "reason": "没有依据"})
                        self.model.refuse(line, self.today)
                        self.did("refused in the check")
                        return

    # The roster.

    def transfer(self, name: str, to: str) -> None:
        person = self.model.people[name]
        code = person.branch(self.today)
        if code is None or code == to:
            return
        body = {
            "id": str(new_id()),
            "member_id": str(self.town.members[name]),
            "reason": "工作调动",
            "to_branch_id": str(self.branches[to]),
        }
        found = self.send(f"secretary_{code}", "transfers", body)
        self.send(f"secretary_{to}", f"transfers/{found['id']}/acceptance", {})
        person.branches.append((self.today, to))
        for key, (one, _) in self.waiting.items():
            if one == name:
                self.waiting[key] = (name, to)
        self.did("transfers")

    def reclass(self, name: str) -> None:
        body = {"id": str(new_id()), "profile": "floating"}
        self.send(DISTRICT, f"members/{self.town.members[name]}/class", body)
        self.model.people[name].profiles.append((self.today, "floating"))
        self.did("profiles")

    def exempt(self, name: str, since: date, until: date = date.max) -> None:
        body = {"id": str(new_id()), "ground": "illness", "from_on": since.isoformat()}
        if until != date.max:
            body["until_on"] = until.isoformat()
        self.send(DISTRICT, f"members/{self.town.members[name]}/exemptions", body)
        self.model.relieve(name, since, until, self.today)
        self.model.people[name].exemptions.append((since, until))
        self.did("exemptions" if until == date.max else "short exemptions")

    def die(self, name: str, last: date) -> None:
        body = {"id": str(new_id()), "ground": "died", "left_on": last.isoformat()}
        self.send(DISTRICT, f"members/{self.town.members[name]}/leaving", body)
        self.model.relieve(name, last + DAY, date.max, self.today)
        self.model.people[name].last = last
        self.did("deaths")

    def enrol(self, name: str, code: str) -> None:
        since = self.today - 3 * DAY
        body = {
            "id": str(new_id()), "number": "X1", "name": name, "joined_on": "2015-07-01", "branch": code,
            "profile": "一般党员", "entered_on": since.isoformat(),
        }  # fmt: skip
        found = self.send(DISTRICT, "members", body)
        self.town.members[name] = UUID(found["member_id"])
        self.model.people[name] = Person(since, [(since, code)])
        self.model.post(name, OPENING, since, BASE, Act.RECORD, self.today)
        self.did("newcomers")
