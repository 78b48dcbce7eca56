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
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("toured_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_account"),
        sa.UniqueConstraint("district_id", "login", name="uq_account_district_id_login"),
        sa.CheckConstraint("kind IN ('person', 'key')", name=op.f("ck_account_kind_known")),
    )
    op.create_table(
        "credential",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("must_change", sa.Boolean(), nullable=False),
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
        "succession",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("heir_path", sa.Text(collation="C"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "path", "heir_path", "from_on", name="pk_succession"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_succession_ends_after_start")),
    )
    op.create_index("ix_succession_district_id_heir_path", "succession", ["district_id", "heir_path"])
    op.create_table(
        "session",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("device", sa.Text()),
        sa.Column("identity_id", sa.Uuid()),
        sa.Column("factor_elsewhere", sa.Boolean(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("token_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("family_digest", sa.LargeBinary()),
        sa.Column("refresh_digest", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_session"),
        sa.UniqueConstraint("district_id", "token_digest", name="uq_session_district_id_token_digest"),
        sa.UniqueConstraint("district_id", "family_digest", name="uq_session_district_id_family_digest"),
        sa.CheckConstraint("kind IN ('bearer', 'cookie')", name=op.f("ck_session_kind_is_known")),
        sa.CheckConstraint(
            "stage IN ('code', 'password', 'enrolment', 'open')", name=op.f("ck_session_stage_is_known")
        ),
        sa.CheckConstraint(
            "(family_digest IS NULL) = (refresh_digest IS NULL)", name=op.f("ck_session_refreshes_in_a_family")
        ),
    )
    op.create_index("ix_session_district_id_account_id", "session", ["district_id", "account_id"])
    op.create_table(
        "second_factor",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("last_step", sa.BigInteger()),
        sa.PrimaryKeyConstraint("district_id", "account_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "account_id", "digest", name="pk_recovery_code"),
    )

    _create_identities()

    tables = (
        "account", "credential", "appointment", "succession", "identity", "invitation", "session", "second_factor",
        "recovery_code",
    )  # fmt: skip
    steps.distribute(tables, references=["district"])

    steps.belong(*tables)
    steps.refer("credential", "account_id", to="account")
    steps.refer("appointment", "account_id", to="account")
    steps.refer("identity", "account_id", to="account")
    steps.refer("invitation", "account_id", to="account")
    steps.refer("session", "account_id", to="account")
    steps.refer("session", "identity_id", to="identity")
    steps.refer("second_factor", "account_id", to="account")
    steps.refer("recovery_code", "account_id", to="account")

    steps.isolate("account", "credential", "appointment", "succession")
    removed = ("identity", "invitation", "session", "second_factor", "recovery_code")
    steps.isolate(*removed, rights=steps.READ_WRITE_REMOVE)
    # Districts are made by the owner; the service only finds its own by its code.
    steps.grant("SELECT", "district")
    # For readiness: is the database at this version's schema?
    steps.grant("SELECT", "alembic_version")
    _add_tokens_and_log()


def _create_identities() -> None:
    op.create_table(
        "identity",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject_digest", sa.LargeBinary(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_identity"),
        sa.UniqueConstraint(
            "district_id", "issuer", "subject_digest", name="uq_identity_district_id_issuer_subject_digest"
        ),
        sa.UniqueConstraint("district_id", "account_id", "issuer", name="uq_identity_district_id_account_id_issuer"),
    )
    op.create_table(
        "invitation",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "account_id", name="pk_invitation"),
        sa.UniqueConstraint("district_id", "token_digest", name="uq_invitation_district_id_token_digest"),
    )


def _add_tokens_and_log() -> None:
    op.create_table(
        "api_key",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date()),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_api_key"),
        sa.UniqueConstraint("district_id", "token_digest", name="uq_api_key_district_id_token_digest"),
    )
    op.create_table(
        "screen_token",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("last_used_on", sa.Date()),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_screen_token"),
        sa.UniqueConstraint("district_id", "token_digest", name="uq_screen_token_district_id_token_digest"),
    )
    op.create_table(
        "access_log",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("operator", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_access_log"),
    )
    op.create_index("ix_access_log_district_id_at", "access_log", ["district_id", "at"])

    steps.distribute(["api_key", "screen_token", "access_log"])

    steps.belong("api_key", "screen_token", "access_log")
    steps.refer("api_key", "id", to="account")
    steps.refer("access_log", "account_id", to="account")
    for table in ("api_key", "screen_token"):
        steps.refer(table, "created_by", to="account")
        steps.refer(table, "revoked_by", to="account")

    steps.isolate("api_key", "screen_token")
    # Only added to, like the ledger: no right to change or remove a row, and a trigger for everybody else.
    steps.isolate("access_log", rights=steps.READ_AND_ADD)
    steps.refuse_changes("access_log", hint="What was seen or taken away stays written down.")


def downgrade() -> None:
    steps.allow_changes("access_log")
    steps.drop("access_log", "screen_token", "api_key")
    op.execute(f"REVOKE SELECT ON alembic_version FROM {steps.application_role()}")
    steps.drop("recovery_code", "second_factor", "session", "invitation", "identity")
    steps.drop("succession", "appointment", "credential", "account", "district")
