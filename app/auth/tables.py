"""Tables of who may call: the district itself, accounts, their passwords, roles and access tokens."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
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
    Column("kind", Text, nullable=False, default="person"),  # or "key": what an API key does is booked under its own
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("toured_at", DateTime(timezone=True)),  # when the first steps on the pages were put away
    UniqueConstraint("district_id", "login"),
    CheckConstraint("kind IN ('person', 'key')", name="kind_known"),
)

credential = district_table(
    "credential",
    Column("account_id", Uuid, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", DateTime(timezone=True)),
    Column("must_change", Boolean, nullable=False),  # somebody else set the password, and knows it
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

# Which branch acts for one that is no more: the offices held at ``heir_path`` reach ``path`` as well, from a day on.
succession = district_table(
    "succession",
    Column("path", Text(collation="C"), nullable=False),
    Column("heir_path", Text(collation="C"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the first day on which it no longer does
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
    Index(None, "district_id", "heir_path"),
    key=("path", "heir_path", "from_on"),
)

# By whom at a provider the account is known there: the subject's keyed hash, since it may be somebody's number.
identity = district_table(
    "identity",
    Column("id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject_digest", LargeBinary, nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("district_id", "issuer", "subject_digest"),
    UniqueConstraint("district_id", "account_id", "issuer"),
    refers("account_id", to="account"),
)

# By which an account without password gets its first identity; a used one is removed.
invitation = district_table(
    "invitation",
    Column("account_id", Uuid, nullable=False),
    Column("token_digest", LargeBinary, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("district_id", "token_digest"),
    refers("account_id", to="account"),
    key=("account_id",),
)

# A log-in. Its token opens (or, at an early stage, only leads on); a refresh token is "<district>.<family>.<once>", the
# family's digest finding the log-in whichever of its tokens comes. It ends by being removed.
session = district_table(
    "session",
    Column("id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("device", Text),
    Column("identity_id", Uuid),  # by which it was made, if by single sign-on
    Column("factor_elsewhere", Boolean, nullable=False, default=False),
    Column("token_digest", LargeBinary, nullable=False),
    Column("token_until", DateTime(timezone=True), nullable=False),
    Column("family_digest", LargeBinary),
    Column("refresh_digest", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('bearer', 'cookie')", name="kind_is_known"),
    CheckConstraint("stage IN ('code', 'password', 'enrolment', 'open')", name="stage_is_known"),
    CheckConstraint("(family_digest IS NULL) = (refresh_digest IS NULL)", name="refreshes_in_a_family"),
    UniqueConstraint("district_id", "token_digest"),
    UniqueConstraint("district_id", "family_digest"),
    refers("account_id", to="account"),
    refers("identity_id", to="identity"),
    Index(None, "district_id", "account_id"),
)

# A TOTP secret, encrypted; not asked for until it is confirmed. ``last_step`` is that of the last code taken.
second_factor = district_table(
    "second_factor",
    Column("account_id", Uuid, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger),
    refers("account_id", to="account"),
    key=("account_id",),
)

# Instead of a code, once each; a used one is removed.
recovery_code = district_table(
    "recovery_code",
    Column("account_id", Uuid, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    refers("account_id", to="account"),
    key=("account_id", "digest"),
)

# A key of another system. Its account (of the same id) is what entries and logs name; nobody logs in to that.
api_key = district_table(
    "api_key",
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("permissions", Text, nullable=False),  # separated by spaces
    Column("token_digest", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Uuid),
    Column("expires_on", Date, nullable=False),  # the last day on which it opens
    Column("last_used_on", Date),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_by", Uuid),
    UniqueConstraint("district_id", "token_digest"),
    refers("id", to="account"),
    refers("created_by", to="account"),
    refers("revoked_by", to="account"),
)

# A wall display. It has no account: it only reads, and is never written down.
screen_token = district_table(
    "screen_token",
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("token_digest", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Uuid),
    Column("last_used_on", Date),
    Column("revoked_at", DateTime(timezone=True)),
    Column("revoked_by", Uuid),
    UniqueConstraint("district_id", "token_digest"),
    refers("created_by", to="account"),
    refers("revoked_by", to="account"),
)

# Who looked at, took away or changed what is not everybody's. Only added to; without account: the service itself.
access_log = district_table(
    "access_log",
    Column("id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("account_id", Uuid),
    Column("operator", Text),  # whom the operating system knows at the command line
    Column("action", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("object_id", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("reason", Text),
    Column("request_id", Text, nullable=False),
    refers("account_id", to="account"),
    Index(None, "district_id", "at"),
)
