"""Proposals that are not yet entries, how they were decided, and vetoes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_submission()
    _create_step_and_hearing()
    _create_veto()
    op.create_index("ix_submission_district_id_member_id", "submission", ["district_id", "member_id"])
    op.create_index("ix_submission_district_id_recorded_by", "submission", ["district_id", "recorded_by"])
    op.create_index(
        "ix_submission_district_id_state_recorded_at", "submission", ["district_id", "state", "recorded_at"]
    )
    op.create_index("ix_hearing_district_id_due_on", "hearing", ["district_id", "due_on"])
    op.create_index("ix_veto_district_id_decided_at", "veto", ["district_id", "decided_at"])
    op.create_index("ix_veto_district_id_member_id", "veto", ["district_id", "member_id"])

    tables = ("submission", "submission_step", "hearing", "veto")
    steps.distribute(tables)

    steps.belong(*tables)
    for table in ("submission", "veto"):
        steps.refer(table, "member_id", to="member")
        steps.refer(table, "branch_id", to="organisation")
        steps.refer(table, "decided_by", to="account")
    steps.refer("submission", "recorded_by", to="account")
    steps.refer("submission", "entry_id", to="entry")
    steps.refer("submission_step", "submission_id", to="submission")
    steps.refer("submission_step", "by", to="account")
    steps.refer("hearing", "submission_id", to="submission")
    steps.refer("hearing", "told_by", to="account")
    steps.refer("hearing", "answered_by", to="account")
    steps.refer("veto", "id", to="submission")
    steps.refer("veto", "cycle", to="cycle", key=("code",))
    steps.refer("veto", "filed_by", to="account")
    steps.refer("veto", "lifted_by", to="account")

    steps.isolate("submission", "hearing", "veto")
    steps.isolate("submission_step", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("veto", "hearing", "submission_step", "submission")


def _create_submission() -> None:
    op.create_table(
        "submission",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("tier", sa.Text()),
        sa.Column("matter", sa.Text()),
        sa.Column("units", sa.Integer()),
        sa.Column("points", sa.Numeric(9, 2)),
        sa.Column("worth", sa.Numeric(9, 2)),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("costs", sa.Text(collation="C")),
        sa.Column("key_work", sa.Text()),
        sa.Column("evidence", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("writers", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("asked", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("submitted_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decision_note", sa.Text()),
        sa.Column("entry_id", sa.Uuid()),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_submission"),
        sa.CheckConstraint("kind IN ('routine', 'innovation', 'fault', 'veto')", name=op.f("ck_submission_kind_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'withdrawn', 'refused', 'posted', 'lapsed')",
            name=op.f("ck_submission_state_known"),
        ),
        sa.CheckConstraint("version > 0 AND round >= 0 AND stage >= 0", name=op.f("ck_submission_counted_from_zero")),
    )


def _create_step_and_hearing() -> None:
    op.create_table(
        "submission_step",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("stage", sa.SmallInteger()),
        sa.Column("note", sa.Text()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "submission_id", "number", name="pk_submission_step"),
        sa.CheckConstraint("number > 0", name=op.f("ck_submission_step_number_from_one")),
    )
    op.create_table(
        "hearing",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("told_how", sa.Text()),
        sa.Column("told_by", sa.Uuid()),
        sa.Column("told_on", sa.Date()),
        sa.Column("told_note", sa.Text()),
        sa.Column("said", sa.Text()),
        sa.Column("due_on", sa.Date()),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "submission_id", "round", name="pk_hearing"),
        sa.CheckConstraint("told_how IN ('message', 'in_person')", name=op.f("ck_hearing_told_how_known")),
        sa.CheckConstraint("(told_at IS NULL) = (due_on IS NULL)", name=op.f("ck_hearing_due_when_told")),
    )


def _create_veto() -> None:
    op.create_table(
        "veto",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("cycle_ends_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("key_work", sa.Text()),
        sa.Column("key_work_year", sa.SmallInteger()),
        sa.Column("key_work_version", sa.SmallInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("filed_at", sa.DateTime(timezone=True)),
        sa.Column("filed_by", sa.Uuid()),
        sa.Column("filed_under", sa.Text()),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_by", sa.Uuid()),
        sa.Column("lifted_why", sa.Text()),
        sa.Column("lifted_reason", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_veto"),
        sa.CheckConstraint("effect IN ('zero', 'band')", name=op.f("ck_veto_effect_known")),
        sa.CheckConstraint("ground IN ('fixed', 'key_work')", name=op.f("ck_veto_ground_known")),
        sa.CheckConstraint("lifted_why IN ('annulled', 'appeal')", name=op.f("ck_veto_lifted_why_known")),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_why IS NULL)", name=op.f("ck_veto_lifted_for_a_reason")),
    )
