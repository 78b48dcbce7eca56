"""What becomes of a meeting afterwards: absences made up, guests of other branches, and meetings that were not held."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.activities import correcting, exceptions, preparing
from app.activities.core import Waived
from app.activities.schemas import MakeUpRequest, WaiverRequest
from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.kit.calendar import half_of, month_of, quarter_of
from app.kit.errors import BatchRefused, ErrorKind, LongwenError
from app.kit.ids import new_id
from app.kit.words import Words, all_of
from app.roster import service as roster
from app.rules.core import Item
from app.web.frame import Page, PageRoute, page_for
from app.web.meetings import meeting_facts
from app.web.posted import Posted

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Recording = Annotated[Page, Depends(page_for(Permission.ACTIVITY_RECORD))]

_WINDOWS_BACK = timedelta(days=200)
_WINDOW_OF = {"month": month_of, "quarter": quarter_of, "half": half_of}


class GuestsUnknown(LongwenError):
    """A line names nobody of the district; which part of it is wrong is not told."""

    kind = ErrorKind.INVALID
    code = "guests_unknown"
    zh = "没有编号和姓名相符的党员：{lines}。每行写编号和姓名，如“M0001 王䶮”。"
    en = "No member has the number and name of: {lines}. Write the number and the name of one on each line."


@router.get("/meetings/not-held")
def show_not_held(page: Recording, place: UUID | None = None, item: str | None = None) -> Response:
    """First where and what; then which window, and why."""
    return page.show("not_held.html", **page.run(lambda c, actor: _windows(c, actor, place, item)))


@router.post("/meetings/not-held")
def record_not_held(page: Recording) -> Response:
    """Nobody loses what the branch did not hold."""
    posted = page.posted
    try:
        place: UUID | None = UUID(posted.get("organisation_id"))
    except ValueError:
        place = None

    def work(connection: Connection, actor: Actor) -> Waived:
        asked = posted.read(WaiverRequest)
        return exceptions.not_held(connection, actor, exceptions.Request(**asked.model_dump()))

    try:
        waived = page.run(work)
    except LongwenError as error:
        shown = page.run(lambda c, actor: _windows(c, actor, place, posted.get("item") or None))
        return page.refused("not_held.html", error, **shown)
    told = Words(
        f"已登记未开展，{waived.members} 人免责，计入支部星级。",
        f"Written down as not held: {waived.members} members owe nothing, the branch's star answers.",
    )
    return page.goto("/meetings", told)


@router.post("/meetings/{activity_id}/make-ups")
def make_up(activity_id: UUID, page: Recording) -> Response:
    """Those of the branch who made up, on a day; and guests, who were at this one."""
    posted = page.posted

    def work(connection: Connection, actor: Actor) -> int:
        day = posted.get("made_up_on") or None
        members: list[dict[str, Any]] = [{"member_id": one, "made_up_on": day} for one in posted.all("made_up")]
        members += [{"member_id": one} for one in _guests(connection, actor, posted)]
        asked = posted.read(MakeUpRequest, members=members)
        made_up = [correcting.MakeUp(**one.model_dump()) for one in asked.members]
        correcting.make_up(connection, actor, activity_id, made_up)
        return len(made_up)

    try:
        count = page.run(work)
    except LongwenError as error:
        told = error.faults[0].error if isinstance(error, BatchRefused) else error
        return page.refused("meeting.html", told, **page.run(lambda c, actor: meeting_facts(c, actor, activity_id)))
    return page.goto(f"/meetings/{activity_id}", Words(f"已登记补课 {count} 人。", f"{count} are entered."))


def _guests(connection: Connection, actor: Actor, posted: Posted) -> list[UUID]:
    """By number and name, as in the letter that somebody brings along. Raises GuestsUnknown."""
    lines = [line.split(maxsplit=1) for line in re.split(r"[\n；;]+", posted.get("guests")) if line.strip()]
    known = roster.numbered(connection, actor.district_id, {line[0] for line in lines})
    strange = [
        " ".join(line) for line in lines if len(line) < 2 or known.get(line[0], (None, ""))[1] != line[1].strip()
    ]
    if strange:
        raise GuestsUnknown(lines=all_of(strange), field="guests")
    return [known[line[0]][0] for line in lines]


def _windows(connection: Connection, actor: Actor, place: UUID | None, code: str | None) -> dict[str, Any]:
    """The places, what counts there, and the windows of the chosen item that have begun, the latest first."""
    places = preparing.places(connection, actor)
    chosen = place or (places[0].id if places else None)
    items = () if chosen is None else preparing.items(connection, actor, chosen, actor.today)
    item = next((one for one in items if one.code == code), items[0] if items else None)
    quarters = cycles.quarters(connection, actor)
    first = min((one.starts_on for one in quarters), default=actor.today)
    begun = sorted({one.cycle for one in quarters if one.starts_on <= actor.today}, reverse=True)
    since = max(first, actor.today - _WINDOWS_BACK)
    return {
        "places": places,
        "place": chosen,
        "items": items,
        "item": item,
        "windows": [] if item is None else _windows_of(item, since, actor.today) or begun,
        "new_id": new_id(),
    }


def _windows_of(item: Item, first: date, last: date) -> list[str]:
    """The months, quarters or halves of these days; of what is owed once a cycle none."""
    name = None if item.duty is None else _WINDOW_OF.get(item.duty.window.value)
    days = [last - timedelta(days=back) for back in range((last - first).days + 1)]
    return [] if name is None else list(dict.fromkeys(name(day) for day in days))
