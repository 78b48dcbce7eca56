"""Anonymous surveys: codes by their hash, a sealed box instead of answers, and tallies after the close."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0024"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLES = ("survey", "survey_subject", "survey_code", "answer_box", "tally")


def upgrade() -> None:
    op.create_table(
        "survey",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sheet", postgresql.JSONB(), nullable=False),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("called_by", sa.Uuid()),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("draws", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.Uuid()),
        sa.Column("drawn_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("sheets", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_survey"),
        sa.UniqueConstraint("district_id", "number", name="uq_survey_district_id_number"),
        sa.CheckConstraint("kind IN ('members', 'staff', 'peers')", name=op.f("ck_survey_kind_known")),
        sa.CheckConstraint("subject IN ('branch', 'secretary')", name=op.f("ck_survey_subject_known")),
        sa.CheckConstraint("state IN ('called', 'closed', 'withdrawn')", name=op.f("ck_survey_state_known")),
    )
    op.create_table(
        "survey_subject",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer()),
        sa.Column("satisfied", sa.Integer()),
        sa.Column("unfit", sa.Integer()),
        sa.PrimaryKeyConstraint("district_id", "survey_id", "organisation_id", name="pk_survey_subject"),
    )
    op.create_table(
        "survey_code",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "survey_id", "hash", name="pk_survey_code"),
    )
    op.create_table(
        "answer_box",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "survey_id", name="pk_answer_box"),
    )
    op.create_table(
        "tally",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(collation="C"), nullable=False),
        sa.Column("choice", sa.Text(collation="C"), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "survey_id", "organisation_id", "question", "choice", name="pk_tally"),
    )
    op.create_index("ix_survey_district_id_closes_on", "survey", ["district_id", "closes_on"])
    op.create_index(
        "ix_survey_subject_district_id_organisation_id", "survey_subject", ["district_id", "organisation_id"]
    )

    steps.distribute(_TABLES)

    steps.belong(*_TABLES)
    steps.refer("survey", "called_by", to="account")
    steps.refer("survey", "drawn_by", to="account")
    steps.refer("survey_subject", "survey_id", to="survey")
    steps.refer("survey_subject", "organisation_id", to="organisation")
    steps.refer("survey_code", "survey_id", to="survey")
    steps.refer("answer_box", "survey_id", to="survey")
    steps.refer("tally", "survey_id", "organisation_id", to="survey_subject", key=["survey_id", "organisation_id"])

    steps.isolate("survey", "survey_subject")
    steps.isolate("survey_code", "answer_box", rights=steps.READ_WRITE_REMOVE)
    steps.isolate("tally", rights=steps.READ_AND_ADD)
    steps.refuse_changes("tally", hint="What a survey found stays as it was found.")


def downgrade() -> None:
    steps.allow_changes("tally")
    steps.drop(*reversed(_TABLES))
