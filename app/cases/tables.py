"""Tables of what the lines found at a quarter's end, and of what follows from it: cases and commendations."""

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
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# One member met one line in one quarter, with the number it was tested on and every ground that keeps a name off.
line_finding = district_table(
    "line_finding",
    Column("id", Uuid, nullable=False),
    Column("quarter", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("edition", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("value", Integer, nullable=False),  # points, or percent for a line by pace
    Column("bound", Integer, nullable=False),
    Column("exclusions", JSONB, nullable=False),  # codes; empty: the line's consequence holds
    Column("position", Integer),  # in the order of recommendation; none where the line has no order
    Column("consequence", Text, nullable=False),
    Column("pool", Text),  # of the places of a line with a quota: a branch, or a committee's small branches together
    Column("places", Integer),  # how many the pool has
    Column("found_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("district_id", "quarter", "line", "member_id"),
    refers("quarter", to="quarter", key=("code",)),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
)

# How many stand where, of every line and quarter: also for those that name nobody yet.
line_count = district_table(
    "line_count",
    Column("quarter", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("tested", Integer, nullable=False),
    Column("met", Integer, nullable=False),
    Column("out_of_reach", Integer, nullable=False),  # have lost so much that the line cannot be met this cycle
    Column("named", Integer, nullable=False),
    Column("quota", Integer),
    Column("found_at", DateTime(timezone=True), nullable=False),
    refers("quarter", to="quarter", key=("code",)),
    key=("quarter", "line"),
)

# What a district may choose about the lines; without a row the defaults of ``core`` hold.
line_setting = district_table(
    "line_setting",
    Column("half_year_decides", Boolean, nullable=False),  # the decisive line also names in mid-cycle
    key=(),
)

_CASE_STATES = "opened', 'talk_held', 'planned', 'running', 'extended', 'accepted', 'failed', 'closed', 'annulled"
_COMMENDATION_STATES = (
    "listed', 'waiting', 'reserve', 'excluded', 'recommended', 'struck', 'noticed', 'confirmed', 'handed_over',"
    " 'withdrawn"
)

# What a branch does for a member who met the line of assistance: one at a time.
assistance_case = district_table(
    "assistance_case",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),  # the present one: a case goes with its member
    Column("path", Text(collation="C"), nullable=False),
    Column("quarter", Text, nullable=False),  # at whose end the line was met
    Column("cycle", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("value", Integer, nullable=False),
    Column("bound", Integer, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date),  # by when the next step is due
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # the number of its last step
    Column("talk_on", Date),
    Column("problems", Text),
    Column("measures", Text),
    Column("helper_id", Uuid),
    Column("proposed_helper_id", Uuid),  # from above; the branch decides
    Column("planned_on", Date),
    Column("extended_on", Date),
    Column("failed_on", Date),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint(f"state IN ('{_CASE_STATES}')", name="state_known"),
    CheckConstraint("version > 0", name="version_from_one"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("quarter", to="quarter", key=("code",)),
    refers("cycle", to="cycle", key=("code",)),
    refers("edition", to="edition", key=("digest",)),
    refers("helper_id", to="member"),
    refers("proposed_helper_id", to="member"),
    Index(None, "district_id", "member_id"),
    Index(None, "district_id", "opened_at"),
)
Index(
    "uq_assistance_case_open_of_member",
    assistance_case.c.district_id,
    assistance_case.c.member_id,
    unique=True,
    postgresql_where=assistance_case.c.state.not_in(["accepted", "closed", "annulled"]),
)

# With whom the secretary is to talk because of a quarter: one at a time for each member, and no case.
reminder_talk = district_table(
    "reminder_talk",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),  # the present one
    Column("path", Text(collation="C"), nullable=False),
    Column("quarter", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("value", Integer, nullable=False),  # points, or percent for a line by pace
    Column("bound", Integer, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("dropped_because", Text),
    Column("held_on", Date),
    Column("note", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("recorded_by", Uuid),
    Column("record_id", Uuid),  # made by the client, so that a retry is known
    CheckConstraint("state IN ('asked', 'held', 'dropped')", name="state_known"),
    CheckConstraint(
        "(state = 'held') = (num_nonnulls(held_on, note, record_id) = 3) AND"
        " (state = 'dropped') = (dropped_because IS NOT NULL)",
        name="state_said",
    ),
    UniqueConstraint("district_id", "record_id"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("quarter", to="quarter", key=("code",)),
    refers("edition", to="edition", key=("digest",)),
    refers("recorded_by", to="account"),
    Index(None, "district_id", "asked_at"),
    Index(None, "district_id", "member_id"),
)
Index(
    "uq_reminder_talk_open_of_member",
    reminder_talk.c.district_id,
    reminder_talk.c.member_id,
    unique=True,
    postgresql_where=reminder_talk.c.state == "asked",
)

# One member on the list of a line that recommends, with every ground that kept the name off when the list was made.
commendation = district_table(
    "commendation",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("quarter", Text, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("value", Integer, nullable=False),
    Column("bound", Integer, nullable=False),
    Column("pool", Text, nullable=False),
    Column("places", Integer, nullable=False),
    Column("position", Integer),  # in the pool's order; none for who is kept off
    Column("grounds", JSONB, nullable=False),
    Column("listed_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("meeting_on", Date),
    Column("votes_for", Integer),
    Column("votes_cast", Integer),
    Column("notice_from", Date),
    Column("notice_until", Date),
    Column("objections", Integer, nullable=False),  # how many wait for an answer
    Column("document", Text),  # under which number it was handed over
    Column("handed_on", Date),
    CheckConstraint(f"state IN ('{_COMMENDATION_STATES}')", name="state_known"),
    CheckConstraint("version > 0 AND places >= 0 AND objections >= 0", name="counted_from_zero"),
    CheckConstraint("votes_for <= votes_cast", name="votes_of_those_cast"),
    UniqueConstraint("district_id", "quarter", "line", "member_id"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("quarter", to="quarter", key=("code",)),
    refers("cycle", to="cycle", key=("code",)),
    refers("edition", to="edition", key=("digest",)),
    Index(None, "district_id", "member_id"),
)

# What was done to a case or a commendation: 1, 2, 3 … without gaps, and only ever added to.
case_step = district_table(
    "case_step",
    Column("id", Uuid, nullable=False),  # made by the client, so that a retry is known
    Column("case_id", Uuid),
    Column("commendation_id", Uuid),
    Column("number", Integer, nullable=False),
    Column("action", Text, nullable=False),
    Column("note", Text),
    Column("day", Date),  # when it happened, where that is another day than when it was written down
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Uuid),  # none: the service itself
    Column("sent_digest", LargeBinary, nullable=False),
    CheckConstraint("number > 0", name="number_from_one"),
    CheckConstraint("num_nonnulls(case_id, commendation_id) >= 1", name="of_one_thing"),
    UniqueConstraint("district_id", "case_id", "number"),
    UniqueConstraint("district_id", "commendation_id", "number"),
    refers("case_id", to="assistance_case"),
    refers("commendation_id", to="commendation"),
    refers("by", to="account"),
)
