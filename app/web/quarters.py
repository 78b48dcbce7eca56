"""Quarters: the cycle with its quarters and their days, what a seal waits for, its proof; and the working days."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles import work_calendar
from app.cycles.core import Quarter, QuarterState
from app.cycles.working_days import YEAR_MAX, YEAR_MIN
from app.kit.words import Words
from app.proofs import certifying
from app.proofs.api import certificate_file
from app.proofs.schemas import QuarterProofAnswer
from app.seals import service as seals
from app.seals.agenda import Agenda, agenda
from app.seals.core import Stage
from app.seals.schemas import QuarterLifeAnswer
from app.web.frame import Page, PageRoute, any_page, page_for
from app.web.wording import QUARTER_STATES, STAGES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.CHECK_READ))]
AnyPage = Annotated[Page, Depends(any_page)]
Code = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$")]
Year = Annotated[int, Path(ge=1000, le=9999)]

# From who is late to who is done.
_ORDER = (
    Stage.LATE, Stage.CHECKING, Stage.RECORDING, Stage.READY, Stage.ON_NOTICE, Stage.NOTICED, Stage.SEALED,
)  # fmt: skip


@router.get("/quarters")
def show_quarters(page: Reading) -> Response:
    """By cycle, the present one first, with the days on which something ends."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        known = [one.quarter for one in seals.quarters(connection, actor)]
        by_cycle: dict[str, list[tuple[Quarter, Agenda]]] = {}
        for one in known:
            by_cycle.setdefault(one.cycle, []).append((one, agenda(connection, actor, one)))
        return {"cycles": {code: rows[::-1] for code, rows in by_cycle.items()}}

    return page.show("quarters.html", **page.run(work), states=QUARTER_STATES)


@router.get("/quarters/{quarter}")
def show_quarter(quarter: Code, page: Reading) -> Response:
    """Its steps with their days, what waits branch by branch, and its proof once it is sealed."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        view = seals.quarter(connection, actor, quarter)
        answer = QuarterLifeAnswer.of_view(view)
        answer.branches.sort(key=lambda one: (_ORDER.index(one.stage), not one.left))
        proof = certifying.sealed(connection, actor, quarter)
        return {
            "quarter": answer,
            "days": agenda(connection, actor, view.quarter),
            "counts": Counter(one.stage for one in answer.branches),
            "steps": _steps(view.quarter, actor.today),
            "since": cycles.states_since(connection, actor).get(quarter),
            "frozen_at": seals.frozen_at(connection, actor, view.quarter),
            "proof": None if proof is None else QuarterProofAnswer.of(proof),
            "may_decide": bool(actor.reach(Permission.CHECK_DECIDE)),
        }

    return page.show("quarter.html", **page.run(work), states=QUARTER_STATES, stages=STAGES)


@router.get("/quarters/{quarter}/certificate")
def read_certificate(quarter: Code, page: Reading) -> Response:
    """To be signed offline."""
    return certificate_file(quarter, page.run(lambda c, actor: certifying.to_sign(c, actor, quarter)))


@router.get("/calendar")
def choose_year(page: AnyPage) -> Response:
    """This year's."""
    return page.goto(f"/calendar/{page.run(lambda _, actor: actor.today).year}")


@router.get("/calendar/{year}")
def show_calendar(year: Year, page: AnyPage) -> Response:
    """The months with days off, made-up workdays and the quarters' deadlines."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = work_calendar.year(connection, actor, year)
        ends: dict[date, list[tuple[str, Words]]] = {}
        for one in cycles.quarters(connection, actor):
            for day, what in _deadlines(agenda(connection, actor, one)):
                if day.year == year:
                    ends.setdefault(day, []).append((one.code, what))
        months = [(month, Calendar().monthdatescalendar(year, month)) for month in range(1, 13)]
        may_see = bool(actor.reach(Permission.CHECK_READ))
        return {
            "may_see": may_see,
            "found": found,
            "said_of": {one.day: one for one in found.days},
            "ends": ends,
            "months": months,
        }

    return page.show("calendar.html", **page.run(work), year=year, first=YEAR_MIN, last=YEAR_MAX)


def _deadlines(days: Agenda) -> tuple[tuple[date, Words], ...]:
    return (
        (days.recording_until, Words("记录截止", "recording ends")),
        (days.check_due_on, Words("支部复核截止", "branches' check ends")),
        (days.above_due_on, Words("党委复核截止", "committee's check ends")),
        (days.notice_until, Words("公示最早期满", "earliest end of the notice")),
    )


def _steps(quarter: Quarter, today: date) -> dict[str, str]:
    """How each step of the quarter's end stands: done, now, or to come."""
    order = list(QuarterState)
    place = order.index(quarter.state)
    found = {state.value: "done" if at < place else "to-come" for at, state in enumerate(order)}
    is_sealed, has_begun = quarter.state is QuarterState.SEALED, quarter.starts_on <= today
    found[quarter.state.value] = "done" if is_sealed else ("now" if has_begun else "to-come")
    return found
