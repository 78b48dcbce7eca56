"""Workbooks of entries and of the roster: looked at, imported, given back with what is wrong, taken back as one."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import service as enrolment
from app.enrolment.schemas import ImportAnswer
from app.enrolment.template import write_marked_roster
from app.enrolment.template import write_template as write_roster_template
from app.imports import reversing
from app.imports import service as imports
from app.imports.core import BatchView, ReversedBatch, SentFile
from app.imports.schemas import (
    BatchPageAnswer,
    BatchReversalRequest,
    BatchViewAnswer,
    EntriesImportedAnswer,
    before_cursor,
)
from app.imports.template import write_marked, write_template
from app.kit.errors import LongwenError
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster.naming import filled
from app.web.frame import Page, PageRoute, page_for
from app.web.wording import IMPORT_ACTIONS, IMPORT_KINDS, ROW_STATES
from app.web.workbooks import SentWorkbook, sent_workbook, with_faults_name, workbook_answer

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Importing = Annotated[Page, Depends(page_for(Permission.ENTRY_IMPORT))]
Reading = Annotated[Page, Depends(page_for(Permission.IMPORT_READ))]
Reversing = Annotated[Page, Depends(page_for(Permission.ENTRY_REVERSE))]
RosterImporting = Annotated[Page, Depends(page_for(Permission.ROSTER_IMPORT))]
Cursor = Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")]

JUST_SAVED = "导入后随即撤销"
_PER_PAGE = 30


@router.get("/imports")
def list_imports(page: Reading, cursor: Cursor = None) -> Response:
    """The latest first."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = imports.page(connection, actor, before=before_cursor(cursor), count_max=_PER_PAGE)
        may_import = actor.may_somewhere(Permission.ENTRY_IMPORT)
        return {"found": filled(connection, actor, BatchPageAnswer.of(found)), "may_import": may_import}

    return page.show("imports.html", **page.run(work))


@router.get("/imports/new")
def show_import(page: Importing) -> Response:
    """Where the workbook is chosen."""
    page.run(lambda _connection, _actor: None)
    return page.show("import.html", **_sheet(None))


@router.get("/imports/template")
def read_template(page: Importing) -> Response:
    """The empty workbook."""
    target = BytesIO()
    write_template(target, page.run(imports.items_offered))
    return workbook_answer(target, "积分记录.xlsx")


@router.post("/imports/new")
def import_entries(page: Importing) -> Response:
    """Looked at (``act=preview``), given back with what is wrong (``act=faults``), or imported."""
    sent: SentWorkbook | None = None
    act = page.posted.get("act")
    try:
        sent = sent_workbook(page.posted)
        if act == "faults":
            return _marked_entries(page, sent)
        source, under, again = sent.open(), SentFile(_id_of(page), sent.name), page.posted.get("again") == "1"

        def work(connection: Connection, actor: Actor) -> BatchView:
            # Inside, so that nobody's file is read before it is known that they may import.
            return imports.import_entries(connection, actor, under, imports.read_entries(source), again=again)

        view = page.run(work, commit=act != "preview")
    except LongwenError as error:
        return page.refused("import.html", error, **_sheet(sent, is_known=error.code == "imported_before"))
    if act == "preview":
        found = EntriesImportedAnswer.of_import(view, preview=True)
        return page.show("import.html", **{**_sheet(sent), "found": found})
    told = Words(
        f"已导入 {len(view.rows)} 行。导错的，可以在本页整批冲正。",
        f"{len(view.rows)} rows are imported. If it was the wrong file, take the whole batch back here.",
    )
    return page.goto(f"/imports/{view.batch.id}", told, f"/imports/{view.batch.id}/reversal?just_saved=true")


@router.get("/imports/{import_id}")
def read_import(import_id: UUID, page: Reading) -> Response:
    """A batch, with what has become of each row."""
    return page.show("import_batch.html", **page.run(lambda c, actor: _batch(c, actor, import_id)))


@router.post("/imports/{import_id}/reversal")
def reverse_import(import_id: UUID, page: Reversing, just_saved: bool = False) -> Response:
    """The whole batch, tried out (``act=preview``) or taken back; right after it was saved without being asked why."""
    is_preview = page.posted.get("act") == "preview"

    def work(connection: Connection, actor: Actor) -> tuple[ReversedBatch, dict[str, Any]]:
        said: dict[str, Any] = {"id": _id_of(page), "reason": JUST_SAVED} if just_saved else {}
        asked = page.posted.read(BatchReversalRequest, **said)
        shown = _batch(connection, actor, import_id) if is_preview else {}
        return reversing.reverse(connection, actor, import_id, asked.id, asked.reason), shown

    try:
        done, shown = page.run(work, commit=not is_preview)
    except LongwenError as error:
        return page.refused("import_batch.html", error, **page.run(lambda c, actor: _batch(c, actor, import_id)))
    if is_preview:
        return page.show("import_batch.html", **{**shown, "tried": done})
    told = Words(
        f"已冲正 {len(done.reversed)} 行，撤回申报 {len(done.withdrawn)} 项，此前已结束的 {len(done.skipped)} 行未动。",
        f"{len(done.reversed)} rows are reversed, {len(done.withdrawn)} proposals withdrawn; {len(done.skipped)} had"
        " ended before.",
    )
    return page.goto(f"/imports/{import_id}", told)


# The roster.


@router.get("/roster/import")
def show_roster_import(page: RosterImporting) -> Response:
    """Where the workbook is chosen."""
    page.run(lambda _connection, _actor: None)
    return page.show("roster_import.html", **_sheet(None))


@router.get("/roster/import/template")
def read_roster_template(page: RosterImporting) -> Response:
    """The empty workbook."""
    target = BytesIO()
    write_roster_template(target, page.run(enrolment.classes_offered))
    return workbook_answer(target, "名册.xlsx")


@router.post("/roster/import")
def import_roster(page: RosterImporting) -> Response:
    """Looked at, given back with what is wrong, or imported."""
    sent: SentWorkbook | None = None
    act = page.posted.get("act")
    cipher = page.state.cipher
    try:
        sent = sent_workbook(page.posted)
        if act == "faults":
            return _marked_roster(page, sent)
        source, name = sent.open(), sent.name

        def work(connection: Connection, actor: Actor) -> Any:
            enrolment.note_import(connection, actor, name, request_id=page.request_id)
            return enrolment.import_roster(connection, actor, cipher, enrolment.read_roster(source))

        report = page.run(work, commit=act != "preview")
    except LongwenError as error:
        return page.refused("roster_import.html", error, **_sheet(sent))
    found = ImportAnswer.of(report, preview=act == "preview", language=page.language)
    if act == "preview":
        return page.show("roster_import.html", **{**_sheet(sent), "found": found})
    changed = sum(count for kinds in found.counts.values() for action, count in kinds.items() if action != "unchanged")
    told = Words(f"名册已导入，共 {changed} 处变动。", f"The roster is imported: {changed} changes.")
    return page.goto("/roster", told)


def _marked_entries(page: Page, sent: SentWorkbook) -> Response:
    under = SentFile(new_id(), sent.name)
    found = page.run(lambda c, actor: imports.examine(c, actor, under, imports.read_entries(sent.open())), commit=False)
    target = BytesIO()
    write_marked(target, found, page.language)
    return workbook_answer(target, with_faults_name(sent.name))


def _marked_roster(page: Page, sent: SentWorkbook) -> Response:
    cipher = page.state.cipher
    found = page.run(lambda c, actor: enrolment.examine_roster(c, actor, cipher, sent.open()), commit=False)
    target = BytesIO()
    write_marked_roster(target, found, page.language)
    return workbook_answer(target, with_faults_name(sent.name))


def _sheet(sent: SentWorkbook | None, *, is_known: bool = False) -> dict[str, Any]:
    return {
        "sent": sent, "found": None, "is_known": is_known, "new_id": new_id(), "kinds": IMPORT_KINDS,
        "actions": IMPORT_ACTIONS, "states": ROW_STATES,
    }  # fmt: skip


def _batch(connection: Connection, actor: Actor, import_id: UUID) -> dict[str, Any]:
    view = imports.get(connection, actor, import_id)
    return {
        "view": filled(connection, actor, BatchViewAnswer.of(view)),
        "states": ROW_STATES,
        "tried": None,
        "may_reverse": actor.may_somewhere(Permission.ENTRY_REVERSE),
        "new_id": new_id(),
    }


def _id_of(page: Page) -> UUID:
    """The batch's, as the form was given it; another one where it was lost."""
    try:
        return UUID(page.posted.get("id"))
    except ValueError:
        return new_id()
