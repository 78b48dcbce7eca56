"""Table of proposals that are not yet entries."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, Integer, LargeBinary, Numeric, Text, Uuid

from app.kit.db import district_table, refers

submission = district_table(
    "submission",
    Column("id", Uuid, nullable=False),  # becomes the entry's id
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("item", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("tier", Text),
    Column("matter", Text),
    Column("units", Integer),
    Column(
        "points", Numeric(9, 2)
    ),  # those that the recorder chose, as they are printed; where the item leaves them open
    Column("effective_on", Date, nullable=False),
    Column("reason", Text),
    Column("state", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decision_note", Text),
    Column("entry_id", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("state IN ('submitted', 'posted', 'refused')", name="state_known"),
    CheckConstraint("kind IN ('innovation', 'fault', 'veto')", name="kind_known"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("recorded_by", to="account"),
    refers("decided_by", to="account"),
    refers("entry_id", to="entry"),
    Index(None, "district_id", "state", "recorded_at"),
    Index(None, "district_id", "member_id"),
)
