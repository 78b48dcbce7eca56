"""Tables of scheduled work: what was tried, and what is done."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table

# Every attempt, with how it ended; written in transactions of its own, so that a failure leaves its trace.
job_run = district_table(
    "job_run",
    Column("id", Uuid, nullable=False),
    Column("job", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("heartbeat_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("outcome", Text),  # done, already_done, elsewhere, not_due, failed
    Column("counts", JSONB),
    Column("progress", Integer),  # percent
    Column("error", Text),
    Index(None, "district_id", "job", "slot"),
)

# One row a slot, inserted in the transaction of the work itself: this is what makes "once" true.
job_done = district_table(
    "job_done",
    Column("job", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=False),
    Column("run_id", Uuid, nullable=False),
    key=("job", "slot"),
)
