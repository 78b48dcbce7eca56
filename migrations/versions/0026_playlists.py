"""What screens play, and members who do not wish to stand on boards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "board_opt_out",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "member_id", name="pk_board_opt_out"),
    )
    op.create_table(
        "playlist",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_playlist"),
        sa.CheckConstraint("version > 0", name=op.f("ck_playlist_version_positive")),
    )
    op.create_table(
        "playlist_screen",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("screen_id", sa.Uuid(), nullable=False),
        sa.Column("playlist_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "screen_id", name="pk_playlist_screen"),
    )

    steps.distribute(["board_opt_out", "playlist", "playlist_screen"])

    steps.belong("board_opt_out", "playlist", "playlist_screen")
    steps.refer("board_opt_out", "member_id", to="member")
    steps.refer("playlist", "set_by", to="account")
    steps.refer("playlist_screen", "screen_id", to="screen_token")
    steps.refer("playlist_screen", "playlist_id", to="playlist")
    steps.refer("playlist_screen", "set_by", to="account")

    steps.isolate("playlist")
    steps.isolate("board_opt_out", "playlist_screen", rights=steps.READ_WRITE_REMOVE)


def downgrade() -> None:
    steps.drop("playlist_screen", "playlist", "board_opt_out")
