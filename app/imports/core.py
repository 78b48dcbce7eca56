"""An import's values: the batch, its rows, and what became of each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from app.auth.core import Actor, Permission
from app.kit.digests import canonical, digest
from app.kit.sheet_records import Record
from app.points.views import Effect
from app.submissions.core_states import SubmissionState

PAGE_MAX = 100
ROWS_MAX = 2_000  # of one workbook, headings left out
FILE_NAME_MAX = 120


class RowState(StrEnum):
    """What became of a row: an entry, an entry undone, or a proposal on its way."""

    POSTED = "posted"
    REVERSED = "reversed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LAPSED = "lapsed"

    @classmethod
    def of(cls, state: SubmissionState) -> RowState:
        """Of a proposal; a draft is none that an import makes."""
        return cls(state.value)


@dataclass(frozen=True, slots=True)
class Batch:
    """One workbook that was imported; ``path`` is the place that holds all of its members on their days."""

    id: UUID
    path: str
    file_name: str
    row_count: int
    content_digest: bytes
    again: bool
    recorded_at: datetime
    recorded_by: UUID | None
    reversal_id: UUID | None = None
    reversed_at: datetime | None = None
    reversed_by: UUID | None = None
    reversal_reason: str | None = None


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Batches, the latest first, with the cursor to go on from (None: there was nothing more)."""

    batches: tuple[Batch, ...]
    following: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A row with what became of it; ``points`` are its entry's own, in units of ``decimals`` places."""

    row: int
    record_id: UUID
    member_id: UUID
    number: str
    name: str
    item: str
    effective_on: date
    state: RowState
    points: int | None = None
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with its rows, and what the request did to the standings that the caller reads."""

    batch: Batch
    rows: tuple[RowView, ...]
    effects: tuple[Effect, ...] = ()
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class ReversedBatch:
    """A batch after its reversal. Rows are named by their numbers; ``skipped`` were undone or ended before."""

    view: BatchView
    reversed: tuple[int, ...]
    withdrawn: tuple[int, ...]
    skipped: tuple[int, ...]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class SentFile:
    """What a client sends: the id of the batch, and the name of the file for people to know it by."""

    id: UUID
    name: str


def record_id(batch_id: UUID, row: int) -> UUID:
    """The id of what a row becomes: the same batch sent again makes the same records."""
    return uuid5(batch_id, f"row {row}")


def reversal_id_of(reversal_id: UUID, record: UUID) -> UUID:
    """The id of the entry that undoes a record of the batch."""
    return uuid5(reversal_id, f"undoes {record}")


def content_digest(records: Iterable[Record]) -> bytes:
    """Of what the rows say, in whatever order and however the file was saved."""
    rows = [
        canonical({key: _plain(value) for key, value in one.values.items() if value is not None}) for one in records
    ]
    return digest(b"\n".join(sorted(rows)))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value.normalize()) if isinstance(value, Decimal) else value


def lowest_place(paths: Sequence[str]) -> str:
    """The lowest place that holds all of the paths, of which there is at least one."""
    shared = paths[0].split(".")
    for path in paths[1:]:
        segments = path.split(".")
        same = 0
        while same < min(len(shared), len(segments)) and shared[same] == segments[same]:
            same += 1
        shared = shared[:same]
    return ".".join(shared)


def is_visible(actor: Actor, batch: Batch) -> bool:
    """Whether the caller may see the batch: the own ones, and those of a place whose submissions they read."""
    if actor.is_service or batch.recorded_by == actor.account_id:
        return True
    return actor.may(Permission.SUBMISSION_READ, batch.path)


def shown_name(name: str | None) -> str:
    """A file's name as it is kept: without folders and invisible characters."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    seen = "".join(one for one in unicodedata.normalize("NFC", last) if unicodedata.category(one)[0] != "C")
    return seen.strip()[:FILE_NAME_MAX] or "xlsx"
