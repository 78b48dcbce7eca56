"""The yearly rounds of branch stars, and the plans that follow from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import steps

revision = "0020"
down_revision = "0018"
branch_labels = None
depends_on = None


def _rating_round() -> None:
    op.create_table(
        "rating_round",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("cut_off", sa.Date(), nullable=False),
        sa.Column("first_round", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_on", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_rating_round"),
        sa.CheckConstraint(
            "state IN ('open', 'deciding', 'notice', 'named', 'withdrawn')", name=op.f("ck_rating_round_state_known")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_rating_round_version_positive")),
    )


def _rating() -> None:
    op.create_table(
        "rating",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=False),
        sa.Column("pool", sa.Text(collation="C"), nullable=False),
        sa.Column("founded_on", sa.Date()),
        sa.Column("last", sa.SmallInteger()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("star", sa.SmallInteger()),
        sa.Column("scored_as", sa.SmallInteger()),
        sa.Column("decided_star", sa.SmallInteger()),
        sa.Column("named_star", sa.SmallInteger()),
        sa.Column("exception", sa.Text()),
        sa.Column("refusal", sa.Text()),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("signed_by", sa.Uuid()),
        sa.Column("notice_from", sa.Date()),
        sa.Column("notice_until", sa.Date()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_until", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_rating"),
        sa.UniqueConstraint("district_id", "round_id", "branch_id", name="uq_rating_district_id_round_id_branch_id"),
        sa.CheckConstraint(
            "state IN ('self', 'returned', 'committee', 'signed', 'deciding', 'decided', 'notice', 'disputed', 'named',"
            " 'unrated', 'withdrawn')",
            name=op.f("ck_rating_state_known"),
        ),
        sa.CheckConstraint("star BETWEEN 1 AND 5", name=op.f("ck_rating_star_in_range")),
        sa.CheckConstraint("named_star BETWEEN 1 AND 5", name=op.f("ck_rating_named_star_in_range")),
        sa.CheckConstraint("version > 0", name=op.f("ck_rating_version_positive")),
    )


def _indicator_value() -> None:
    op.create_table(
        "indicator_value",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.Text(collation="C"), nullable=False),
        sa.Column("measured", JSONB(none_as_null=True)),
        sa.Column("own_part", sa.Integer()),
        sa.Column("own_whole", sa.Integer()),
        sa.Column("own_note", sa.Text()),
        sa.Column("own_by", sa.Uuid()),
        sa.Column("own_at", sa.DateTime(timezone=True)),
        sa.Column("committee_part", sa.Integer()),
        sa.Column("committee_whole", sa.Integer()),
        sa.Column("committee_note", sa.Text()),
        sa.Column("committee_by", sa.Uuid()),
        sa.Column("committee_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_indicator_value"),
        sa.UniqueConstraint(
            "district_id", "rating_id", "indicator", name="uq_indicator_value_district_id_rating_id_indicator"
        ),
        sa.CheckConstraint(
            "(own_part IS NULL) = (own_whole IS NULL)", name=op.f("ck_indicator_value_own_whole_with_part")
        ),
        sa.CheckConstraint(
            "(committee_part IS NULL) = (committee_whole IS NULL)",
            name=op.f("ck_indicator_value_committee_whole_with_part"),
        ),
    )


def _star_decision() -> None:
    op.create_table(
        "star_decision",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("noted", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("rating_id", sa.Uuid()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid()),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("basis", sa.Text()),
        sa.Column("ground", sa.Text()),
        sa.Column("star", sa.SmallInteger()),
        sa.Column("answers", sa.Uuid()),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_star_decision"),
    )


def _rectification() -> None:
    op.create_table(
        "rectification",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rating_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("problems", JSONB(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_on", sa.Date()),
        sa.Column("misses", sa.SmallInteger(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("closed_by", sa.Uuid()),
        sa.Column("note", sa.Text()),
        sa.Column("helper_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_rectification"),
        sa.CheckConstraint("kind IN ('rectification', 'cultivation')", name=op.f("ck_rectification_kind_known")),
        sa.CheckConstraint("state IN ('open', 'accepted', 'failed')", name=op.f("ck_rectification_state_known")),
        sa.CheckConstraint("misses BETWEEN 0 AND 2", name=op.f("ck_rectification_misses_in_range")),
        sa.CheckConstraint("version > 0", name=op.f("ck_rectification_version_positive")),
    )


def upgrade() -> None:
    _rating_round()
    _rating()
    _indicator_value()
    _star_decision()
    _rectification()
    op.create_index("ix_rating_district_id_branch_id", "rating", ["district_id", "branch_id"])
    op.create_index("ix_rating_district_id_path", "rating", ["district_id", "path"])
    op.create_index("ix_star_decision_district_id_rating_id", "star_decision", ["district_id", "rating_id"])
    op.create_index(
        "ix_star_decision_district_id_branch_id_action", "star_decision", ["district_id", "branch_id", "action"]
    )
    op.create_index("ix_rectification_district_id_path", "rectification", ["district_id", "path"])
    op.create_index(
        "uq_rating_round_code",
        "rating_round",
        ["district_id", "code"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_index(
        "uq_rectification_open",
        "rectification",
        ["district_id", "branch_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )

    steps.distribute(["rating_round", "rating", "indicator_value", "star_decision", "rectification"])

    steps.belong("rating_round", "rating", "indicator_value", "star_decision", "rectification")
    steps.refer("rating_round", "opened_by", to="account")
    steps.refer("rating", "round_id", to="rating_round")
    steps.refer("rating", "branch_id", to="organisation")
    steps.refer("rating", "committee_id", to="organisation")
    steps.refer("rating", "signed_by", to="account")
    steps.refer("indicator_value", "rating_id", to="rating")
    steps.refer("indicator_value", "own_by", to="account")
    steps.refer("indicator_value", "committee_by", to="account")
    steps.refer("star_decision", "branch_id", to="organisation")
    steps.refer("star_decision", "rating_id", to="rating")
    steps.refer("star_decision", "by", to="account")
    steps.refer("star_decision", "answers", to="star_decision")
    steps.refer("rectification", "rating_id", to="rating")
    steps.refer("rectification", "branch_id", to="organisation")
    steps.refer("rectification", "opened_by", to="account")
    steps.refer("rectification", "closed_by", to="account")
    steps.refer("rectification", "helper_id", to="organisation")

    steps.isolate("rating_round", "rating", "indicator_value", "rectification")
    steps.isolate("star_decision", rights=steps.READ_AND_ADD)


def downgrade() -> None:
    steps.drop("rectification", "star_decision", "indicator_value", "rating", "rating_round")
