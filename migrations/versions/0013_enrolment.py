"""Transfers between branches, and the paper of every other change of enrolment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transfer",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("from_branch_id", sa.Uuid(), nullable=False),
        sa.Column("from_path", sa.Text(collation="C"), nullable=False),
        sa.Column("to_branch_id", sa.Uuid()),
        sa.Column("to_path", sa.Text(collation="C")),
        sa.Column("destination", sa.Text()),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("note", sa.Text()),
        sa.Column("moved_on", sa.Date()),
        sa.Column("result", postgresql.JSONB()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_transfer"),
        sa.CheckConstraint("asked_by IN ('old', 'new')", name=op.f("ck_transfer_asked_by_known")),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_transfer_state_known")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_transfer_version_positive")),
    )
    op.create_table(
        "roster_change",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("organisation_id", sa.Uuid()),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("result", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_roster_change"),
        sa.CheckConstraint(
            "verb IN ('enrolled', 'reclassed', 'exempted', 'exemption_ended', 'left', 'merged', 'split', 'moved',"
            " 'closed')",
            name=op.f("ck_roster_change_verb_known"),
        ),
    )
    op.create_index("ix_transfer_district_id_member_id", "transfer", ["district_id", "member_id"])
    op.create_index("ix_transfer_district_id_recorded_at", "transfer", ["district_id", "recorded_at"])
    op.create_index(
        "uq_transfer_open",
        "transfer",
        ["district_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index("ix_roster_change_district_id_member_id", "roster_change", ["district_id", "member_id"])

    steps.distribute(["transfer", "roster_change"])

    steps.belong("transfer", "roster_change")
    for column in ("from_branch_id", "to_branch_id"):
        steps.refer("transfer", column, to="organisation")
    for column in ("recorded_by", "decided_by"):
        steps.refer("transfer", column, to="account")
    steps.refer("transfer", "member_id", to="member")
    steps.refer("roster_change", "member_id", to="member")
    steps.refer("roster_change", "organisation_id", to="organisation")
    steps.refer("roster_change", "recorded_by", to="account")

    steps.isolate("transfer", "roster_change")


def downgrade() -> None:
    steps.drop("roster_change", "transfer")
