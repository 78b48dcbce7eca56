"""A batch is taken back as one: what was booked is reversed, what still waits is withdrawn."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.imports import refusals, service, store
from app.imports.core import Batch, ReversedBatch, RowState, is_visible, reversal_id_of
from app.imports.layout import ENTRIES
from app.kit.errors import BatchRefused, NotFound
from app.points.refusals import IdUsed
from app.submissions import batches

_UNDONE = {RowState.REVERSED, RowState.WITHDRAWN}


def reverse(connection: Connection, actor: Actor, batch_id: UUID, reversal_id: UUID, reason: str) -> ReversedBatch:
    """Take the whole batch back, for a caller who could take back each of its records; all of them or none.

    What was reversed, refused or withdrawn before is left and listed. The same again is a retry. Raises NotFound for
    a batch out of sight, BatchReversed, IdUsed, and EntriesRefused with every row that the caller may not take back.
    """
    batch = store.lock_batch(connection, actor.district_id, batch_id)
    if batch is None or not is_visible(actor, batch):
        raise NotFound(what="import", field="id")
    if batch.reversed_at is not None:
        return _replay(connection, actor, batch, reversal_id, reason)
    records = store.list_batch_rows(connection, actor.district_id, batch_id)
    wanted = {record: reversal_id_of(reversal_id, record) for record in records.values()}
    rows = list(records)
    try:
        done = batches.take_back(connection, actor, wanted, reason, batch=batch_id)
    except BatchRefused as refused:
        faults = [
            refusals.RowRefused(one.error, sheet=ENTRIES.name, row=rows[one.index], column=None)
            for one in refused.faults
        ]
        raise refusals.EntriesRefused(faults) from refused
    after = replace(
        batch, reversal_id=reversal_id, reversed_at=actor.at, reversed_by=actor.account_id, reversal_reason=reason
    )
    store.update_reversed(connection, actor.district_id, after)
    view = service.view_of(connection, actor, after, effects=done.effects)
    return ReversedBatch(
        view,
        tuple(row for row, record in records.items() if record in done.reversed),
        tuple(row for row, record in records.items() if record in done.withdrawn),
        tuple(row for row, record in records.items() if record not in done.reversed | done.withdrawn),
    )


def _replay(connection: Connection, actor: Actor, batch: Batch, reversal_id: UUID, reason: str) -> ReversedBatch:
    """The answer to a retry: what is undone of the batch, whoever undid a single row of it."""
    if batch.reversal_id != reversal_id:
        raise refusals.BatchReversed(id=str(batch.id), field="id")
    if batch.reversed_by != actor.account_id or batch.reversal_reason != reason:
        raise IdUsed(id=str(reversal_id), field="id")
    view = service.view_of(connection, actor, batch, replayed=True)
    return ReversedBatch(
        view,
        tuple(one.row for one in view.rows if one.state is RowState.REVERSED),
        tuple(one.row for one in view.rows if one.state is RowState.WITHDRAWN),
        tuple(one.row for one in view.rows if one.state not in _UNDONE),
        replayed=True,
    )
