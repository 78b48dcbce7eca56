"""``longwen calendar``: which days are worked in the district."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.context import opened
from app.cli.database import DistrictCode, Json
from app.cli.output import either, print_json, print_table, say
from app.cycles import work_calendar

application = typer.Typer(help=either("工作日历。", "The calendar of working days."), no_args_is_help=True)


class Worked(StrEnum):
    """What a day is set to."""

    WORKING = "working"
    OFF = "off"


@application.command("show")
def show(
    year: Annotated[int, typer.Argument(help=either("年份", "the year"))],
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """一年中与周一至周五不同的日子。 / The days of a year that are not as their weekdays say."""
    with opened(district=district) as context:
        actor = context.actor()
        found = context.database.run(
            lambda connection: work_calendar.year(connection, actor, year), context.district.id, snapshot=True
        )
    rows = [
        {
            "day": one.day.isoformat(),
            "day_is": (Worked.WORKING if one.is_working else Worked.OFF).value,
            "source": one.source.value,
            "note": one.note,
        }
        for one in found.days
    ]
    if as_json:
        print_json({"year": year, "assumed": found.assumed, "working_days": found.working_days, "days": rows})
        return
    print_table(["day", "day_is", "source", "note"], rows)
    say(f"{year} 年共 {found.working_days} 个工作日。", f"{year} has {found.working_days} working days.")
    if found.assumed:
        say(
            f"{year} 年放假安排尚未公布（或本版本尚未收录），暂按周一至周五计；公布后请升级，或用 calendar set 录入。",
            f"The days off of {year} are not announced yet (or not known to this version): counted by weekdays alone."
            " Upgrade once they are, or enter them with calendar set.",
        )


@application.command("set")
def set_day(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help=either("日期", "the day"))],
    worked: Annotated[Worked, typer.Argument(help=either("working 上班，off 休息", "working or off"))],
    note: Annotated[str | None, typer.Option(help=either("说明", "why"))] = None,
    district: DistrictCode = None,
) -> None:
    """设定某日上班或休息，优先于公布的安排；已定的期限不变。 / Set a day for the district, over what was announced."""
    with opened(district=district) as context:
        actor = context.actor()
        changed = context.database.run(
            lambda connection: work_calendar.set_day(
                connection, actor, day.date(), is_working=worked is Worked.WORKING, note=note
            ),
            context.district.id,
        )
    if changed:
        say(f"{day.date()} 已设为 {worked.value}。", f"{day.date()} is {worked.value} now.")
    else:
        say(f"{day.date()} 原已是 {worked.value}。", f"{day.date()} was {worked.value} already.")
