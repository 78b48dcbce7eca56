"""Routes of the calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.api import Door, signed_in
from app.cycles import work_calendar
from app.cycles.schemas import CalendarYearAnswer

router = APIRouter(prefix="/api/v1/calendar", tags=["calendar"])


@router.get("/{year}", summary="工作日历 · Working days of a year")
def read_calendar(year: int, door: Annotated[Door, Depends(signed_in)]) -> CalendarYearAnswer:
    """放假与调休；期限按工作日计算。尚未公布的年份会注明。

    Days off and made-up working days, by which deadlines are counted; a year not announced yet says so.
    """
    found = door.run(lambda connection, actor: work_calendar.year(connection, actor, year))
    return CalendarYearAnswer.model_validate(found)
