"""What HTTP sees of the calendar."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from app.cycles.working_days import Source
from app.kit.http import Answer


class CalendarDayAnswer(Answer):
    """A day that is not as its weekday says, or that the district has set."""

    day: date
    is_working: bool
    source: Source = Field(description="announced 国务院通知 · district 本区设定")
    note: str | None = Field(examples=["国庆节"])


class CalendarYearAnswer(Answer):
    """The working days of a year: Monday to Friday, but for these days."""

    year: int
    assumed: bool = Field(
        description="尚未公布放假安排，暂按周一至周五计 · not announced yet: counted by weekdays alone"
    )
    working_days: int
    days: list[CalendarDayAnswer]
