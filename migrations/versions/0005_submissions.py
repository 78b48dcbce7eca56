"""Proposals that are not yet entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submission",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text()),
        sa.Column("matter", sa.Text()),
        sa.Column("units", sa.Integer()),
        sa.Column("points", sa.Numeric(9, 2)),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decision_note", sa.Text()),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_submission"),
        sa.CheckConstraint("kind IN ('innovation', 'fault', 'veto')", name=op.f("ck_submission_kind_known")),
        sa.CheckConstraint("state IN ('submitted', 'posted', 'refused')", name=op.f("ck_submission_state_known")),
    )
    op.create_index("ix_submission_district_id_member_id", "submission", ["district_id", "member_id"])
    op.create_index(
        "ix_submission_district_id_state_recorded_at", "submission", ["district_id", "state", "recorded_at"]
    )

    steps.distribute(["submission"])

    steps.belong("submission")
    steps.refer("submission", "member_id", to="member")
    steps.refer("submission", "branch_id", to="organisation")
    steps.refer("submission", "recorded_by", to="account")
    steps.refer("submission", "decided_by", to="account")
    steps.refer("submission", "entry_id", to="entry")

    steps.isolate("submission")


def downgrade() -> None:
    steps.drop("submission")
