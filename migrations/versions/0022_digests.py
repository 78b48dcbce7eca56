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

    steps.distribute(["digest_snapshot"])

    steps.belong("digest_snapshot")
    steps.refer("digest_snapshot", "scope_id", to="organisation")

    steps.isolate("digest_snapshot", rights=steps.READ_AND_ADD)
    steps.refuse_changes("digest_snapshot", hint="A digest stays as it was made; the next one says what has changed.")


def downgrade() -> None:
    steps.allow_changes("digest_snapshot")
    steps.drop("digest_snapshot")
