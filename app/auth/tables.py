"""Tables of who may call: the district itself, accounts, their passwords, roles and access tokens."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from app.kit.db import district_table, metadata, refers

# The one table without a district: it is read before a district is set (a reference table on Citus).
district = Table(
    "district",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    UniqueConstraint("code"),
)

account = district_table(
    "account",
    Column("id", Uuid, nullable=False),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    UniqueConstraint("district_id", "login"),
)

credential = district_table(
    "credential",
    Column("account_id", Uuid, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    CheckConstraint("failures >= 0", name="failures_not_negative"),
    refers("account_id", to="account"),
    key=("account_id",),
)

# A dated role at an organisation's path (immutable ids joined by dots; not interpreted here, only matched as a prefix).
appointment = district_table(
    "appointment",
    Column("id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("role", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
    refers("account_id", to="account"),
    Index(None, "district_id", "account_id"),
)

session = district_table(
    "session",
    Column("token_digest", LargeBinary, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    refers("account_id", to="account"),
    Index(None, "district_id", "account_id"),
    key=("token_digest",),
)
