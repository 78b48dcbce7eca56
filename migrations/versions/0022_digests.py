"""Digests: what was known of a month, quarter, half-year or year, frozen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_snapshot",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_digest_snapshot"),
        sa.UniqueConstraint(
            "district_id", "kind", "period", "scope_id", name="uq_digest_snapshot_district_id_kind_period_scope_id"
        ),
        sa.CheckConstraint("kind IN ('month', 'quarter', 'half', 'year')", name=op.f("ck_digest_snapshot_kind_known")),
    )
    op.create_index("ix_digest_snapshot_district_id_made_at", "digest_snapshot", ["district_id", "made_at"])

    op.create_table(
        "sample_inspection",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("in_order", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inspected_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_sample_inspection"),
        sa.CheckConstraint(
            "follows IN ('nothing', 'correction', 'evidence', 'fault')", name=op.f("ck_sample_inspection_follows_known")
        ),
        sa.CheckConstraint(
            "NOT in_order OR follows = 'nothing'", name=op.f("ck_sample_inspection_nothing_follows_from_order")
        ),
    )
    op.create_index(
        "ix_sample_inspection_district_id_digest_id_entry_id",
        "sample_inspection",
        ["district_id", "digest_id", "entry_id"],
    )

    steps.distribute(["digest_snapshot", "sample_inspection"])

    steps.belong("digest_snapshot", "sample_inspection")
    steps.refer("digest_snapshot", "scope_id", to="organisation")
    steps.refer("sample_inspection", "digest_id", to="digest_snapshot")
    steps.refer("sample_inspection", "entry_id", to="entry")
    steps.refer("sample_inspection", "inspected_by", to="account")

    steps.isolate("digest_snapshot", "sample_inspection", rights=steps.READ_AND_ADD)
    steps.refuse_changes("digest_snapshot", hint="A digest stays as it was made; the next one says what has changed.")
    steps.refuse_changes("sample_inspection", hint="What was found stays; a later look at the entry is added to it.")


def downgrade() -> None:
    steps.allow_changes("sample_inspection")
    steps.allow_changes("digest_snapshot")
    steps.drop("sample_inspection")
    steps.drop("digest_snapshot")
