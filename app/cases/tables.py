"""Tables of what the lines found at a quarter's end. The life of a case comes with the cases themselves."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, DateTime, Integer, Text, UniqueConstraint, Uuid
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
