"""Cycles, quarters and working days, editions of rule books and who adopted them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cycle_frame",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("first_month", sa.SmallInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "from_on", name="pk_cycle_frame"),
        sa.CheckConstraint("first_month IN (1, 4, 7, 10)", name=op.f("ck_cycle_frame_first_month_of_a_quarter")),
        sa.CheckConstraint("period IN ('year', 'half', 'quarter')", name=op.f("ck_cycle_frame_period_known")),
    )
    op.create_table(
        "cycle",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "code", name="pk_cycle"),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_cycle_ends_after_start")),
    )
    op.create_table(
        "quarter",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "code", name="pk_quarter"),
        sa.CheckConstraint("state IN ('open', 'check', 'notice', 'sealed')", name=op.f("ck_quarter_state_known")),
    )
    op.create_table(
        "work_calendar",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "day", name="pk_work_calendar"),
        sa.CheckConstraint("source IN ('announced', 'district')", name=op.f("ck_work_calendar_source_known")),
    )
    op.create_table(
        "edition",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "digest", name="pk_edition"),
        sa.UniqueConstraint("district_id", "book", "code", name="uq_edition_district_id_book_code"),
    )
    op.create_table(
        "adoption",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("form", sa.Text()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_adoption"),
        sa.UniqueConstraint(
            "district_id",
            "path",
            "form",
            "from_on",
            name="uq_adoption_district_id_path_form_from_on",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("form IS NULL OR form IN ('single', 'joint', 'trade')", name=op.f("ck_adoption_form_known")),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_adoption_ends_after_start")),
    )

    steps.distribute(["cycle_frame", "cycle", "quarter", "work_calendar", "edition", "adoption"])

    steps.belong("cycle_frame", "cycle", "quarter", "work_calendar", "edition", "adoption")
    steps.refer("quarter", "cycle", to="cycle", key=("code",))
    steps.refer("work_calendar", "set_by", to="account")

    steps.isolate("cycle_frame", "cycle", "quarter", "work_calendar", "edition", "adoption")


def downgrade() -> None:
    steps.drop("adoption", "edition", "work_calendar", "quarter", "cycle", "cycle_frame")
