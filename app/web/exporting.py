"""A list as a workbook: all rows that fit what was asked for, as the page shows them, marked with who took it and when.

Nobody takes away more than they read there, and that it was taken stands in the access log.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import Annotated, Literal, TypeVar
from urllib.parse import unquote_plus

from fastapi import Query, Response
from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.sessions import Caller
from app.kit.errors import ErrorKind, LongwenError
from app.kit.problems import Language
from app.kit.sheet_writing import fit_to_paper, formats_of, write_cell
from app.kit.sheets import Cell
from app.kit.words import Words
from app.kit.workbook import open_workbook, plain
from app.web.frame import Page
from app.web.rendering import said, written_moment
from app.web.workbooks import workbook_answer

Cells = Sequence[Cell | Decimal]
Row = TypeVar("Row")
After = TypeVar("After")
# ``?as=workbook`` on the address of a list: the button beside its search.
Form = Annotated[Literal["workbook"] | None, Query(alias="as")]

ROWS_MAX = 5_000
ROWS_AT_ONCE = 200
_REASON_MAX = 200


class TooManyToExport(LongwenError):
    """More rows than a workbook of a list takes."""

    kind = ErrorKind.INVALID
    code = "too_many_to_export"
    zh = "符合条件的超过 {most} 行，不能一次导出。请缩小范围（支部、状态、日期）后再导出。"
    en = "More than {most} rows fit, more than one workbook takes. Ask for fewer (a branch, a state, some days)."


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how many characters wide it is."""

    name: Words
    width: int


@dataclass(frozen=True, slots=True)
class Listed:
    """What goes into the workbook; each row has a cell for each column."""

    columns: Sequence[Column]
    rows: Sequence[Cells]


def every(page: Callable[[After | None], tuple[Sequence[Row], After | None]]) -> list[Row]:
    """The rows of all pages; each is asked for with where the one before ended. Raises TooManyToExport."""
    found: list[Row] = []
    after: After | None = None
    while True:
        rows, after = page(after)
        found += rows
        if len(found) > ROWS_MAX:
            raise TooManyToExport(most=ROWS_MAX)
        if after is None:
            return found


def exported(
    page: Page, name: Words, kept_as: str, permission: Permission, gather: Callable[[Connection, Actor], Listed]
) -> Response:
    """The workbook; ``kept_as`` is the list's name in the access log. Raises what ``gather`` raises."""

    def work(connection: Connection, caller: Caller) -> tuple[Listed, Caller]:
        actor = caller.actor
        listed = gather(connection, actor)
        reach = " ".join(actor.reach(permission))
        asked = unquote_plus(page.request.url.query)[:_REASON_MAX]
        access = Access(Action.LIST_EXPORT, ObjectKind.LIST, kept_as, reach, page.request_id, asked)
        service_access.write_down(connection, actor, access)
        return listed, caller

    listed, caller = page.run_as_caller(work)
    told = partial(said, language=page.language)
    moment = written_moment(caller.actor.at, language=page.language, time_zone=page.district.time_zone)
    taken = Words(f"导出人 {caller.name}", f"taken by {caller.name}")
    title = " · ".join((told(name), page.district.name, told(taken), moment))
    return workbook_answer(_written(listed, title, page.language), f"{told(name)} {caller.actor.today}.xlsx")


def _written(listed: Listed, title: str, language: Language) -> BytesIO:
    target = BytesIO()
    with open_workbook(target) as book:
        formats, sheet = formats_of(book), book.add_worksheet()
        fit_to_paper(sheet)
        sheet.repeat_rows(0, 1)
        sheet.freeze_panes(2, 0)
        sheet.write_string(0, 0, plain(title), formats["title"])
        for place, column in enumerate(listed.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(1, place, said(column.name, language=language), formats["head"])
        for number, row in enumerate(listed.rows, start=2):
            for place, cell in enumerate(row):
                write_cell(sheet, number, place, cell, formats)
    target.seek(0)
    return target
