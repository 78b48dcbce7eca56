"""Tables of the ledger and of what follows from it."""

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
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# Only ever added to: the application's role may not update or delete, and a trigger says so to everyone.
entry = district_table(
    "entry",
    Column("id", Uuid, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("seq", Integer, nullable=False),  # 1, 2, 3 … per member and cycle, without gaps
    Column("branch_id", Uuid, nullable=False),  # of the day of the matter
    Column("item", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("dimension", Text),
    Column("tier", Text),
    Column("matter", Text),
    Column("cause", Uuid),  # shared by entries that were posted together and are reversed together
    Column("edition", Text, nullable=False),  # digest of the rule book that judged it
    Column("profile", Text, nullable=False),
    Column("window", Text(collation="C"), nullable=False),
    Column("units", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("booked_in", Text(collation="C"), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid),  # none: a job of the service itself
    Column("approved_by", Uuid),
    Column("source", Text, nullable=False),
    Column("batch", Uuid),
    Column("reverses", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    Column("text_digest", LargeBinary),
    Column("costs", Text(collation="C")),  # the duty that a finding names
    UniqueConstraint("district_id", "cycle", "member_id", "seq"),
    UniqueConstraint("district_id", "reverses"),
    CheckConstraint("kind IN ('opening', 'routine', 'innovation', 'fault', 'veto')", name="kind_known"),
    CheckConstraint("seq > 0", name="seq_positive"),
    refers("cycle", to="cycle", key=("code",)),
    refers("booked_in", to="quarter", key=("code",)),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("edition", to="edition", key=("digest",)),
    refers("reverses", to="entry"),
    refers("recorded_by", to="account"),
    refers("approved_by", to="account"),
)
# For the quarter's check alone: no other query says these conditions, so none is misled by it.
Index(
    "ix_entry_routine_of_branch",
    entry.c.district_id,
    entry.c.booked_in,
    entry.c.branch_id,
    postgresql_where=text("kind = 'routine' AND reverses IS NULL"),
)
# For the latest good deeds on screens; few entries are additions.
Index(
    "ix_entry_innovation_by_time",
    entry.c.district_id,
    entry.c.recorded_at,
    postgresql_where=text("kind = 'innovation' AND reverses IS NULL"),
)

# The words of an entry stand apart, so that a person's data can be erased while the ledger's proofs still hold.
entry_text = district_table(
    "entry_text",
    Column("entry_id", Uuid, nullable=False),
    Column("reason", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    refers("entry_id", to="entry"),
    key=("entry_id",),
)

standing = district_table(
    "standing",
    Column("cycle", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),  # the present one, for boards
    Column("seq", Integer, nullable=False),  # of the last entry; 0 before the first
    Column("version", Integer, nullable=False),  # raised at every recompute
    Column("opening", Integer, nullable=False),
    Column("cells", JSONB, nullable=False),
    Column("regimes", JSONB, nullable=False),  # quarter -> [edition digest, profile]
    Column("daily", Integer, nullable=False),
    Column("innovation", Integer, nullable=False),
    Column("fault", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("effective", Integer, nullable=False),
    Column("decimals", SmallInteger, nullable=False),  # places of all these points, for boards over several books
    Column("matrix", JSONB, nullable=False),
    Column("vetoes", Integer, nullable=False),
    Column("band", Text),
    Column("ranked", Boolean, nullable=False),  # false: exempt, or no longer a member
    Column("running_hash", LargeBinary, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    refers("cycle", to="cycle", key=("code",)),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    # For boards of branches. No post changes these columns, so none has to touch it.
    Index(None, "district_id", "cycle", "branch_id"),
    key=("cycle", "member_id"),
)

duty = district_table(
    "duty",
    Column("cycle", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("item", Text(collation="C"), nullable=False),
    Column("window", Text(collation="C"), nullable=False),  # of the duty: month, quarter, half-year or year
    Column("due_on", Date, nullable=False),  # last day of the window
    Column("share", Integer, nullable=False),  # what it is worth; positive
    Column("target", Integer),  # units due, where it is settled by amount
    Column("state", Text, nullable=False),
    Column("source", Text),  # what decided it: record, finding, job, import, rules
    Column("entry_id", Uuid),  # the live entry that decided it, if one was needed
    CheckConstraint("state IN ('expected', 'kept', 'missed', 'waived')", name="state_known"),
    CheckConstraint("share >= 0", name="share_not_negative"),
    refers("member_id", to="member"),
    refers("cycle", to="cycle", key=("code",)),
    refers("entry_id", to="entry"),
    key=("cycle", "member_id", "item", "window"),
)

# Entries under an undecided appeal, handed down by the room of appeals: they count, and set nothing off.
dispute = district_table(
    "dispute",
    Column("entry_id", Uuid, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    refers("entry_id", to="entry"),
    Index(None, "district_id", "cycle", "member_id"),
    key=("entry_id",),
)

# Routine entries that somebody else than their recorder has confirmed in the quarter's check; only added to.
entry_check = district_table(
    "entry_check",
    Column("entry_id", Uuid, nullable=False),
    Column("checked_by", Uuid),  # none: the service itself
    Column("checked_at", DateTime(timezone=True), nullable=False),
    refers("entry_id", to="entry"),
    refers("checked_by", to="account"),
    key=("entry_id",),
)

# That a member without an account is told in person of an entry that takes points: asked, and by whom it was done.
telling = district_table(
    "telling",
    Column("entry_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),  # where the member belonged on the entry's day
    Column("asked_on", Date, nullable=False),
    Column("told_on", Date),
    Column("told_at", DateTime(timezone=True)),
    Column("told_by", Uuid),
    Column("told_note", Text),
    Column("said", Text),
    refers("entry_id", to="entry"),
    refers("member_id", to="member"),
    refers("told_by", to="account"),
    Index(None, "district_id", "path", "asked_on"),
    key=("entry_id",),
)
