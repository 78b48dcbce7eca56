"""Importing entries from a workbook: every row goes the way of a single record, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.imports import refusals, store
from app.imports.core import (
    PAGE_MAX,
    ROWS_MAX,
    Batch,
    BatchPage,
    BatchView,
    RowState,
    RowView,
    SentFile,
    content_digest,
    is_visible,
)
from app.imports.layout import COLUMNS, ENTRIES, IGNORED, ITEMS, Examined, OfferedItem, offered
from app.imports.resolving import Resolved, resolve
from app.kit.errors import LongwenError, NotFound
from app.kit.sheet_records import Record, read_records
from app.kit.sheets import Sheet, SheetFault
from app.kit.workbook import look_through
from app.kit.workbook_parts import Limits
from app.points import service as points
from app.points import undoing_many
from app.points.gathering import Background
from app.points.ledger import Entry
from app.points.refusals import IdUsed
from app.points.views import Effect
from app.rules import service as rules
from app.submissions import batches
from app.submissions import service as submissions
from app.submissions.core import Recorded, Submission

_LIMITS = Limits(file_bytes=5 * 1024 * 1024, rows=ROWS_MAX + 1, columns=60, cells=60_000)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as it was read: its sheets, its rows of entries, and what is wrong with single cells."""

    sheets: tuple[Sheet, ...]
    rows: tuple[Record, ...]
    faults: tuple[SheetFault, ...]

    @property
    def rows_at_fault(self) -> set[int]:
        return {one.row for one in self.faults if one.sheet == ENTRIES.name and one.row is not None}


def read_entries(source: BinaryIO) -> Workbook:
    """Read a workbook, outside any transaction. Raises what ``look_through`` raises of the file as a whole; faults of
    cells are told later, with those of what the rows mean together."""
    sheets, seen = look_through(source, limits=_LIMITS, ignored=IGNORED)
    records = read_records(sheets, (ENTRIES,), (ITEMS,))
    return Workbook(sheets, records.of[ENTRIES.key], (*seen, *records.faults))


def import_entries(
    connection: Connection, actor: Actor, sent: SentFile, workbook: Workbook, *, again: bool = False
) -> BatchView:
    """Record all rows or none; a preview is the same call in a transaction that is undone.

    The same batch again is a retry and answers with what became of its rows since. Raises IdUsed for a batch of
    another content, ImportedBefore for the same content under another id unless ``again``, NothingToImport, and
    EntriesRefused with every fault: those of the cells, of who and what is meant, and of the way of every record.
    """
    if not workbook.rows and not workbook.faults:
        raise refusals.NothingToImport(sheet=ENTRIES.name, field="file")
    digest = content_digest(workbook.rows)
    before = store.find_batch(connection, actor.district_id, sent.id)
    if before is not None:
        if before.recorded_by != actor.account_id or before.content_digest != digest or workbook.faults:
            raise IdUsed(id=str(sent.id), field="id")
        return view_of(connection, actor, before, replayed=True)
    if not workbook.faults and not again:
        again = _is_elsewhere(connection, actor, digest)
    tried = _Trial(connection, actor, sent, workbook, digest, again=again)
    faults = tried.run()
    if faults:
        raise refusals.EntriesRefused(faults)
    store.insert_batch_rows(
        connection,
        actor.district_id,
        sent.id,
        {row.row: one.id for row, one in zip(tried.resolved.rows, tried.resolved.postings, strict=True)},
    )
    return view_of(connection, actor, tried.batch, effects=_effects(tried.recorded))


def examine(connection: Connection, actor: Actor, sent: SentFile, workbook: Workbook) -> Examined:
    """What an import would refuse; to be called in a transaction that is undone. Raises NothingToImport."""
    if not workbook.rows and not workbook.faults:
        raise refusals.NothingToImport(sheet=ENTRIES.name, field="file")
    digest = content_digest(workbook.rows)
    faults = _Trial(connection, actor, sent, workbook, digest, again=True).run()
    return Examined(workbook.sheets, tuple(faults), items_offered(connection, actor))


def page(connection: Connection, actor: Actor, *, before: tuple[datetime, UUID] | None, count_max: int) -> BatchPage:
    """The own batches, and those of places whose submissions the caller reads; the latest first."""
    count = min(count_max, PAGE_MAX)
    found = store.list_batches(
        connection,
        actor.district_id,
        paths=None if actor.is_service else actor.reach(Permission.SUBMISSION_READ),
        own_account=actor.account_id,
        before=before,
        count_max=count + 1,
    )
    batches_ = tuple(found[:count])
    return BatchPage(batches_, (batches_[-1].recorded_at, batches_[-1].id) if len(found) > count else None)


def get(connection: Connection, actor: Actor, batch_id: UUID) -> BatchView:
    """A batch with what became of its rows. Raises NotFound."""
    found = store.find_batch(connection, actor.district_id, batch_id)
    if found is None or not is_visible(actor, found):
        raise NotFound(what="import", field="id")
    return view_of(connection, actor, found)


def items_offered(connection: Connection, actor: Actor) -> tuple[OfferedItem, ...]:
    """What the template lists: the items of every edition that anybody in the district goes by today."""
    adopted = rules.adopted(connection, actor.district_id)
    digests = adopted.digests_on(actor.today)
    return offered(rules.edition_by_digest(connection, actor.district_id, one, adopted) for one in digests)


def view_of(
    connection: Connection,
    actor: Actor,
    batch: Batch,
    *,
    effects: tuple[Effect, ...] = (),
    replayed: bool = False,
) -> BatchView:
    """The batch with what its rows are now."""
    records = store.list_batch_rows(connection, actor.district_id, batch.id)
    entries = points.entries_by_id(connection, actor, records.values())
    proposals = batches.submissions_by_id(connection, actor, list(records.values()))
    gone = undoing_many.reversed_among(connection, actor, entries)
    members = {one.member_id for one in entries.values()} | {one.posting.member_id for one in proposals.values()}
    background = Background.read(connection, actor, members)
    rows = []
    for row, record in records.items():
        entry, proposal = entries.get(record), proposals.get(record)
        rows.append(_row_view(background, row, entry, proposal, is_gone=record in gone))
    return BatchView(batch, tuple(rows), effects, replayed)


def _row_view(
    background: Background, row: int, entry: Entry | None, proposal: Submission | None, *, is_gone: bool
) -> RowView:
    if entry is not None:
        history = background.histories[entry.member_id]
        state = RowState.REVERSED if is_gone else RowState.POSTED
        return RowView(
            row, entry.id, entry.member_id, history.number, history.name, entry.item, entry.effective_on, state,
            entry.points, background.books.decimals(entry),
        )  # fmt: skip
    if proposal is None:
        raise AssertionError("a row of a batch is an entry or a proposal")
    posting = proposal.posting
    history = background.histories[posting.member_id]
    return RowView(
        row, posting.id, posting.member_id, history.number, history.name, posting.item, posting.effective_on,
        RowState.of(proposal.state),
    )  # fmt: skip


def _is_elsewhere(connection: Connection, actor: Actor, digest: bytes) -> bool:
    """Whether the content stands in a batch out of the caller's sight. Raises ImportedBefore for one that is seen."""
    same = store.list_with_content(connection, actor.district_id, digest)
    known = next((one for one in same if is_visible(actor, one)), None)
    if known is not None:
        raise refusals.ImportedBefore(file=known.file_name, batch=str(known.id), field="file")
    return bool(same)


class _Trial:
    """The rows on their way: made out, written down as a batch, and recorded; the caller undoes it where it fails."""

    def __init__(
        self, connection: Connection, actor: Actor, sent: SentFile, workbook: Workbook, digest: bytes, *, again: bool
    ) -> None:
        self.connection = connection
        self.actor = actor
        self.workbook = workbook
        self.resolved: Resolved = resolve(connection, actor, sent.id, workbook.rows, workbook.rows_at_fault)
        self.recorded: list[Recorded] = []
        self.batch = Batch(
            sent.id, self.resolved.path, sent.name, len(workbook.rows), digest, again, actor.at, actor.account_id
        )

    def run(self) -> list[SheetFault]:
        """Everything that is wrong, in the order of the workbook."""
        faults = [*self.workbook.faults, *self.resolved.faults]
        if not faults and self.batch.path:
            # First of all, so that of two at once one waits here and then finds what the other has done.
            store.insert_batch(self.connection, self.actor.district_id, self.batch)
        if self.resolved.postings:
            self.recorded = submissions.record(
                self.connection, self.actor, self.resolved.postings, each=True, papers=self.resolved.papers
            )
        faults += [
            _placed(row, one.fault)
            for row, one in zip(self.resolved.rows, self.recorded, strict=True)
            if one.fault is not None
        ]
        return sorted(faults, key=lambda one: (one.sheet, one.row or 0, len(one.column or ""), one.column or ""))


def _placed(row: Record, fault: LongwenError) -> SheetFault:
    """What the way of every record refuses, where it stands in the workbook."""
    column = row.letters.get(COLUMNS.get(fault.field or "", ""))
    return refusals.RowRefused(fault, sheet=ENTRIES.name, row=row.row, column=column)


def _effects(recorded: Sequence[Recorded]) -> tuple[Effect, ...]:
    """What the import did to each standing, told once."""
    found = {(one.effect.cycle, one.effect.member_id): one.effect for one in recorded if one.effect is not None}
    return tuple(found.values())
