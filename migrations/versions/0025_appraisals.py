"""The yearly appraisal of secretaries, and the duty lists that are kept for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import steps

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _appraisal_round() -> None:
    op.create_table(
        "appraisal_round",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("rating_round_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_on", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appraisal_round"),
        sa.CheckConstraint(
            "state IN ('open', 'deciding', 'notice', 'filed', 'withdrawn')", name=op.f("ck_appraisal_round_state_known")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_appraisal_round_version_positive")),
    )


def _appraisal() -> None:
    op.create_table(
        "appraisal",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("post_from", sa.Date(), nullable=False),
        sa.Column("post_until", sa.Date()),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("is_left", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("grade", sa.Text()),
        sa.Column("scored_as", sa.Text()),
        sa.Column("decided_grade", sa.Text()),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("ground", sa.Text()),
        sa.Column("ground_words", sa.Text()),
        sa.Column("refusal", sa.Text()),
        sa.Column("signed_by", sa.Uuid()),
        sa.Column("notice_from", sa.Date()),
        sa.Column("notice_until", sa.Date()),
        sa.Column("filed_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appraisal"),
        sa.UniqueConstraint(
            "district_id",
            "round_id",
            "branch_id",
            "account_id",
            name="uq_appraisal_district_id_round_id_branch_id_account_id",
        ),
        sa.CheckConstraint(
            "state IN ('open', 'signed', 'deciding', 'decided', 'notice', 'disputed', 'filed', 'ungraded',"
            " 'withdrawn')",
            name=op.f("ck_appraisal_state_known"),
        ),
        sa.CheckConstraint("(ground IS NULL) = (ground_words IS NULL)", name=op.f("ck_appraisal_ground_with_words")),
        sa.CheckConstraint("version > 0", name=op.f("ck_appraisal_version_positive")),
    )


def _appraisal_part() -> None:
    op.create_table(
        "appraisal_part",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appraisal_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.Text(collation="C"), nullable=False),
        sa.Column("measured", JSONB(none_as_null=True)),
        sa.Column("given_part", sa.Integer()),
        sa.Column("given_whole", sa.Integer()),
        sa.Column("votes", JSONB(none_as_null=True)),
        sa.Column("note", sa.Text()),
        sa.Column("given_by", sa.Uuid()),
        sa.Column("given_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appraisal_part"),
        sa.UniqueConstraint(
            "district_id", "appraisal_id", "part", name="uq_appraisal_part_district_id_appraisal_id_part"
        ),
        sa.CheckConstraint(
            "(given_part IS NULL) = (given_whole IS NULL)", name=op.f("ck_appraisal_part_whole_with_part")
        ),
    )


def _responsibility() -> None:
    op.create_table(
        "responsibility",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Text(collation="C"), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.Text()),
        sa.Column("reported_by", sa.Uuid()),
        sa.Column("verdict", sa.Text()),
        sa.Column("judged_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_responsibility"),
        sa.CheckConstraint(
            "state IN ('open', 'reported', 'met', 'unmet', 'dropped')", name=op.f("ck_responsibility_state_known")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_responsibility_version_positive")),
    )


def _appraisal_step() -> None:
    op.create_table(
        "appraisal_step",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid()),
        sa.Column("round_id", sa.Uuid()),
        sa.Column("appraisal_id", sa.Uuid()),
        sa.Column("responsibility_id", sa.Uuid()),
        sa.Column("basis", sa.Text()),
        sa.Column("about", sa.Text()),
        sa.Column("grade", sa.Text()),
        sa.Column("answers", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appraisal_step"),
    )


def upgrade() -> None:
    _appraisal_round()
    _appraisal()
    _appraisal_part()
    _responsibility()
    _appraisal_step()
    op.create_index("ix_appraisal_district_id_account_id", "appraisal", ["district_id", "account_id"])
    op.create_index("ix_appraisal_district_id_path", "appraisal", ["district_id", "path"])
    op.create_index(
        "ix_responsibility_district_id_year_branch_id", "responsibility", ["district_id", "year", "branch_id"]
    )
    op.create_index("ix_responsibility_district_id_batch_id", "responsibility", ["district_id", "batch_id"])
    op.create_index("ix_appraisal_step_district_id_appraisal_id", "appraisal_step", ["district_id", "appraisal_id"])
    op.create_index(
        "ix_appraisal_step_district_id_responsibility_id", "appraisal_step", ["district_id", "responsibility_id"]
    )
    op.create_index(
        "uq_appraisal_round_code",
        "appraisal_round",
        ["district_id", "code"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )

    steps.distribute(["appraisal_round", "appraisal", "appraisal_part", "responsibility", "appraisal_step"])

    steps.belong("appraisal_round", "appraisal", "appraisal_part", "responsibility", "appraisal_step")
    steps.refer("appraisal_round", "rating_round_id", to="rating_round")
    steps.refer("appraisal_round", "opened_by", to="account")
    steps.refer("appraisal", "round_id", to="appraisal_round")
    steps.refer("appraisal", "account_id", to="account")
    steps.refer("appraisal", "branch_id", to="organisation")
    steps.refer("appraisal", "committee_id", to="organisation")
    steps.refer("appraisal", "signed_by", to="account")
    steps.refer("appraisal_part", "appraisal_id", to="appraisal")
    steps.refer("appraisal_part", "given_by", to="account")
    steps.refer("responsibility", "branch_id", to="organisation")
    steps.refer("responsibility", "set_by", to="account")
    steps.refer("responsibility", "reported_by", to="account")
    steps.refer("responsibility", "judged_by", to="account")
    steps.refer("appraisal_step", "by", to="account")
    steps.refer("appraisal_step", "round_id", to="appraisal_round")
    steps.refer("appraisal_step", "appraisal_id", to="appraisal")
    steps.refer("appraisal_step", "responsibility_id", to="responsibility")
    steps.refer("appraisal_step", "answers", to="appraisal_step")

    steps.isolate("appraisal_round", "appraisal", "appraisal_part", "responsibility")
    steps.isolate("appraisal_step", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("appraisal_step", "responsibility", "appraisal_part", "appraisal", "appraisal_round")
