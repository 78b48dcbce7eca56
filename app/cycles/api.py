"""Routes of the calendar."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.api import Door, signed_in
from app.cycles import work_calendar
from app.cycles.schemas import CalendarYearAnswer
from app.kit.http import conditional

router = APIRouter(prefix="/api/v1/calendar", tags=["calendar"])


@router.get("/{year}", summary="工作日历 · Working days of a year", response_model=CalendarYearAnswer)
def read_calendar(year: int, request: Request, door: Annotated[Door, Depends(signed_in)]) -> Response:
    """放假与调休；期限按工作日计算。尚未公布的年份会注明。

    Days off and made-up working days, by which deadlines are counted; a year not announced yet says so.
    """
    found = door.run(lambda connection, actor: work_calendar.year(connection, actor, year))
    return conditional(request, CalendarYearAnswer.model_validate(found).model_dump_json().encode())
