"""Tables of review packs: what is known of each, its bytes in chunks, and the marked copies that were taken of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

review_pack = district_table(
    "review_pack",
    Column("id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("period", Text(collation="C"), nullable=False),  # 2026Q3, 2026H1, or the cycle's code
    Column("quarter", Text(collation="C"), nullable=False),  # the last one of the period
    Column("scope_id", Uuid, nullable=False),  # the district's root, a committee or a branch
    Column("path", Text(collation="C"), nullable=False),  # of the scope
    Column("state", Text, nullable=False),
    Column("progress", Integer, nullable=False),  # percent
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_by", Uuid),  # none: the calendar
    Column("maker", Uuid),  # whoever is at it: a number of its own for each attempt
    Column("beat_at", DateTime(timezone=True)),  # when the maker last gave a sign of life
    Column("attempts", Integer, nullable=False),
    Column("made_at", DateTime(timezone=True)),
    Column("digest", LargeBinary),  # SHA-256 of the image
    Column("root", LargeBinary),  # of the checkpoint of the seal
    Column("editions", JSONB, nullable=False),
    Column("parts", JSONB, nullable=False),  # name, size, digest of each
    Column("lacking", JSONB, nullable=False),  # by part, why it could not be made
    Column("error", Text),
    UniqueConstraint("district_id", "kind", "period", "scope_id"),
    CheckConstraint("kind IN ('quarter', 'half', 'year')", name="kind_known"),
    CheckConstraint("state IN ('waiting', 'making', 'done', 'failed')", name="state_known"),
    CheckConstraint("progress BETWEEN 0 AND 100", name="progress_in_percent"),
    CheckConstraint("state <> 'done' OR num_nulls(digest, made_at) = 0", name="done_whole"),
    refers("quarter", to="quarter", key=("code",)),
    refers("scope_id", to="organisation"),
    refers("asked_by", to="account"),
)

# The image and the papers made of it, in pieces of one size. Only ever added to, all of a part at once.
review_pack_chunk = district_table(
    "review_pack_chunk",
    Column("pack_id", Uuid, nullable=False),
    Column("part", Text, nullable=False),
    Column("number", Integer, nullable=False),  # 0, 1, 2 …
    Column("bytes", LargeBinary, nullable=False),
    refers("pack_id", to="review_pack"),
    key=("pack_id", "part", "number"),
)

# A copy that somebody took: marked with who and when, and therefore with a digest of its own.
review_copy = district_table(
    "review_copy",
    Column("id", Uuid, nullable=False),
    Column("pack_id", Uuid, nullable=False),
    Column("part", Text, nullable=False),
    Column("taken_by", Uuid),  # none: the operator at the command line
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),  # its bytes are gone afterwards, the row stays
    refers("pack_id", to="review_pack"),
    refers("taken_by", to="account"),
    Index(None, "district_id", "expires_at"),
)

review_copy_chunk = district_table(
    "review_copy_chunk",
    Column("copy_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    refers("copy_id", to="review_copy"),
    key=("copy_id", "number"),
)
