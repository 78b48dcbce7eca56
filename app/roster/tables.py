"""Tables of who exists and who belongs where. What changes is dated and closed, never overwritten."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, LargeBinary, Text, UniqueConstraint, Uuid

from app.kit.db import district_table, refers

# The tree under a district: its root (kind "district"), committees, branches, groups. ``path`` holds the ids from the
# root down, as 32 hexadecimal digits each, joined by dots; it never changes.
organisation = district_table(
    "organisation",
    Column("id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("parent_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("form", Text),  # of a branch: single, joint, trade
    Column("founded_on", Date),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    UniqueConstraint("district_id", "path"),
    CheckConstraint("kind IN ('district', 'committee', 'branch', 'group')", name="kind_known"),
    CheckConstraint("form IS NULL OR form IN ('single', 'joint', 'trade')", name="form_known"),
    refers("parent_id", to="organisation"),
)

# A code is one organisation's at a time: a branch that moves under another committee keeps its code.
Index(
    "uq_organisation_code_open",
    organisation.c.district_id,
    organisation.c.code,
    unique=True,
    postgresql_where=organisation.c.until_on.is_(None),
)

enterprise = district_table(
    "enterprise",
    Column("id", Uuid, nullable=False),
    Column("credit_code", Text, nullable=False),  # 统一社会信用代码
    Column("name", Text, nullable=False),
    Column("trade", Text, nullable=False),
    Column("branch_id", Uuid),  # the branch that covers it; none: not yet covered
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    UniqueConstraint("district_id", "credit_code"),
    refers("branch_id", to="organisation"),
)

member = district_table(
    "member",
    Column("id", Uuid, nullable=False),
    Column("number", Text, nullable=False),  # the roster's own number, in no way secret
    Column("name", Text, nullable=False),
    Column("pinyin", Text, nullable=False),  # full and initial readings, for search
    Column("joined_on", Date, nullable=False),  # 入党日期
    Column("enterprise_id", Uuid),
    Column("account_id", Uuid),
    Column("id_number", LargeBinary),  # encrypted
    Column("id_number_lookup", LargeBinary),  # keyed hash of the same
    Column("phone", LargeBinary),
    Column("phone_lookup", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("district_id", "number"),
    UniqueConstraint("district_id", "id_number_lookup"),
    UniqueConstraint("district_id", "account_id"),
    refers("enterprise_id", to="enterprise"),
    refers("account_id", to="account"),
)

# One branch at a time, and the class of members (profile of the rule book) from a day on.
membership = district_table(
    "membership",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("group_id", Uuid),
    Column("path", Text(collation="C"), nullable=False),  # of the group, or of the branch where there is none
    Column("profile", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    UniqueConstraint("district_id", "member_id", "from_on"),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("group_id", to="organisation"),
    Index(None, "district_id", "path"),
)
# At most one membership is open; an earlier one must be closed first.
Index(
    "uq_membership_open",
    membership.c.district_id,
    membership.c.member_id,
    unique=True,
    postgresql_where=membership.c.until_on.is_(None),
)

exemption = district_table(
    "exemption",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("ground", Text, nullable=False),  # the class only: age, illness, disability, floating; no details
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    UniqueConstraint("district_id", "member_id", "from_on"),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
    refers("member_id", to="member"),
)
