"""The quarter's sheet: one line for each member, written as a stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.cycles import service as cycles
from app.cycles.core import Quarter
from app.kit.calendar import months_of, quarter_of
from app.kit.digests import canonical, digest
from app.kit.workbook import open_workbook, plain
from app.points import booking, reading
from app.points.duties import count_duties
from app.points.gathering import Books, histories_of
from app.points.views import Corrected
from app.reviews.core import (
    ADJUSTMENT_HEADINGS,
    HEADINGS,
    AdjustmentRow,
    SheetRow,
    Standing,
    adjustment_kind,
    lines_of,
    owes_duties,
    quarter_name,
    sheet_row,
    widths,
)
from app.roster import service as roster
from app.roster.core import OrganisationView
from app.roster.history import MemberHistory
from app.rules.core import STANDARD, Regime, Starts
from app.rules.points import printed
from app.seals import service as seals

_CHUNK = 500
_LINE = 18  # points: the height of one line of a sheet


@dataclass(frozen=True, slots=True)
class QuarterSheet:
    """The rows of a quarter's sheet with what they stand on."""

    quarter: Quarter
    district: str
    rows: tuple[SheetRow, ...]
    adjustments: tuple[AdjustmentRow, ...]
    editions: tuple[str, ...]
    as_of: datetime  # until when what it tells was booked; of a quarter that still runs, when it was asked for
    is_frozen: bool
    snapshot: str


def export_quarter(
    connection: Connection, actor: Actor, quarter: str, language: str, *, reason: str | None, request_id: str
) -> QuarterSheet:
    """The sheet to be taken away, which is written to the access log. Raises UnknownQuarter."""
    sheet = quarter_sheet(connection, actor, quarter, language)
    note_export(connection, actor, quarter, reason=reason, request_id=request_id)
    return sheet


def note_export(connection: Connection, actor: Actor, quarter: str, *, reason: str | None, request_id: str) -> None:
    """Write an export to the access log, before anything of it is handed out."""
    reach = " ".join(actor.reach(Permission.QUARTER_EXPORT)) or roster.root_of(actor.district_id)
    access = Access(Action.QUARTER_EXPORT, ObjectKind.QUARTER, quarter, reach, request_id, reason)
    service_access.write_down(connection, actor, access)


def quarter_sheet(connection: Connection, actor: Actor, quarter: str, language: str) -> QuarterSheet:
    """Everyone in the caller's reach who belonged to a branch at the quarter's end, by branch and number.

    The numbers are the corrected ones (scoring, section 2, rule 10): everything dated up to the quarter's end, whenever
    it was booked. Raises UnknownQuarter.
    """
    found = cycles.quarter(connection, actor, quarter)
    organisations = roster.organisations(connection, actor.district_id)
    by_id = {one.id: one for one in organisations}
    books = Books.opened(connection, actor)
    frozen_at = settled_at(connection, actor, found)
    as_of = frozen_at or actor.at
    today = auth.day_of(connection, actor.district_id, as_of)
    reach = None if actor.is_service else actor.reach(Permission.QUARTER_EXPORT)
    sorted_rows: list[tuple[tuple[str, str], SheetRow]] = []
    editions: set[str] = set()
    chunk: list[Corrected] = []
    for one in reading.corrected(connection, actor, found):
        chunk.append(one)
        if len(chunk) == _CHUNK:
            sorted_rows += _rows(connection, actor, books, by_id, found, chunk, reach, today, language, editions)
            chunk = []
    sorted_rows += _rows(connection, actor, books, by_id, found, chunk, reach, today, language, editions)
    sorted_rows.sort(key=lambda pair: pair[0])
    rows = tuple(row for _, row in sorted_rows)
    listed = tuple(row for _, row in adjustments(connection, actor, books, by_id, found, reach, language))
    values = [*(row.values() for row in rows), *(row.values() for row in listed)]
    snapshot = digest(canonical([[str(value) for value in row] for row in values])).hex()
    name = next(one.name for one in organisations if one.parent_id is None)
    return QuarterSheet(found, name, rows, listed, tuple(sorted(editions)), as_of, frozen_at is not None, snapshot)


def settled_at(connection: Connection, actor: Actor, quarter: Quarter) -> datetime | None:
    """Since when the sheet says the same: the freeze of the sealed quarter, or its last correction; None: it moves."""
    frozen_at = seals.frozen_at(connection, actor, quarter)
    corrected_at = None if frozen_at is None else booking.last_correction(connection, actor, quarter)
    return frozen_at if frozen_at is None or corrected_at is None else max(frozen_at, corrected_at)


def _rows(
    connection: Connection,
    actor: Actor,
    books: Books,
    by_id: dict[UUID, OrganisationView],
    quarter: Quarter,
    chunk: list[Corrected],
    reach: tuple[str, ...] | None,
    today: date,
    language: str,
    editions: set[str],
) -> list[tuple[tuple[str, str], SheetRow]]:
    windows = frozenset((quarter.code, *months_of(quarter.code)))
    histories = histories_of(connection, actor, [one.balance.member_id for one in chunk])
    found = []
    for one in chunk:
        there = histories[one.balance.member_id].on(quarter.ends_on)
        if there is None:
            continue
        branch = by_id[there.branch_id]
        if reach is not None and not actor.may(Permission.QUARTER_EXPORT, branch.path):
            continue
        regime = regime_of(books, one, quarter)
        editions.add(edition_text(regime))
        standing = standing_of(books, one, regime, quarter, branch.name, histories[there.id], actor.today)
        found.append(((branch.path, there.number), sheet_row(standing, windows, today, quarter.code, language)))
    return found


def regime_of(books: Books, one: Corrected, quarter: Quarter) -> Regime:
    """The rules of the member at the quarter's end."""
    return books.regime(*one.balance.regimes[max(code for code in one.balance.regimes if code <= quarter.code)])


def edition_text(regime: Regime) -> str:
    return f"{regime.book} {regime.edition} {regime.digest}"


def standing_of(
    books: Books,
    one: Corrected,
    regime: Regime,
    quarter: Quarter,
    branch: str,
    history: MemberHistory,
    today: date,
) -> Standing:
    """What the member's line is worked out from."""
    return Standing(
        branch=branch,
        name=history.name,
        score=one.score,
        previous=one.previous,
        cells=one.balance.cells,
        duties=count_duties(one.duties, quarter.ends_on),
        items=regime.items,
        earning=frozenset(one.code for one in regime.dimensions if one.starts is not Starts.FULL),
        exempt=not regime.ranked
        and not owes_duties(regime.items)
        and owes_duties(books.regime(regime.digest, STANDARD).items),
        ranked=regime.ranked and history.is_listed(quarter.ends_on, today),
        vetoed=one.score.vetoed,
    )


def adjustments(
    connection: Connection,
    actor: Actor,
    books: Books,
    by_id: dict[UUID, OrganisationView],
    quarter: Quarter,
    reach: tuple[str, ...] | None,
    language: str,
) -> list[tuple[str, AdjustmentRow]]:
    """What was booked in the quarter about days before it, by branch and day, as far as the caller reaches.

    Each with its branch's path.
    """
    found = [
        one
        for one in booking.adjustments(connection, actor, quarter)
        if reach is None or actor.may(Permission.QUARTER_EXPORT, by_id[one.entry.branch_id].path)
    ]
    histories = histories_of(connection, actor, {one.entry.member_id for one in found})
    rows = []
    for one in found:
        entry = one.entry
        item = books.regime(entry.edition, entry.profile).items.get(entry.item)
        title = entry.item if item is None else (item.name.zh if language == "zh" else item.name.en)
        row = AdjustmentRow(
            branch=by_id[entry.branch_id].name,
            name=histories[entry.member_id].name,
            title=title,
            day=entry.effective_on,
            quarter=quarter_name(quarter_of(entry.effective_on), language),
            points=printed(entry.points, one.decimals),
            kind=adjustment_kind(language, is_reversal=entry.reverses is not None),
            remark=one.reason or "",
        )
        rows.append(((by_id[entry.branch_id].path, entry.effective_on, entry.seq), row))
    rows.sort(key=lambda pair: pair[0])
    return [(path, row) for (path, _, _), row in rows]


def write_sheet(sheet: QuarterSheet, target: Path, language: str) -> None:
    """The workbook: the sheet itself, and a page that says what the numbers stand on.

    The same sheet gives the same bytes: who took a copy, and when, is the access log's to tell.
    """
    workbook = open_workbook(target, sheet.as_of)
    heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
    text = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    numbers = [
        workbook.add_format({"border": 1, "align": "right", "valign": "top", "num_format": form})
        for form in ("0", "0.0", "0.00")  # by the places of the book
    ]
    day = workbook.add_format({"border": 1, "valign": "top", "num_format": 'yyyy"年"m"月"d"日"'})
    title = quarter_name(sheet.quarter.code, language)
    page = workbook.add_worksheet("季度考评表" if language == "zh" else "Quarter")
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 2)
    page.set_footer(f"&L{plain(title)}&C&P / &N&R{sheet.snapshot[:16]}")
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    column_widths = widths(sheet.rows)
    for at, width in enumerate(column_widths):
        page.set_column(at, at, width)
    page.set_row(0, 3 * _LINE)
    for at, name in enumerate(HEADINGS):
        page.write_string(0, at, name.zh if language == "zh" else name.en, heading)

    def write(page: Any, line: int, values: Iterable[str | Decimal | date]) -> None:
        for at, value in enumerate(values):
            if isinstance(value, Decimal):
                page.write_number(line, at, value, numbers[len(str(value).partition(".")[2])])
            elif isinstance(value, str):
                page.write_string(line, at, plain(value), text)
            else:
                page.write_datetime(line, at, value, day)

    for line, row in enumerate(sheet.rows, start=1):
        page.set_row(line, _LINE * max(1, lines_of(row, column_widths)))
        write(page, line, row.values())
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(HEADINGS) - 1)
    notes = workbook.add_worksheet("说明" if language == "zh" else "Notes")
    notes.set_column(0, 0, 24)
    notes.set_column(1, 1, 100)
    for line, (name_, value_) in enumerate(_notes(sheet, language)):
        notes.write_string(line, 0, name_, heading)
        notes.write_string(line, 1, plain(value_), text)
    adjusted = workbook.add_worksheet("更正与补记" if language == "zh" else "Adjustments")
    for at, (name, width) in enumerate(zip(ADJUSTMENT_HEADINGS, _ADJUSTMENT_WIDTHS, strict=True)):
        adjusted.set_column(at, at, width)
        adjusted.write_string(0, at, name.zh if language == "zh" else name.en, heading)
    for line, adjustment in enumerate(sheet.adjustments, start=1):
        write(adjusted, line, adjustment.values())
    workbook.close()


_ADJUSTMENT_WIDTHS = (24, 12, 28, 17, 16, 8, 10, 40)
_STATES_ZH = {"open": "可记账", "check": "复核", "notice": "公示", "sealed": "已封账"}


def _notes(sheet: QuarterSheet, language: str) -> list[tuple[str, str]]:
    as_of = sheet.as_of.isoformat(timespec="seconds")
    state = sheet.quarter.state.value
    if language == "zh":
        return [
            ("区（县）", sheet.district),
            ("季度", quarter_name(sheet.quarter.code, language)),
            ("账册状态", _STATES_ZH[state]),
            ("口径", "截至季末发生的全部记录，无论何时入账；本季各数为季末数减上季末数。说明栏为封顶前的记录分值。"),
            ("细则版本", "；".join(sheet.editions)),
            ("此后未再变动（UTC）" if sheet.is_frozen else "截至（UTC）", as_of),
            ("快照编号", sheet.snapshot),
        ]
    return [
        ("District", sheet.district),
        ("Quarter", quarter_name(sheet.quarter.code, language)),
        ("State of the books", state),
        (
            "Basis",
            "Entries dated up to the quarter's end, whenever booked; remarks show points before ceilings.",
        ),
        ("Editions", "; ".join(sheet.editions)),
        ("Unchanged since (UTC)" if sheet.is_frozen else "As of (UTC)", as_of),
        ("Snapshot", sheet.snapshot),
    ]
