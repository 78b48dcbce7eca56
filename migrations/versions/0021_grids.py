"""Grids with their leads, who helps whom, and what a grid plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import steps

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLES = ("grid", "grid_member", "grid_lead", "grid_plan", "mentoring", "mentoring_visit", "mentoring_progress")


def upgrade() -> None:
    _grids()
    _mentorings()
    _indexes()

    steps.distribute(_TABLES)

    steps.belong(*_TABLES)
    steps.refer("grid_member", "enterprise_id", to="enterprise")
    steps.refer("grid_member", "grid_id", to="grid")
    steps.refer("grid_member", "territory_id", to="organisation")
    steps.refer("grid_lead", "grid_id", to="grid")
    steps.refer("grid_lead", "branch_id", to="organisation")
    steps.refer("grid_lead", "deputy_id", to="organisation")
    steps.refer("grid_plan", "grid_id", to="grid")
    steps.refer("grid_plan", "parent_id", to="grid_plan")
    steps.refer("grid_plan", "host_id", to="organisation")
    steps.refer("grid_plan", "activity_id", to="activity")
    steps.refer("grid_plan", "recorded_by", to="account")
    steps.refer("mentoring", "lead_id", to="grid_lead")
    steps.refer("mentoring", "before_id", to="mentoring")
    steps.refer("mentoring_progress", "mentoring_id", to="mentoring")
    steps.refer("mentoring_visit", "mentoring_id", to="mentoring")
    steps.refer("mentoring_visit", "recorded_by", to="account")

    steps.isolate(*_TABLES)


def _grids() -> None:
    op.create_table(
        "grid",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trades", JSONB(), nullable=False),
        sa.Column("neighbours", JSONB(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_grid"),
        sa.UniqueConstraint("district_id", "code", name="uq_grid_district_id_code"),
    )
    op.create_table(
        "grid_member",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_grid_member"),
        sa.UniqueConstraint(
            "district_id", "enterprise_id", "from_on", name="uq_grid_member_district_id_enterprise_id_from_on"
        ),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= from_on", name=op.f("ck_grid_member_ends_after_start")
        ),
    )  # fmt: skip
    op.create_table(
        "grid_lead",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid()),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("star", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_grid_lead"),
        sa.CheckConstraint(
            "state IN ('leading', 'leaving', 'acting', 'ended')", name=op.f("ck_grid_lead_state_known")
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_grid_lead_capacity_positive")),
    )  # fmt: skip
    op.create_table(
        "grid_plan",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("host_id", sa.Uuid()),
        sa.Column("activity_id", sa.Uuid()),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_grid_plan"),
        sa.CheckConstraint("level IN ('year', 'quarter', 'month', 'week')", name=op.f("ck_grid_plan_level_known")),
    )


def _mentorings() -> None:
    op.create_table(
        "mentoring",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("lead_path", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("helped_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("grounds", JSONB(), nullable=False),
        sa.Column("costs", JSONB(), nullable=False),
        sa.Column("by_hand", sa.Text()),
        sa.Column("star", sa.Integer()),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("lead_agreed_on", sa.Date()),
        sa.Column("helped_agreed_on", sa.Date()),
        sa.Column("active_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("outcome", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("before_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_mentoring"),
        sa.CheckConstraint("kind IN ('branch', 'enterprise', 'member')", name=op.f("ck_mentoring_kind_known")),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'active', 'ended')", name=op.f("ck_mentoring_state_known")
        ),
    )  # fmt: skip
    op.create_table(
        "mentoring_visit",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mentoring_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("problems_found", sa.Integer(), nullable=False),
        sa.Column("problems_solved", sa.Integer(), nullable=False),
        sa.Column("star", sa.Integer()),
        sa.Column("average", sa.Integer()),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_mentoring_visit"),
        sa.CheckConstraint("kind IN ('visit', 'joint_meeting')", name=op.f("ck_mentoring_visit_kind_known")),
    )

    op.create_table(
        "mentoring_progress",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("mentoring_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(collation="C"), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("star", sa.Integer()),
        sa.Column("average", sa.Integer()),
        sa.PrimaryKeyConstraint("district_id", "mentoring_id", "quarter", name="pk_mentoring_progress"),
    )


def _indexes() -> None:
    op.create_index("ix_grid_member_district_id_grid_id", "grid_member", ["district_id", "grid_id"])
    op.create_index("ix_grid_plan_district_id_grid_id_window", "grid_plan", ["district_id", "grid_id", "window"])
    op.create_index("ix_mentoring_district_id_lead_id", "mentoring", ["district_id", "lead_id"])
    op.create_index(
        "ix_mentoring_visit_district_id_mentoring_id_held_on",
        "mentoring_visit",
        ["district_id", "mentoring_id", "held_on"],
    )
    for name, table, column, where in (
        ("uq_grid_member_open", "grid_member", "enterprise_id", "until_on IS NULL"),
        ("uq_grid_lead_open", "grid_lead", "branch_id", "state <> 'ended'"),
        ("uq_mentoring_open", "mentoring", "helped_id", "state <> 'ended'"),
    ):
        op.create_index(name, table, ["district_id", column], unique=True, postgresql_where=sa.text(where))


def downgrade() -> None:
    steps.drop(*reversed(_TABLES))
