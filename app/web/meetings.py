"""Meetings: written down for a whole branch on one page, looked at, corrected."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.activities import correcting, preparing, undoing
from app.activities import service as activities
from app.activities.core import ActivityState, Mark, Status
from app.activities.preparing import Expected
from app.activities.schemas import (
    ActivityLineAnswer,
    ActivityPageAnswer,
    ActivityRequest,
    ActivityViewAnswer,
    CorrectionRequest,
    UndoingRequest,
)
from app.auth.core import Actor, Permission
from app.kit.cursors import DAY_CURSOR, read_cursor
from app.kit.days import Day
from app.kit.errors import ErrorKind, LongwenError, NotFound
from app.kit.http import blob
from app.kit.ids import new_id
from app.kit.words import Words, all_of
from app.roster import service as roster
from app.roster.naming import filled
from app.rules import service as rules
from app.rules.adoption import NoEditionInForce
from app.rules.name import Name
from app.web.evidence import HASH, Attached
from app.web.exporting import ROWS_AT_ONCE, Cells, Column, Form, Listed, every, exported
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Posted, Unchosen

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Recording = Annotated[Page, Depends(page_for(Permission.ACTIVITY_RECORD))]
Reading = Annotated[Page, Depends(page_for(Permission.ACTIVITY_READ))]

STATUS_WORDS = {
    Status.PRESENT: Words("到会", "present"),
    Status.LEAVE: Words("请假", "on leave"),
    Status.ABSENT: Words("缺席", "absent"),
    Status.ELSEWHERE: Words("在其他支部参加", "at another branch"),
    Status.LATER: Words("补课场次", "at a later one"),
}
JUST_SAVED = "保存后随即撤销"
_NAMES_APART = re.compile(r"[\s、，,;；]+")
_PER_PAGE = 30


class NamesUnknown(LongwenError):
    """A pasted list names people who are not expected there, or several of one name."""

    kind = ErrorKind.INVALID
    code = "names_unknown"
    zh = "名单中有无法对应的姓名：{names}。请核对姓名；有同名的，请在下表中逐人选择。"
    en = (
        "Some names of the list fit nobody expected here, or more than one: {names}. Check them; choose namesakes in"
        " the table."
    )


@router.get("/meetings")
def list_meetings(
    page: Reading,
    place: Annotated[UUID | None, Unchosen] = None,
    first: Annotated[Day | None, Unchosen] = None,
    last: Annotated[Day | None, Unchosen] = None,
    cursor: Annotated[str | None, Query(pattern=DAY_CURSOR)] = None,
    form: Form = None,
) -> Response:
    """The latest first; of a place and of some days, if one likes."""
    asked = partial(activities.activities, organisation_id=place, first=first, last=last)

    def gather(connection: Connection, actor: Actor) -> Listed:
        def part(before: tuple[date, UUID] | None) -> tuple[list[Cells], tuple[date, UUID] | None]:
            found = asked(connection, actor, before=before, count_max=ROWS_AT_ONCE)
            answer = filled(connection, actor, ActivityPageAnswer.of(found))
            return [_row(one) for one in answer.activities], read_cursor(answer.following)

        return Listed(_COLUMNS, every(part))

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = asked(connection, actor, before=read_cursor(cursor), count_max=_PER_PAGE)
        places = roster.organisations_for(connection, actor, Permission.ACTIVITY_READ)
        may_record = bool(actor.reach(Permission.ACTIVITY_RECORD))
        answer = filled(connection, actor, ActivityPageAnswer.of(found))
        return {
            "found": answer,
            "may_record": may_record,
            "places": [one for one in places if one.until_on is None],
            "item_names": item_names(connection, actor),
        }

    if form == "workbook":
        return exported(page, Words("会议活动", "Meetings"), "meetings", Permission.ACTIVITY_READ, gather)
    return page.show("meetings.html", **page.run(work), place=place, first=first, last=last)


_COUNTED = (Status.PRESENT, Status.LEAVE, Status.ABSENT)
_COLUMNS = (
    Column(Words("日期", "Day"), 12),
    Column(Words("主题", "Subject"), 40),
    Column(Words("党组织", "Where"), 36),
    Column(Words("计入", "Counts for"), 10),
    *(Column(STATUS_WORDS[status], 8) for status in _COUNTED),
    Column(Words("已撤销", "Taken back"), 10),
)


def _row(one: ActivityLineAnswer) -> Cells:
    counts = [one.counts.get(status, 0) for status in _COUNTED]
    return [one.held_on, one.title, one.organisation_name, one.item, *counts, "×" if one.undone_at else ""]


@router.get("/meetings/new")
def show_new_meeting(
    page: Recording, place: UUID | None = None, item: str | None = None, day: Day | None = None
) -> Response:
    """First where and for what; then who was not there."""
    return page.show("meeting_new.html", **page.run(_Sheet(place, item, day).read, commit=False))


@router.post("/meetings/new")
def record_meeting(page: Recording) -> Response:
    """All or nothing; a refused form comes back as it was."""
    posted = page.posted
    attached = Attached.before(page)
    sheet = _Sheet(_uuid(posted.get("organisation_id")), posted.get("item") or None, _day(posted.get("held_on")))

    def work(connection: Connection, actor: Actor) -> Any:
        place, item, day = sheet.place, sheet.item, sheet.day or actor.today
        people = () if place is None or item is None else preparing.expected(connection, actor, place, item, day)
        marks = marks_of(posted, people)
        listed = [{"member_id": m.member_id, "status": m.status, "made_up_on": m.made_up_on} for m in marks]
        asked = posted.read(ActivityRequest, attendance=listed, evidence=list(attached))
        return activities.record(connection, actor, asked.meeting())

    try:
        attached.take(page)
        view = page.run(work)
    except LongwenError as error:
        return page.refused("meeting_new.html", error, **{**page.run(sheet.read, commit=False), "attached": attached})
    present = sum(one.attendance.attended for one in view.attendance)
    told = Words(
        f"已记录“{view.activity.title}”：应到 {len(view.attendance)} 人，到会 {present} 人。",
        f"“{view.activity.title}” is recorded: {present} of {len(view.attendance)} were there.",
    )
    undo = f"/meetings/{view.activity.id}/undoing?version={view.activity.version}"
    return page.goto(f"/meetings/{view.activity.id}", told, undo)


@router.get("/meetings/{activity_id}")
def show_meeting(activity_id: UUID, page: Reading) -> Response:
    """Everybody's attendance, and where it can be corrected."""
    return page.show("meeting.html", **page.run(lambda c, actor: meeting_facts(c, actor, activity_id)))


@router.get("/meetings/{activity_id}/files/{content_hash}")
def read_file(
    activity_id: UUID, content_hash: Annotated[str, Path(pattern=HASH)], request: Request, page: Reading
) -> Response:
    """The sheet of signatures, say; as an attachment."""
    found = page.run(
        lambda c, actor: activities.evidence(c, actor, activity_id, content_hash, request_id=page.request_id)
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/meetings/{activity_id}/attendance")
def correct_meeting(activity_id: UUID, page: Recording) -> Response:
    """What is changed of the attendance: by reversal and a new entry."""
    posted = page.posted
    attached = Attached.before(page)

    def work(connection: Connection, actor: Actor) -> None:
        view = activities.read(connection, actor, activity_id)
        # What the page showed, where it says so: somebody else may have changed other rows since.
        before = {str(one.attendance.member_id): one.attendance.status.value for one in view.attendance}
        before |= dict(posted.under("was."))
        later_on = posted.get("later_on") or None
        changed = [
            {"member_id": key, "status": value, "made_up_on": later_on if value == Status.LATER.value else None}
            for key, value in posted.under("status.")
            if value and before.get(key) != value
        ]
        version = int(posted.get("version") or 0)
        asked = posted.read(CorrectionRequest, attendance=changed, version=version, evidence=list(attached))
        marks = [one.mark() for one in asked.attendance]
        correcting.correct(connection, actor, activity_id, asked.version, marks, asked.evidence)

    try:
        attached.take(page)
        page.run(work)
    except LongwenError as error:
        shown = page.run(lambda c, actor: meeting_facts(c, actor, activity_id))
        return page.refused("meeting.html", error, **{**shown, "attached": attached})
    return page.goto(f"/meetings/{activity_id}", Words("考勤已更正。", "The attendance is corrected."))


@router.post("/meetings/{activity_id}/undoing")
def undo_meeting(
    activity_id: UUID, page: Recording, version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
) -> Response:
    """The whole session, tried out (``act=preview``) or taken back; right after it was saved, without a reason."""
    posted, is_preview = page.posted, page.posted.get("act") == "preview"

    def work(connection: Connection, actor: Actor) -> tuple[undoing.Undone, dict[str, Any]]:
        reason = posted.get("reason") if version is None else posted.get("reason") or JUST_SAVED
        asked = posted.read(UndoingRequest, reason=reason, **({} if version is None else {"version": version}))
        shown = meeting_facts(connection, actor, activity_id) if is_preview else {}
        return undoing.undo(connection, actor, activity_id, asked.version, asked.reason), shown

    try:
        done, shown = page.run(work, commit=not is_preview)
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused("meeting.html", error, **page.run(lambda c, actor: meeting_facts(c, actor, activity_id)))
    if is_preview:
        return page.show("meeting.html", **{**shown, "tried": done})
    told = Words(
        f"已整场撤销，冲正积分记录 {done.reversed} 条。", f"Taken back as one; {done.reversed} entries are reversed."
    )
    return page.goto(f"/meetings/{activity_id}", told)


def marks_of(posted: Posted, people: tuple[Expected, ...]) -> list[Mark]:
    """The exceptions of a form: chosen in its table, or pasted as lists of names. Raises NamesUnknown."""
    known = {one.value: one for one in Status}
    said = {
        member_id: known[value]
        for key, value in posted.under("status.")
        if value in known and (member_id := _uuid(key)) is not None
    }
    by_name: dict[str, list[UUID]] = {}
    for one in people:
        by_name.setdefault(one.member.name, []).append(one.member.id)
    strange: list[str] = []
    for status in (Status.LEAVE, Status.ABSENT):
        for name in filter(None, _NAMES_APART.split(posted.get(f"names.{status.value}"))):
            ids = by_name.get(name, [])
            if len(ids) == 1:
                said[ids[0]] = status
            else:
                strange.append(name)
    if strange:
        raise NamesUnknown(names=all_of(strange), field="names")
    later_on = _day(posted.get("later_on"))
    return [
        Mark(key, status, later_on if status is Status.LATER else None)
        for key, status in said.items()
        if status is not Status.PRESENT
    ]


class _Sheet:
    """What the form of a new session knows: the places, what it can count for there, who is expected."""

    def __init__(self, place: UUID | None, item: str | None, day: date | None) -> None:
        self.place, self.item, self.day = place, item, day

    def read(self, connection: Connection, actor: Actor) -> dict[str, Any]:
        """Of what is not said yet, what the caller most likely means. Raises NotFound and NoSession."""
        places = preparing.places(connection, actor)
        place = self.place or (places[0].id if places else None)
        day = min(self.day or actor.today, actor.today)
        items = () if place is None else preparing.items(connection, actor, place, day)
        codes = [one.code for one in items]
        item = self.item if self.item in codes else (codes[0] if codes else None)
        people: tuple[Expected, ...] = ()
        if place is not None and item is not None:
            people = preparing.asked(connection, actor, place, item, day)
        return {
            "places": places, "place": place, "items": items, "item": item, "held_on": day, "people": people,
            "new_id": new_id(), "status_words": STATUS_WORDS,
            "attached": {},
        }  # fmt: skip


def item_names(connection: Connection, actor: Actor) -> dict[str, Name]:
    """What the district's book calls its items, by code; nothing where none is in force."""
    try:
        edition = rules.edition_on(connection, actor.district_id, roster.root_of(actor.district_id), actor.today)
    except NoEditionInForce:
        return {}
    return {code: item.name for regime in edition.regimes.values() for code, item in regime.items.items()}


def meeting_facts(connection: Connection, actor: Actor, activity_id: UUID) -> dict[str, Any]:
    """What the page of a meeting shows."""
    view = activities.read(connection, actor, activity_id)
    own = roster.own_member(connection, actor)
    meeting = filled(connection, actor, ActivityViewAnswer.of_view(view))
    return {
        "meeting": meeting,
        "left_out": [
            (member_id, name)
            for member_id, name in zip(meeting.left_out, meeting.left_out_names, strict=True)
            if own is None or member_id != own.id
        ],
        "item_names": item_names(connection, actor),
        "attached": {},
        "tried": None,
        "is_undone": view.activity.state is ActivityState.UNDONE,
        "may_correct": view.activity.state is ActivityState.HELD
        and actor.may(Permission.ACTIVITY_RECORD, view.activity.path),
        "status_words": STATUS_WORDS,
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
