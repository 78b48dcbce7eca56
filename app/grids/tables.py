"""Tables of grids, of who is in them and leads them, of who helps whom, and of what a grid plans."""

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

grid = district_table(
    "grid",
    Column("id", Uuid, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("trades", JSONB, nullable=False),  # codes; a trade is one grid's
    Column("neighbours", JSONB, nullable=False),  # ids of the grids whose leads may help here too
    Column("from_on", Date, nullable=False),
    UniqueConstraint("district_id", "code"),
)

# An enterprise in one grid at a time, by its trade, and in the territory of one committee.
grid_member = district_table(
    "grid_member",
    Column("id", Uuid, nullable=False),
    Column("enterprise_id", Uuid, nullable=False),
    Column("grid_id", Uuid, nullable=False),
    Column("territory_id", Uuid, nullable=False),  # a committee, or the district's root where none is known
    Column("trade", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    UniqueConstraint("district_id", "enterprise_id", "from_on"),
    CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
    refers("enterprise_id", to="enterprise"),
    refers("grid_id", to="grid"),
    refers("territory_id", to="organisation"),
    Index(None, "district_id", "grid_id"),
)
Index(
    "uq_grid_member_open",
    grid_member.c.district_id,
    grid_member.c.enterprise_id,
    unique=True,
    postgresql_where=grid_member.c.until_on.is_(None),
)

grid_lead = district_table(
    "grid_lead",
    Column("id", Uuid, nullable=False),
    Column("grid_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("deputy_id", Uuid),  # the branch that takes over
    Column("capacity", Integer, nullable=False),
    Column("star", Integer, nullable=False),  # when it was appointed
    Column("state", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),  # of one that is to end: the quarter's last day
    Column("reason", Text),  # why it is to end
    CheckConstraint("state IN ('leading', 'leaving', 'acting', 'ended')", name="state_known"),
    CheckConstraint("capacity > 0", name="capacity_positive"),
    refers("grid_id", to="grid"),
    refers("branch_id", to="organisation"),
    refers("deputy_id", to="organisation"),
)
# A branch leads one grid at a time.
Index(
    "uq_grid_lead_open",
    grid_lead.c.district_id,
    grid_lead.c.branch_id,
    unique=True,
    postgresql_where=grid_lead.c.state != "ended",
)

# One item of a grid's calendar: the year's main line, a quarter's theme, a month's highlight, a week's activity.
grid_plan = district_table(
    "grid_plan",
    Column("id", Uuid, nullable=False),
    Column("grid_id", Uuid, nullable=False),
    Column("level", Text, nullable=False),
    Column("window", Text(collation="C"), nullable=False),
    Column("parent_id", Uuid),
    Column("title", Text, nullable=False),
    Column("host_id", Uuid),  # the branch that holds it
    Column("activity_id", Uuid),  # what it became: its attendance stands there
    Column("dropped", Boolean, nullable=False),
    Column("recorded_by", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("level IN ('year', 'quarter', 'month', 'week')", name="level_known"),
    refers("grid_id", to="grid"),
    refers("parent_id", to="grid_plan"),
    refers("host_id", to="organisation"),
    refers("activity_id", to="activity"),
    refers("recorded_by", to="account"),
    Index(None, "district_id", "grid_id", "window"),
)

mentoring = district_table(
    "mentoring",
    Column("id", Uuid, nullable=False),
    Column("lead_id", Uuid, nullable=False),
    Column("lead_path", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("helped_id", Uuid, nullable=False),  # a branch, enterprise or member, as the kind says
    Column("path", Text(collation="C"), nullable=False),  # of the helped one's branch, or of its territory
    Column("state", Text, nullable=False),
    Column("grounds", JSONB, nullable=False),
    Column("costs", JSONB, nullable=False),  # what the pair cost in its assignment; empty: decided by hand
    Column("by_hand", Text),  # the reason of whoever chose the lead instead of the assignment
    Column("star", Integer),  # of the helped branch at the start
    Column("proposed_on", Date, nullable=False),
    Column("lead_agreed_on", Date),
    Column("helped_agreed_on", Date),
    Column("active_on", Date),
    Column("ended_on", Date),
    Column("outcome", Text),
    Column("reason", Text),  # why it ended
    Column("before_id", Uuid),  # the mentoring that this one goes on from
    CheckConstraint("kind IN ('branch', 'enterprise', 'member')", name="kind_known"),
    CheckConstraint("state IN ('proposed', 'agreed', 'active', 'ended')", name="state_known"),
    refers("lead_id", to="grid_lead"),
    refers("before_id", to="mentoring"),
    Index(None, "district_id", "lead_id"),
)
# Somebody is helped by one lead at a time.
Index(
    "uq_mentoring_open",
    mentoring.c.district_id,
    mentoring.c.helped_id,
    unique=True,
    postgresql_where=mentoring.c.state != "ended",
)

# Where the helped branch stood at the end of each quarter, as it was known then.
mentoring_progress = district_table(
    "mentoring_progress",
    Column("mentoring_id", Uuid, nullable=False),
    Column("quarter", Text(collation="C"), nullable=False),
    Column("noted_on", Date, nullable=False),
    Column("star", Integer),
    Column("average", Integer),  # hundredths: of its members' points
    refers("mentoring_id", to="mentoring"),
    key=("mentoring_id", "quarter"),
)

mentoring_visit = district_table(
    "mentoring_visit",
    Column("id", Uuid, nullable=False),
    Column("mentoring_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("held_on", Date, nullable=False),
    Column("quarter", Text(collation="C"), nullable=False),
    Column("text", Text, nullable=False),
    Column("problems_found", Integer, nullable=False),
    Column("problems_solved", Integer, nullable=False),
    Column("star", Integer),  # of the helped branch on that day, where it is known
    Column("average", Integer),  # of its members' points on that day
    Column("recorded_by", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('visit', 'joint_meeting')", name="kind_known"),
    refers("mentoring_id", to="mentoring"),
    refers("recorded_by", to="account"),
    Index(None, "district_id", "mentoring_id", "held_on"),
)
