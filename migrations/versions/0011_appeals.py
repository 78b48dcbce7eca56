"""Appeals against entries, the entries that they hold in dispute, and complaints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("dispute", "appeal", "complaint_count", "complaint")


def upgrade() -> None:
    _create_appeals()
    _create_complaints()

    steps.distribute(_TABLES)

    steps.belong(*_TABLES)
    steps.refer("dispute", "entry_id", to="entry")
    steps.refer("appeal", "entry_id", to="entry")
    steps.refer("appeal", "cycle", to="cycle", key=("code",))
    steps.refer("appeal", "member_id", to="member")
    steps.refer("appeal", "filed_by", to="account")
    steps.refer("appeal", "decided_by", to="account")
    steps.refer("appeal", "withdrawn_by", to="account")
    steps.refer("appeal", "reversal_id", to="entry")
    steps.refer("appeal", "replacement_id", to="entry")
    steps.refer("complaint", "filed_by", to="account")
    steps.refer("complaint", "answered_by", to="account")

    steps.isolate("appeal", "complaint_count", "complaint")
    # What is decided is in dispute no longer.
    steps.isolate("dispute", rights=steps.READ_WRITE_REMOVE)


def _create_appeals() -> None:
    op.create_table(
        "dispute",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "entry_id", name="pk_dispute"),
    )
    op.create_index("ix_dispute_district_id_cycle_member_id", "dispute", ["district_id", "cycle", "member_id"])
    op.create_table(
        "appeal",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("instance", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid()),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_on", sa.Date()),
        sa.Column("extension_reason", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reversal_id", sa.Uuid()),
        sa.Column("replacement_id", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("decision_digest", sa.LargeBinary()),
        sa.Column("withdrawn_by", sa.Uuid()),
        sa.Column("withdrawal_wish", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_appeal"),
        sa.CheckConstraint("instance IN (1, 2)", name=op.f("ck_appeal_instance_known")),
        sa.CheckConstraint(
            "asked IN ('secretary', 'committee_officer', 'district_officer')", name=op.f("ck_appeal_asked_known")
        ),
        sa.CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name=op.f("ck_appeal_state_known")),
        sa.CheckConstraint("outcome IN ('upheld', 'changed', 'refused')", name=op.f("ck_appeal_outcome_known")),
        sa.CheckConstraint(
            "state <> 'decided' OR (outcome IS NOT NULL AND answer IS NOT NULL)",
            name=op.f("ck_appeal_decided_with_answer"),
        ),
    )
    for column in ("entry_id", "member_id", "filed_at"):
        op.create_index(f"ix_appeal_district_id_{column}", "appeal", ["district_id", column])
    op.create_index(
        "uq_appeal_open_of_entry",
        "appeal",
        ["district_id", "entry_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _create_complaints() -> None:
    op.create_table(
        "complaint_count",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "year", name="pk_complaint_count"),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_complaint_count_last_number_not_negative")),
    )
    op.create_table(
        "complaint",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page", sa.Text()),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_complaint"),
        sa.UniqueConstraint("district_id", "year", "number", name="uq_complaint_district_id_year_number"),
        sa.CheckConstraint("number > 0", name=op.f("ck_complaint_number_from_one")),
        sa.CheckConstraint("kind IN ('complaint', 'suggestion')", name=op.f("ck_complaint_kind_known")),
        sa.CheckConstraint("state IN ('open', 'answered')", name=op.f("ck_complaint_state_known")),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name=op.f("ck_complaint_answered_with_words")),
    )
    op.create_index("ix_complaint_district_id_filed_by", "complaint", ["district_id", "filed_by"])


def downgrade() -> None:
    steps.drop("complaint", "complaint_count", "appeal", "dispute")
