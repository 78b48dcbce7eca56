"""How the simulated year begins, what is planned in it, and how its days go by."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from heapq import heappop
from typing import Any

from sqlalchemy import Connection, insert

from app.auth.core import Actor, Role
from app.kit.ids import new_id
from app.points import adopting
from app.roster.tables import organisation
from app.rules.book import load_book
from tests.town import FOUNDED, Desk, Town
from tests.year_life import DISTRICT, Life
from tests.year_model import DAY, DUES, SEALED, Model, Person, after, first_of, last_of

NAMES = (
    *("林晓明", "陈建国", "周美玲", "吴大勇", "郑小红", "王立新"),
    *("冯春生", "褚秋月", "卫东来", "蒋一帆", "沈思远", "韩冬梅"),
)
LATE = NAMES[1:3]  # their dues are sent in the days of the check
BRANCHES = ("ZB01", "ZB02", "ZB03", "ZB04")
SILENT = "ZB04"  # its secretary confirms nothing
# (from, until), in days of the year: no scheduler runs. The last jumps over a check and into a notice.
STILL = ((45, 68), (188, 197), (282, 297))


def found_life(town: Town, desk: Desk, model: Model, seed: int, books: tuple[Any, Any]) -> Life:
    """Two committees with two branches each, three members in each branch, and everybody's office."""
    life = Life(town, desk, model, random.Random(seed))
    second, third, fourth = new_id(), new_id(), new_id()
    east = replace(town, committee=second)  # the same people and accounts

    def work(connection: Connection, actor: Actor) -> None:
        for kind, code, ids in (
            ("committee", "DW02", (second,)),
            ("branch", "ZB03", (second, third)),
            ("branch", "ZB04", (second, fourth)),
        ):
            row = {
                "district_id": town.district.id,
                "id": ids[-1],
                "path": town.path(*ids),
                "parent_id": town.district.id if len(ids) == 1 else second,
                "kind": kind,
                "code": code,
                "name": code,
                "from_on": FOUNDED,
            }
            connection.execute(insert(organisation), row)
        adopting.publish(connection, actor, load_book(books[0]))
        adopting.adopt(connection, actor, book="year", path=town.root, from_on=model.first)

    town.run(work)
    town.appoint(DISTRICT, Role.DISTRICT_OFFICER, town.root)
    for place, code, branch in ((town, "ZB01", town.branch), (town, "ZB02", town.neighbour),
                                (east, "ZB03", third), (east, "ZB04", fourth)):  # fmt: skip
        life.branches[code] = branch
        officer = f"committee_{'1' if place is town else '2'}"
        life.committees[code] = officer
        if officer not in town.accounts:
            town.appoint(officer, Role.COMMITTEE_OFFICER, place.path(place.committee))
        path = place.path(place.committee, branch)
        town.appoint(f"secretary_{code}", Role.SECRETARY, path)
        town.appoint(life.clerk(code), Role.ORGANISATION_COMMISSIONER, path)
    for number, name in enumerate(NAMES):
        code = BRANCHES[number // 3]
        place = town if number < 6 else east
        place.add_member(name, branch=life.branches[code], account=True, standing=False)
        model.people[name] = Person(FOUNDED, [(FOUNDED, code)])
    return life


def plan_year(life: Life, publish: Callable[[], None]) -> None:
    """Everything that is to happen, as far as it does not follow from something else."""
    for quarter in life.model.quarters:
        _plan_theme_days(life, first_of(quarter))
        _plan_dues(life, quarter)
        _plan_proposals(life, quarter)
        _plan_check(life, quarter)
    start = life.model.first
    life.plan(start + 100 * DAY, lambda: life.transfer(NAMES[0], "ZB03"))
    life.plan(start + 140 * DAY, lambda: life.transfer(NAMES[7], "ZB02"))
    life.plan(start + 300 * DAY, lambda: life.transfer(NAMES[0], "ZB04"))
    life.plan(start + 130 * DAY, lambda: life.reclass(NAMES[3]))
    life.plan(start + 260 * DAY, lambda: life.exempt(NAMES[4], start + 200 * DAY))
    life.plan(start + 210 * DAY, lambda: life.exempt(NAMES[8], start + 130 * DAY))
    second, third = (first_of(one) for one in life.model.quarters[1:3])
    life.plan(second + 5 * DAY, lambda: life.exempt(NAMES[5], second, second))  # one day frees nobody's quarter
    life.plan(third + 44 * DAY, lambda: life.exempt(NAMES[6], third, third + 40 * DAY))
    life.plan(third + 2 * DAY, lambda: life.exempt(NAMES[9], third - 9 * DAY, third + 9 * DAY))
    life.plan(third + 104 * DAY, lambda: life.die(NAMES[10], life.today - 2 * DAY))  # before its seal
    life.plan(start + 233 * DAY, lambda: life.die(NAMES[11], life.today - 2 * DAY))
    life.plan(start + 150 * DAY, lambda: life.enrol("杨新来", "ZB01"))
    life.plan(start + 160 * DAY, publish)


def _plan_theme_days(life: Life, first: date) -> None:
    """Each branch in each month, or not at all; written down the same day or up to weeks later."""
    for month in range(3):
        for code in BRANCHES:
            held_on = life.some(date(first.year, first.month + month, 3), 20)
            late = life.chance.choice((0, 0, 1, 2, 6, 9, 30))
            if life.chance.random() < 0.9:
                life.plan(held_on + late * DAY, partial(life.hold_theme_day, code, held_on))


def _plan_dues(life: Life, quarter: str) -> None:
    """Most are written down, some late, some twice; of the others nobody says anything."""
    chance = life.chance
    for name in NAMES:
        if chance.random() < 0.25 and name not in LATE:
            continue
        day = life.some(first_of(quarter), 85)
        fact = {"id": str(new_id()), "member_id": str(life.town.members[name]), "item": DUES, "outcome": "kept"}
        fact["effective_on"] = day.isoformat()
        if chance.random() < 0.3:
            fact |= {"outcome": "missed", "reason": "未交"}
        sent = day + chance.choice((0, 0, 3, 25, 45)) * DAY
        if name in LATE:
            sent = after(quarter).replace(day=12)  # too late, and where no scheduler runs nobody has settled it yet
        life.plan(sent, partial(life.send_dues, name, quarter, fact))
        if chance.random() < 0.4:
            life.plan(life.some(sent, 20), partial(life.send_dues, name, quarter, fact))


def _plan_proposals(life: Life, quarter: str) -> None:
    """Advice, a fault, and appeals: at any time, in the notice, and after the seal."""
    chance, first, then = life.chance, first_of(quarter), after(quarter)
    for _ in range(4):
        day = life.some(first, 85)
        life.plan(life.some(day, 25), partial(life.propose, chance.choice(NAMES), day))
    # About the last day of a quarter, handed in before or after the tenth, and decided in the days of the check.
    for sent in (then.replace(day=8), then.replace(day=12)):
        day = last_of(quarter)
        life.plan(sent, partial(life.propose, chance.choice(NAMES[:9]), day, decided_on=then.replace(day=14)))
    day = life.some(first + 5 * DAY, 60)
    life.plan(life.some(day, 10), partial(life.fault, chance.choice(NAMES), day))
    for _ in range(3):
        life.plan(life.some(first + 20 * DAY, 70), life.appeal_something)
    life.plan(then.replace(day=19), partial(life.appeal_something, booked=quarter, must="upheld"))
    if quarter != life.model.quarters[3]:
        sealed = then.replace(day=28) + 12 * DAY
        life.plan(sealed, partial(life.appeal_something, booked=quarter, must="upheld"))


def _plan_check(life: Life, quarter: str) -> None:
    """The secretaries confirm, but for one; the committees later, again and again, until nothing is left."""
    then = after(quarter)
    life.plan(then.replace(day=12), partial(life.refuse_something, quarter))
    for code in BRANCHES:
        if code != SILENT:
            life.plan(then.replace(day=13), partial(life.confirm, f"secretary_{code}", code, quarter))
        for day in (17, 20, 26):
            life.plan(then.replace(day=day), partial(life.confirm, life.committees[code], code, quarter))


def live(life: Life, until: date, at_seal: Callable[[str], None]) -> None:
    """Day by day, as far as anything happens: first the scheduler's work, if one runs, then people's."""
    model, chance = life.model, life.chance
    days = {model.first, until}
    day = model.first
    while day < until:
        day += chance.randint(9, 14) * DAY
        days.add(day)
    for quarter in model.quarters:
        days |= {after(quarter)} | {after(quarter).replace(day=one) for one in (11, 16, 21, 25, 28)}
    running = sorted(
        one for one in days if one <= until and not any(a <= (one - model.first).days < b for a, b in STILL)
    )
    while running or life.to_come:
        day = min([*running[:1], *(one[0] for one in life.to_come[:1])])
        if day > until:
            break
        life.on(day)
        if running[:1] == [day]:
            running.pop(0)
            run(life, at_seal)
        while life.to_come and life.to_come[0][0] == day:
            heappop(life.to_come)[2]()


def run(life: Life, at_seal: Callable[[str], None]) -> None:
    """The scheduler's work of the day; sometimes by two at once, sometimes again after the clock went back."""
    model = life.model
    model.scheduled(life.today)
    life.schedulers(life.chance.choice((1, 1, 1, 2)))
    for quarter in life.sealed():
        if model.reached[quarter] < SEALED:
            model.reached[quarter] = SEALED
            at_seal(quarter)
    if life.chance.random() < 0.2:
        moment = life.town.clock.moment
        life.town.clock.moment -= timedelta(hours=20)
        life.schedulers()
        life.town.clock.moment = moment
        life.did("clock put back")
