"""The quarter's end: routine entries confirmed, results on notice, standings frozen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = ("entry_check", "notice", "quarter_standing")


def upgrade() -> None:
    _create_check_and_notice()
    _create_frozen()

    steps.distribute(_TABLES)

    steps.belong(*_TABLES)
    steps.refer("entry_check", "entry_id", to="entry")
    steps.refer("entry_check", "checked_by", to="account")
    steps.refer("notice", "quarter", to="quarter", key=("code",))
    steps.refer("notice", "branch_id", to="organisation")
    steps.refer("notice", "member_id", to="member")
    steps.refer("quarter_standing", "quarter", to="quarter", key=("code",))
    steps.refer("quarter_standing", "cycle", to="cycle", key=("code",))
    steps.refer("quarter_standing", "member_id", to="member")
    steps.refer("quarter_standing", "branch_id", to="organisation")
    steps.refer("quarter_standing", "edition", to="edition", key=("digest",))

    steps.isolate(*_TABLES, rights=steps.READ_AND_ADD)
    steps.refuse_changes("quarter_standing", hint="A sealed quarter stays; corrections are booked in the open one.")


def _create_check_and_notice() -> None:
    op.create_table(
        "entry_check",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("checked_by", sa.Uuid()),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "entry_id", name="pk_entry_check"),
    )
    op.create_table(
        "notice",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_notice"),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_notice_ends_after_start")),
    )
    op.create_index(
        "uq_notice_of_branch",
        "notice",
        ["district_id", "quarter", "branch_id"],
        unique=True,
        postgresql_where=sa.text("member_id IS NULL"),
    )
    op.create_index("ix_notice_of_row", "notice", ["district_id", "quarter", "member_id"])


def _create_frozen() -> None:
    op.create_table(
        "quarter_standing",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("running_hash", sa.LargeBinary(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("innovation", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("matrix", postgresql.JSONB(), nullable=False),
        sa.Column("vetoes", sa.Integer(), nullable=False),
        sa.Column("band", sa.Text()),
        sa.Column("ranked", sa.Boolean(), nullable=False),
        sa.Column("duties_due", sa.Integer(), nullable=False),
        sa.Column("duties_decided", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "quarter", "member_id", name="pk_quarter_standing"),
    )


def downgrade() -> None:
    steps.allow_changes("quarter_standing")
    steps.drop("quarter_standing", "notice", "entry_check")
