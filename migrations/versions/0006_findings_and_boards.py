"""What the lines found, and what boards may show."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "line_finding",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("exclusions", postgresql.JSONB(), nullable=False),
        sa.Column("position", sa.Integer()),
        sa.Column("consequence", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text()),
        sa.Column("places", sa.Integer()),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_line_finding"),
        sa.UniqueConstraint(
            "district_id", "quarter", "line", "member_id", name="uq_line_finding_district_id_quarter_line_member_id"
        ),
    )
    op.create_table(
        "line_count",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("out_of_reach", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer()),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "quarter", "line", name="pk_line_count"),
    )
    op.create_table(
        "line_setting",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("half_year_decides", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", name="pk_line_setting"),
    )
    op.create_table(
        "board_policy",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Text(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "audience", "version", name="pk_board_policy"),
        sa.CheckConstraint(
            "audience IN ('members', 'branch', 'district', 'screens')", name=op.f("ck_board_policy_audience_known")
        ),
        sa.CheckConstraint("names IN ('full', 'masked', 'initials')", name=op.f("ck_board_policy_names_known")),
        sa.CheckConstraint("reach IN ('off', 'branch', 'district')", name=op.f("ck_board_policy_reach_known")),
        sa.CheckConstraint("top BETWEEN 1 AND 200", name=op.f("ck_board_policy_top_in_range")),
        sa.CheckConstraint("version > 0", name=op.f("ck_board_policy_version_positive")),
    )

    steps.distribute(["line_finding", "line_count", "line_setting", "board_policy"])

    steps.belong("line_finding", "line_count", "line_setting", "board_policy")
    steps.refer("line_finding", "quarter", to="quarter", key=("code",))
    steps.refer("line_finding", "member_id", to="member")
    steps.refer("line_finding", "branch_id", to="organisation")
    steps.refer("line_count", "quarter", to="quarter", key=("code",))
    steps.refer("board_policy", "set_by", to="account")

    # A run of the lines by hand replaces what the run before found.
    steps.isolate("line_finding", "line_count", rights=steps.READ_WRITE_REMOVE)
    steps.isolate("line_setting")
    steps.isolate("board_policy", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("board_policy", "line_setting", "line_count", "line_finding")
