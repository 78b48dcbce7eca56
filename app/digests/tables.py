"""The table of digests: what was known of a period when it was over, frozen."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, LargeBinary, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# Only ever added to. The paper is made of ``content`` alone, so it is the same whenever it is made.
digest_snapshot = district_table(
    "digest_snapshot",
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text(collation="C"), nullable=False),  # 2026-10, 2026Q3, 2026H1, or the cycle's code
    Column("scope_id", Uuid, nullable=False),  # the district's root, or a committee
    Column("path", Text(collation="C"), nullable=False),  # of the scope
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("content", JSONB, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the content in canonical form (RFC 8785)
    UniqueConstraint("district_id", "kind", "period", "scope_id"),
    CheckConstraint("kind IN ('month', 'quarter', 'half', 'year')", name="kind_known"),
    refers("scope_id", to="organisation"),
    Index(None, "district_id", "made_at"),
)

# What somebody found of a sampled entry; of several about one entry the last holds. Only ever added to.
sample_inspection = district_table(
    "sample_inspection",
    Column("id", Uuid, nullable=False),  # made by the client, so that a retry is known
    Column("digest_id", Uuid, nullable=False),
    Column("entry_id", Uuid, nullable=False),
    Column("in_order", Boolean, nullable=False),
    Column("follows", Text, nullable=False),
    Column("note", Text),
    Column("inspected_at", DateTime(timezone=True), nullable=False),
    Column("inspected_by", Uuid),
    CheckConstraint("follows IN ('nothing', 'correction', 'evidence', 'fault')", name="follows_known"),
    CheckConstraint("NOT in_order OR follows = 'nothing'", name="nothing_follows_from_order"),
    refers("digest_id", to="digest_snapshot"),
    refers("entry_id", to="entry"),
    refers("inspected_by", to="account"),
    Index(None, "district_id", "digest_id", "entry_id"),
)
