"""Published editions of rule books, and which organisation has adopted which book."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, DateTime, LargeBinary, Text, UniqueConstraint, Uuid

from app.kit.db import district_table

# Under the digest of its content, so that what entries refer to cannot change.
edition = district_table(
    "edition",
    Column("digest", Text, nullable=False),
    Column("book", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("content", LargeBinary, nullable=False),  # canonical JSON (RFC 8785)
    Column("published_at", DateTime(timezone=True), nullable=False),
    Column("published_by", Uuid),
    UniqueConstraint("district_id", "book", "code"),
    key=("digest",),
)

# Of the organisation at the path and everything below it; a book adopted further down comes before one further up, and
# at one path the book for branches of one form before the book for all.
adoption = district_table(
    "adoption",
    Column("id", Uuid, nullable=False),
    Column("book", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("form", Text),  # of a branch: single, joint, trade; none: whatever the form
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # the last day, inclusive
    UniqueConstraint("district_id", "path", "form", "from_on", postgresql_nulls_not_distinct=True),
    CheckConstraint("form IS NULL OR form IN ('single', 'joint', 'trade')", name="form_known"),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
)
