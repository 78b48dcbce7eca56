"""What people are told, and what leaves for other systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inbox",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_inbox"),
        sa.UniqueConstraint("district_id", "member_id", name="uq_inbox_district_id_member_id"),
        sa.UniqueConstraint("district_id", "account_id", name="uq_inbox_district_id_account_id"),
        sa.CheckConstraint("member_id IS NOT NULL OR account_id IS NOT NULL", name=op.f("ck_inbox_of_somebody")),
    )
    op.create_table(
        "message",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("inbox_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_message"),
        sa.UniqueConstraint("district_id", "inbox_id", "number", name="uq_message_district_id_inbox_id_number"),
        sa.UniqueConstraint(
            "district_id",
            "inbox_id",
            "kind",
            "subject_id",
            "subject_kind",
            "occasion",
            name="uq_message_told_once",
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_message_number_from_one")),
    )
    op.create_index(
        "ix_message_unread", "message", ["district_id", "inbox_id"], postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "webhook",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", postgresql.JSONB()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_webhook"),
    )
    op.create_table(
        "delivery",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_delivery"),
        sa.UniqueConstraint(
            "district_id", "webhook_id", "message_id", name="uq_delivery_district_id_webhook_id_message_id"
        ),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name=op.f("ck_delivery_state_known")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_not_negative")),
    )
    op.create_index(
        "ix_delivery_waiting",
        "delivery",
        ["district_id", "next_attempt_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )

    steps.distribute(["inbox", "message", "webhook", "delivery"])

    steps.belong("inbox", "message", "webhook", "delivery")
    steps.refer("inbox", "member_id", to="member")
    steps.refer("inbox", "account_id", to="account")
    steps.refer("message", "inbox_id", to="inbox")
    steps.refer("webhook", "created_by", to="account")
    steps.refer("delivery", "webhook_id", to="webhook")
    steps.refer("delivery", "message_id", to="message")

    steps.isolate("inbox", "message", "webhook", "delivery")


def downgrade() -> None:
    steps.drop("delivery", "webhook", "message", "inbox")
