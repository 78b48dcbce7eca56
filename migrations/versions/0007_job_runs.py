"""What was tried on schedule, and what is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_run",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text()),
        sa.Column("counts", postgresql.JSONB()),
        sa.Column("progress", sa.Integer()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_job_run"),
    )
    op.create_index("ix_job_run_district_id_job_slot", "job_run", ["district_id", "job", "slot"])
    op.create_table(
        "job_done",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "job", "slot", name="pk_job_done"),
    )

    steps.distribute(["job_run", "job_done"])

    steps.belong("job_run", "job_done")

    steps.isolate("job_run")
    # What is done stays done: a slot that ran is never made to run again by removing its row.
    steps.isolate("job_done", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("job_done", "job_run")
