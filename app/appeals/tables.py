"""Tables of appeals against entries, and of complaints and suggestions."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)

from app.kit.db import district_table, refers

appeal = district_table(
    "appeal",
    Column("id", Uuid, nullable=False),
    Column("entry_id", Uuid, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    # Where it is decided: the branch of the day of the matter; of one that was open when the member moved, the new one.
    Column("path", Text(collation="C"), nullable=False),
    Column("instance", SmallInteger, nullable=False),  # 1, or 2: the one review further up
    Column("text", Text, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("filed_by", Uuid),  # not the member's account: written down from paper
    Column("asked", Text, nullable=False),  # the office whose turn it is
    Column("due_on", Date, nullable=False),
    Column("extended_on", Date),
    Column("extension_reason", Text),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("answer", Text),
    Column("decided_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("reversal_id", Uuid),
    Column("replacement_id", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    Column("decision_digest", LargeBinary),
    Column("withdrawn_by", Uuid),
    Column("withdrawal_wish", Text),  # of one on paper: when and how the member asked for it
    CheckConstraint("instance IN (1, 2)", name="instance_known"),
    CheckConstraint("asked IN ('secretary', 'committee_officer', 'district_officer')", name="asked_known"),
    CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name="state_known"),
    CheckConstraint("outcome IN ('upheld', 'changed', 'refused')", name="outcome_known"),
    CheckConstraint("state <> 'decided' OR (outcome IS NOT NULL AND answer IS NOT NULL)", name="decided_with_answer"),
    refers("entry_id", to="entry"),
    refers("cycle", to="cycle", key=("code",)),
    refers("member_id", to="member"),
    refers("filed_by", to="account"),
    refers("decided_by", to="account"),
    refers("withdrawn_by", to="account"),
    refers("reversal_id", to="entry"),
    refers("replacement_id", to="entry"),
    Index(None, "district_id", "entry_id"),
    Index(None, "district_id", "member_id"),
    Index(None, "district_id", "filed_at"),
)
Index(
    "uq_appeal_open_of_entry",
    appeal.c.district_id,
    appeal.c.entry_id,
    unique=True,
    postgresql_where=appeal.c.state == "open",
)

# Complaints are numbered by year; the row is the lock under which the next number is given.
complaint_count = district_table(
    "complaint_count",
    Column("year", SmallInteger, nullable=False),
    Column("last_number", Integer, nullable=False),
    CheckConstraint("last_number >= 0", name="last_number_not_negative"),
    key=("year",),
)

complaint = district_table(
    "complaint",
    Column("id", Uuid, nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("page", Text),  # where it was written: a page or a route
    Column("anonymous", Boolean, nullable=False),  # to everybody but who answers
    Column("filed_by", Uuid, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text),
    Column("answered_by", Uuid),
    Column("answered_at", DateTime(timezone=True)),
    Column("input_digest", LargeBinary, nullable=False),
    UniqueConstraint("district_id", "year", "number"),
    CheckConstraint("number > 0", name="number_from_one"),
    CheckConstraint("kind IN ('complaint', 'suggestion')", name="kind_known"),
    CheckConstraint("state IN ('open', 'answered')", name="state_known"),
    CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_with_words"),
    refers("filed_by", to="account"),
    refers("answered_by", to="account"),
    Index(None, "district_id", "filed_by"),
)
