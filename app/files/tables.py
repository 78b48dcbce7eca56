"""Tables of evidence: what is kept, who has sent it in, and what it is evidence of. The bytes are in the file store."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Text, Uuid

from app.kit.db import district_table, refers

file = district_table(
    "file",
    Column("hash", Text(collation="C"), nullable=False),  # SHA-256 of the bytes as they are kept, in hex
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("size > 0", name="size_positive"),
    key=("hash",),
)

# Who may attach it because they sent it: one and the same file may be sent by several, who need not know of each other.
file_upload = district_table(
    "file_upload",
    Column("hash", Text(collation="C"), nullable=False),
    Column("uploaded_by", Uuid, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    Column("name", Text, nullable=False),
    refers("hash", to="file", key=("hash",)),
    refers("uploaded_by", to="account"),
    Index(None, "district_id", "uploaded_at"),
    key=("hash", "uploaded_by"),
)

file_use = district_table(
    "file_use",
    Column("owner_kind", Text, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("hash", Text(collation="C"), nullable=False),
    Column("name", Text, nullable=False),
    Column("attached_at", DateTime(timezone=True), nullable=False),
    Column("attached_by", Uuid),  # none: the service itself
    CheckConstraint(
        "owner_kind IN ('entry', 'submission', 'activity', 'appeal', 'indicator', 'appraisal', 'responsibility')",
        name="owner_kind_known",
    ),
    refers("hash", to="file", key=("hash",)),
    refers("attached_by", to="account"),
    Index(None, "district_id", "hash"),
    key=("owner_kind", "owner_id", "hash"),
)
