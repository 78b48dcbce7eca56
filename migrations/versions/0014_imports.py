"""Imports of entries: batches, and the record that each row became."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("reversal_id", sa.Uuid()),
        sa.Column("reversed_at", sa.DateTime(timezone=True)),
        sa.Column("reversed_by", sa.Uuid()),
        sa.Column("reversal_reason", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_import_batch"),
        sa.CheckConstraint("row_count > 0", name=op.f("ck_import_batch_rows_counted")),
        sa.CheckConstraint(
            "(reversed_at IS NULL) = (reversal_id IS NULL)", name=op.f("ck_import_batch_reversed_under_an_id")
        ),
    )
    op.create_table(
        "import_row",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "batch_id", "row", name="pk_import_row"),
        sa.CheckConstraint("row > 0", name=op.f("ck_import_row_row_positive")),
    )
    op.create_index("ix_import_batch_district_id_recorded_at", "import_batch", ["district_id", "recorded_at"])
    op.create_index(
        "uq_import_batch_content",
        "import_batch",
        ["district_id", "content_digest"],
        unique=True,
        postgresql_where=sa.text("NOT again AND reversed_at IS NULL"),
    )

    steps.distribute(["import_batch", "import_row"])

    steps.belong("import_batch", "import_row")
    steps.refer("import_batch", "recorded_by", to="account")
    steps.refer("import_batch", "reversed_by", to="account")
    steps.refer("import_row", "batch_id", to="import_batch")

    steps.isolate("import_batch")
    steps.isolate("import_row", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("import_row", "import_batch")
