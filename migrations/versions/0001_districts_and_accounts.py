"""The district, and who may call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_district"),
        sa.UniqueConstraint("code", name="uq_district_code"),
    )
    op.create_table(
        "account",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_account"),
        sa.UniqueConstraint("district_id", "login", name="uq_account_district_id_login"),
    )
    op.create_table(
        "credential",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "account_id", name="pk_credential"),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_credential_failures_not_negative")),
    )
    op.create_table(
        "appointment",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appointment"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_appointment_ends_after_start")),
    )
    op.create_index("ix_appointment_district_id_account_id", "appointment", ["district_id", "account_id"])
    op.create_table(
        "session",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "token_digest", name="pk_session"),
    )
    op.create_index("ix_session_district_id_account_id", "session", ["district_id", "account_id"])

    steps.distribute(["account", "credential", "appointment", "session"], references=["district"])

    steps.belong("account", "credential", "appointment", "session")
    steps.refer("credential", "account_id", to="account")
    steps.refer("appointment", "account_id", to="account")
    steps.refer("session", "account_id", to="account")

    steps.isolate("account", "credential", "appointment")
    steps.isolate("session", rights=steps.READ_WRITE_REMOVE)
    # Districts are made by the owner; the service only finds its own by its code.
    steps.grant("SELECT", "district")
    # For readiness: is the database at this version's schema?
    steps.grant("SELECT", "alembic_version")


def downgrade() -> None:
    op.execute(f"REVOKE SELECT ON alembic_version FROM {steps.application_role()}")
    steps.drop("session", "appointment", "credential", "account", "district")
