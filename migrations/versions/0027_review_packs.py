"""Review packs: the frozen papers of a quarter, their bytes, and the copies that were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("review_pack", "review_pack_chunk", "review_copy", "review_copy_chunk")


def upgrade() -> None:
    _tables()
    steps.distribute(TABLES)
    steps.belong(*TABLES)
    steps.refer("review_pack", "quarter", to="quarter", key=("code",))
    steps.refer("review_pack", "scope_id", to="organisation")
    steps.refer("review_pack", "asked_by", to="account")
    steps.refer("review_pack_chunk", "pack_id", to="review_pack")
    steps.refer("review_copy", "pack_id", to="review_pack")
    steps.refer("review_copy", "taken_by", to="account")
    steps.refer("review_copy_chunk", "copy_id", to="review_copy")

    # What is still being made is taken back whole; a copy's bytes go when it expires. What was made stays.
    steps.isolate("review_pack", "review_copy_chunk", rights=steps.READ_WRITE_REMOVE)
    steps.isolate("review_pack_chunk", "review_copy", rights=steps.READ_AND_ADD)
    for table in ("review_pack_chunk", "review_copy"):
        steps.refuse_changes(table, hint="A pack stays as it was made.")


def _tables() -> None:
    op.create_table(
        "review_pack",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(collation="C"), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("scope_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid()),
        sa.Column("maker", sa.Uuid()),
        sa.Column("beat_at", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True)),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("root", sa.LargeBinary()),
        sa.Column("editions", postgresql.JSONB(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("lacking", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_review_pack"),
        sa.UniqueConstraint(
            "district_id", "kind", "period", "scope_id", name="uq_review_pack_district_id_kind_period_scope_id"
        ),
        sa.CheckConstraint("kind IN ('quarter', 'half', 'year')", name=op.f("ck_review_pack_kind_known")),
        sa.CheckConstraint("state IN ('waiting', 'making', 'done', 'failed')", name=op.f("ck_review_pack_state_known")),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_review_pack_progress_in_percent")),
        sa.CheckConstraint("state <> 'done' OR num_nulls(digest, made_at) = 0", name=op.f("ck_review_pack_done_whole")),
    )
    op.create_table(
        "review_pack_chunk",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "pack_id", "part", "number", name="pk_review_pack_chunk"),
    )
    op.create_table(
        "review_copy",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Uuid()),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_review_copy"),
    )
    op.create_index("ix_review_copy_district_id_expires_at", "review_copy", ["district_id", "expires_at"])
    op.create_table(
        "review_copy_chunk",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("copy_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "copy_id", "number", name="pk_review_copy_chunk"),
    )


def downgrade() -> None:
    for table in ("review_copy", "review_pack_chunk"):
        steps.allow_changes(table)
    steps.drop(*reversed(TABLES))
