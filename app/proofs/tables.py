"""Tables of proof: the chain of checkpoints, what each took in, and certificates. All are only added to."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, LargeBinary, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

checkpoint = district_table(
    "checkpoint",
    Column("number", Integer, nullable=False),  # 1, 2, 3 … without gaps
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("previous", LargeBinary, nullable=False),  # the root before; empty before the first
    Column("leaves", Integer, nullable=False),
    Column("leaves_root", LargeBinary, nullable=False),
    Column("quarter", Text(collation="C")),  # of a seal, as all that follows
    Column("rows", Integer),
    Column("rows_root", LargeBinary),
    Column("editions", JSONB),
    Column("root", LargeBinary, nullable=False),  # over all that stands before it
    UniqueConstraint("district_id", "quarter"),
    CheckConstraint("number > 0", name="number_positive"),
    CheckConstraint("num_nulls(quarter, rows, rows_root, editions) IN (0, 4)", name="seal_whole"),
    refers("quarter", to="quarter", key=("code",)),
    key=("number",),
)

# What a checkpoint took in. A leaf refers to nothing: it stands before its checkpoint does, whose root is over all of
# them, and it has to outlive whatever it bears witness to.
checkpoint_leaf = district_table(
    "checkpoint_leaf",
    Column("checkpoint", Integer, nullable=False),
    Column("about", Text(collation="C"), nullable=False),  # standing: as it stood; frozen: of the sealed quarter
    Column("cycle", Text(collation="C"), nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # the running hash; of what is frozen, the hash of the row
    CheckConstraint("about IN ('standing', 'frozen')", name="about_known"),
    key=("checkpoint", "about", "cycle", "member_id"),
)
# A standing after one entry is one leaf, of whichever checkpoint came first.
Index(
    "uq_checkpoint_leaf_of_standing",
    checkpoint_leaf.c.district_id,
    checkpoint_leaf.c.cycle,
    checkpoint_leaf.c.member_id,
    checkpoint_leaf.c.seq,
    unique=True,
    postgresql_where=checkpoint_leaf.c.about == "standing",
)

# What is said of a sealed quarter, for an officer to sign elsewhere: the key never comes near the service.
certificate = district_table(
    "certificate",
    Column("quarter", Text(collation="C"), nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical JSON (RFC 8785)
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("made_by", Uuid),
    refers("quarter", to="quarter", key=("code",)),
    refers("made_by", to="account"),
    key=("quarter",),
)
