"""Tables of changes of enrolment: transfers between branches, and the paper of every other change."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# A transfer, from its proposal to its answer. Until it is accepted the old branch answers for the member.
transfer = district_table(
    "transfer",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("from_branch_id", Uuid, nullable=False),
    Column("from_path", Text(collation="C"), nullable=False),
    Column("to_branch_id", Uuid),  # none: out of the district
    Column("to_path", Text(collation="C")),
    Column("destination", Text),  # out of the district: where to
    Column("asked_by", Text, nullable=False),  # the side that proposed it: the old branch or the new one
    Column("reason", Text),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid),
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("note", Text),  # why it was declined or withdrawn
    Column("moved_on", Date),  # of an accepted one: the first day in the new branch, or the last one in the district
    Column("result", JSONB),  # of an accepted one: what it did
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("asked_by IN ('old', 'new')", name="asked_by_known"),
    CheckConstraint("state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name="state_known"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("member_id", to="member"),
    refers("from_branch_id", to="organisation"),
    refers("to_branch_id", to="organisation"),
    refers("recorded_by", to="account"),
    refers("decided_by", to="account"),
    Index(None, "district_id", "member_id"),
    Index(None, "district_id", "recorded_at"),
)
# At most one transfer of a member is under way.
Index(
    "uq_transfer_open",
    transfer.c.district_id,
    transfer.c.member_id,
    unique=True,
    postgresql_where=transfer.c.state == "proposed",
)

# Any other change, as it was asked for and what it did: kept under the client's id, so that a retry is known again.
roster_change = district_table(
    "roster_change",
    Column("id", Uuid, nullable=False),
    Column("verb", Text, nullable=False),
    Column("member_id", Uuid),  # of a change of one member
    Column("organisation_id", Uuid),  # of a change of a branch
    Column("path", Text(collation="C"), nullable=False),  # where it was done
    Column("effective_on", Date, nullable=False),
    Column("ground", Text),
    Column("reference", Text),  # the paper that it stands on
    Column("result", JSONB, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint(
        "verb IN ('enrolled', 'reclassed', 'exempted', 'exemption_ended', 'left', 'merged', 'split', 'moved',"
        " 'closed')",
        name="verb_known",
    ),
    refers("member_id", to="member"),
    refers("organisation_id", to="organisation"),
    refers("recorded_by", to="account"),
    Index(None, "district_id", "member_id"),
)
