"""Who exists and who belongs where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import steps

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("form", sa.Text()),
        sa.Column("founded_on", sa.Date()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_organisation"),
        sa.UniqueConstraint("district_id", "path", name="uq_organisation_district_id_path"),
        sa.CheckConstraint(
            "form IS NULL OR form IN ('single', 'joint', 'trade')", name=op.f("ck_organisation_form_known")
        ),
        sa.CheckConstraint(
            "kind IN ('district', 'committee', 'branch', 'group')", name=op.f("ck_organisation_kind_known")
        ),
    )
    op.create_table(
        "enterprise",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_enterprise"),
        sa.UniqueConstraint("district_id", "credit_code", name="uq_enterprise_district_id_credit_code"),
    )
    op.create_table(
        "member",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("enterprise_id", sa.Uuid()),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("id_number", sa.LargeBinary()),
        sa.Column("id_number_lookup", sa.LargeBinary()),
        sa.Column("phone", sa.LargeBinary()),
        sa.Column("phone_lookup", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_member"),
        sa.UniqueConstraint("district_id", "account_id", name="uq_member_district_id_account_id"),
        sa.UniqueConstraint("district_id", "id_number_lookup", name="uq_member_district_id_id_number_lookup"),
        sa.UniqueConstraint("district_id", "number", name="uq_member_district_id_number"),
    )
    op.create_table(
        "membership",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid()),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_membership"),
        sa.UniqueConstraint("district_id", "member_id", "from_on", name="uq_membership_district_id_member_id_from_on"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_membership_ends_after_start")),
    )
    op.create_index(
        "uq_organisation_code_open",
        "organisation",
        ["district_id", "code"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_index("ix_membership_district_id_path", "membership", ["district_id", "path"])
    op.create_index(
        "uq_membership_open",
        "membership",
        ["district_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "exemption",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_exemption"),
        sa.UniqueConstraint("district_id", "member_id", "from_on", name="uq_exemption_district_id_member_id_from_on"),
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name=op.f("ck_exemption_ends_after_start")),
    )

    steps.distribute(["organisation", "enterprise", "member", "membership", "exemption"])

    steps.belong("organisation", "enterprise", "member", "membership", "exemption")
    steps.refer("organisation", "parent_id", to="organisation")
    steps.refer("enterprise", "branch_id", to="organisation")
    steps.refer("member", "enterprise_id", to="enterprise")
    steps.refer("member", "account_id", to="account")
    steps.refer("membership", "member_id", to="member")
    steps.refer("membership", "branch_id", to="organisation")
    steps.refer("membership", "group_id", to="organisation")
    steps.refer("exemption", "member_id", to="member")

    steps.isolate("organisation", "enterprise", "member", "membership", "exemption")


def downgrade() -> None:
    steps.drop("exemption", "membership", "member", "enterprise", "organisation")
