"""Tables of a quarter's end: what is on notice, and the standings that were frozen when it was sealed."""

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
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# The days in which a branch's results, or after a correction one member's row of them, are open to objection.
notice = district_table(
    "notice",
    Column("id", Uuid, nullable=False),
    Column("quarter", Text(collation="C"), nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("member_id", Uuid),  # none: the branch's first notice
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),  # the last day; objections may come all through it
    Column("begun_at", DateTime(timezone=True), nullable=False),  # what is booked afterwards restarts it for its row
    CheckConstraint("until_on >= from_on", name="ends_after_start"),
    refers("quarter", to="quarter", key=("code",)),
    refers("branch_id", to="organisation"),
    refers("member_id", to="member"),
)
Index(
    "uq_notice_of_branch",
    notice.c.district_id,
    notice.c.quarter,
    notice.c.branch_id,
    unique=True,
    postgresql_where=notice.c.member_id.is_(None),
)
Index("ix_notice_of_row", notice.c.district_id, notice.c.quarter, notice.c.member_id)

# A member as the books had them when the quarter was sealed: everything booked up to it, never changed afterwards.
quarter_standing = district_table(
    "quarter_standing",
    Column("quarter", Text(collation="C"), nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("branch_id", Uuid, nullable=False),  # of the quarter's last day; of who had left, the last one
    Column("seq", Integer, nullable=False),  # of the standing when it was frozen
    Column("running_hash", LargeBinary, nullable=False),  # after the entry of that number
    Column("edition", Text, nullable=False),  # the regime of the quarter
    Column("profile", Text, nullable=False),
    Column("opening", Integer, nullable=False),
    Column("daily", Integer, nullable=False),
    Column("innovation", Integer, nullable=False),
    Column("fault", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("effective", Integer, nullable=False),
    Column("decimals", SmallInteger, nullable=False),
    Column("matrix", JSONB, nullable=False),
    Column("vetoes", Integer, nullable=False),
    Column("band", Text),
    Column("ranked", Boolean, nullable=False),  # false: exempt, or no longer a member
    Column("duties_due", Integer, nullable=False),  # by the quarter's end, those waived left out
    Column("duties_decided", Integer, nullable=False),
    Column("frozen_at", DateTime(timezone=True), nullable=False),
    refers("quarter", to="quarter", key=("code",)),
    refers("cycle", to="cycle", key=("code",)),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("edition", to="edition", key=("digest",)),
    key=("quarter", "member_id"),
)
