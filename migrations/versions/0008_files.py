"""Evidence: what is kept, who has sent it in, and what it is evidence of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(collation="C"), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "hash", name="pk_file"),
        sa.CheckConstraint("size > 0", name=op.f("ck_file_size_positive")),
    )
    op.create_table(
        "file_upload",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(collation="C"), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "hash", "uploaded_by", name="pk_file_upload"),
    )
    op.create_index("ix_file_upload_district_id_uploaded_at", "file_upload", ["district_id", "uploaded_at"])
    op.create_table(
        "file_use",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "owner_kind", "owner_id", "hash", name="pk_file_use"),
        sa.CheckConstraint(
            "owner_kind IN ('entry', 'submission', 'activity', 'appeal', 'indicator', 'appraisal', 'responsibility')",
            name=op.f("ck_file_use_owner_kind_known"),
        ),
    )
    op.create_index("ix_file_use_district_id_hash", "file_use", ["district_id", "hash"])

    steps.distribute(["file", "file_upload", "file_use"])

    steps.belong("file", "file_upload", "file_use")
    steps.refer("file_upload", "hash", to="file", key=["hash"])
    steps.refer("file_upload", "uploaded_by", to="account")
    steps.refer("file_use", "hash", to="file", key=["hash"])
    steps.refer("file_use", "attached_by", to="account")

    # What nobody attached is removed after some days; what was attached is not.
    steps.isolate("file", "file_upload", rights=steps.READ_WRITE_REMOVE)
    steps.isolate("file_use", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("file_use", "file_upload", "file")
