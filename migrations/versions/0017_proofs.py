"""Proof: checkpoints over the ledger, what each took in, and certificates of sealed quarters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = ("checkpoint", "checkpoint_leaf", "certificate")


def upgrade() -> None:
    _create_checkpoint()
    _create_leaf()
    op.create_table(
        "certificate",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "quarter", name="pk_certificate"),
    )

    steps.distribute(_TABLES)

    steps.belong(*_TABLES)
    steps.refer("checkpoint", "quarter", to="quarter", key=("code",))
    steps.refer("certificate", "quarter", to="quarter", key=("code",))
    steps.refer("certificate", "made_by", to="account")

    steps.isolate(*_TABLES, rights=steps.READ_AND_ADD)
    for table in _TABLES:
        steps.refuse_changes(table, hint="What proves the past is never changed.")


def _create_checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("leaves_root", sa.LargeBinary(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C")),
        sa.Column("rows", sa.Integer()),
        sa.Column("rows_root", sa.LargeBinary()),
        sa.Column("editions", postgresql.JSONB()),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "number", name="pk_checkpoint"),
        sa.UniqueConstraint("district_id", "quarter", name="uq_checkpoint_district_id_quarter"),
        sa.CheckConstraint("number > 0", name=op.f("ck_checkpoint_number_positive")),
        sa.CheckConstraint(
            "num_nulls(quarter, rows, rows_root, editions) IN (0, 4)", name=op.f("ck_checkpoint_seal_whole")
        ),
    )


def _create_leaf() -> None:
    op.create_table(
        "checkpoint_leaf",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("checkpoint", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(collation="C"), nullable=False),
        sa.Column("cycle", sa.Text(collation="C"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "checkpoint", "about", "cycle", "member_id", name="pk_checkpoint_leaf"),
        sa.CheckConstraint("about IN ('standing', 'frozen')", name=op.f("ck_checkpoint_leaf_about_known")),
    )
    op.create_index(
        "uq_checkpoint_leaf_of_standing",
        "checkpoint_leaf",
        ["district_id", "cycle", "member_id", "seq"],
        unique=True,
        postgresql_where=sa.text("about = 'standing'"),
    )


def downgrade() -> None:
    for table in _TABLES:
        steps.allow_changes(table)
    steps.drop("certificate", "checkpoint_leaf", "checkpoint")
