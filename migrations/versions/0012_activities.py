"""Meetings with their attendance, and duties that nobody is asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("window", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("undone_by", sa.Uuid()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_reason", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_activity"),
        sa.UniqueConstraint(
            "district_id", "organisation_id", "held_on", "title_key",
            name="uq_activity_district_id_organisation_id_held_on_title_key",
        ),
        sa.CheckConstraint("state IN ('planned', 'held', 'not_held', 'undone')", name=op.f("ck_activity_state_known")),
        sa.CheckConstraint(
            "(state = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_activity_undone_told")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_activity_version_positive")),
    )  # fmt: skip
    op.create_table(
        "attendance",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("made_up_on", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("finding_id", sa.Uuid()),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("elsewhere_at", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "activity_id", "member_id", name="pk_attendance"),
        sa.CheckConstraint(
            "status IN ('present', 'leave', 'absent', 'elsewhere', 'later')", name=op.f("ck_attendance_status_known")
        ),
    )
    op.create_table(
        "waiver",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("window", sa.Text(collation="C"), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_waiver"),
        sa.CheckConstraint("ground IN ('not_held', 'exception')", name=op.f("ck_waiver_ground_known")),
    )
    op.create_index("ix_activity_district_id_path_held_on", "activity", ["district_id", "path", "held_on"])
    op.create_index(
        "ix_attendance_district_id_member_id_held_on", "attendance", ["district_id", "member_id", "held_on"]
    )
    op.create_index("ix_attendance_district_id_waits_held_on", "attendance", ["district_id", "waits", "held_on"])
    op.create_index("ix_waiver_district_id_path_item_window", "waiver", ["district_id", "path", "item", "window"])

    steps.distribute(["activity", "attendance", "waiver"])

    steps.belong("activity", "attendance", "waiver")
    steps.refer("activity", "organisation_id", to="organisation")
    steps.refer("activity", "recorded_by", to="account")
    steps.refer("activity", "undone_by", to="account")
    steps.refer("attendance", "activity_id", to="activity")
    steps.refer("attendance", "elsewhere_at", to="activity")
    steps.refer("attendance", "member_id", to="member")
    steps.refer("attendance", "entry_id", to="entry")
    steps.refer("attendance", "finding_id", to="submission")
    steps.refer("attendance", "recorded_by", to="account")
    steps.refer("waiver", "organisation_id", to="organisation")
    steps.refer("waiver", "recorded_by", to="account")
    steps.refer("waiver", "lifted_by", to="activity")

    steps.isolate("activity", "attendance", "waiver")


def downgrade() -> None:
    steps.drop("waiver", "attendance", "activity")
