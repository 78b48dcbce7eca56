"""Tables of what a district lets its boards show, and of what its screens play."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# Only ever added to: the highest version holds.
board_policy = district_table(
    "board_policy",
    Column("audience", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("reach", Text, nullable=False),
    Column("top", Integer, nullable=False),
    Column("names", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("set_by", Uuid),
    CheckConstraint("audience IN ('members', 'branch', 'district', 'screens')", name="audience_known"),
    CheckConstraint("reach IN ('off', 'branch', 'district')", name="reach_known"),
    CheckConstraint("names IN ('full', 'masked', 'initials')", name="names_known"),
    CheckConstraint("top BETWEEN 1 AND 200", name="top_in_range"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("set_by", to="account"),
    key=("audience", "version"),
)

# Members who do not wish to stand on boards; they are ranked all the same.
board_opt_out = district_table(
    "board_opt_out",
    Column("member_id", Uuid, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    refers("member_id", to="member"),
    key=("member_id",),
)

# What a screen shows in turn: each a board and its seconds.
playlist = district_table(
    "playlist",
    Column("id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("set_by", Uuid),
    CheckConstraint("version > 0", name="version_positive"),
    refers("set_by", to="account"),
)

# The one playlist of a screen.
playlist_screen = district_table(
    "playlist_screen",
    Column("screen_id", Uuid, nullable=False),
    Column("playlist_id", Uuid, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("set_by", Uuid),
    refers("screen_id", to="screen_token"),
    refers("playlist_id", to="playlist"),
    refers("set_by", to="account"),
    key=("screen_id",),
)
