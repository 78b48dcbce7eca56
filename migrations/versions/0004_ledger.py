"""The ledger, and what follows from it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entry",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text()),
        sa.Column("tier", sa.Text()),
        sa.Column("matter", sa.Text()),
        sa.Column("cause", sa.Uuid()),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(collation="C"), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("booked_in", sa.Text(collation="C"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("approved_by", sa.Uuid()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("batch", sa.Uuid()),
        sa.Column("reverses", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.Column("text_digest", sa.LargeBinary()),
        sa.Column("costs", sa.Text(collation="C")),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_entry"),
        sa.UniqueConstraint(
            "district_id", "cycle", "member_id", "seq", name="uq_entry_district_id_cycle_member_id_seq"
        ),
        sa.UniqueConstraint("district_id", "reverses", name="uq_entry_district_id_reverses"),
        sa.CheckConstraint(
            "kind IN ('opening', 'routine', 'innovation', 'fault', 'veto')", name=op.f("ck_entry_kind_known")
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_entry_seq_positive")),
    )
    op.create_table(
        "entry_text",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "entry_id", name="pk_entry_text"),
    )
    op.create_table(
        "standing",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opening", sa.Integer(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("regimes", postgresql.JSONB(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("innovation", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("effective", sa.Integer(), nullable=False),
        sa.Column("decimals", sa.SmallInteger(), nullable=False),
        sa.Column("matrix", postgresql.JSONB(), nullable=False),
        sa.Column("vetoes", sa.Integer(), nullable=False),
        sa.Column("band", sa.Text()),
        sa.Column("ranked", sa.Boolean(), nullable=False),
        sa.Column("running_hash", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "cycle", "member_id", name="pk_standing"),
    )
    op.create_table(
        "duty",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(collation="C"), nullable=False),
        sa.Column("window", sa.Text(collation="C"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("entry_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "cycle", "member_id", "item", "window", name="pk_duty"),
        sa.CheckConstraint("share >= 0", name=op.f("ck_duty_share_not_negative")),
        sa.CheckConstraint("state IN ('expected', 'kept', 'missed', 'waived')", name=op.f("ck_duty_state_known")),
    )

    op.create_index(
        "ix_entry_routine_of_branch",
        "entry",
        ["district_id", "booked_in", "branch_id"],
        postgresql_where=sa.text("kind = 'routine' AND reverses IS NULL"),
    )
    op.create_index("ix_standing_district_id_cycle_branch_id", "standing", ["district_id", "cycle", "branch_id"])
    op.create_index(
        "ix_entry_innovation_by_time",
        "entry",
        ["district_id", "recorded_at"],
        postgresql_where=sa.text("kind = 'innovation' AND reverses IS NULL"),
    )
    op.create_table(
        "telling",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("told_by", sa.Uuid()),
        sa.Column("told_note", sa.Text()),
        sa.Column("said", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "entry_id", name="pk_telling"),
    )
    op.create_index("ix_telling_district_id_path_asked_on", "telling", ["district_id", "path", "asked_on"])

    steps.distribute(["entry", "entry_text", "standing", "duty", "telling"])

    steps.belong("entry", "entry_text", "standing", "duty", "telling")
    steps.refer("entry", "cycle", to="cycle", key=("code",))
    steps.refer("entry", "member_id", to="member")
    steps.refer("entry", "branch_id", to="organisation")
    steps.refer("entry", "edition", to="edition", key=("digest",))
    steps.refer("entry", "booked_in", to="quarter", key=("code",))
    steps.refer("entry", "recorded_by", to="account")
    steps.refer("entry", "approved_by", to="account")
    steps.refer("entry", "reverses", to="entry")
    steps.refer("entry_text", "entry_id", to="entry")
    steps.refer("standing", "cycle", to="cycle", key=("code",))
    steps.refer("standing", "member_id", to="member")
    steps.refer("standing", "branch_id", to="organisation")
    steps.refer("duty", "cycle", to="cycle", key=("code",))
    steps.refer("duty", "member_id", to="member")
    steps.refer("duty", "entry_id", to="entry")
    steps.refer("telling", "entry_id", to="entry")
    steps.refer("telling", "member_id", to="member")
    steps.refer("telling", "told_by", to="account")

    # Only added to: no right to change or remove a row, and a trigger that refuses it to the owner too.
    steps.isolate("entry", rights=steps.READ_AND_ADD)
    steps.refuse_changes("entry")
    steps.isolate("standing", "telling")
    # The words of a person can be erased; duties not yet due are taken back with their ground.
    steps.isolate("entry_text", "duty", rights=steps.READ_WRITE_REMOVE)


def downgrade() -> None:
    steps.allow_changes("entry")
    steps.drop("telling", "duty", "standing", "entry_text", "entry")
